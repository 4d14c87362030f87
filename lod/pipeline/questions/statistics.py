"""Statistics of questions by resource.

A cell of the statistics is one resource (ministry, portfolio, group, heading, deputy, legislature),
one legislature and one type of question. It is published as a `qb:Observation` whose IRI is a
fragment of the resource's. A measure without meaning is absent: the punctual questions where no
deadline applies, the delay where no question is answered. As no measure of a data set may be absent
(RDF Data Cube, IC-14), cells with other measures are other data sets.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import fmean, median

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.settings import Settings
from lod.pipeline.questions.question_memo import QuestionFacts, Subjects
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels, ontology, types
from lod.rdf.serialize import turtle_triples
from lod.rdf.templates import describe
from lod.rdf.vocab import ORG, QB, QP, RDF, RDFS, SKOS, decimal, fr, integer, qp

AXES = {  # name in IRIs and CSV → label, French and English
    "ministere": ("ministère", "ministry"),
    "portefeuille": ("domaine des ministères", "portfolio"),
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
