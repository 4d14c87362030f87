"""Bytes that depend on their content alone: packed values, gzip files, checksums.

A value is MessagePack in a frame of Zstandard; nothing that is read back can run code.
"""

import gzip
import hashlib
import shutil
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import IO, Generic, TypeVar, cast

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
PIECE = 1 << 20  # bytes that are copied at once


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


def crc32(*parts: bytes) -> int:
    return reduce(lambda sum_, part: zlib.crc32(part, sum_), parts, 0)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
