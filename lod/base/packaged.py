"""Paths of ontology, shapes, site and sample: beside the package, or inside it in a wheel."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from lod.base.tabular import rows

PACKAGE = Path(__file__).parent.parent
_IS_WHEEL = (PACKAGE / "_files").is_dir()
_ROOT = PACKAGE / "_files" if _IS_WHEEL else PACKAGE.parent
ONTOLOGY = _ROOT / "ontology"
CORE = ONTOLOGY / "qp.ttl"
ALIGNMENTS = ONTOLOGY / "alignements.ttl"
CONTEXT = ONTOLOGY / "context.jsonld"
SHAPES = _ROOT / "shapes"
SITE = _ROOT / "site"
TEMPLATES = SITE / "templates"
STATIC = SITE / "static"
QUERIES = SITE / "queries"
FEDERATION = SITE / "federation"
GUIDES = SITE / "pages"
API = SITE / "api"
TABLES = SITE / "tables.csv"
COLUMNS = SITE / "colonnes.csv"
LISTS = SITE / "listes.toml"
RESOURCE_TABLES = SITE / "fiches.csv"
THING_KINDS = SITE / "genres.csv"
TRAPS = SITE / "pieges.toml"
LINKS = SITE / "liens.csv"
GRAPHS = SITE / "graphes.csv"
LICENCES = SITE / "licences"
PROBLEMS = SITE / "problemes.csv"
VENDOR = _ROOT / "vendor" if _IS_WHEEL else _ROOT / "build" / "vendor"  # never committed
OF_COPIES = "copie/"  # the beginning of the name of what only exports have
SYNONYMS = SITE / "synonymes.csv"
MAPPINGS = PACKAGE / "reference" / "data"
EXTENSIONS = "extensions"  # in PACKAGE, SITE, ONTOLOGY and SHAPES: a folder for each extension
SAMPLE = PACKAGE / "sources" / "echantillon.zip"  # real facts, without the texts
INVENTED = PACKAGE / "sources" / "inventees"  # questions of nobody, with texts: for `lod demo`


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendored:
    """A file of an npm package that the site uses, as a row of a table `vendor.csv` states it."""

    package: str  # its npm name
    version: str
    tarball: str  # address of the archive of the package
    integrity: str  # hash of that archive, as npm writes it
    member: str  # path of the file in the archive
    name: str  # path of the file below `static/` of the site, where scripts and styles stand
    licence: str  # file of its licence, in the folder `licences` beside the table

    @property
    def folder(self) -> Path:
        """The folder with all files of this version of the package, if it was downloaded."""
        return VENDOR / f"{self.package.replace('/', '+')}-{self.version}"

    @property
    def path(self) -> Path:
        """The file, if `.ci/vendor` has downloaded it."""
        return self.folder / self.name

    @property
    def licence_path(self) -> Path:
        return with_extensions(SITE, LICENCES.name, self.licence)[0]


@cache
def vendored() -> list[Vendored]:
    """Return the rows of the tables `vendor.csv`, whether their files are there or not."""
    tables = with_extensions(SITE, "", "vendor.csv")
    return [Vendored(**row) for table in tables for row in rows(table)]


def scripts() -> dict[str, Path]:
    """Return path below `static/` → file, of the vendored files that are there and licences."""
    return _present(lambda name: not name.startswith(OF_COPIES))


def scripts_of_copies() -> dict[str, Path]:
    """Return the same, of what only copies of the site for hosts of files have."""
    return _present(lambda name: name.startswith(OF_COPIES))


def _present(is_wanted: Callable[[str], bool]) -> dict[str, Path]:
    present = [v for v in vendored() if v.path.is_file() and is_wanted(v.name)]
    licences = {f"{v.name.rpartition('/')[0]}/LICENCE.txt": v.licence_path for v in present}
    return {v.name: v.path for v in present} | licences


def ontology() -> list[Path]:
    return [CORE, *with_extensions(ONTOLOGY, "modules", "*.ttl")]


def views() -> list[Path]:
    """Return the queries that make of the data what other vocabularies say, a file each."""
    return sorted(ONTOLOGY.glob("*.rq"))


def shapes() -> list[Path]:
    return with_extensions(SHAPES, "", "*.ttl")


def controls() -> list[Path]:
    """Return the queries that must find nothing in a finished store, sorted by name."""
    return with_extensions(SHAPES, "controles", "*.rq")


def with_extensions(root: Path, folder: str, pattern: str) -> list[Path]:
    """Return the files of a folder of SITE, ONTOLOGY, SHAPES …, and of the same folder of each
    extension there, sorted by name; of files of the same name, that of the core comes first.
    """
    paths = (root / folder).glob(pattern), root.glob(f"{EXTENSIONS}/*/{folder}/{pattern}")
    return sorted(chain(*paths), key=lambda path: (path.name, len(path.parts), path))


def table_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of SITE, then those that extensions add to it."""
    for part in with_extensions(path.parent, "", path.name):
        yield from rows(part)


@cache
def kind_queries() -> dict[str, Path]:
    """Return kind of resource → the query for the document of one, of the kinds of extensions."""
    return {path.stem: path for path in sorted(SITE.glob(f"{EXTENSIONS}/*/documents/*.rq"))}


@cache
def mention_queries() -> dict[str, str]:
    """Return graph of an extension → the query for its resources about questions, `?entite`; its
    IRI is `?graphe`.
    """
    paths = with_extensions(SITE, "autour", "*.rq")
    return {path.stem: path.read_text("utf-8") for path in paths}


def template_folders() -> list[Path]:
    """Return the folders of templates: of the core, of each extension, and for `additions`."""
    return [TEMPLATES, *sorted(SITE.glob(f"{EXTENSIONS}/*/templates")), SITE]


@cache
def has_template(name: str) -> bool:
    return any((folder / name).is_file() for folder in template_folders())


@cache
def additions(place: str) -> list[str]:
    """Return the templates that extensions add at a place of a template of the core."""
    paths = SITE.glob(f"{EXTENSIONS}/*/ajouts/{place}")
    return sorted(str(path.relative_to(SITE)) for path in paths)


def published() -> list[Path]:
    """Return every packaged file that a release depends on, in a fixed order."""
    folders = (ONTOLOGY, SHAPES, SITE, MAPPINGS)
    paths = (p for folder in folders for p in sorted(folder.rglob("*")))
    return [*(p for p in paths if p.is_file() and p.suffix != ".pyc"), *scripts().values()]


def program() -> list[Path]:
    """Return the modules of the program itself and its tables, in a fixed order."""
    tables = PACKAGE.glob(f"{EXTENSIONS}/*/*.csv")
    return sorted((*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql"), *tables))
