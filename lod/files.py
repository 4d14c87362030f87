"""Where ontology, shapes, site and sample are: beside the package, or in it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent
_ROOT = PACKAGE / "_files" if (PACKAGE / "_files").is_dir() else PACKAGE.parent

ONTOLOGY = _ROOT / "ontology" / "qp.ttl"
ALIGNMENTS = _ROOT / "ontology" / "alignements.ttl"
CONTEXT = _ROOT / "ontology" / "context.jsonld"
SHAPES = _ROOT / "shapes"
CONTROLS = SHAPES / "controles"
TEMPLATES = _ROOT / "site" / "templates"
STATIC = _ROOT / "site" / "static"
QUERIES = _ROOT / "site" / "queries"
GUIDES = _ROOT / "site" / "pages"
API = _ROOT / "site" / "api"
MODELE = _ROOT / "site" / "modele.csv"
LIENS = _ROOT / "site" / "liens.csv"
MAPPINGS = PACKAGE / "mappings"
SAMPLE = PACKAGE / "sample" / "echantillon.zip"


def shapes() -> list[Path]:
    """Return the files of the shapes, sorted by name."""
    return sorted(SHAPES.glob("*.ttl"))


def published() -> list[Path]:
    """Return every packaged file that what is published depends on, in one order."""
    folders = (ONTOLOGY.parent, SHAPES, TEMPLATES, STATIC, QUERIES, GUIDES, MAPPINGS)
    found = [p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()]
    # what the interpreter leaves beside its modules comes and goes
    return [*(p for p in found if p.suffix != ".pyc"), MODELE, LIENS]
