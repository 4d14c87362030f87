"""Records in files, folders, zip and gzip archives: bytes with a name, one by one.

Every file is read or reported as unreadable; only hidden files of a folder are skipped. Archives
are not unpacked to disk, names in them are never used as paths, and a record has a maximal size.
"""

import gzip
import hashlib
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count, pairwise
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from lod.base.errors import Remark, SourceError, UsageError, Where
from lod.base.packing import sha256
from lod.base.splitting import HEAD, is_lines, split_lines, splitter

MAX_BYTES = 8 * 1024 * 1024  # one record; the largest official one is below 200 kB
MAX_ARCHIVE = 1024 * 1024 * 1024  # an archive inside an archive, unpacked
# all that is in one archive: the largest official one has 133 MB, and records unpack to three or
# four times their size (measured); a bomb to 1,000 times or, where members share their bytes, to a
# million times. Up to ALWAYS_UNPACKED any ratio is read
MAX_UNPACKED = 16 * 2**30
MAX_RATIO = 100
ALWAYS_UNPACKED = 128 * 2**20
MAX_DEPTH = 3  # archives inside archives
EVERY_MEMBER = slice(None)  # all members of an archive
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_MARK = b"\x1f\x8b"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCAL_HEADER = 30  # bytes before a member of a zip, at least: its name follows
DAMAGE = (  # errors of files that cannot be read
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError),
    *(RuntimeError, NotImplementedError),  # encrypted; of a later version of the format
)


class MethodError(zipfile.BadZipFile):
    """A member of a zip is compressed by a method that is not read."""


class BombError(Exception):
    """An archive unpacks to more than any archive of records: the rest of it is not read."""


class Meter:
    """How much of an archive was unpacked, members inside members included."""

    def __init__(self, size: int) -> None:
        self.most = min(MAX_UNPACKED, max(MAX_RATIO * size, ALWAYS_UNPACKED))
        self.count = 0

    def add(self, count: int) -> None:
        """Count some bytes; raise BombError if they are too many."""
        self.count += count
        if self.count > self.most:
            raise BombError(f"unpacks to more than {self.most // 2**20} MiB")


class _Metered:
    """A member of an archive, of which each byte that is read counts."""

    def __init__(self, file: IO[bytes], meter: Meter) -> None:
        self._file, self._meter = file, meter

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._meter.add(len(data))
        return data

    def readline(self, size: int) -> bytes:
        line = self._file.readline(size)
        self._meter.add(len(line))
        return line

    def seek(self, position: int) -> int:
        return self._file.seek(position)


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of one record, or the fault that kept them from being read."""

    path: str  # as the person gave it, to click on
    name: str  # the part of the path from the input on, which may be published
    data: bytes = b""
    fault: Remark | None = None  # why it could not be read
    line: int = 1  # of its file, on which the record begins


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file, or some members of an archive, that one process reads."""

    path: Path
    name: str  # the part of the path from the input on
    start: int = 0  # index of the first member, in the order of their names
    end: int | None = None  # index after the last member; None is the end of the archive

    def records(self) -> Iterator[Record]:
        """Yield the records in it; other members of an archive are not read."""
        path, name, chosen = _text(self.path), self.name, slice(self.start, self.end)
        try:
            if self.path.is_symlink() or not self.path.is_file():
                raise ValueError("not a regular file")
            with self.path.open("rb") as file:
                meter = Meter(self.path.stat().st_size)
                yield from _content(file, path, name, meter, 0, chosen)
        except BombError as error:
            remedy = "the rest of it is not read; if it is no bomb, unpack it, and give the folder"
            yield Record(path, name, fault=Remark(Where(path), str(error), remedy))
        except DAMAGE as error:
            yield _unreadable(path, name, error)


def records(inputs: Iterable[Path], without: Collection[Path] = ()) -> Iterator[Record]:
    """Yield every record below `inputs`, in the order of their names, but for those of some files.

    Raises UsageError for a path that is not there.
    """
    for whole in _whole_chunks(inputs, without):
        yield from whole.records()


