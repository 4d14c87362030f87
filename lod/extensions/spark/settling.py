"""The first stage: the records of one partition, sorted by question, become triples and a report.

Questions are converted by the functions of a build (`convert_batch`, `summary_of`). What depends on
questions of other partitions is sent as messages: answers, recalls, what questions refer to.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from lod.base.errors import LodError, Remark
from lod.base.inputs import Chunk
from lod.base.parallel import batches
from lod.extensions.spark import messages
from lod.extensions.spark.messages import JobContext, KeyedRecord, Message, Place, StatedDocument
from lod.extensions.spark.task_files import TaskFiles, TaskOutput
from lod.model.identifiers import split_uid
from lod.pipeline.questions.question_memo import QuestionSummary, facts_of, summary_of
from lod.pipeline.questions.statistics import StatisticsCounter
from lod.pipeline.reading.intake import BATCH_BYTES, IntakeRecord, intake_record, read_again
from lod.pipeline.report.quality_files import rejection_of
from lod.pipeline.settling.convert import Accepted, ConvertedBatch, Verdict, convert_batch
from lod.pipeline.settling.settle import BATCH
from lod.pipeline.validation.shapes import Result
from lod.rdf.iris import document_of
from lod.rdf.serialize import ntriples
from lod.sources.forms import read_record


@dataclass(frozen=True, slots=True)
class QuestionRecords:
    """The records of one question, or one record that cannot be read."""

    question: Place  # () if the record cannot be read
    places: tuple[tuple[int, int], ...]  # of each record: number of the chunk, number in it
    records: tuple[IntakeRecord, ...]

    @property
    def size(self) -> int:
        """The bytes of the readings."""
        return sum(len(record.reading) for record in self.records)

    def rejections(self, reasons: Iterable[Remark]) -> Iterator[Message]:
        """Yield the rejection of each record, for the same reasons."""
        for (chunk, number), record in zip(self.places, self.records, strict=True):
            rejection = rejection_of(record.name, record.path, record.sha256, reasons)
            yield (messages.REJECTION, str(chunk), (number,)), rejection


def read_chunk(numbered: tuple[int, Chunk]) -> Iterator[KeyedRecord]:
    """Yield the reading of each record of a numbered chunk of the inputs.

    Raises LodError where this machine does not have the file.
    """
    chunk_number, chunk = numbered
    if not chunk.path.parent.is_dir():
        raise LodError(f"{chunk.path}: an executor does not see it; put the inputs where all do")
    for number, record in enumerate(chunk.records()):
        intake = intake_record(read_record(record))
        yield (split_uid(intake.uid) if intake.uid else (), (chunk_number, number)), intake


def group_by_question(keyed: Iterable[KeyedRecord]) -> Iterator[QuestionRecords]:
    """Yield the records of each question together; they come sorted by their keys."""
    for _, same in groupby(keyed, key=lambda item: item[0][0] or item[0]):
        keys, records = zip(*same, strict=True)
        yield QuestionRecords(keys[0][0], tuple(place for _, place in keys), records)


def settle_partition(
    index: int, keyed: Iterable[KeyedRecord], job: JobContext
) -> Iterator[Message]:
    """Convert and write the questions of one partition; yield the messages to others."""
    with TaskFiles(job.folder) as files:
        settling = PartitionSettling(TaskOutput(job, files, f"-{index:05d}"))
        for batch in batches(group_by_question(keyed), BATCH, attrgetter("size"), BATCH_BYTES):
            yield from settling.settle(batch)
    yield from settling.sums(index)
    for file in files.written:
        yield (messages.FILE, file.name, ()), file


class PartitionSettling:
    """The questions of one partition; only what they refer to stays in memory."""

    def __init__(self, output: TaskOutput) -> None:
        self._output, self._statistics = output, StatisticsCounter()
        self._references: dict[str, Place] = {}  # line of N-Triples → where it is stated first

    def settle(self, batch: list[QuestionRecords]) -> Iterator[Message]:
        """Convert and write one batch; yield the messages about it."""
        job, report = self._output.job, self._output.build_report
        report.read += sum(len(item.records) for item in batch)
        readable = [item for item in batch if item.question]
        read = [tuple(map(read_again, item.records)) for item in readable]
        converted = convert_batch(read, job.iris, job.tables, job.engine)
        for item, verdict in zip(readable, converted.verdicts, strict=True):
            yield from self._settled(item, verdict, converted)
        for item in batch:
            if not item.question:
                report.rejected += 1
                yield from item.rejections(item.records[0].reasons)

    def _settled(
        self, item: QuestionRecords, verdict: Verdict, converted: ConvertedBatch
    ) -> Iterator[Message]:
        """Write and count one question, summarized as in a build; yield the messages about it."""
        self._output.build_report.add(verdict)
        if not isinstance(verdict, Accepted):
            yield from item.rejections(verdict.reasons)
            yield from self._violations(item.question, verdict.results)
            return
        summary = summary_of(verdict, converted, self._output.job.iris)
        facts = facts_of(verdict.question, self._output.job.iris, summary.subjects)
        self._statistics.add(facts, summary.subjects)
        for number, line in enumerate(summary.references.splitlines()):
            self._references.setdefault(line.decode(), (*item.question, number))
        for remark in summary.remarks:
            self._output.remark(remark)
        texts = {iri: converted.text(iri, triples) for iri, triples in verdict.documents.items()}
        yield from self._stated(item.question, texts, summary)
        for t in verdict.rappels:
            yield (messages.RAPPEL, t.object.value, item.question), ntriples([t])  # type: ignore[union-attr]

    def _violations(self, question: Place, results: Iterable[Result]) -> Iterator[Message]:
        """Yield the violations for which a question is refused."""
        for number, result in enumerate(results):
            if result.severity == "Violation":
                key = f"{result.focus} {result.shape}{result.component}"
                yield (messages.VIOLATION, key, (*question, number)), result

    def _stated(
        self, question: Place, texts: dict[str, bytes], summary: QuestionSummary
    ) -> Iterator[Message]:
        """Write the question; yield that it is published, and its answers."""
        results: dict[str, list[Result]] = {}
        for result in summary.results:
            results.setdefault(document_of(result.focus), []).append(result)
        for number, document in enumerate(summary.documents):
            iri, own_results = document.iri, tuple(results.get(document.iri, ()))
            stated = StatedDocument(texts[iri], own_results, Counter(document.focus_nodes))
            if number:
                yield (messages.REPONSE, iri, (*question, number)), stated
            else:  # the question itself is the first
                yield (messages.RAPPEL, iri, ()), b""
                self._output.state("questions", stated)

    def sums(self, index: int) -> Iterator[Message]:
        """Yield what the whole partition refers to, and its counts."""
        for line, place in self._references.items():
            yield (messages.REFERENCE, line, place), None
        for cell, count in self._statistics.cells.items():
            yield (messages.CELL, repr(cell), (index,)), count
        yield (messages.BUILD_REPORT, "", (index,)), self._output.build_report
