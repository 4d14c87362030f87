"""What the tests keep to: where modules stand, how large they are, what they import."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

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
