"""One partition of records, sorted by question → its triples and report, written; and what other
partitions must know of it: answers, recalls, what is referred to, counts, rejections.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from lod.base.errors import Finding
from lod.base.parallel import batches
from lod.model.identifiers import split_uid
from lod.model.text import digest
from lod.pipeline.build_report import BuildReport
from lod.pipeline.convert import Accepted, ConvertedBatch, Fate, convert_batch, documents_of
from lod.pipeline.findings import rejection_of
from lod.pipeline.intake import BATCH_BYTES, IntakeRecord, intake_record, outcome_of
from lod.pipeline.partition_summary import PartitionSummary, summarize
from lod.pipeline.partitions import BATCH
from lod.pipeline.statistics import StatisticsCounter
from lod.pipeline.validation import report as shacl_report
from lod.pipeline.validation.validate import Result
from lod.rdf.iris import document_of
from lod.rdf.serialize import ntriples
from lod.sources.forms import Chunk, read_outcome
from lod.spark import messages
from lod.spark.messages import JobContext, KeyedRecord, Message, Place, StatedDocument
from lod.spark.task_files import TaskFiles


@dataclass(frozen=True, slots=True)
class QuestionRecords:
    """The records of one question, and where in the inputs they are; or one without question."""

    question: Place
    places: tuple[tuple[int, int], ...]
    records: tuple[IntakeRecord, ...]

    @property
    def size(self) -> int:
        """How much was read."""
        return sum(len(read.pickled) for read in self.records)

    def rejections(self, findings: Iterable[Finding]) -> Iterator[Message]:
        """Yield each record, to be told why it is not published."""
        for (piece, number), read in zip(self.places, self.records, strict=True):
            rejection = rejection_of(read.name, read.path, read.sha256, findings)
            yield (messages.REJECTION, str(piece), (number,)), rejection


def read_chunk(numbered: tuple[int, Chunk]) -> Iterator[KeyedRecord]:
    """Yield what was read of each record of a piece of the inputs."""
    piece, chunk = numbered
    for number, record in enumerate(chunk.records()):
        found = intake_record(read_outcome(record))
        yield (split_uid(found.uid) if found.uid else (), (piece, number)), found


def group_by_question(keyed: Iterable[KeyedRecord]) -> Iterator[QuestionRecords]:
    """Yield the records of each question together; they come sorted by their keys."""
    for _, same in groupby(keyed, key=lambda item: item[0][0] or item[0]):
        keys, found = zip(*same, strict=True)
        yield QuestionRecords(keys[0][0], tuple(place for _, place in keys), found)


def settle_partition(
    index: int, keyed: Iterable[KeyedRecord], job: JobContext
) -> Iterator[Message]:
    """Settle the questions of one partition; yield what others must know."""
    with TaskFiles(job.folder) as files:
        settling = PartitionSettling(job, files, f"{index:05d}")
        for batch in batches(group_by_question(keyed), BATCH, attrgetter("size"), BATCH_BYTES):
            yield from settling.settle(batch)
    yield from settling.sums(index)
    for file in files.written:
        yield (messages.FILE, file.name, ()), file


class PartitionSettling:
    """What is written and counted of one partition; in memory stays what is referred to."""

    def __init__(self, job: JobContext, files: TaskFiles, part: str) -> None:
        self._job, self._files, self._part = job, files, part
        self._build_report, self._statistics = BuildReport(), StatisticsCounter()
        self._references: dict[str, Place] = {}

    def settle(self, batch: list[QuestionRecords]) -> Iterator[Message]:
        """Write down one batch; yield what is not for this partition to decide."""
        self._build_report.read += sum(len(bundle.records) for bundle in batch)
        readable = [bundle for bundle in batch if bundle.question]
        outcomes = [tuple(map(outcome_of, bundle.records)) for bundle in readable]
        job = self._job
        made = convert_batch(outcomes, job.iris, job.tables, job.engine)
        for bundle, fate in zip(readable, made.fates, strict=True):
            yield from self._settled(bundle, fate, made)
        for bundle in batch:
            if not bundle.question:
                self._build_report.rejected += 1
                yield from bundle.rejections(bundle.records[0].findings)

    def _settled(
        self, bundle: QuestionRecords, fate: Fate, made: ConvertedBatch
    ) -> Iterator[Message]:
        """Write down what became of one question, as a build sums it up."""
        documents = documents_of([fate] if isinstance(fate, Accepted) else [])
        summary = PartitionSummary("", "", "")
        summarize(summary, [fate], documents, made, self._job.iris)
        self._remember(bundle.question, summary)
        if not isinstance(fate, Accepted):
            yield from bundle.rejections(fate.findings)
        texts = {iri: made.text(iri, triples) for iri, triples in documents.items()}
        yield from self._stated(bundle.question, texts, summary)
        for t in summary.rappels:
            yield (messages.RAPPEL, t.object.value, bundle.question), ntriples([t])  # type: ignore[union-attr]

    def _stated(
        self, question: Place, documents: dict[str, bytes], summary: PartitionSummary
    ) -> Iterator[Message]:
        """Write the question; yield that it is there, its answers, and results that refuse."""
        results: dict[str, list[Result]] = {}
        for number, result in enumerate(summary.results):
            document = document_of(result.focus)
            if document in documents:
                results.setdefault(document, []).append(result)
            elif result.severity == "Violation":
                key = f"{result.focus} {result.shape}{result.component}"
                yield (messages.REFUSAL, key, (*question, number)), result
        for number, (iri, lines) in enumerate(documents.items()):
            said = StatedDocument(
                lines, tuple(results.get(iri, ())), summary.focus_nodes.get(iri, Counter())
            )
            if number:
                yield (messages.REPONSE, iri, (*question, number)), said
            else:  # the question itself comes first
                yield (messages.RAPPEL, iri, ()), b""
                state(said, self._part, "questions", self._files, self._build_report, self._job)

    def _remember(self, question: Place, summary: PartitionSummary) -> None:
        """Count a question, keep what it says of others, write what is to be remarked."""
        self._build_report.update(summary.counts)
        self._statistics.update(summary.statistics)
        lines = b"".join(summary.references.values()).splitlines()
        for number, line in enumerate(lines):
            self._references.setdefault(line.decode(), (*question, number))  # they come in order
        for said in summary.remarks:
            name = f"quality/remarques-{self._part}.csv.gz"
            self._files.write(name, shacl_report.remark_row(said), shacl_report.REMARKS_HEAD)

    def sums(self, index: int) -> Iterator[Message]:
        """Yield what the whole partition says of others, and what was counted."""
        for line, place in self._references.items():
            yield (messages.REFERENCE, line, place), None
        for cell, count in self._statistics.cells.items():
            yield (messages.CELL, repr(cell), (index,)), count
        yield (messages.BUILD_REPORT, "", (index,)), self._build_report


def state(
    said: StatedDocument,
    part: str,
    kind: str,
    files: TaskFiles,
    build_report: BuildReport,
    job: JobContext,
) -> None:
    """Write a document and the results about it; count both."""
    files.write(f"parts/{kind}-{part}.nt.gz", said.lines)
    build_report.triples += said.lines.count(b"\n")
    build_report.focus_nodes.update(said.focus_nodes)
    for result in said.results:
        report(result, f"quality/report-{kind}-{part}.nt.gz", files, build_report, job)


def report(
    result: Result, name: str, files: TaskFiles, build_report: BuildReport, job: JobContext
) -> None:
    """Write one result of SHACL; its name is made of what it says, whatever the partition."""
    build_report.count(result)
    triples = shacl_report.triples(result, job.iris.base, digest(repr(result)))
    files.write(name, ntriples(triples))
