"""Descriptions of dataset and service: Turtle templates, filled with what was counted."""

from itertools import chain
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from lod.base.settings import Settings
from lod.publish.void_counts import StoreCounts, store_totals
from lod.rdf.store import select
from lod.rdf.templates import describe
from lod.rdf.vocab import QP, RDF_TYPE

FIRST_DAY = f"SELECT (MIN(?jour) AS ?premier) WHERE {{ ?question {QP.dateParution} ?jour }}"
# what the endpoint answers in, as W3C names file formats; a test holds `server/formats.py` to it
RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
# the parts of the default graph beside the data: name → in French, in English
GRAPH_PARTS = {
    "ontologie": ("ontologie", "ontology"),
    "exemples": ("exemples de requêtes", "example queries"),
    "void": ("description VoID", "VoID description"),
    "service": ("description du service SPARQL", "description of the SPARQL service"),
}


def first_day(store: Store) -> str:
    """Return the day of the first question in `store`, or nothing if no question has one."""
    [row] = select(store, FIRST_DAY)
    return row["premier"]


def describe_void(settings: Settings, store: Store, counts: StoreCounts, **values: Any) -> bytes:
    """Return VoID, with a question as example; the store has what it counts, and nothing else."""
    asked = store.quads_for_pattern(None, RDF_TYPE, QP.Question)
    example = next(q.subject.value for q in asked if isinstance(q.subject, NamedNode))
    values |= {"comptes": counts, "exemple": example, "debut": first_day(store)}
    return describe("void.ttl", settings, **values)


def describe_service(
    settings: Settings,
    store: Store,
    counts: StoreCounts,
    parts: dict[str, list[Triple]],
    **values: Any,
) -> bytes:
    """Return the description of the SPARQL service, which counts all that goes into the store.

    `store` has the data alone; `parts` are what comes beside them, but the description itself:
    its figures do not change its length.
    """
    beside = list(chain(*parts.values()))
    sizes = {name: len(triples) for name, triples in parts.items()} | {"service": 0}
    figures = store_totals(counts, store, beside)
    for _ in range(3):  # first to be counted, then as what it uses itself leaves it
        text = describe(
            "service.ttl",
            settings,
            ensemble=figures,
            parties={name: (*GRAPH_PARTS[name], n) for name, n in sizes.items()},
            formes=RESULT_FORMATS,
            comptes=counts,
            **values,
        )
        itself = [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
        sizes["service"] = len(itself)
        figures = store_totals(counts, store, [*beside, *itself])
    return text
