"""The records of some questions → what is published about them, or why they are refused; pure.

Each question is merged from its records, corrected, completed from the tables, mapped; then all
are validated together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain

from pyoxigraph import Triple

from lod.base.errors import Finding, Where
from lod.model.identifiers import shorten
from lod.model.question import Question
from lod.pipeline.mapping import authorities as autorites
from lod.pipeline.mapping import question_triples as rdf
from lod.pipeline.mapping.citations import rappels
from lod.pipeline.mapping.descriptions import References
from lod.pipeline.merge import merge, ranked
from lod.pipeline.reference_data import Tables
from lod.pipeline.resolve import complete
from lod.pipeline.review import corrected
from lod.pipeline.validation.validate import REFERENCE, Result, in_order, validate
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP
from lod.reference.latest_day import dernier_jour
from lod.sources.forms import Lecture, Record, lecture


@dataclass(frozen=True, slots=True)
class Publie:
    """A question that may be published: its triples by document, and what it refers to.

    `rappels` say which earlier questions it recalls: they stand in no document as long as nobody
    knows whether those are published.
    """

    question: Question
    lectures: tuple[Lecture, ...]
    remarks: tuple[Finding, ...]
    documents: dict[str, tuple[Triple, ...]]
    rappels: tuple[Triple, ...]
    references: tuple[Triple, ...]
    repairs: dict[str, int] = field(default_factory=dict)

    def triples(self) -> Iterator[Triple]:
        """Yield all that is said of the question, and all that it says of others."""
        return chain(*self.documents.values(), self.rappels, self.references)


@dataclass(frozen=True, slots=True)
class Rejete:
    """Records that are not published, with every reason; several if they are of one question.

    `retenue` is the identifier and the publisher's reason, if it was the publisher who said so;
    `results` is what the shapes said, if it was they.
    """

    lectures: tuple[Lecture, ...]
    findings: tuple[Finding, ...]
    retenue: tuple[str, str] | None = None
    results: tuple[Result, ...] = ()


Fate = Publie | Rejete


@dataclass(frozen=True, slots=True)
class Acquis:
    """What is known of questions that were proven before, made of the very same: their uids, the
    results of SHACL, and how many nodes each shape looked at in each document.
    """

    uids: Set[str] = frozenset()
    results: Sequence[Result] = ()
    foyers: Mapping[str, Counter[str]] = field(default_factory=dict)


RIEN = Acquis()


@dataclass(slots=True)
class Lot:
    """What became of one batch: a fate for each question, in order, the results of SHACL, and how
    many nodes each shape looked at in each document; the documents, and their N-Triples; the uids
    of the questions that were not proven before.
    """

    fates: list[Fate] = field(default_factory=list)
    nouvelles: Set[str] = frozenset()
    documents: dict[str, tuple[Triple, ...]] = field(default_factory=dict)
    nt: dict[str, bytes] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    foyers: dict[str, Counter[str]] = field(default_factory=dict)

    def text(self, iri: str, triples: tuple[Triple, ...]) -> bytes:
        """Return what a question says in a document, as N-Triples: that of an answer need not be
        what another question of the batch says in it.
        """
        return self.nt[iri] if self.documents[iri] is triples else ntriples(triples)

    def publies(self) -> list[Publie]:
        """Return the questions that are published."""
        return [fate for fate in self.fates if isinstance(fate, Publie)]

    def proposees(self) -> list[Publie]:
        """Return those of them that were not proven before."""
        return [fate for fate in self.publies() if fate.question.uid in self.nouvelles]


def lot(
    batch: list[tuple[Lecture, ...]],
    iris: Iris,
    tables: Tables,
    engine: str = REFERENCE,
    acquis: Acquis = RIEN,
) -> Lot:
    """Return the fate of each question of one batch; those of `acquis` are not proven again."""
    made = Lot([settle(lectures, iris, tables) for lectures in batch])
    publies = made.publies()
    made.documents = documents_of(publies)
    made.nt = {iri: ntriples(triples) for iri, triples in made.documents.items()}
    made.nouvelles = {fate.question.uid for fate in publies} - acquis.uids
    _prove(made, engine, acquis)
    broken: dict[str, list[Result]] = {}
    for result in made.results:
        if result.severity == "Violation":
            broken.setdefault(document_of(result.focus), []).append(result)
    made.fates = [_judge(fate, broken) if broken else fate for fate in made.fates]
    return made


def _prove(made: Lot, engine: str, acquis: Acquis) -> None:
    """Validate the questions that are new, with all that they refer to; add what is known of the
    others.
    """
    new, references = made.proposees(), References()
    for fate in new:
        references.add(fate.references)
    others = [*chain.from_iterable(fate.rappels for fate in new), *references.triples()]
    asked = dict.fromkeys(chain.from_iterable(fate.documents for fate in new))
    own = chain.from_iterable(made.documents[iri] for iri in asked)
    text = b"".join((*(made.nt[iri] for iri in asked), ntriples(others)))
    validation = validate([*own, *others], engine, text)
    known = made.documents.keys() - asked.keys()
    # two tranches may have told of an answer that they share
    told = dict.fromkeys(r for r in acquis.results if document_of(r.focus) in known)
    made.results = in_order([*validation.results, *told])
    looked = {**acquis.foyers, **validation.foyers}
    made.foyers = {iri: n for iri, n in looked.items() if iri in made.documents}


def documents_of(publies: Iterable[Publie]) -> dict[str, tuple[Triple, ...]]:
    """Return document → its triples; an answer that serves several questions is stated once, by the
    first of them.
    """
    found: dict[str, tuple[Triple, ...]] = {}
    for fate in publies:
        for iri, triples in fate.documents.items():
            found.setdefault(iri, triples)
    return found


def convert(record: Record, iris: Iris) -> Fate:
    """Return what one record alone says, or why it cannot be read; the shapes are not asked."""
    read = lecture(record)
    return settle((read,), iris, Tables()) if read.reading else Rejete((read,), read.findings)


def settle(lectures: tuple[Lecture, ...], iris: Iris, tables: Tables) -> Fate:
    """Return what the records of one question say together, or why it is withheld."""
    lectures = ranked(lectures)
    first, merged = lectures[0], merge(lectures)
    place = Where(first.path, first.line)
    if motif := tables.revue.retenues.get(merged.question.uid):
        uid = merged.question.uid
        wrong = f"{uid} is withheld by the publisher: {motif}"
        finding = Finding(place, wrong, "remove it from retenues.csv")
        return Rejete(lectures, (finding,), retenue=(uid, motif))
    reading = complete(corrected(merged, tables.revue, place), first.path, tables.referentiel)
    q = replace(
        reading.question,
        rappels=rappels(reading.question),
        donnees_au=tables.donnees_au.get(merged.question.legislature)
        or dernier_jour(merged.question),
    )
    own, recalling = _distinct(rdf.question(q, iris)), tuple[Triple, ...]()
    if q.rappels:
        recalling = tuple(t for t in own if t.predicate == QP.rappelle)
        own = tuple(t for t in own if t.predicate != QP.rappelle)
    documents = {iris.question(q.uid).value: own}
    for r in q.reponses:
        documents[iris.reponse(q, r).value] = _distinct(rdf.reponse(q, r, iris))
    references = tuple(autorites.references(q, iris))
    repairs = dict(reading.repairs)
    return Publie(q, lectures, reading.remarks, documents, recalling, references, repairs)


def _distinct(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(dict.fromkeys(triples))


def _judge(fate: Fate, broken: dict[str, list[Result]]) -> Fate:
    """Refuse a question if a shape refuses a node that it, or what it refers to, is made of."""
    if isinstance(fate, Rejete):
        return fate
    referred = (document_of(t.subject.value) for t in fate.references)  # type: ignore[union-attr]
    concerned = dict.fromkeys([*fate.documents, *referred])
    results = [result for iri in concerned for result in broken.get(iri, ())]
    if not results:
        return fate
    first = fate.lectures[0]
    place = Where(first.path, first.line)
    told = tuple(finding(result, place) for result in results)
    return Rejete(fate.lectures, told, results=tuple(results))


def finding(result: Result, place: Where) -> Finding:
    """Return a result of SHACL as a finding about the record."""
    wrong, _, remedy = result.message_en.partition("; ")
    value = f" ('{shorten(result.value)}')" if result.value not in ("", result.focus) else ""
    return Finding(place, f"{result.focus}: {wrong}{value}", remedy or "check the source")
