"""Imports point one way: a module knows only what stands below it."""

import ast
from pathlib import Path

LOD = Path(__file__).parent.parent / "lod"
FLOORS = (
    {
        "errors",
        "files",
        "settings",
        "model",
        "parallel",
        "site",
        "remote",
        "durable",
        "progres",
        "valeurs",
    },
    {"vocab", "texts", "dates", "noms"},
    {"ontology", "mappings"},
    {"iris", "sources", "referentiel", "delais", "citations"},
    {
        "autorites",
        "rdf",
        "resolve",
        "references",
        "shacl",
        "validate",
        "links",
        "liens_revus",
        "faits",
        "jsonld",
        "merge",
        "revue",
        "usages",
    },
    {"convert", "annuaire", "dump", "store", "comptes", "dataset", "thesaurus"},
    {"statistiques", "release", "releases", "controles", "changements", "historique"},
    {"bilan", "recueil"},
    {"sommaire"},
    {"tranches"},
    {"rapport"},
    {"collect"},
    {"publiees"},
    {"telechargements"},
    {"website", "query", "recherche", "distant", "difference", "avenant"},
    {"entrepot"},
    {"build"},
    {"server", "sample", "fetch", "reconciliation"},
    {"vendor", "wikidata"},
    {"propositions"},
    {"cli"},
    {"__main__", "spark"},
)


def floor(name: str) -> int:
    return next(n for n, names in enumerate(FLOORS) if name in names)


def imports(path: Path) -> set[str]:
    """The modules of the package that a module imports, by their first name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "lod":
                found |= {alias.name for alias in node.names if not alias.name.startswith("__")}
            elif node.module.startswith("lod."):
                found.add(node.module.split(".")[1])
    return found


def test_imports_point_down() -> None:
    """Nothing imports what stands above it, or beside it on another staircase."""
    modules = sorted(path for path in LOD.rglob("*.py") if path != LOD / "__init__.py")
    assert len(modules) >= 40
    for path in modules:
        own = path.relative_to(LOD).parts[0].removesuffix(".py")
        for other in imports(path) - {own}:
            assert floor(other) <= floor(own), f"{path} imports {other}"


def test_no_function_is_longer_than_a_screen() -> None:
    """Nine functions of ten, docstring included, are shorter than twenty-five lines."""
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for path in LOD.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    )
    assert lengths[int(len(lengths) * 0.9)] < 25
