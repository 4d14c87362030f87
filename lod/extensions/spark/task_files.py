"""The files of one task: opened at the first write, named when all of them are on disk.

A task may be tried twice, even at the same time: each attempt writes under temporary names, and at
last gives its files the same names, with the same bytes.
"""

import os
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from lod.base import durable, packing
from lod.base.errors import Remark
from lod.base.tabular import csv_line
from lod.extensions.spark.messages import JobContext, StatedDocument, TaskFile
from lod.model.text import digest
from lod.pipeline.report import quality_files
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.validation.shapes import Result
from lod.rdf.serialize import ntriples

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can have: the same in every run


class TaskFiles(AbstractContextManager["TaskFiles"]):
    """The files that a block writes; if the block raises an exception, no file remains."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self._open: dict[str, tuple[Path, Any]] = {}  # name → temporary path, open file
        self.written: list[TaskFile] = []  # filled when the block ends

    def write(self, name: str, data: bytes, head: bytes = b"") -> None:
        """Append to a gzip file; `head` comes before the first data."""
        is_open = name in self._open
        file: IO[bytes] = self._opened(name, packing.gzipped)
        file.write(data if is_open else head + data)

    def pack(self, name: str, member: str, data: bytes) -> None:
        archive: zipfile.ZipFile = self._opened(name, lambda path: zipfile.ZipFile(path, "w"))
        archive.writestr(zipfile.ZipInfo(member, ZIP_EPOCH), data, zipfile.ZIP_DEFLATED)

    def _opened(self, name: str, opener: Callable[[Path], AbstractContextManager[Any]]) -> Any:
        if name not in self._open:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{uuid4().hex}")
            self._open[name] = temporary, self._stack.enter_context(opener(temporary))
        return self._open[name][1]

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._stack.close()
        try:
            if kind is None:
                self.written = [self._named(name, path) for name, (path, _) in self._open.items()]
        finally:
            for temporary, _ in self._open.values():
                temporary.unlink(missing_ok=True)

    def _named(self, name: str, temporary: Path) -> TaskFile:
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        task_file = TaskFile(name, temporary.stat().st_size, packing.sha256(temporary))
        durable.rename(temporary, self._folder / name)
        return task_file


@dataclass(slots=True)
class TaskOutput:
    """What a task writes, in the formats of the job, and its counts."""

    job: JobContext
    files: TaskFiles
    part: str = ""  # ending of the names of files: the number of the partition
    build_report: BuildReport = field(default_factory=BuildReport)

    def state(self, kind: str, document: StatedDocument) -> None:
        """Write a document (`kind`: questions or reponses) and its results; count both."""
        self.files.write(f"parts/{kind}{self.part}.nt.gz", document.lines)
        self.build_report.triples += document.lines.count(b"\n")
        self.build_report.focus_nodes.update(document.focus_nodes)
        for result in document.results:
            self.report(result, f"report-{kind}")

    def report(self, result: Result, name: str = "report") -> None:
        """Write and count one result; the IRI of its node depends on the result alone."""
        self.build_report.count(result)
        triples = quality_files.result_triples(result, self.job.iris.base, digest(repr(result)))
        self.files.write(f"quality/{name}{self.part}.nt.gz", ntriples(triples))

    def remark(self, remark: Remark) -> None:
        """Write one remark, without counting it."""
        name, row = f"quality/remarques{self.part}.csv.gz", csv_line(quality_files.cells(remark))
        self.files.write(name, row, quality_files.REMARKS_HEAD)
