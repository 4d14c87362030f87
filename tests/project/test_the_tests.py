"""What the tests keep to: where modules stand, how large they are, what they import, and that the
warnings of each process are seen.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.support.every_warning import HOOK, LIST, left_over
from tests.support.paths import CASES, ROOT, TESTS
from tests.support.weights import table

MODULES = sorted(p for p in TESTS.rglob("*.py") if not p.is_relative_to(CASES))
LARGEST = 700  # lines of a module
OUTCOMES = """
import pytest

def test_fast(): pass

@pytest.mark.slow
def test_slow(): pass

@pytest.mark.slow
def test_failing(): assert False

@pytest.mark.slow
def test_skipped(): pytest.skip()

@pytest.fixture
def broken():
    yield
    assert False

@pytest.mark.slow
def test_failing_at_its_end(broken): pass
"""


def imported(path: Path) -> Iterator[str]:
    """Yield every module that a module imports, and every name that it takes from one."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_imports_a_test_module() -> None:
    """What two of them need stands in `tests/support`; fixtures are given, never imported."""
    for path in MODULES:
        parts = [part for name in imported(path) for part in name.split(".") if "tests" in name]
        assert not [p for p in parts if p.startswith("test_") or p == "conftest"], path


def test_modules_are_packages_have_one_name_and_are_short() -> None:
    """A name alone tells which module is meant; each package of tests can be imported."""
    names = Counter(path.name for path in MODULES if path.name.startswith("test_"))
    assert len(names) > 70 and set(names.values()) == {1}
    for path in MODULES:
        assert (path.parent / "__init__.py").is_file(), path
        assert len(path.read_text("utf-8").splitlines()) <= LARGEST, path


def test_what_a_process_warns_of_is_listed(tmp_path: Path) -> None:
    """In development mode; only what a row of the table explains is left out."""
    path = tmp_path / "warnings"
    path.touch()
    command = [sys.executable, "-X", "dev", "-c", "open('/dev/null')"]
    subprocess.run(command, env={"PYTHONPATH": str(HOOK), LIST: str(path)}, check=True)
    [line] = lines = path.read_text("utf-8").splitlines()
    assert line.startswith("-X dev -c: <string>:1: ResourceWarning: unclosed file")
    known = "-c x: /v/site-packages/frictionless/a.py:1: ResourceWarning: unclosed file <x>"
    assert left_over([*lines, known]) == lines


def test_slow_tests_that_have_passed_are_left_out(tmp_path: Path) -> None:
    """The next run has the fast ones, and those that were skipped or failed."""
    path, passed = tmp_path / "test_x.py", tmp_path / "passed"
    path.write_text(OUTCOMES)
    plugin = ("-p", "tests.support.not_again", "-W", "ignore")

    def outcomes(option: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", *plugin, path, option]
        done = subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
        )
        return done.stdout.splitlines()[-1].rpartition(" in ")[0]

    assert outcomes(f"--passed={passed}") == "1 failed, 3 passed, 1 skipped, 1 error"
    assert passed.read_text() == "test_x.py::test_fast\ntest_x.py::test_slow\n"
    left = "1 failed, 2 passed, 1 skipped, 1 deselected, 1 error"
    assert outcomes(f"--not-again={passed}") == left


def test_heavy_tests_are_there() -> None:
    """One that has a new name must be weighed; those of an extension go with its folder."""
    folders = {path.name for path in (TESTS / "extensions").glob("[a-z]*")}
    of_core = [name for name in table() if not name.startswith("tests/extensions/")]
    there = [name for name in table() if {*name.split("/")} & folders]
    assert len(of_core) > 80
    for name in of_core + there:
        path, _, test = name.partition("::")
        text = (ROOT / path).read_text("utf-8")
        assert not test or re.search(rf"^(?:async )?def {test}\(", text, re.M), name
