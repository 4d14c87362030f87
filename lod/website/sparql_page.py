"""The page of SPARQL: a form, the examples, and what the editor in the browser has to know."""

from typing import Any

from pyoxigraph import NamedNode, Store

from lod.base import packaged as files
from lod.publish.query_catalogue import par_theme, query_text
from lod.rdf.vocab import PREFIXES, term
from lod.website.rendering import Contexte, render, write_page

FORMATS = {  # value of the parameter `format`: as the form says it
    "html": "page avec un tableau",
    "csv": "CSV",
    "json": "JSON",
    "xml": "XML",
    "tsv": "TSV",
    "ttl": "Turtle (CONSTRUCT, DESCRIBE)",
}
PREMIERE = "vie-d-une-question"  # the query that a visitor finds in the form


def write_interrogation(contexte: Contexte, store: Store) -> None:
    """Write the page, and the editor beside it if `lod.remote.npm` has brought one."""
    scripts = files.scripts()
    for name, path in scripts.items():
        contexte.site.copy(path, f"static/{name}")
    html = render(
        "sparql.html",
        contexte,
        "sparql",
        avec_yasgui=bool(scripts),
        donnees=donnees(contexte, store),
        formats=FORMATS,
        prefixes=PREFIXES,
        premiere=query_text(PREMIERE),
        themes=par_theme(),
    )
    write_page(contexte, "sparql", html)


def donnees(contexte: Contexte, store: Store) -> dict[str, Any]:
    """Return what the editor completes from: our prefixes; classes and properties in use."""
    return {
        "service": f"{contexte.base}sparql",
        "prefixes": PREFIXES,
        "classes": comptes(store, "void:class"),
        "proprietes": comptes(store, "void:property"),
    }


def comptes(store: Store, partition: str) -> list[str]:
    """Return the IRIs that VoID counts, sorted; it stands in the store."""
    found = (quad.object for quad in store.quads_for_pattern(None, term(partition), None))
    return sorted({term.value for term in found if isinstance(term, NamedNode)})
