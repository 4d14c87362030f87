"""The pages about queries: that of the SPARQL endpoint, with a form, the examples, and the editor
with its completion; and the examples, a page a theme.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, partial

from pyoxigraph import NamedNode, Store

from lod.base import packaged
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import (
    CatalogueQuery,
    all_queries,
    example_triples,
    queries_by_theme,
    standalone_queries,
    traps,
)
from lod.rdf.serialize import ntriples
from lod.rdf.store import select
from lod.rdf.vocab import PREFIXES, QP, term
from lod.website.pages.page_data import write_document
from lod.website.rendering.query_tables import QueryTable, table_of
from lod.website.rendering.templates import render, write_translated

SHOWN = 10  # rows of an example
FORMATS = {  # value of the parameter `format` → its name in the form
    "html": "page avec un tableau",
    "csv": "CSV",
    "json": "JSON",
    "xml": "XML",
    "tsv": "TSV",
    "ttl": "Turtle (CONSTRUCT, DESCRIBE)",
}


FACTS = "fiche-question"  # the query behind the facts of a question
# the question that it is about here, unless the address names another one
NEWEST = f"SELECT (STR(MAX(?une)) AS ?question) {{ ?une a <{QP.Question.value}> }}"


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
        fiche=all_queries()[FACTS],
        question=next(select(store, NEWEST), {}).get("question"),
    )
    write_translated(site, "sparql", page)


def counted_terms(store: Store, partition: str) -> list[str]:
    """Return the IRIs that the VoID description in the store counts, sorted."""
    objects = (quad.object for quad in store.quads_for_pattern(None, term(partition), None))
    return sorted({term.value for term in objects if isinstance(term, NamedNode)})


def _first_rows(
    query: CatalogueQuery, query_cache: QueryCache, base: str
) -> tuple[QueryTable, int]:
    """Return the first rows of a query, and how many it gives; no rows if it is costly."""
    if query.why_costly:
        return table_of(query, query.text, [], base), 0
    answer = query_cache.answer(query.text)
    return table_of(query, query.text, answer.rows[:SHOWN], base), answer.total


def write_examples(site: Site, query_cache: QueryCache) -> None:
    """Write the list of all queries, a page for each theme with their first rows, and the RDF."""
    base, publication = site.publication.base, site.publication
    themes, number = queries_by_theme(), len(standalone_queries())
    values = {"themes": themes, "nombre": number}
    write_document(
        site,
        "exemples",
        ntriples(example_triples(base)),
        partial(render, "exemples.html", publication, "exemples", **values),
    )
    for theme in themes:
        path = f"exemples/{theme.slug}"
        shown = [(query, *_first_rows(query, query_cache, base)) for query in theme.queries]
        values = {"themes": themes, "theme": theme, "exemples": shown}
        page = partial(render, "exemples_theme.html", publication, path, **values)
        write_translated(site, path, page)
