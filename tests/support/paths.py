"""Where things stand: the project, what its tests read, and the real records beside it; the queries
of the site, each about a resource of the release of lives.
"""

import tomllib
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from lod.base import packaged
from lod.base.output_tree import OutputTree
from lod.base.tabular import rows
from lod.publish.publication import CrossReferences, Publication, Site
from lod.publish.query_catalogue import bind

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


def tables_of(test: str) -> dict[str, Any]:
    """Return the tables of cases that stand in a file beside a test, by their names."""
    return tomllib.loads(Path(test).with_suffix(".toml").read_text("utf-8"))


def beside() -> dict[str, list[Path]]:
    """Return option of a build → what tests of extensions give to it."""
    return {path.name: [path] for path in sorted(TESTS.glob("extensions/*/beside/*"))}


def template_files(pattern: str = "*") -> list[Path]:
    """Return all templates, and what extensions add to them."""
    folders = ("templates", "templates/images", "ajouts")
    return [path for folder in folders for path in site_files(folder, pattern)]


BASE = "http://localhost:8000/"  # of a release, unless told otherwise

GOOD = CASES / "an_json" / "plain" / "source.json"
RICH = CASES / "an_json" / "whole_life" / "source.json"
BROKEN = CASES / "an_json" / "broken_truncated" / "source.json"
PAGE = CASES / "page_recent" / "withdrawn" / "source.md"  # question 15-43349


DAY = date(2026, 1, 1)


def site_in(
    folder: Path, publisher: str = "", day: date = DAY, base: str = BASE, **references: Any
) -> Site:
    """Return a site; `references` are those of `CrossReferences`."""
    publication = Publication(base, publisher, day)
    return Site(publication, OutputTree(folder), CrossReferences(**references))


QUERIES = site_files("queries", "*.rq")
BY_NAME = {path.stem: path for path in QUERIES}
DEPUTE, MINISTERE = "depute/PA718926", "ministere/agriculture-essai"
LOMBARD = "personne/eric-lombard"
# a resource to ask each query of that is about one
ABOUT = {
    "questions-liees": "rubrique/sante", "fiche-wikidata": DEPUTE, "fiche-identites": DEPUTE,
    "fiche-chiffres": MINISTERE, "fiche-noms": "ministere/mer",
    "questions-recues": LOMBARD,
    "questions-a-repondre": LOMBARD, "fiche-gouvernement": "gouvernement/PO773371",
    "fiche-question": "question/QANR5L15QE43349",
}  # fmt: skip
for path in TESTS.glob("extensions/*/about.csv"):
    ABOUT |= {row["requete"]: row["ressource"] for row in rows(path)}


def asked(path: Path) -> str:
    """The text of a query; one about any resource is asked of one that has rows."""
    text = path.read_text("utf-8")
    if path.stem in ABOUT:
        return bind(text, "entite", f"<{BASE}{ABOUT[path.stem]}>")
    return text