def chunks(inputs: Iterable[Path], most: int, without: Collection[Path] = ()) -> Iterator[Chunk]:
    """Yield chunks that have the records of `inputs`, in their order, but for those of some files.

    An archive of more than `most` members is cut; only its list of members is read for that.
    Raises UsageError for a path that is not there.
    """
    for whole in _whole_chunks(inputs, without):
        for start in range(0, max(_count_members(whole.path), 1), most):
            yield replace(whole, start=start, end=start + most)


def digest(inputs: Iterable[Path]) -> str:
    """Return a hash of the names and bytes of all files below `inputs`; no archive is opened.

    Raises UsageError for a path that is not there.
    """
    hashed = hashlib.sha256()
    for whole in _whole_chunks(inputs):
        try:
            is_read = whole.path.is_file() and not whole.path.is_symlink()
            content = sha256(whole.path) if is_read else ""
        except OSError as error:
            content = str(error)
        hashed.update(f"{whole.name}\0{content}\n".encode())
    return hashed.hexdigest()


def beginning(path: Path) -> bytes:
    """Return the first bytes of a file, of an archive those of its first file; none if it cannot be
    read.
    """
    try:
        if path.is_symlink() or not path.is_file():
            return b""
        with path.open("rb") as file:
            return _beginning(file, 0)
    except DAMAGE:
        return b""


def _beginning(file: IO[bytes], depth: int) -> bytes:
    head = file.read(HEAD)
    if depth == MAX_DEPTH or not (head[:4] in ZIP_MARKS or head[:2] == GZIP_MARK):
        return head
    file.seek(0)
    if head[:2] == GZIP_MARK:
        with gzip.open(file) as unpacked:
            return _beginning(cast("IO[bytes]", unpacked), depth + 1)
    with zipfile.ZipFile(file) as archive:
        first = next((m for m in members(archive) if not m.is_dir()), None)
        if first is None:
            return b""
        with opened(archive, first) as member:
            return _beginning(member, depth + 1)


def _whole_chunks(inputs: Iterable[Path], without: Collection[Path] = ()) -> Iterator[Chunk]:
    taken = set[str]()  # names of inputs: the second input of a name is called `2-` and the name
    for top in sorted(inputs):
        if not top.exists():
            raise UsageError(f"{top}: there is no such file or folder; check the path")
        base = Path(os.path.normpath(top.absolute()))
        numbered = chain([base.name], (f"{n}-{base.name}" for n in count(2)))
        called = next(name for name in numbered if name not in taken)
        taken.add(called)
        for path in sorted(set(files(top)).difference(without)):
            below = Path(os.path.normpath(path.absolute())).relative_to(base)
            yield Chunk(path, _text(called / below))


