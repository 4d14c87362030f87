"""Files that are whole and on disk, or not there: written aside, named last; and files
of SQLite that are finished, of which a release has several.
"""

import ctypes
import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from weakref import finalize

import msgspec

from lod.base.errors import LodError

# for a file of SQLite that nobody reads before it is finished, and that is thrown away after a kill
UNJOURNALED = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
"""


@contextmanager
def lock_folder(folder: Path, command: str = "") -> Iterator[None]:
    """Lock a folder, made if it is missing. If another process has locked it, raise LodError that
    says which command it runs, or wait until it is done if none is named.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (fcntl.LOCK_NB if command else 0))
        except BlockingIOError as error:
            raise LodError(f"{folder}: another {command} is at work here; wait for it") from error
        yield
    finally:
        os.close(held)


def write(path: Path, data: bytes) -> None:
    """Write a file and its missing folders; an older file stays until the new one is on disk.

    Only one process at a time may write a path. A killed process leaves a hidden file, which the
    next writing replaces.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_all(path.parent, {path.name: data})


def add_json_line(path: Path, value: object) -> None:
    """Add a line of JSON to a file; it is on disk when this returns, and a last line that broke off
    stays a line of its own. A hard link to the file keeps what it had.
    """
    before = path.read_bytes() if path.is_file() else b""
    gap = b"\n" if before and not before.endswith(b"\n") else b""
    write(path, before + gap + msgspec.json.encode(value) + b"\n")


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write several files of a folder; none gets its name before all of them are on disk."""
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
    """Give a file that is on disk its name; the name is on disk when this returns."""
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sync_all(folder: Path) -> None:
    """Return when all that was written to the file system of a folder is on disk; other file
    systems are not waited for, where the system can tell them apart.
    """
    try:
        sync_file_system = ctypes.CDLL(None).syncfs  # of Linux; Python has no name for it
    except AttributeError:
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if sync_file_system(descriptor):
            os.sync()
    finally:
        os.close(descriptor)


def read_only(path: Path) -> str:
    """Return the address under which SQLite opens a finished file, without locks or a journal."""
    if not path.is_file():  # SQLite would not name it
        raise sqlite3.OperationalError(f"{path}: no such file")
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


class HeldFile:
    """A finished file that is open as long as somebody holds this value, at most until the end of
    the process; any thread may ask it.
    """

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(read_only(path), uri=True, check_same_thread=False)
        finalize(self, self.connection.close)
