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
from lod.extensions.spark import messages
from lod.extensions.spark.messages import JobContext, Message
from lod.extensions.spark.task_files import TaskFiles, TaskOutput
from lod.pipeline import findings


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
                for _, line in same:  # that recall it
                    self.output.files.write(f"parts/reponses{self.output.part}.nt.gz", line)
                    self.output.build_report.triples += 1
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

    def _reject(self, same: Iterable[Message]) -> None:
        """Read a chunk again; keep the bytes of the records that are rejected, and why they are."""
        rejections = {place[0]: (int(name), rejection) for (_, name, place), rejection in same}
        [number] = {number for number, _ in rejections.values()}
        chunk, part, files = self.output.job.chunks[number], self.output.part, self.output.files
        for n, record in enumerate(chunk.records()):
            if n not in rejections:
                continue
            _, rejection = rejections.pop(n)
            if hashlib.sha256(record.data).hexdigest() != rejection.sha256:
                raise LodError(changed(record.path))
            self._rejected += 1
            name = rejection.file_name(self._rejected)
            files.pack(f"rejected/part{part}.zip", name, record.data)
            rows = findings.reason_rows(name, rejection)
            files.write(f"rejected/part{part}.csv.gz", rows, findings.REASONS_HEAD)
        if rejections:
            raise LodError(changed(chunk.path))


def changed(path: str | Path) -> str:
    return f"{path}: is no longer what was read of it; leave the inputs alone, and run again"
