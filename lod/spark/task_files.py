"""The files of one task: opened when there is something to write, named when all are on disk.

A task may be tried twice, even at the same time: each attempt writes aside, and gives its files
the same names and bytes.
"""

import os
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from uuid import uuid4

from lod.base import compression, durable
from lod.spark.messages import TaskFile

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip knows: no clock in what is written


class TaskFiles:
    """A context manager; `written` are what was written, once it has ended well."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self._open: dict[str, tuple[Path, Any]] = {}
        self.written: list[TaskFile] = []

    def write(self, name: str, data: bytes, head: bytes = b"") -> None:
        """Write to a gzip, after `head` if it is the first time."""
        known = name in self._open
        file: IO[bytes] = self._opened(name, compression.gzipped)
        file.write(data if known else head + data)

    def pack(self, name: str, member: str, data: bytes) -> None:
        """Write a member of a zip."""
        archive: zipfile.ZipFile = self._opened(name, lambda path: zipfile.ZipFile(path, "w"))
        archive.writestr(zipfile.ZipInfo(member, ZIP_EPOCH), data, zipfile.ZIP_DEFLATED)

    def _opened(self, name: str, how: Callable[[Path], AbstractContextManager[Any]]) -> Any:
        if name not in self._open:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}.{uuid4().hex}")
            self._open[name] = aside, self._stack.enter_context(how(aside))
        return self._open[name][1]

    def __enter__(self) -> "TaskFiles":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        try:
            if kind is None:
                self.written = [self._named(name, path) for name, (path, _) in self._open.items()]
        finally:
            for aside, _ in self._open.values():
                aside.unlink(missing_ok=True)

    def _named(self, name: str, aside: Path) -> TaskFile:
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        done = TaskFile(name, aside.stat().st_size, compression.sha256(aside))
        durable.rename(aside, self._folder / name)
        return done
