"""Records of some questions → the triples to publish, or the reasons why they are rejected.

A question is merged from its records, corrected, completed from tables and mapped to triples; then
SHACL validates a batch of questions together. Nothing is read or written here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from msgspec.structs import replace
from pyoxigraph import Triple

from lod.base.errors import Remark, Where
from lod.base.in_hand import each
from lod.base.inputs import Record
from lod.base.tabular import group_by_key
from lod.model.identifiers import shorten
from lod.model.question import Question
from lod.pipeline.mapping import authorities, question_triples
from lod.pipeline.mapping.citations import rappels
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.directory import mandate_of
from lod.pipeline.reading.reference_data import ReferenceData, corrected
from lod.pipeline.settling.merge import merge, ranked
from lod.pipeline.settling.resolve import complete
from lod.pipeline.validation.controls import Warned
from lod.pipeline.validation.shapes import REFERENCE, Result
from lod.pipeline.validation.validate import validate
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP
from lod.reference.tables import latest_day
from lod.sources.forms import ReadRecord, read_record


@dataclass(frozen=True, slots=True)
class Accepted:
    """A question that may be published."""

    question: Question
    records: tuple[ReadRecord, ...]  # its records, the one that counts most first
    remarks: tuple[Remark, ...]
    documents: dict[str, tuple[Triple, ...]]  # IRI of the question and its answers → triples
    rappels: tuple[Triple, ...]  # recalls of questions: each published only if the recalled one is
    references: tuple[Triple, ...]  # about the resources that it refers to
    repairs: dict[str, int] = field(default_factory=dict)  # kind of repair of a text → number

    def triples(self) -> Iterator[Triple]:
        """Yield all triples about the question, its answers and what it refers to."""
        described = Descriptions()
        described.add(self.references)
        return chain(*self.documents.values(), self.rappels, described.triples())


@dataclass(frozen=True, slots=True)
class Rejected:
    """The records of one question, or one record that cannot be read, that are not published."""

    records: tuple[ReadRecord, ...]
    reasons: tuple[Remark, ...]  # all of them
    withheld: tuple[str, str] | None = None  # uid and reason, if the publisher withholds it
    results: tuple[Result, ...] = ()  # the results of SHACL that are the reason, if they are


Verdict = Accepted | Rejected


@dataclass
class ConvertedBatch:
    """A batch of questions with the verdicts on them, and what was validated."""

    verdicts: list[Verdict] = field(default_factory=list)  # of each question, in order
    documents: dict[str, tuple[Triple, ...]] = field(default_factory=dict)  # IRI → triples
    nt: dict[str, bytes] = field(default_factory=dict)  # IRI → the same triples as N-Triples
    results: list[Result] = field(default_factory=list)  # of SHACL, in order
    focus_nodes: dict[str, Counter[str]] = field(default_factory=dict)  # by document, by shape
    validated: bytes = b""  # all triples that were validated, as N-Triples
    # by document: what the local controls warn of, once they have run
    warned: dict[str, tuple[Warned, ...]] = field(default_factory=dict)

    @cached_property
    def results_by_document(self) -> dict[str, tuple[Result, ...]]:
        """The results, by the document that their nodes belong to."""
        return group_by_key((document_of(result.focus), result) for result in self.results)

    def text(self, iri: str, triples: tuple[Triple, ...]) -> bytes:
        """Return the triples of one question about a document as N-Triples.

        They are made already, unless another question states a shared answer differently.
        """
        return self.nt[iri] if self.documents[iri] is triples else ntriples(triples)

    def accepted(self) -> list[Accepted]:
        return [verdict for verdict in self.verdicts if isinstance(verdict, Accepted)]


def convert_batch(
    batch: list[tuple[ReadRecord, ...]], iris: Iris, tables: ReferenceData, engine: str = REFERENCE
) -> ConvertedBatch:
    """Return the verdicts on a batch of questions, each given as its records that could be read.

    They are validated together with all that they refer to. Raises LodError if the engine fails.
    """
    in_hand = each(batch, lambda records: uid_of(records[0]))
    converted = ConvertedBatch([convert_records(records, iris, tables) for records in in_hand])
    accepted, descriptions = converted.accepted(), Descriptions()
    converted.documents = documents_of(accepted)
    converted.nt = {iri: ntriples(triples) for iri, triples in converted.documents.items()}
    descriptions.add(dict.fromkeys(chain.from_iterable(a.references for a in accepted)))
    context = [*chain.from_iterable(a.rappels for a in accepted), *descriptions.triples()]
    own = chain.from_iterable(converted.documents.values())
    converted.validated = b"".join((*converted.nt.values(), ntriples(context)))
    validation = validate([*own, *context], engine, converted.validated)
    converted.results, converted.focus_nodes = validation.results, validation.focus_nodes
    violations = group_by_key(
        (document_of(r.focus), r) for r in converted.results if r.severity == "Violation"
    )
    if violations:
        converted.verdicts = [_judge(verdict, violations) for verdict in converted.verdicts]
    return converted


def documents_of(accepted: Iterable[Accepted]) -> dict[str, tuple[Triple, ...]]:
    """Return document → its triples; a shared answer has what the first question states."""
    documents: dict[str, tuple[Triple, ...]] = {}
    for verdict in accepted:
        for iri, triples in verdict.documents.items():
            documents.setdefault(iri, triples)
    return documents


def convert(record: Record, iris: Iris) -> Verdict:
    """Return the verdict on a question of which this is the only record, without validation."""
    read = read_record(record)
    if not read.reading:
        return Rejected((read,), read.reasons)
    return convert_records((read,), iris, ReferenceData())


def convert_records(records: tuple[ReadRecord, ...], iris: Iris, tables: ReferenceData) -> Verdict:
    """Return the triples of a question from all its records, or that it is withheld.

    The records are those that could be read. Nothing is validated yet. A question that the program
    fails over is rejected.
    """
    uid, first = uid_of(records[0]), records[0]
    if fault := tables.failed.get(uid):
        wrong = f"{uid}: the program fails over this question ({fault})"
        why = Remark(Where(first.path, first.line), wrong, "report it, with the record")
        return Rejected(records, (why,))
    records = ranked(records)
    first, merged = records[0], merge(records)
    place = Where(first.path, first.line)
    if reason := tables.review.withheld.get(uid):
        wrong = f"{uid} is withheld by the publisher: {reason}"
        why = Remark(place, wrong, "remove it from retenues.csv")
        return Rejected(records, (why,), withheld=(uid, reason))
    reading = corrected(merged, tables.review, place)
    reading = complete(reading, first.path, tables.directory, tables.executive)
    names = (record.name for record in records)
    data_until = tables.archives_end_early(uid, names) or tables.data_until.get(
        merged.question.legislature
    )
    q = replace(
        reading.question,
        rappels=rappels(reading.question),
        donnees_au=data_until or latest_day(merged.question),
    )
    mandat = mandate_of(q, tables.directory, iris)
    own = tuple(dict.fromkeys(question_triples.question(q, iris, mandat)))
    recalling = tuple[Triple, ...]()
    if q.rappels:
        recalling = tuple(t for t in own if t.predicate == QP.rappelle)
        own = tuple(t for t in own if t.predicate != QP.rappelle)
    documents = {iris.question(q.uid).value: own}
    for r in q.reponses:
        triples = dict.fromkeys(question_triples.reponse(q, r, iris))
        documents[iris.reponse(q, r).value] = tuple(triples)
    references = tuple(authorities.references(q, tables.directory, tables.executive, iris))
    repairs = dict(reading.repairs)
    return Accepted(q, records, reading.remarks, documents, recalling, references, repairs)


def uid_of(record: ReadRecord) -> str:
    assert record.reading, "only records that were read are converted"
    return record.reading.question.uid


def _judge(verdict: Verdict, violations: dict[str, tuple[Result, ...]]) -> Verdict:
    """Return the verdict on a question, rejected if a violation is about one of its documents, or
    about a resource that it refers to.
    """
    if isinstance(verdict, Rejected):
        return verdict
    referred = (document_of(t.subject.value) for t in verdict.references)  # type: ignore[union-attr]
    documents = dict.fromkeys([*verdict.documents, *referred])
    results = tuple(result for iri in documents for result in violations.get(iri, ()))
    if not results:
        return verdict
    place = Where(verdict.records[0].path, verdict.records[0].line)
    return Rejected(verdict.records, tuple(reason(r, place) for r in results), results=results)


def reason(result: Result, place: Where) -> Remark:
    """Return a result of SHACL as a reason to reject the record at `place`."""
    wrong, _, remedy = result.message_en.partition("; ")
    value = f" ('{shorten(result.value)}')" if result.value not in ("", result.focus) else ""
    return Remark(place, f"{result.focus}: {wrong}{value}", remedy or "check the source")
