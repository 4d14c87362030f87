"""Questions counted: by ministry, portfolio, group, heading, deputy, and legislature as a whole.

A cell is one resource, one legislature, one type of question; its numbers are a `qb:Observation`,
a fragment of the resource's document. What has no meaning is absent: no question in time where no
rule says in what time, no delay where nobody has answered.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import fmean, median

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from lod.base.settings import Settings
from lod.model.question import Question
from lod.rdf import deadlines
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels, types
from lod.rdf.templates import describe
from lod.rdf.vocab import (
    DCTERMS_SUBJECT,
    DCTERMS_TEMPORAL,
    DCTERMS_TYPE,
    QB_DATA_SET,
    QB_OBSERVATION,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    SKOS_PREF_LABEL,
    decimal,
    fr,
    integer,
    qp,
)
from lod.reference.tables import portefeuilles_of

AXES = {
    "ministere": "ministère",
    "portefeuille": "portefeuille ministériel",
    "groupe": "groupe",
    "rubrique": "rubrique",
    "depute": "député",
    "legislature": "législature",
}
# not the properties of questions: whoever counts questions by those must not count these too
DIMENSIONS = {
    DCTERMS_SUBJECT: "de quoi",
    DCTERMS_TEMPORAL: "législature",
    DCTERMS_TYPE: "type de question",
}
COUNTS = (QP.posees, QP.repondues, QP.retirees, QP.enAttente)
PUNCTUAL = (QP.reponduesDansDelai, QP.reponduesHorsDelai, QP.enAttenteHorsDelai)
DELAYS = (QP.delaiMedian, QP.delaiMoyen)
MEASURES = (*COUNTS, *PUNCTUAL, *DELAYS)
COUNTED = {  # status → what it counts in
    qp("statut-repondue"): (QP.repondues,),
    qp("statut-repondue-dans-delai"): (QP.repondues, QP.reponduesDansDelai),
    qp("statut-repondue-hors-delai"): (QP.repondues, QP.reponduesHorsDelai),
    qp("statut-retiree"): (QP.retirees,),
    qp("statut-en-attente"): (QP.enAttente,),
    qp("statut-en-attente-dans-delai"): (QP.enAttente,),
    qp("statut-en-attente-hors-delai"): (QP.enAttente, QP.enAttenteHorsDelai),
}


@dataclass(slots=True)
class CellCount:
    """What was counted of one cell; `due_count`: how many of its questions have a due date."""

    numbers: Counter[NamedNode] = field(default_factory=Counter)
    due_count: int = 0
    delays: Counter[int] = field(default_factory=Counter)

    def update(self, other: "CellCount") -> None:
        """Count what was counted elsewhere."""
        self.numbers.update(other.numbers)
        self.due_count += other.due_count
        self.delays.update(other.delays)

    def measures(self) -> Iterator[tuple[NamedNode, Literal]]:
        """Yield (measure, value), in their order; only those that have a meaning."""
        for measure in COUNTS + (PUNCTUAL if self.due_count else ()):
            yield measure, integer(self.numbers[measure])
        if self.delays:
            days = list(self.delays.elements())
            yield QP.delaiMedian, decimal(median(days))
            yield QP.delaiMoyen, decimal(fmean(days))


@dataclass(frozen=True, slots=True)
class Observation:
    """One cell: the axis, the resource, legislature, type of question, and its measures."""

    axis: str
    entity: NamedNode
    legislature: int
    type: str
    measures: dict[NamedNode, Literal]


class StatisticsCounter:
    """Counts that grow question by question; small: thousands of cells.

    `cells`: (axis, IRI, legislature, type of question) → what was counted.
    """

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str, int, str], CellCount] = {}

    def add(self, q: Question, iris: Iris) -> None:
        """Count one published question, in each cell that it belongs to."""
        measured = counted(q)
        has_limit, days = deadlines.date_limite(q) is not None, deadlines.delai_jours(q)
        for axis, entity in entities(q, iris):
            cell = self.cells.setdefault((axis, entity.value, q.legislature, q.type), CellCount())
            cell.numbers.update(measured)
            cell.due_count += has_limit
            if days is not None:
                cell.delays[days] += 1

    def update(self, other: "StatisticsCounter") -> None:
        """Count what was counted elsewhere."""
        for key, cell in other.cells.items():
            self.cells.setdefault(key, CellCount()).update(cell)

    def observations(self) -> Iterator[Observation]:
        """Yield every cell, axis by axis, in the order of their IRIs."""
        order = list(AXES)
        for key in sorted(self.cells, key=lambda key: (order.index(key[0]), *key[1:])):
            axis, entity, legislature, type_ = key
            measures = dict(self.cells[key].measures())
            yield Observation(axis, NamedNode(entity), legislature, type_, measures)

    def triples(self, iris: Iris) -> Iterator[Triple]:
        """Yield the cells as observations, and the structure of the sets that they are in."""
        yield from structure(iris.base)
        for observation in self.observations():
            yield from triples(observation, iris)


def structure(base: str) -> Iterator[Triple]:
    """Yield the sets of statistics and what they are made of, in the terms of the Data Cube."""
    text = describe(
        "cube.ttl",
        Settings(base=base),
        axes=AXES,
        dimensions=DIMENSIONS,
        mesures=COUNTS,
        attributs=PUNCTUAL + DELAYS,
        termes=labels(RDFS_LABEL),
    )
    yield from (quad.triple for quad in parse(text, format=RdfFormat.TURTLE))


def counted(q: Question) -> tuple[NamedNode, ...]:
    """Return the measures that a question counts in: asked, and those of its status."""
    found = deadlines.statut(q)
    assert found, "a question without any day has no status, and the shapes refuse it"
    return (QP.posees, *COUNTED[found[0]])


def entities(q: Question, iris: Iris) -> Iterator[tuple[str, NamedNode]]:
    """Yield (axis, resource) for each that a question is counted under."""
    ministere = q.ministere_attributaire
    if ministere:
        yield "ministere", iris.ministere(ministere)
        for name in portefeuilles_of(ministere.libelles):
            yield "portefeuille", iris.portefeuille(name)
    if q.groupe:
        yield "groupe", iris.groupe(q, q.groupe)
    if q.rubrique:
        yield "rubrique", iris.rubrique(q.rubrique)
    yield "depute", iris.auteur(q)
    yield "legislature", iris.legislature(q.legislature)


def triples(o: Observation, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about one cell."""
    s = iris.part(o.entity, "statistique", f"{o.legislature}-{o.type}")
    kind = labels(SKOS_PREF_LABEL)[types()[o.type].value]
    yield Triple(s, RDF_TYPE, QB_OBSERVATION)
    yield Triple(s, RDFS_LABEL, fr(f"Statistique : {kind}, {o.legislature}e législature"))
    yield Triple(s, QB_DATA_SET, iris.statistiques(o.axis))
    yield Triple(s, DCTERMS_SUBJECT, o.entity)
    yield Triple(s, DCTERMS_TEMPORAL, iris.legislature(o.legislature))
    yield Triple(s, DCTERMS_TYPE, types()[o.type])
    for measure, value in o.measures.items():
        yield Triple(s, measure, value)
