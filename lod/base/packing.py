"""Bytes that depend on their content alone: packed values, gzip files, checksums.

A value is MessagePack in a frame of Zstandard; nothing that is read back can run code.
"""

import gzip
import hashlib
import shutil
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import reduce
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Generic, NamedTuple, TypeVar, cast

from msgspec import DecodeError, msgpack

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

T = TypeVar("T")
VALUE: Mapping[int, int] = {  # options of Zstandard
    zstd.CompressionParameter.compression_level: 1,  # more takes longer than it saves the disk
    zstd.CompressionParameter.checksum_flag: 1,  # so that damage is noticed
}
# what decoding may raise of bytes that are cut off, or that somebody has changed
NOT_OURS = (DecodeError, zstd.ZstdError)
DAMAGED = (*NOT_OURS, ValueError)
FILE_LEVEL = 5  # of zlib: a third less work than 6, for files 4 % larger
MEMBER_LEVEL = 4  # of zlib: two thirds of the work of 5, for files 5 % larger
GZIP_WINDOW = 31  # bits of a window of zlib with the header of gzip
KEY = 32  # bytes of the key of a member
PIECE = 1 << 20  # bytes that are copied at once
_MARK = b"qp"  # of our extra field in the header of a member
# lengths of all extra fields, of ours; key; length of the member, items
_EXTRA = struct.Struct(f"<H2sH{KEY}sII")
_HEAD = 10 + _EXTRA.size  # bytes of the header of a member with this field


class Codec(Generic[T]):
    """The bytes of the values of a type: dataclasses, named tuples, containers, texts, days."""

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgpack.Decoder(kind)

    def encode(self, value: T) -> bytes:
        return msgpack.encode(value)

    def decode(self, data: bytes) -> T:
        """Return the value of some bytes; raise one of DAMAGED."""
        return self._decoder.decode(data)

    def pack(self, value: T) -> bytes:
        return pack(msgpack.encode(value))

    def unpack(self, data: bytes) -> T:
        """Return the value of packed bytes; raise one of DAMAGED."""
        return self._decoder.decode(unpack(data))


def pack(data: bytes) -> bytes:
    return zstd.compress(data, options=VALUE)


def unpack(data: bytes) -> bytes:
    """Return what was packed; raise one of DAMAGED."""
    return zstd.decompress(data)


@contextmanager
def gzipped(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzip file for writing, without name and time in its header.

    It is for files of a folder that gets its name once all of it is on disk.
    """
    with (
        path.open("wb") as raw,
        gzip.GzipFile(
            filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=FILE_LEVEL
        ) as file,
    ):
        yield cast("IO[bytes]", file)


def compress(source: Path, target: Path) -> None:
    with source.open("rb") as file, gzipped(target) as packed:
        shutil.copyfileobj(file, packed, PIECE)


def gzipped_member(data: bytes, level: int = MEMBER_LEVEL) -> bytes:
    """Return bytes as one gzip member without name and time; members in a row are one file."""
    return zlib.compress(data, level, GZIP_WINDOW)


class Member(NamedTuple):
    """A member of a gzip file whose header states its length, and a hash of its ingredients."""

    key: bytes  # that hash, KEY bytes
    items: int  # how many things are in it
    data: bytes


def keyed_member(key: bytes, items: int, text: bytes, level: int = MEMBER_LEVEL) -> Member:
    """Return bytes as a member whose extra field (RFC 1952) has key, length, number of items."""
    packed = gzipped_member(text, level)
    length = len(packed) + _EXTRA.size
    extra = _EXTRA.pack(_EXTRA.size - 2, _MARK, _EXTRA.size - 6, key, length, items)
    return Member(key, items, b"".join((packed[:3], b"\x04", packed[4:10], extra, packed[10:])))


class KeyedMembers:
    """The members of a gzip file that have a key; only the last that was asked for is in memory."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, ValueError or struct.error for a file that is not made of such."""
        self._path = path
        self._places: dict[bytes, tuple[int, int, int]] = {}  # key → offset, length, items
        offset = 0
        with path.open("rb") as file:
            while head := file.read(_HEAD):
                _, mark, _, key, length, items = _EXTRA.unpack(head[_HEAD - _EXTRA.size :])
                if mark != _MARK:
                    raise ValueError(f"{path}: a member without a key")
                self._places[key] = offset, length, items
                offset = file.seek(offset + length)

    def get(self, key: bytes) -> Member | None:
        """Return the member of a key, if there is one."""
        if key not in self._places:
            return None
        offset, length, items = self._places[key]
        with self._path.open("rb") as file:
            file.seek(offset)
            return Member(key, items, file.read(length))


class MemberFile(AbstractContextManager["MemberFile"]):
    """A gzip file of members; the first may say how many items there are: it is written last."""

    def __init__(
        self, path: Path, head: Callable[[int], bytes], earlier: KeyedMembers | None = None
    ) -> None:  # items → first member; the earlier file, if members can be copied from it
        self._path, self._head, self._earlier = path, head, earlier
        self._body = TemporaryFile(dir=path.parent)  # noqa: SIM115  # `__exit__` closes it
        self.items = 0

    def add(self, key: bytes, make: Callable[[], Member], *, is_new: bool = False) -> None:
        self.add_member((not is_new and self._earlier and self._earlier.get(key)) or make())

    def add_member(self, member: Member) -> None:
        self._body.write(member.data)
        self.items += member.items

    def copy(self, members: IO[bytes], items: int) -> None:
        """Append the rest of another such file, which has so many items."""
        shutil.copyfileobj(members, self._body, PIECE)
        self.items += items

    def __exit__(self, kind: object, *exc: object) -> None:
        if kind:  # nobody will read it
            self._body.close()
            return
        with self._body, self._path.open("wb") as file:
            file.write(self._head(self.items))
            self._body.seek(0)
            shutil.copyfileobj(self._body, file, PIECE)


def crc32(*parts: bytes) -> int:
    return reduce(lambda sum_, part: zlib.crc32(part, sum_), parts, 0)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
