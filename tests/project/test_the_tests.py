"""What the tests keep to: where modules stand, how large they are, what they import, and that the
warnings of each process are seen.
"""

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.support.every_warning import HOOK, LIST, left_over
from tests.support.night import BEGIN, COMMANDS, END, PAGE, RESULTS, table
from tests.support.paths import CASES, ROOT, TESTS
from tests.support.weights import heavy, nightly

MODULES = sorted(p for p in TESTS.rglob("*.py") if not p.is_relative_to(CASES))
LARGEST = 700  # lines of a module


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


def test_a_skip_that_ci_would_not_notice_is_a_failure(tmp_path: Path) -> None:
    """Only what has a mark that says so is skipped where something is missing."""
    path = tmp_path / "test_x.py"
    path.write_text(
        "import pytest\n@pytest.mark.tool\ndef test_a(): pytest.skip('no x')\n"
        "def test_b(): pytest.skip('no y')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.outcome", "-W", "ignore"]
    done = subprocess.run(
        [*command, path],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1].startswith("1 failed, 1 skipped")
    assert "no y: mark it `tool`" in done.stdout and "skipped 1: no x" in done.stdout


def test_heavy_and_nightly_tests_are_there() -> None:
    """One that has a new name must be weighed; those of an extension go with its folder."""
    tables = [*heavy(), *nightly()]
    assert len(tables) == len({*tables}) > 100
    folders = {path.name for path in (TESTS / "extensions").glob("[a-z]*")}
    there = [name for name in tables if name.split("/")[1] != "extensions"
             or {*name.split("/")} & folders or name.count("/") == 2]  # fmt: skip
    for name in there:
        path, _, test = name.partition("::")
        text = (ROOT / path).read_text("utf-8")
        assert not test or re.search(rf"^(?:async )?def {test}\(", text, re.M), name


def test_contributing_shows_the_last_night() -> None:
    """The table is that of `tests/nightly.json`, which the night writes."""
    told = json.loads(RESULTS.read_text("utf-8"))
    assert f"{BEGIN}{table(told)}{END}" in PAGE.read_text("utf-8")
    assert told.keys() <= {*COMMANDS, *(part for part, _ in nightly().values())}
