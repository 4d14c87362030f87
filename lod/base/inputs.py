"""Files, folders, zip and gzip archives → records: bytes with a name, one by one, never unpacked.

Everything found is a record, or is said to be unreadable: nothing is passed over but hidden
files of a folder, which are its keeper's. The names in an archive are only told, never used as
paths; what is read of one record is bounded.
"""

import gzip
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from lzma import LZMAError
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from lod.base.errors import Finding, SourceError, UsageError, Where
from lod.base.splitting import HEAD, splitter

MAX_BYTES = 8 * 1024 * 1024  # one record; the largest official one is below 200 kB
MAX_ARCHIVE = 1024 * 1024 * 1024  # an archive inside an archive, unpacked
MAX_DEPTH = 3  # archives inside archives
EVERY_MEMBER = slice(None)  # the members of an archive
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_MARK = b"\x1f\x8b"
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError),
    *(RuntimeError, NotImplementedError),  # encrypted; a compression that is not known
)


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of one record, or the fault that kept them from being read.

    `path` is what the person gave and can click on; `name` is the part that may be published:
    it starts at the input, so that no folder of the publisher's machine is told. `line` is where
    the record begins in its file.
    """

    path: str
    name: str
    data: bytes = b""
    fault: Finding | None = None
    line: int = 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file, or of an archive the members from `start` on to `end`: what is read by itself."""

    path: Path
    name: str
    start: int = 0
    end: int | None = None

    def records(self) -> Iterator[Record]:
        """Yield the records in it; of an archive, no other member is read."""
        yield from _file(self.path, self.name, slice(self.start, self.end))


def records(inputs: Iterable[Path]) -> Iterator[Record]:
    """Yield every record below `inputs`, in the order of their names; raise UsageError."""
    for whole in _whole_chunks(inputs):
        yield from whole.records()


def chunks(inputs: Iterable[Path], most: int) -> Iterator[Chunk]:
    """Yield pieces that have the records of `inputs`, in their order; raise UsageError.

    An archive is cut where it has more than `most` members; only its list is read for that.
    """
    for whole in _whole_chunks(inputs):
        for start in range(0, max(_count(whole.path), 1), most):
            yield replace(whole, start=start, end=start + most)


def _whole_chunks(inputs: Iterable[Path]) -> Iterator[Chunk]:
    for top in sorted(inputs):
        if not top.exists():
            raise UsageError(f"{top}: there is no such file or folder; check the path")
        base = Path(os.path.normpath(top.absolute())).parent
        for path in sorted(_files(top)):
            name = Path(os.path.normpath(path.absolute())).relative_to(base).as_posix()
            yield Chunk(path, name)


def _count(path: Path) -> int:
    """Return how many members an archive has; 0 for what is none, or cannot be opened."""
    try:
        if path.is_symlink() or not path.is_file():
            return 0
        with path.open("rb") as file:
            if file.read(4) not in ZIP_MARKS:
                return 0
            with zipfile.ZipFile(file) as archive:
                return len(archive.infolist())
    except DAMAGE:
        return 0  # whoever reads it will say so


def _files(top: Path) -> Iterator[Path]:
    if not top.is_dir():
        yield top
        return
    for folder, folders, names in os.walk(top):  # os.walk does not follow links to folders
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder) / name for name in names if not name.startswith("."))


def _file(path: Path, name: str, chosen: slice) -> Iterator[Record]:
    try:
        if path.is_symlink() or not path.is_file():
            raise ValueError("not a regular file")
        with path.open("rb") as file:
            yield from _content(file, str(path), name, 0, chosen)
    except DAMAGE as error:
        yield _unreadable(str(path), name, error)


def _content(
    file: IO[bytes], path: str, name: str, depth: int, chosen: slice = EVERY_MEMBER
) -> Iterator[Record]:
    """Yield what an open file holds: an archive, a collection, or one record."""
    head = file.read(HEAD)
    if head[:4] in ZIP_MARKS or head[:2] == GZIP_MARK:
        if depth == MAX_DEPTH:
            raise ValueError(f"an archive inside {MAX_DEPTH} others, which is not opened")
        file.seek(0)
        if head[:2] == GZIP_MARK:
            with gzip.open(file) as inner:
                yield from _content(cast("IO[bytes]", inner), path, name, depth + 1)
        elif depth:
            with _unpacked(file) as inner:
                yield from _members(inner, path, name, depth)
        else:
            yield from _members(file, path, name, depth, chosen)
    elif split := splitter(head):
        file.seek(0)
        number = 0
        for number, (line, data) in enumerate(split(file, MAX_BYTES), start=1):
            yield Record(path, f"{name}#{number}", data, line=line)
        if not number:
            raise ValueError("a list of questions without a question")
    else:
        yield Record(path, name, _bounded(head + file.read(MAX_BYTES + 1 - len(head))))


def _members(
    file: IO[bytes], path: str, archive_name: str, depth: int, chosen: slice = EVERY_MEMBER
) -> Iterator[Record]:
    with zipfile.ZipFile(file) as archive:
        listed = sorted(archive.infolist(), key=lambda m: (m.filename, m.header_offset))
        for member in listed[chosen]:
            if member.is_dir():
                continue
            told = _printable(member.filename)
            place, name = f"{path}/{told}", f"{archive_name}/{told}"
            try:
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise ValueError("a symbolic link, which is not followed")
                with archive.open(member) as inner:
                    yield from _content(inner, place, name, depth + 1)
            except DAMAGE as error:
                yield _unreadable(place, name, error)


def _printable(name: str) -> str:
    """Return the name of a member as it may be told: whatever it is, it stays below its archive."""
    parts = [part for part in re.split(r"[/\\]+", name) if part not in ("", ".", "..")]
    return "".join(c if c.isprintable() else "\ufffd" for c in "/".join(parts)) or "sans-nom"


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """Return the bytes of an inner archive as a file that can be read in any order."""
    copy = SpooledTemporaryFile(max_size=MAX_BYTES)  # noqa: SIM115 # the caller closes it
    while block := file.read(1024 * 1024):
        copy.write(block)
        if copy.tell() > MAX_ARCHIVE:
            copy.close()
            raise ValueError(f"more than {MAX_ARCHIVE // 2**30} GiB inside an archive")
    copy.seek(0)
    return copy


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES // 2**20} MiB, which no single record has")
    return data


def _unreadable(path: str, name: str, error: Exception) -> Record:
    return Record(
        path, name, fault=Finding(Where(path), f"cannot be read: {error}", "fetch or copy it again")
    )


def decode(data: bytes, path: str) -> str:
    """Return the text of a record; raise SourceError unless it is UTF-8, with or without BOM."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            Where(path, data.count(b"\n", 0, error.start) + 1),
            f"byte 0x{data[error.start]:02X} is not UTF-8, perhaps windows-1252 or UTF-16",
            "convert the file: iconv -f windows-1252 -t utf-8",
        ) from error
