"""Compression."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

LEVEL = 5  # of zlib: a third less work than 6, for files 4 % larger


@contextmanager
def gzipped(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzip file whose bytes depend on what is written alone: no name, no time."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=LEVEL) as file,
    ):
        yield cast("IO[bytes]", file)


def compress(source: Path, target: Path) -> None:
    """Write a gzip copy of a file."""
    with source.open("rb") as file, gzipped(target) as zipped:
        while block := file.read(1 << 20):
            zipped.write(block)


def gzipped_member(data: bytes) -> bytes:
    """Return bytes as one gzip member without name and time; members in a row are one file."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def count_lines(path: Path) -> int:
    """Return how many lines a file has."""
    with path.open("rb") as file:
        return sum(1 for _ in file)