def _count_members(path: Path) -> int:
    """Return how many members a zip has; 0 for other files and for those that are damaged."""
    try:
        if path.is_symlink() or not path.is_file():
            return 0
        with path.open("rb") as file:
            if file.read(4) not in ZIP_MARKS:
                return 0
            with zipfile.ZipFile(file) as archive:
                return len(members(archive))
    except DAMAGE:
        return 0  # reading it yields a record with a fault


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members of a zip in the order of their names.

    Raises BadZipFile if two of them share bytes, as only in a bomb: releases of Python differ in
    what they do with those.
    """
    listed = sorted(archive.infolist(), key=lambda m: m.header_offset)
    for member, after in pairwise(listed):
        if member.header_offset + LOCAL_HEADER + member.compress_size > after.header_offset:
            raise zipfile.BadZipFile("some of its members share bytes: it may be a zip bomb")
    return sorted(listed, key=lambda m: m.filename)


def opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    """Open a member of a zip; raise BadZipFile if it is neither stored nor deflated: others may
    ask for gigabytes of memory before their first byte comes.
    """
    if member.compress_type not in METHODS:
        wrong = f"member {member.filename!r} is compressed by method {member.compress_type}"
        raise MethodError(f"{wrong}, where only 0 (stored) and 8 (deflate) are read")
    return archive.open(member)


def files(top: Path) -> Iterator[Path]:
    """Yield a file, or each file below a folder that is not hidden."""
    if not top.is_dir():
        yield top
        return
    for folder, folders, names in os.walk(top):  # os.walk does not follow links to folders
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder) / name for name in names if not name.startswith("."))


def _content(
    file: IO[bytes], path: str, name: str, meter: Meter, depth: int, chosen: slice = EVERY_MEMBER
) -> Iterator[Record]:
    """Yield the records of an open file: an archive, a list of questions, or one record.

    `depth` is how many archives it is in. Raises one of DAMAGE if the file cannot be read, and
    BombError if the meter runs out.
    """
    head = file.read(HEAD)
    if head[:4] in ZIP_MARKS or head[:2] == GZIP_MARK:
        if depth == MAX_DEPTH:
            raise ValueError(f"an archive inside {MAX_DEPTH} others, which is not opened")
        file.seek(0)
        if head[:2] == GZIP_MARK:
            with gzip.open(file) as unpacked:
                inner = cast("IO[bytes]", _Metered(cast("IO[bytes]", unpacked), meter))
                yield from _content(inner, path, name, meter, depth + 1)
        elif depth:
            with _unpacked(file) as copy:
                yield from _members(copy, path, name, meter, depth)
        else:
            yield from _members(file, path, name, meter, depth, chosen)
        return
    split, data = splitter(head), head
    if not split:
        data += file.read(MAX_BYTES + 1 - len(head))
        split = split_lines if is_lines(data) else None  # the first line is longer than the head
    if split:
        file.seek(0)
        number = 0
        for number, (line, data) in enumerate(split(file, MAX_BYTES), start=1):
            yield Record(path, f"{name}#{number}", data, line=line)
        if not number:
            raise ValueError("a list of questions without a question")
    else:
        if len(data) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES // 2**20} MiB, which no single record has")
        yield Record(path, name, data)


def _members(
    file: IO[bytes], path: str, archive_name: str, meter: Meter, depth: int,
    chosen: slice = EVERY_MEMBER,
) -> Iterator[Record]:  # fmt: skip
    with zipfile.ZipFile(file) as archive:
        for member in members(archive)[chosen]:
            if member.is_dir():
                continue
            label = _printable(member.filename)
            place, name = f"{path}/{label}", f"{archive_name}/{label}"
            try:
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise ValueError("a symbolic link, which is not followed")
                with opened(archive, member) as unpacked:
                    inner = cast("IO[bytes]", _Metered(unpacked, meter))
                    yield from _content(inner, place, name, meter, depth + 1)
            except DAMAGE as error:
                yield _unreadable(place, name, error)


def _printable(name: str) -> str:
    """Return the name of a member without control characters and without `..` and root."""
    parts = [part for part in re.split(r"[/\\]+", name) if part not in ("", ".", "..")]
    return "".join(c if c.isprintable() else "\ufffd" for c in "/".join(parts)) or "sans-nom"


def _text(path: Path) -> str:
    """Return a path as text; bytes that are not UTF-8, as old systems wrote them, are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """Return a copy of an archive inside another archive, which can be read in any order."""
    copy = SpooledTemporaryFile(max_size=MAX_BYTES)  # noqa: SIM115 # the caller closes it
    while block := file.read(1024 * 1024):
        copy.write(block)
        if copy.tell() > MAX_ARCHIVE:
            copy.close()
            raise ValueError(f"more than {MAX_ARCHIVE // 2**30} GiB inside an archive")
    copy.seek(0)
    return copy


def _unreadable(path: str, name: str, error: Exception) -> Record:
    is_method = isinstance(error, MethodError)
    remedy = "pack it anew by deflate" if is_method else "fetch or copy it again"
    return Record(path, name, fault=Remark(Where(path), f"cannot be read: {error}", remedy))


def archive_of(name: str) -> str:
    """Return the folder or the file of many records, in an archive or not, that a record is in.

    >>> archive_of("17/QE.zip/json/1.json"), archive_of("lines.jsonl#12"), archive_of("1.json")
    ('17/QE.zip/json', 'lines.jsonl', '')
    """
    return name[: max(name.rfind("/"), name.rfind("#"), 0)]


def decode(data: bytes, path: str) -> str:
    """Return the text of a record in UTF-8, with or without BOM; else raise SourceError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            Where(path, error.object.count(b"\n", 0, error.start) + 1),  # a BOM is not in it
            f"byte 0x{error.object[error.start]:02X} is not UTF-8, perhaps windows-1252 or UTF-16",
            "convert the file: iconv -f windows-1252 -t utf-8",
        ) from error
