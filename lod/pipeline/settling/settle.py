"""Settle questions in several processes: each is published or refused, in order.

If the release before has the memo of a question, made of the same input, it is taken over.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path

from lod.base.errors import Remark, Where
from lod.base.in_hand import each, leaving_out
from lod.base.parallel import batches, ordered, unless_known
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.base.tabular import group_by_key
from lod.model.identifiers import split_uid
from lod.pipeline.questions.previous import NO_PREVIOUS, Previous
from lod.pipeline.questions.question_memo import QuestionMemo, memo_of, on_day
from lod.pipeline.reading.intake import BATCH_BYTES, Intake, IntakeRecord, read_again
from lod.pipeline.reading.reference_data import ReferenceData, corrected
from lod.pipeline.report.quality_files import Rejection, rejection_of
from lod.pipeline.settling.convert import (
    Accepted,
    ConvertedBatch,
    Verdict,
    convert_batch,
    documents_of,
)
from lod.pipeline.settling.merge import merge, ranked
from lod.pipeline.validation.controls import control_part
from lod.pipeline.validation.shapes import Result
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples
from lod.reference.tables import latest_day

BATCH = 256  # questions validated at once: the engine is linear, and its memory bounded
Records = tuple[IntakeRecord, ...]  # of one question


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What every stage of a build may ask."""

    work: Path  # the folder in which the release is made
    settings: Settings
    tables: ReferenceData  # what the publisher has reviewed, and the archives AMO if given
    made_with: str  # hash of what questions are made with besides records
    previous: Previous  # the release before, for what may be reused of it
    engine: str  # of SHACL
    jobs: int  # processes
    progress: Progress  # shown to the person who waits
    sample: bool = False  # the records are those that come with the program
    # option of the command → what graphs of extensions are made of besides the records
    beside: Mapping[str, Sequence[Path]] = field(default_factory=dict)

    @property
    def iris(self) -> Iris:
        return Iris(self.settings.base)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that is not published."""

    rejections: tuple[Rejection, ...]  # of its records
    withheld: tuple[str, str] | None  # uid and reason, if the publisher withholds it
    results: tuple[Result, ...]  # of SHACL, if they are the reason


Outcome = QuestionMemo | Refusal


@dataclass(frozen=True)
class Converter:
    """What a process needs to convert questions, and to say what becomes of each."""

    iris: Iris
    made_with: str  # as in the `BuildPlan`
    tables: ReferenceData  # that questions are completed from
    engine: str  # of SHACL
    previous: Previous

    def key(self, records: Records) -> bytes:
        """Return a hash of all that a question is made of, but for the day up to which the data
        goes: that counts only where a question waits.
        """
        hashed = sha256(self.made_with.encode())
        uid, tables = records[0].uid, self.tables
        hashed.update(tables.review.fingerprint_of(uid).encode())
        names = (record.name for record in records)
        hashed.update(f"{tables.archives_end_early(uid, names)}".encode())
        for record in records:
            hashed.update(f"{record.name}\0{record.line}\0{record.sha256}\n".encode())
        return hashed.digest()

    def day(self, records: Records) -> str:
        """Return the day up to which the data of the legislature of a question goes, or ""."""
        day = self.tables.data_until.get(records[0].legislature)
        return day.isoformat() if day else ""

    def known(self, records: Records) -> QuestionMemo | None:
        """Return the memo that the release before made of the same input, if it still holds."""
        if records[0].uid in self.tables.failed:
            return None
        memo = self.previous.memo(records[0].uid, self.key(records))
        if memo is None or memo.day in (None, day := self.day(records)):
            return memo
        return on_day(memo, day, self.tables.executive)

    def convert(self, questions: Sequence[Records]) -> list[Outcome]:
        """Convert and validate some questions; return what becomes of each. One that the program
        fails over is refused.
        """
        return leaving_out(partial(self._convert, questions)) if questions else []

    def _convert(self, questions: Sequence[Records], failed: Mapping[str, str]) -> list[Outcome]:
        tables = self.tables.without(failed)
        read = [tuple(read_again(r, self.previous) for r in records) for records in questions]
        converted = _controlled(convert_batch(read, self.iris, tables, self.engine))
        pairs = each(zip(questions, converted.verdicts, strict=True), lambda pair: pair[0][0].uid)
        return [self._outcome(records, verdict, converted) for records, verdict in pairs]

    def _outcome(self, records: Records, verdict: Verdict, converted: ConvertedBatch) -> Outcome:
        """Return the memo of an accepted question, or the refusal of another."""
        if isinstance(verdict, Accepted):
            return memo_of(verdict, converted, self.iris, self.key(records), self.day(records))
        why = verdict.reasons
        rejections = (rejection_of(r.name, r.path, r.sha256, why) for r in verdict.records)
        return Refusal(tuple(rejections), verdict.withheld, verdict.results)


def outcomes(
    converter: Converter, questions: Iterable[Records], jobs: int
) -> Iterator[tuple[Records, Outcome]]:
    """Yield every question with what becomes of it, in order."""
    return unless_known(converter.known, converter.convert, _batched(questions), jobs)


def dated(
    intake: Intake, tables: ReferenceData, iris: Iris, engine: str, previous: Previous = NO_PREVIOUS
) -> ReferenceData:
    """Return the tables with the days up to which the records go, as they are corrected.

    Refused questions do not count, nor does one that is far ahead of all others. To know which are
    refused, the question of each archive with the latest day is converted, and more of them as long
    as one is refused.
    """
    facts = intake.facts
    for records in intake.corrected():
        read = ranked(read_again(record, previous) for record in records)
        reading = corrected(merge(read), tables.review, Where(read[0].path))
        for record in records:
            facts.add_day(record._replace(last_day=latest_day(reading.question)))
    tried, most = set[str](), 1
    while newest := sorted(facts.newest(most) - tried, key=split_uid):
        read_all = [tuple(read_again(r, previous) for r in intake.records(u)) for u in newest]
        converted = convert_batch(read_all, iris, facts.dated(tables), engine)
        tried.update(newest)
        judged = zip(newest, converted.verdicts, strict=True)
        if not (refused := {uid for uid, verdict in judged if not isinstance(verdict, Accepted)}):
            break
        facts.leave_out(refused)
        most *= 2
    facts.leave_out_misprints()
    return facts.dated(tables)


def converted_batches(
    questions: Iterable[Records], iris: Iris, tables: ReferenceData, jobs: int, engine: str
) -> Iterator[ConvertedBatch]:
    """Yield the verdict of every question, batch by batch; nothing is written."""
    convert = partial(_convert_some, iris=iris, tables=tables, engine=engine)
    return (converted for _, converted in ordered(convert, _batched(questions), jobs))


def _convert_some(
    questions: Sequence[Records], iris: Iris, tables: ReferenceData, engine: str
) -> ConvertedBatch:
    """Convert some questions, without their triples: only verdicts and results are looked at."""
    read = [tuple(map(read_again, records)) for records in questions]
    converted = leaving_out(
        lambda failed: _controlled(convert_batch(read, iris, tables.without(failed), engine))
    )
    return replace(converted, documents={}, nt={}, validated=b"")


def _controlled(converted: ConvertedBatch) -> ConvertedBatch:
    """Return a batch with what the local controls warn of."""
    warned = sorted(control_part(published(converted)))
    converted.warned = group_by_key((document_of(iri), (name, iri)) for name, iri in warned)
    return converted


def _batched(questions: Iterable[Records]) -> Iterator[list[Records]]:
    return batches(questions, BATCH, lambda records: sum(r.size for r in records), BATCH_BYTES)


def published(converted: ConvertedBatch) -> Iterator[bytes]:
    """Yield what is published of the questions and of all that they refer to, as N-Triples."""
    accepted = converted.accepted()
    if len(accepted) == len(converted.verdicts):  # nothing of what was validated is refused
        yield converted.validated
        return
    yield from (converted.text(iri, triples) for iri, triples in documents_of(accepted).items())
    yield ntriples(chain.from_iterable(verdict.references for verdict in accepted))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeGraph:
    """A graph whose triples are on the disk, validated, with what the rest of a build asks of it.

    An extension that needs more of it later derives a class from this one.
    """

    name: str  # its row in `graphes.csv`
    content: str  # what its dump holds, in French
    results: tuple[Result, ...]  # of SHACL
    focus_nodes: Counter[str]  # shape → nodes that were validated
    rejected: tuple[Remark, ...] = ()  # why rows of reviewed files are not published
    remarks: tuple[Remark, ...] = ()  # what was not understood of its inputs, or contradicts data
    told: str = ""  # what became of rows and inputs, for the last line of the command
    made_of: str = ""  # hash of its inputs, if it has any
    # question or answer → resources of the graph that its page names: IRI and name
    mentions: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Its triples in a release, as N-Triples."""
        return f"{self.name}.nt"

    @property
    def dump(self) -> str:
        """Its triples among the downloads, as Turtle."""
        return f"{self.name}.ttl.gz"


# to be called once all questions are settled; None if the command gives nothing to make it of
MakeGraph = Callable[[BuildPlan], MadeGraph | None]
