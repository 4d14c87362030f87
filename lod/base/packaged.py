"""Where ontology, shapes, site and sample are: beside the package, or in it in a wheel."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
_IS_WHEEL = (PACKAGE / "_files").is_dir()
_ROOT = PACKAGE / "_files" if _IS_WHEEL else PACKAGE.parent
ONTOLOGY = _ROOT / "ontology" / "qp.ttl"
ALIGNMENTS = _ROOT / "ontology" / "alignements.ttl"
CONTEXT = _ROOT / "ontology" / "context.jsonld"
SHAPES = _ROOT / "shapes"
CONTROLS = SHAPES / "controles"
SITE = _ROOT / "site"
TEMPLATES = SITE / "templates"
STATIC = SITE / "static"
QUERIES = SITE / "queries"
FEDERATION = SITE / "federation"
GUIDES = SITE / "pages"
API = SITE / "api"
RECONCILIATION = SITE / "reconciliation"
MODEL = SITE / "modele.csv"
COLUMNS = SITE / "colonnes.csv"
LISTS = SITE / "listes.toml"
SERIES = SITE / "series.csv"
DEPARTEMENTS = SITE / "departements.csv"
LINKS = SITE / "liens.csv"
LICENCES = SITE / "licences"
VENDORED = SITE / "vendor.csv"
VENDOR = _ROOT / "vendor" if _IS_WHEEL else _ROOT / "build" / "vendor"  # never committed
FEEDS = SITE / "flux.toml"
CHANGES_QUERY = SITE / "changements.rq"
MAPPINGS = PACKAGE / "reference" / "data"
WIKIDATA_QUERIES = PACKAGE / "remote" / "wikidata" / "requetes"
STORE_QUERIES = PACKAGE / "remote" / "stores" / "requetes"
SAMPLE = PACKAGE / "sources" / "echantillon.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendored:
    """A file of others that the site uses: its package, where that is, which member it is, what
    the site calls it, and the file of its licence in LICENCES.
    """

    package: str
    version: str
    tarball: str
    integrity: str
    member: str
    name: str
    licence: str

    @property
    def folder(self) -> Path:
        """Where the files of this version of the package are, all of them or none."""
        return VENDOR / f"{self.package.replace('/', '+')}-{self.version}"

    @property
    def path(self) -> Path:
        """Where the file is, if `lod.remote.npm` has brought it."""
        return self.folder / self.name


@cache
def vendored() -> list[Vendored]:
    """Return the rows of `site/vendor.csv`, whether their files are there or not."""
    with VENDORED.open(encoding="utf-8", newline="") as file:
        return [Vendored(**row) for row in csv.DictReader(file)]


def scripts() -> dict[str, Path]:
    """Return name below `static/` → file, of what is there of others, with its licence."""
    there = [v for v in vendored() if v.path.is_file()]
    licences = {f"{v.name.rpartition('/')[0]}/LICENCE.txt": LICENCES / v.licence for v in there}
    return {v.name: v.path for v in there} | licences


def shapes() -> list[Path]:
    """Return the files of the shapes, sorted by name."""
    return sorted(SHAPES.glob("*.ttl"))


def published() -> list[Path]:
    """Return every packaged file that what is published depends on, in one order."""
    folders = (ONTOLOGY.parent, SHAPES, SITE, MAPPINGS)
    found = [p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()]
    # what the interpreter leaves beside its modules comes and goes
    found = [p for p in found if p.suffix != ".pyc"]
    return [*found, *scripts().values()]


def program() -> list[Path]:
    """Return the modules of the program itself, in a fixed order."""
    return sorted(PACKAGE.rglob("*.py"))
