"""The page of the SPARQL endpoint: a form, the examples, and the editor with its completion."""

import tomllib
from dataclasses import dataclass
from functools import cache, partial

from pyoxigraph import NamedNode, Store

from lod.base import packaged
from lod.publish.publication import Site
from lod.publish.query_catalogue import queries_by_theme, traps
from lod.rdf.vocab import PREFIXES, term
from lod.website.rendering.templates import render, write_translated

FORMATS = {  # value of the parameter `format` → its name in the form
    "html": "page avec un tableau",
    "csv": "CSV",
    "json": "JSON",
    "xml": "XML",
    "tsv": "TSV",
    "ttl": "Turtle (CONSTRUCT, DESCRIBE)",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A query that is built on the one before it."""

    dit: str  # what it adds
    mot: str  # a word of it that a reader changes
    contre: str  # what into
    requete: str

    @property
    def changed(self) -> str:
        return self.requete.replace(self.mot, self.contre)


@cache
def staircase() -> tuple[Step, ...]:
    """Return the first queries that a reader tries, the simplest first."""
    table = tomllib.loads((packaged.SITE / "marches.toml").read_text("utf-8"))
    return tuple(Step(**one | {"requete": one["requete"].strip()}) for one in table["marche"])


def write_sparql_page(site: Site, store: Store) -> None:
    """Write the page in its languages, and the editor beside it if `.ci/vendor` has fetched it."""
    scripts = packaged.scripts()
    for name, path in scripts.items():
        site.tree.copy(path, f"static/{name}")
    page = partial(
        render,
        "sparql.html",
        site.publication,
        "sparql",
        avec_yasgui=bool(scripts),
        donnees={  # what the editor completes from
            "service": f"{site.publication.base}sparql",
            "prefixes": PREFIXES,
            "classes": counted_terms(store, "void:class"),
            "proprietes": counted_terms(store, "void:property"),
        },
        formats=FORMATS,
        marches=staircase(),
        prefixes=PREFIXES,
        pieges=traps(),
        premiere=staircase()[0].requete,
        themes=queries_by_theme(),
    )
    write_translated(site, "sparql", page)


def counted_terms(store: Store, partition: str) -> list[str]:
    """Return the IRIs that the VoID description in the store counts, sorted."""
    found = (quad.object for quad in store.quads_for_pattern(None, term(partition), None))
    return sorted({term.value for term in found if isinstance(term, NamedNode)})
