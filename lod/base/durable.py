"""A file is whole and on disk, or it is not there: written aside, named last."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lod.base.errors import LodError


@contextmanager
def lock_folder(folder: Path, command: str) -> Iterator[None]:
    """Hold a folder, made if it is not there; raise LodError if another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LodError(f"{folder}: another {command} is at work here; wait for it") from error
        yield
    finally:
        os.close(held)


def write(path: Path, data: bytes) -> None:
    """Write a file, in folders that need not be there; what was there stays until all is on disk.

    One process at a time writes a path; what a kill leaves behind is hidden, and replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_all(path.parent, {path.name: data})


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write several files of a folder: none has its name before all of them are on disk."""
    parts = {folder / f".{name}.part": folder / name for name in contents}
    try:
        for part, path in parts.items():
            with part.open("wb") as file:
                file.write(contents[path.name])
                file.flush()
                os.fsync(file.fileno())
        for part, path in parts.items():
            rename(part, path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def rename(part: Path, path: Path) -> None:
    """Give a file that is on disk its name, and have that on disk too."""
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
