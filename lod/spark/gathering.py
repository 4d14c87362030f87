"""The second stage: messages of all questions about one thing, brought together and written once.

A build does this in one process (`lod.pipeline.gather`), which keeps in memory what was stated
already. Partitions share no memory, so that its functions cannot be called here: messages, sorted
by kind, name and place, take the place of that memory.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path

from lod.base.errors import LodError
from lod.base.inputs import Record
from lod.pipeline import findings
from lod.pipeline.findings import Rejection
from lod.spark import messages
from lod.spark.messages import JobContext, Message
from lod.spark.task_files import TaskFiles, TaskOutput


def gather_partition(index: int, sent: Iterable[Message], job: JobContext) -> Iterator[Message]:
    """Write what the messages of one partition say; yield those for the driver."""
    with TaskFiles(job.folder) as files:
        gathering = MessageGathering(TaskOutput(job, files, f"-{index:05d}"))
        for (kind, _), same in groupby(sent, key=lambda message: message[0][:2]):
            yield from gathering.gather(kind, same)
    yield (messages.BUILD_REPORT, "", (index,)), gathering.output.build_report
    for file in files.written:
        yield (messages.FILE, file.name, ()), file


class MessageGathering:
    """What is written of the messages of one partition."""

    def __init__(self, output: TaskOutput) -> None:
        self.output = output
        self._rejected = 0  # records so far, which number their files

    def gather(self, kind: str, same: Iterator[Message]) -> Iterator[Message]:
        """Write what messages of one kind and name say; yield what remains for the driver.

        They come in the order of their places. Raises LodError if an input has changed.
        """
        key, content = head = next(same)
        if kind == messages.REPONSE:
            self.output.state("reponses", content)
        elif kind == messages.VIOLATION:
            self.output.report(content, "report-reponses")
        elif kind == messages.RAPPEL:
            if key[2] == ():  # the question that is recalled is published
                self._recall(same)
        elif kind == messages.REJECTION:
            self._reject(chain([head], same))
        elif kind == messages.BUILD_REPORT:
            for _, report in chain([head], same):
                self.output.build_report.join(report)
        else:
            if kind == messages.CELL:
                for _, count in same:
                    content.update(count)
            yield key, content

    def _recall(self, others: Iterable[Message]) -> None:
        """Write the lines that recall a published question."""
        for _, line in others:
            self.output.files.write(f"parts/reponses{self.output.part}.nt.gz", line)
            self.output.build_report.triples += 1

    def _reject(self, same: Iterable[Message]) -> None:
        """Read a chunk again, and keep the bytes of the records that are rejected."""
        keyed = dict(same)
        [number] = {int(name) for _, name, _ in keyed}
        wanted: dict[int | str, Rejection] = {
            place[0]: rejection for (_, _, place), rejection in keyed.items()
        }
        chunk = self.output.job.chunks[number]
        for n, record in enumerate(chunk.records()):
            if n in wanted:
                self._keep(record, wanted.pop(n))
        if wanted:
            raise LodError(changed(chunk.path))

    def _keep(self, record: Record, rejection: Rejection) -> None:
        """Keep the bytes of a rejected record, and why it is rejected."""
        if hashlib.sha256(record.data).hexdigest() != rejection.sha256:
            raise LodError(changed(record.path))
        self._rejected += 1
        name, files = rejection.file_name(self._rejected), self.output.files
        files.pack(f"rejected/part{self.output.part}.zip", name, record.data)
        rows = findings.reason_rows(name, rejection)
        files.write(f"rejected/part{self.output.part}.csv.gz", rows, findings.REASONS_HEAD)


def changed(path: str | Path) -> str:
    """Return the message that an input has changed since it was read."""
    return f"{path}: is no longer what was read of it; leave the inputs alone, and run again"
