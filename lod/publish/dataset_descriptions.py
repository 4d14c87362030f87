"""The descriptions of the dataset (VoID) and of the SPARQL service, in Turtle.

They are templates filled with the figures of `void_counts.py`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store, parse

from lod.base.settings import Settings
from lod.publish.named_graphs import named_graphs
from lod.publish.void_counts import StoreCounts
from lod.rdf.store import select
from lod.rdf.templates import describe
from lod.rdf.vocab import QP, RDF_TYPE

DESCRIPTIONS = "descriptions"  # the graph of what this module writes
FIRST_DAY = f"SELECT (MIN(?jour) AS ?premier) WHERE {{ ?question {QP.dateParution} ?jour }}"
# the formats in which the endpoint answers, as W3C names them; a test compares `server/formats.py`
RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip


def first_day(store: Store) -> str:
    """Return the first day on which a question was published, in ISO form; "" if none has a day."""
    [row] = select(store, FIRST_DAY)
    return row["premier"]


def describe_void(
    settings: Settings, store: Store, counts: StoreCounts, sizes: Mapping[str, int], **values: Any
) -> bytes:
    """Return the VoID description; `store` holds only the data that `counts` are about.

    `sizes` are the triples of the named graphs, by `nom`; those of this description are added to
    its own graph. `values` are more variables of the template.
    """
    questions = store.quads_for_pattern(None, RDF_TYPE, QP.Question)
    example = next(q.subject.value for q in questions if isinstance(q.subject, NamedNode))
    values |= {"comptes": counts, "exemple": example, "debut": first_day(store)}

    def described(own: int) -> bytes:
        found = {**sizes, DESCRIPTIONS: sizes[DESCRIPTIONS] + own}
        graphs = [(graph, found[nom]) for nom, graph in named_graphs().items() if found[nom]]
        return describe("void.ttl", settings, graphes=graphs, **values)

    # a figure does not change the number of triples
    return described(sum(1 for _ in parse(described(0), format=RdfFormat.TURTLE)))


def describe_service(
    settings: Settings, counts: StoreCounts, sizes: Mapping[str, int], data_until: date
) -> bytes:
    """Return the description of the SPARQL service: the data is its default graph."""
    graphs = [graph for nom, graph in named_graphs().items() if sizes.get(nom, 1)]
    values = {"comptes": counts, "graphes": graphs, "formes": RESULT_FORMATS}
    return describe("service.ttl", settings, donnees_au=data_until, **values)
