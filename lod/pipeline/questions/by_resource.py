"""Questions by resource: the ranks of its questions, the newest of them, and statistics.

A cell of the statistics is one resource (ministry, portfolio, group, heading, deputy, legislature),
one legislature and one type of question. It is published as a `qb:Observation` whose IRI is a
fragment of the resource's. A measure without meaning is absent: the punctual questions where no
deadline applies, the delay where no question is answered. As no measure of a data set may be absent
(RDF Data Cube, IC-14), cells with other measures are other data sets.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import heappush, heappushpop
from statistics import fmean, median
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.settings import Settings
from lod.pipeline.questions.question_memo import QuestionFacts, Subjects
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels, ontology, types
from lod.rdf.serialize import turtle_triples
from lod.rdf.templates import describe
from lod.rdf.vocab import ORG, QB, QP, RDF, RDFS, SKOS, decimal, fr, integer, qp

FOLLOWED_KINDS = (  # of resources that have a feed
    "depute", "auteur", "ministere", "portefeuille", "rubrique", "groupe", "legislature",
    "circonscription", "departement", "region",
)  # fmt: skip
EVERYTHING = ""  # stands for a resource that all questions are about
MOST_OF_ALL, MOST_OF_RESOURCE = 100, 50  # entries of the feed of all, of a feed of a resource
# roles that `questions-liees.rq` does not follow from a question: ministries of former
# attributions, and portfolios, which it finds by the ministry in charge
UNLISTED = (QP.ministere.value, ORG.classification.value)
ASKED = QP.ministereInterroge.value
WAITING = tuple(qp(f"statut-en-attente-{end}").value for end in ("dans-delai", "hors-delai"))
Ranks: TypeAlias = "array[int]"  # a subscript that Python 3.11 does not know yet
Portefeuilles = Mapping[str, list[str]]  # IRI of a ministry → IRIs of its portfolios
AXES = {  # name in IRIs and CSV → label, French and English
    "ministere": ("ministère", "ministry"),
    "portefeuille": ("domaine ministériel", "portfolio"),
    "groupe": ("groupe", "group"),
    "rubrique": ("rubrique", "heading"),
    "depute": ("député", "deputy"),
    "legislature": ("législature", "legislature"),
}
AXIS_OF = {  # IRI of the role of a subject → axis
    QP.ministereAttributaire.value: "ministere",
    ORG.classification.value: "portefeuille",
    QP.groupe.value: "groupe",
    QP.rubrique.value: "rubrique",
    QP.auteur.value: "depute",
    QP.legislature.value: "legislature",
}
# none of them is a property of questions: queries that count questions must not count cells
DIMENSIONS = (QP.statistiqueDe, QP.statistiqueLegislature, QP.statistiqueType)
COUNTS = (QP.posees, QP.repondues, QP.retirees, QP.sansReponse, QP.suiteInconnue, QP.enAttente)
PUNCTUAL = (QP.reponduesDansDelai, QP.reponduesHorsDelai, QP.enAttenteHorsDelai)
DELAYS = (QP.delaiMedian, QP.delaiMoyen)
MEASURES = (*COUNTS, *PUNCTUAL, *DELAYS)
STRUCTURES = {  # end of the name of a data set → (what it is called, French, English; its measures)
    "": ("sans ponctualité ni délais", "without punctuality or delays", COUNTS),
    "-ponctualite": ("avec leur ponctualité", "with punctuality", COUNTS + PUNCTUAL),
    "-delais": ("avec leurs délais", "with delays", COUNTS + DELAYS),
    "-ponctualite-delais": (
        "avec leur ponctualité et leurs délais", "with punctuality and delays", MEASURES,
    ),
}  # fmt: skip
SETS = {frozenset(measures): end for end, (*_, measures) in STRUCTURES.items()}
COUNTED = {  # IRI of the status of a question → the measures that it counts in
    qp("statut-repondue").value: (QP.repondues,),
    qp("statut-repondue-dans-delai").value: (QP.repondues, QP.reponduesDansDelai),
    qp("statut-repondue-hors-delai").value: (QP.repondues, QP.reponduesHorsDelai),
    qp("statut-retiree").value: (QP.retirees,),
    qp("statut-sans-reponse").value: (QP.sansReponse,),
    qp("statut-suite-inconnue").value: (QP.suiteInconnue,),
    qp("statut-en-attente").value: (QP.enAttente,),
    qp("statut-en-attente-dans-delai").value: (QP.enAttente,),
    qp("statut-en-attente-hors-delai").value: (QP.enAttente, QP.enAttenteHorsDelai),
}
STATES = tuple(COUNTED)  # a question that is published has one of them


class ResourceQuestions:
    """The ranks of the questions of each resource, in order."""

    def __init__(self, base: str) -> None:
        self._followed = tuple(f"{base}{kind}/" for kind in FOLLOWED_KINDS)
        self._ranks: dict[str, Ranks] = {}
        # by rank, from 1: minus day and number, for the order of lists; place in STATES
        self._order: list[tuple[int, int]] = [(0, 0)]
        self._states = bytearray(1)
        self._in_charge: dict[str, Ranks] = {}  # ministry → the questions that it has to answer
        # ministry → day of publication → the questions asked of it; ministry → the written
        # questions that wait for its answer
        self._asked: dict[str, dict[str, Ranks]] = {}
        self._waiting: dict[str, Ranks] = {}
        # resource → heap of (day of the newest event, IRI, rank)
        self._newest: dict[str, list[tuple[str, str, int]]] = {}

    def add(self, rank: int, facts: QuestionFacts, subjects: Subjects) -> None:
        """Take in a question; ranks come in order."""
        day = date.fromisoformat(facts.parution).toordinal() if facts.parution else 0
        self._order.append((-day, -facts.numero))
        self._states.append(STATES.index(facts.statut))
        for iri in {iri for role, iri in subjects if role not in UNLISTED}:
            self._ranks.setdefault(iri, array("I")).append(rank)
        if facts.ministere:
            self._in_charge.setdefault(facts.ministere, array("I")).append(rank)
        if facts.parution:
            for asked in (iri for role, iri in subjects if role == ASKED):
                by_day = self._asked.setdefault(asked, {})
                by_day.setdefault(facts.parution, array("I")).append(rank)
            if facts.type == "QE" and facts.statut in WAITING and facts.ministere:
                self._waiting.setdefault(facts.ministere, array("I")).append(rank)
        followed = {iri for _, iri in subjects if iri.startswith(self._followed)}
        for iri in (EVERYTHING, *followed):
            heap = self._newest.setdefault(iri, [])
            most = MOST_OF_RESOURCE if iri else MOST_OF_ALL
            push = heappush if len(heap) < most else heappushpop
            push(heap, (facts.last_event, facts.iri, rank))

    def with_portfolios(self, portefeuilles: Portefeuilles) -> dict[str, Ranks]:
        """Return resource → its questions; a portfolio has the questions of its ministries."""
        by_portfolio: dict[str, set[int]] = {}
        for ministere, ranks in self._in_charge.items():
            for iri in portefeuilles.get(ministere, ()):
                by_portfolio.setdefault(iri, set()).update(ranks)
        return self._ranks | {iri: array("I", sorted(ranks)) for iri, ranks in by_portfolio.items()}

    def newest_first(self, ranks: Iterable[int]) -> tuple[list[int], bytes]:
        """Return ranks in the order of lists: by day and number, the highest first; and the place
        of the status of each in STATES.
        """
        ordered = sorted(ranks, key=lambda rank: (self._order[rank], rank))
        return ordered, bytes(self._states[rank] for rank in ordered)

    def asked(self, ministere: str, first: str, last: str) -> Iterator[int]:
        """Yield the questions asked of a ministry that appeared from a day to another."""
        for day, ranks in self._asked.get(ministere, {}).items():
            if first <= day <= last:
                yield from ranks

    def waiting(self, ministere: str) -> Iterable[int]:
        """Return the written questions with a due date that wait for an answer of a ministry."""
        return self._waiting.get(ministere, ())

    def newest(self) -> dict[str, list[int]]:
        """Return resource → its questions with the newest events, the newest first."""
        return {
            iri: [rank for *_, rank in sorted(heap, reverse=True)]
            for iri, heap in self._newest.items()
        }


@dataclass(slots=True)
class CellCount:
    numbers: Counter[NamedNode] = field(default_factory=Counter)  # measure → questions
    due_count: int = 0  # questions that have a due date
    delays: Counter[int] = field(default_factory=Counter)  # days until the answer → questions

    def update(self, other: "CellCount") -> None:
        """Add the counts of the same cell for other questions."""
        self.numbers.update(other.numbers)
        self.due_count += other.due_count
        self.delays.update(other.delays)

    def measures(self) -> Iterator[tuple[NamedNode, Literal]]:
        """Yield (measure, value) of each measure that has a meaning, in the order of MEASURES."""
        for measure in COUNTS + (PUNCTUAL if self.due_count else ()):
            yield measure, integer(self.numbers[measure])
        if self.delays:
            days = list(self.delays.elements())
            yield QP.delaiMedian, decimal(median(days))
            yield QP.delaiMoyen, decimal(fmean(days))


@dataclass(frozen=True, slots=True)
class Observation:
    """One cell with its measures."""

    axis: str  # one of AXES
    entity: NamedNode  # the resource that questions are counted for
    legislature: int
    type: str  # of question: QE …
    measures: dict[NamedNode, Literal]


class StatisticsCounter:
    """The counts of all cells, some thousands, kept in memory."""

    def __init__(self) -> None:
        # (axis, IRI of the resource, legislature, type of question) → counts
        self.cells: dict[tuple[str, str, int, str], CellCount] = {}

    def add(self, facts: QuestionFacts, subjects: Subjects) -> None:
        """Count one published question in each cell that it belongs to."""
        assert facts.statut, "a question without any day has no status, and the shapes reject it"
        measures = (QP.posees, *COUNTED[facts.statut])
        for role, entity in subjects:
            if role not in AXIS_OF:
                continue
            key = (AXIS_OF[role], entity, facts.legislature, facts.type)
            cell = self.cells.setdefault(key, CellCount())
            for measure in measures:
                cell.numbers[measure] += 1
            cell.due_count += bool(facts.limite)
            if facts.delai is not None:
                cell.delays[facts.delai] += 1

    def observations(self) -> Iterator[Observation]:
        """Yield every cell, axis by axis, in the order of the IRIs."""
        order = list(AXES)
        for key in sorted(self.cells, key=lambda key: (order.index(key[0]), *key[1:])):
            axis, entity, legislature, type_ = key
            measures = dict(self.cells[key].measures())
            yield Observation(axis, NamedNode(entity), legislature, type_, measures)

    def triples(self, iris: Iris) -> Iterator[Triple]:
        """Yield the structure of the data sets, then the cells as observations."""
        yield from structure(iris.base)
        for observation in self.observations():
            yield from observation_triples(observation, iris)


def structure(base: str) -> Iterator[Triple]:
    """Yield the data sets, four an axis, with their dimensions and measures (RDF Data Cube)."""
    text = describe(
        "cube.ttl",
        Settings(base=base),
        axes=AXES,
        structures=STRUCTURES,
        dimensions=DIMENSIONS,
        mesures=MEASURES,
        termes=labels(RDFS.label),
        termes_en=labels(RDFS.label, "en"),
    )
    yield from turtle_triples(text)
    yield from components()


def components() -> Iterator[Triple]:
    """Yield what the ontology says of dimensions and measures that a client of data cubes needs."""
    return filter(_is_of_a_component, ontology())


def _is_of_a_component(t: Triple) -> bool:
    is_stated = t.predicate in (RDFS.label, RDFS.range, QB.codeList) or t.object in (
        QB.DimensionProperty,
        QB.MeasureProperty,
    )
    return is_stated and t.subject in (*DIMENSIONS, *MEASURES)


def observation_triples(o: Observation, iris: Iris) -> Iterator[Triple]:
    """Yield the triples of one cell."""
    s = iris.part(o.entity, "statistique", f"{o.legislature}-{o.type}")
    kind = labels(SKOS.prefLabel)[types()[o.type].value]
    yield Triple(s, RDF.type, QB.Observation)
    yield Triple(s, RDFS.label, fr(f"Statistique : {kind}, {o.legislature}e législature"))
    yield Triple(s, QB.dataSet, iris.statistiques(o.axis + SETS[frozenset(o.measures)]))
    yield Triple(s, QP.statistiqueDe, o.entity)
    yield Triple(s, QP.statistiqueLegislature, iris.legislature(o.legislature))
    yield Triple(s, QP.statistiqueType, types()[o.type])
    for measure, value in o.measures.items():
        yield Triple(s, measure, value)
