"""The descriptions of the dataset (VoID) and of the SPARQL service, in Turtle.

They are templates filled with the figures of `void_counts.py`.
"""

from itertools import chain
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from lod.base.settings import Settings
from lod.publish.void_counts import StoreCounts, store_totals
from lod.rdf.store import select
from lod.rdf.templates import describe
from lod.rdf.vocab import QP, RDF_TYPE

FIRST_DAY = f"SELECT (MIN(?jour) AS ?premier) WHERE {{ ?question {QP.dateParution} ?jour }}"
# the formats in which the endpoint answers, as W3C names them; a test compares `server/formats.py`
RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
# parts of the default graph beside the data: name → (French label, English label)
GRAPH_PARTS = {
    "ontologie": ("ontologie", "ontology"),
    "exemples": ("exemples de requêtes", "example queries"),
    "void": ("description VoID", "VoID description"),
    "service": ("description du service SPARQL", "description of the SPARQL service"),
}


def first_day(store: Store) -> str:
    """Return the first day on which a question was published, in ISO form; "" if none has a day."""
    [row] = select(store, FIRST_DAY)
    return row["premier"]


def describe_void(settings: Settings, store: Store, counts: StoreCounts, **values: Any) -> bytes:
    """Return the VoID description; `store` holds only the data that `counts` are about.

    `values` are more variables of the template.
    """
    questions = store.quads_for_pattern(None, RDF_TYPE, QP.Question)
    example = next(q.subject.value for q in questions if isinstance(q.subject, NamedNode))
    values |= {"comptes": counts, "exemple": example, "debut": first_day(store)}
    return describe("void.ttl", settings, **values)


def describe_service(
    settings: Settings,
    store: Store,
    counts: StoreCounts,
    parts: dict[str, list[Triple]],
    **values: Any,
) -> bytes:
    """Return the description of the SPARQL service, with the figures of the complete store.

    `store` holds the data alone, of which `counts` were made; `parts` are the other triples of the
    default graph by name, as in GRAPH_PARTS, but for this description: it is made three times,
    until it counts its own triples right (its figures do not change its number of triples).
    """
    beside = list(chain(*parts.values()))
    sizes = {name: len(triples) for name, triples in parts.items()} | {"service": 0}
    figures = store_totals(counts, store, beside)
    for _ in range(3):  # without itself; with its size; with the classes and properties it uses
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
