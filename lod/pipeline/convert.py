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
from lod.pipeline.mapping import authorities, question_triples
from lod.pipeline.mapping.citations import rappels
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.merge import merge, ranked
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.resolve import complete
from lod.pipeline.review import corrected
from lod.pipeline.validation.validate import REFERENCE, Result, in_order, validate
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP
from lod.reference.tables import latest_day
from lod.sources.forms import ReadOutcome, Record, read_outcome


@dataclass(frozen=True, slots=True)
class Accepted:
    """A question that may be published: its triples by document, and what it refers to.

    `rappels` say which earlier questions it recalls: they stand in no document as long as nobody
    knows whether those are published.
    """

    question: Question
    outcomes: tuple[ReadOutcome, ...]
    remarks: tuple[Finding, ...]
    documents: dict[str, tuple[Triple, ...]]
    rappels: tuple[Triple, ...]
    references: tuple[Triple, ...]
    repairs: dict[str, int] = field(default_factory=dict)

    def triples(self) -> Iterator[Triple]:
        """Yield all that is said of the question, and all that it says of others."""
        return chain(*self.documents.values(), self.rappels, self.references)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Records that are not published, with every reason; several if they are of one question.

    `withheld` is the identifier and the publisher's reason, if it was the publisher who said so;
    `results` is what the shapes said, if it was they.
    """

    outcomes: tuple[ReadOutcome, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[str, str] | None = None
    results: tuple[Result, ...] = ()


Fate = Accepted | Rejected


@dataclass(frozen=True, slots=True)
class ProvenBefore:
    """What is known of questions that were proven before, made of the very same: their uids, the
    results of SHACL, and how many nodes each shape looked at in each document.
    """

    uids: Set[str] = frozenset()
    results: Sequence[Result] = ()
    focus_nodes: Mapping[str, Counter[str]] = field(default_factory=dict)


NOTHING_PROVEN = ProvenBefore()


@dataclass(slots=True)
class ConvertedBatch:
    """What became of one batch: a fate for each question, in order, the results of SHACL, and how
    many nodes each shape looked at in each document; the documents, and their N-Triples; the uids
    of the questions that were not proven before.
    """

    fates: list[Fate] = field(default_factory=list)
    new_uids: Set[str] = frozenset()
    documents: dict[str, tuple[Triple, ...]] = field(default_factory=dict)
    nt: dict[str, bytes] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    focus_nodes: dict[str, Counter[str]] = field(default_factory=dict)

    def text(self, iri: str, triples: tuple[Triple, ...]) -> bytes:
        """Return what a question says in a document, as N-Triples: that of an answer need not be
        what another question of the batch says in it.
        """
        return self.nt[iri] if self.documents[iri] is triples else ntriples(triples)

    def accepted(self) -> list[Accepted]:
        """Return the questions that are published."""
        return [fate for fate in self.fates if isinstance(fate, Accepted)]

    def newly_accepted(self) -> list[Accepted]:
        """Return those of them that were not proven before."""
        return [fate for fate in self.accepted() if fate.question.uid in self.new_uids]


def convert_batch(
    batch: list[tuple[ReadOutcome, ...]],
    iris: Iris,
    tables: ReferenceData,
    engine: str = REFERENCE,
    proven: ProvenBefore = NOTHING_PROVEN,
) -> ConvertedBatch:
    """Return the fate of each question of one batch; those of `proven` are not proven again."""
    made = ConvertedBatch([settle(outcomes, iris, tables) for outcomes in batch])
    accepted = made.accepted()
    made.documents = documents_of(accepted)
    made.nt = {iri: ntriples(triples) for iri, triples in made.documents.items()}
    made.new_uids = {fate.question.uid for fate in accepted} - proven.uids
    _prove(made, engine, proven)
    broken: dict[str, list[Result]] = {}
    for result in made.results:
        if result.severity == "Violation":
            broken.setdefault(document_of(result.focus), []).append(result)
    made.fates = [_judge(fate, broken) if broken else fate for fate in made.fates]
    return made


def _prove(made: ConvertedBatch, engine: str, proven: ProvenBefore) -> None:
    """Validate the questions that are new, with all that they refer to; add what is known of the
    others.
    """
    new, descriptions = made.newly_accepted(), Descriptions()
    for fate in new:
        descriptions.add(fate.references)
    others = [*chain.from_iterable(fate.rappels for fate in new), *descriptions.triples()]
    asked = dict.fromkeys(chain.from_iterable(fate.documents for fate in new))
    own = chain.from_iterable(made.documents[iri] for iri in asked)
    text = b"".join((*(made.nt[iri] for iri in asked), ntriples(others)))
    validation = validate([*own, *others], engine, text)
    known = made.documents.keys() - asked.keys()
    # two tranches may have told of an answer that they share
    told = dict.fromkeys(r for r in proven.results if document_of(r.focus) in known)
    made.results = in_order([*validation.results, *told])
    looked = {**proven.focus_nodes, **validation.focus_nodes}
    made.focus_nodes = {iri: n for iri, n in looked.items() if iri in made.documents}


def documents_of(accepted: Iterable[Accepted]) -> dict[str, tuple[Triple, ...]]:
    """Return document → its triples; an answer that serves several questions is stated once, by the
    first of them.
    """
    found: dict[str, tuple[Triple, ...]] = {}
    for fate in accepted:
        for iri, triples in fate.documents.items():
            found.setdefault(iri, triples)
    return found


def convert(record: Record, iris: Iris) -> Fate:
    """Return what one record alone says, or why it cannot be read; the shapes are not asked."""
    read = read_outcome(record)
    return (
        settle((read,), iris, ReferenceData()) if read.reading else Rejected((read,), read.findings)
    )


def settle(outcomes: tuple[ReadOutcome, ...], iris: Iris, tables: ReferenceData) -> Fate:
    """Return what the records of one question say together, or why it is withheld."""
    outcomes = ranked(outcomes)
    first, merged = outcomes[0], merge(outcomes)
    place = Where(first.path, first.line)
    if reason := tables.review.withheld.get(merged.question.uid):
        uid = merged.question.uid
        wrong = f"{uid} is withheld by the publisher: {reason}"
        finding = Finding(place, wrong, "remove it from retenues.csv")
        return Rejected(outcomes, (finding,), withheld=(uid, reason))
    reading = complete(corrected(merged, tables.review, place), first.path, tables.directory)
    q = replace(
        reading.question,
        rappels=rappels(reading.question),
        donnees_au=tables.data_until.get(merged.question.legislature)
        or latest_day(merged.question),
    )
    own, recalling = _distinct(question_triples.question(q, iris)), tuple[Triple, ...]()
    if q.rappels:
        recalling = tuple(t for t in own if t.predicate == QP.rappelle)
        own = tuple(t for t in own if t.predicate != QP.rappelle)
    documents = {iris.question(q.uid).value: own}
    for r in q.reponses:
        documents[iris.reponse(q, r).value] = _distinct(question_triples.reponse(q, r, iris))
    references = tuple(authorities.references(q, iris))
    repairs = dict(reading.repairs)
    return Accepted(q, outcomes, reading.remarks, documents, recalling, references, repairs)


def _distinct(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(dict.fromkeys(triples))


def _judge(fate: Fate, broken: dict[str, list[Result]]) -> Fate:
    """Refuse a question if a shape refuses a node that it, or what it refers to, is made of."""
    if isinstance(fate, Rejected):
        return fate
    referred = (document_of(t.subject.value) for t in fate.references)  # type: ignore[union-attr]
    concerned = dict.fromkeys([*fate.documents, *referred])
    results = [result for iri in concerned for result in broken.get(iri, ())]
    if not results:
        return fate
    first = fate.outcomes[0]
    place = Where(first.path, first.line)
    told = tuple(finding(result, place) for result in results)
    return Rejected(fate.outcomes, told, results=tuple(results))


def finding(result: Result, place: Where) -> Finding:
    """Return a result of SHACL as a finding about the record."""
    wrong, _, remedy = result.message_en.partition("; ")
    value = f" ('{shorten(result.value)}')" if result.value not in ("", result.focus) else ""
    return Finding(place, f"{result.focus}: {wrong}{value}", remedy or "check the source")
