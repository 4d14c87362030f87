"""Files, folders and zip archives → records: bytes with a name, read one by one, never unpacked.

Everything found is a record, or is said to be unreadable: nothing is passed over.
"""

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path

from lod.errors import Finding, SourceError, UsageError, Where

MAX_BYTES = 32 * 1024 * 1024  # one record; the largest official one is below 200 kB
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
DAMAGE = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of one record, or the fault that kept them from being read.

    `path` is what the person gave and can click on; `nom` is the part that may be published:
    it starts at the input, so that no folder of the publisher's machine is told.
    """

    path: str
    nom: str
    data: bytes = b""
    fault: Finding | None = None


def records(inputs: Iterable[Path]) -> Iterator[Record]:
    """Yield every record below `inputs`, in the order of their names; raise UsageError."""
    for top in sorted(inputs):
        if not top.exists():
            raise UsageError(f"{top}: there is no such file or folder; check the path")
        base = Path(os.path.normpath(top.absolute())).parent
        for path in sorted(_files(top)):
            nom = Path(os.path.normpath(path.absolute())).relative_to(base).as_posix()
            yield from _open(path, nom)


def _files(top: Path) -> Iterator[Path]:
    if not top.is_dir():
        yield top
        return
    for folder, _, names in os.walk(top):  # os.walk does not follow links to folders
        yield from (Path(folder) / name for name in names)


def _open(path: Path, nom: str) -> Iterator[Record]:
    try:
        if path.is_symlink() or not path.is_file():
            raise ValueError("not a regular file")
        with path.open("rb") as file:
            if file.read(4) in ZIP_MARKS:
                yield from _members(path, nom)
                return
            file.seek(0)
            yield Record(str(path), nom, _bounded(file.read(MAX_BYTES + 1)))
    except DAMAGE as error:
        yield _unreadable(str(path), nom, error)


def _members(path: Path, nom: str) -> Iterator[Record]:
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda m: (m.filename, m.header_offset)):
            if member.is_dir():
                continue
            place, name = f"{path}/{member.filename}", f"{nom}/{member.filename}"
            try:
                with archive.open(member) as file:
                    data = _bounded(file.read(MAX_BYTES + 1))
            except (*DAMAGE, RuntimeError, NotImplementedError) as error:
                yield _unreadable(place, name, error)
            else:
                yield Record(place, name, data)


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES // 2**20} MiB, which no single record has")
    return data


def _unreadable(path: str, nom: str, error: Exception) -> Record:
    return Record(
        path, nom, fault=Finding(Where(path), f"cannot be read: {error}", "fetch or copy it again")
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
