"""What describes the data in the terms of VoID: parts of a store (`site/graphes.csv`), and the
descriptions of dataset and SPARQL service, templates that are filled with the figures of
`store_counts.py`. They stand in a graph of their own, which is not counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pyoxigraph import NamedNode, Store

from lod.base import packaged
from lod.base.settings import Settings
from lod.publish.search.full_text import CONTAINS
from lod.publish.store_counts import StoreCounts
from lod.rdf.store import select
from lod.rdf.templates import describe
from lod.rdf.vocab import QP, RDF

NAMED = "nommé"  # of a part: it is a graph of its own
DESCRIPTIONS = "descriptions"  # the part that this module writes
Sizes = Mapping[str, int | None]  # part of a store, by `nom` → its triples; None: not counted
FIRST_DAY = f"SELECT (MIN(?jour) AS ?premier) WHERE {{ ?question {QP.dateParution} ?jour }}"
# the formats in which the endpoint answers, as W3C names them; a test compares `formats.py`
RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StorePart:
    """A part of what a store holds: in its default graph, or in a graph of its own."""

    nom: str  # the fragment of its IRI
    graphe: str  # NAMED, or where else it is
    fichiers: tuple[str, ...]  # dumps that hold its triples, and no other triples
    titre: str
    titre_en: str
    description: str
    description_en: str
    licence: str  # IRI; "" for the licence of the data

    @property
    def path(self) -> str:
        """The name of its graph, below the base; VoID describes it by that."""
        return f".well-known/void#{self.nom}"


@cache
def store_parts() -> dict[str, StorePart]:
    """Return the parts by their `nom`."""
    return {
        row["nom"]: StorePart(**row | {"fichiers": tuple(row["fichiers"].split())})  # type: ignore[arg-type]
        for row in packaged.table_rows(packaged.GRAPHS)
    }


@cache
def named_graphs() -> dict[str, StorePart]:
    return {nom: part for nom, part in store_parts().items() if part.graphe == NAMED}


def first_day(store: Store) -> str:
    """Return the first day on which a question was published, in ISO form; "" if none has a day."""
    [row] = select(store, FIRST_DAY)
    return row["premier"]


def describe_void(
    settings: Settings, store: Store, counts: StoreCounts, sizes: Sizes, **values: Any
) -> bytes:
    """Return the VoID description of a store; `values` are more variables of the template."""
    questions = store.quads_for_pattern(None, RDF.type, QP.Question)
    example = next(q.subject.value for q in questions if isinstance(q.subject, NamedNode))
    values |= {"comptes": counts, "exemple": example, "debut": first_day(store)}
    parts = [(part, sizes[nom]) for nom, part in store_parts().items() if sizes[nom] != 0]
    return describe("void.ttl", settings, parties=parts, **values)


def describe_service(
    settings: Settings, counts: StoreCounts, sizes: Sizes, data_until: date
) -> bytes:
    """Return the description of the SPARQL service, whose default graph VoID describes."""
    graphs = [graph for nom, graph in named_graphs().items() if sizes.get(nom) != 0]
    return describe(
        "service.ttl", settings, donnees_au=data_until, comptes=counts, graphes=graphs,
        formes=RESULT_FORMATS, recherche=CONTAINS,
    )  # fmt: skip
