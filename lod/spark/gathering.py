"""One partition of what was told, sorted by kind and name → what is stated once, of all questions:
shared answers, recalls of what is published, rejections with their reasons; and what was summed.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from lod.base.errors import LodError
from lod.model.text import slug
from lod.pipeline.build_report import BuildReport
from lod.pipeline.findings import Rejection
from lod.pipeline.statistics import CellCount
from lod.pipeline.validation import report as shacl_report
from lod.sources.forms import Record
from lod.spark import messages
from lod.spark.messages import JobContext, Message
from lod.spark.settling import report, state
from lod.spark.task_files import TaskFiles


def gather_partition(index: int, sent: Iterable[Message], job: JobContext) -> Iterator[Message]:
    """Bring together what is of one kind and name; yield what remains for the whole."""
    with TaskFiles(job.folder) as files:
        gathering = MessageGathering(job, files, f"{index:05d}")
        for (kind, _), same in groupby(sent, key=lambda message: message[0][:2]):
            yield from gathering.kinds[kind](same)
    yield (messages.BUILD_REPORT, "", (index,)), gathering.build_report
    for file in files.written:
        yield (messages.FILE, file.name, ()), file


class MessageGathering:
    """What is written of one partition; `kinds` says what is done with each kind of message."""

    def __init__(self, job: JobContext, files: TaskFiles, part: str) -> None:
        self._job, self._files, self._part = job, files, part
        self.build_report, self._rejected = BuildReport(), 0
        self.kinds: dict[str, Callable[[Iterable[Message]], Iterable[Message]]] = {
            messages.BUILD_REPORT: self._build_reports,
            messages.CELL: _add_cells,
            messages.FILE: list,
            messages.RAPPEL: self._rappels,
            messages.REFERENCE: first,
            messages.REFUSAL: self._refusals,
            messages.REJECTION: self._rejections,
            messages.REPONSE: self._reponses,
        }

    def _reponses(self, same: Iterable[Message]) -> Iterable[Message]:
        """State an answer as the first of its questions has it."""
        for _, said in first(same):
            state(said, self._part, "reponses", self._files, self.build_report, self._job)
        return ()

    def _rappels(self, same: Iterable[Message]) -> Iterable[Message]:
        """State who recalls a question, if it is published: that comes first."""
        (_, _, place), _ = next(iter(same))
        if place == ():
            for _, line in same:
                self._files.write(f"parts/reponses-{self._part}.nt.gz", line)
                self.build_report.triples += 1
        return ()

    def _refusals(self, same: Iterable[Message]) -> Iterable[Message]:
        for _, result in first(same):
            name = f"quality/report-reponses-{self._part}.nt.gz"
            report(result, name, self._files, self.build_report, self._job)
        return ()

    def _rejections(self, same: Iterable[Message]) -> Iterable[Message]:
        """Read one piece of the inputs again, for the bytes of what was rejected of it."""
        keyed = dict(same)
        wanted: dict[int | str, Rejection] = {
            place[0]: rejection for (_, _, place), rejection in keyed.items()
        }
        [piece] = {int(piece) for _, piece, _ in keyed}
        chunk = self._job.chunks[piece]
        for number, record in enumerate(chunk.records()):
            if number in wanted:
                self._refuse(record, wanted.pop(number))
        if wanted:
            raise LodError(changed(chunk.path))
        return ()

    def _refuse(self, record: Record, rejection: Rejection) -> None:
        if hashlib.sha256(record.data).hexdigest() != rejection.sha256:
            raise LodError(changed(record.path))
        self._rejected += 1
        name = f"{self._rejected:06d}-{slug(rejection.name)[-80:].strip('-')}"
        self._files.pack(f"rejected/part-{self._part}.zip", name, record.data)
        rows = shacl_report.reason_rows(name, rejection)
        self._files.write(f"rejected/part-{self._part}.csv.gz", rows, shacl_report.REASONS_HEAD)

    def _build_reports(self, same: Iterable[Message]) -> Iterable[Message]:
        for _, build_report in same:
            self.build_report.join(build_report)
        return ()


def _add_cells(same: Iterable[Message]) -> Iterator[Message]:
    """Add up what was counted of one cell."""
    total: CellCount
    (key, total), *others = same
    for _, count in others:
        total.update(count)
    yield key, total


def first(same: Iterable[Message]) -> Iterator[Message]:
    """Yield the earliest of what is of one kind and name."""
    yield next(iter(same))


def changed(path: str | Path) -> str:
    """Return in words that an input is no longer what was read."""
    return f"{path}: is no longer what was read of it; leave the inputs alone, and run again"
