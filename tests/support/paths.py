"""Where things stand: the project, what its tests read, and the real records beside it."""

from importlib import import_module
from pathlib import Path
from typing import Any

from lod.base import packaged

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
CASES = TESTS / "cases"
COUNTEREXAMPLES = TESTS / "counterexamples"
SHARED = ROOT.parent / "shared"
REAL = SHARED / "data" / "an"  # real records, which are not part of the project
NEW = SHARED / "data" / "an-new"  # those found later, which a test names


def site_files(folder: str, pattern: str = "*") -> list[Path]:
    """Return the files of a folder of the site, of the core and of all extensions."""
    paths = packaged.with_extensions(packaged.SITE, folder, pattern)
    return [path for path in paths if path.is_file()]


def of_extensions(module: str, name: str) -> list[Any]:
    """Return the values of a name in modules of the tests of extensions, of those that have it."""
    paths = sorted(TESTS.glob(f"extensions/*/{module}.py"))
    modules = (import_module(f"tests.extensions.{path.parent.name}.{module}") for path in paths)
    return [getattr(one, name) for one in modules if hasattr(one, name)]


def files_of_tests(folder: str, pattern: str) -> list[Path]:
    """Return the files of a folder of the tests, of the core and of all extensions."""
    return packaged.with_extensions(TESTS, folder, pattern)


def template_files(pattern: str = "*") -> list[Path]:
    """Return all templates, and what extensions add to them."""
    folders = ("templates", "templates/images", "ajouts")
    return [path for folder in folders for path in site_files(folder, pattern)]


BASE = "http://localhost:8000/"  # of a release, unless told otherwise

GOOD = CASES / "an_json" / "plain" / "source.json"
RICH = CASES / "an_json" / "whole_life" / "source.json"
BROKEN = CASES / "an_json" / "broken_truncated" / "source.json"
PAGE = CASES / "page_recent" / "withdrawn" / "source.md"  # question 15-43349
