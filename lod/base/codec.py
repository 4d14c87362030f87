"""Values of one type as bytes of MessagePack, and back; packed where they are kept on the disk.

Nothing that is read back can run code, and the same value always gives the same bytes.
"""

from typing import Generic, TypeVar

import deflate
from msgspec import DecodeError, msgpack

from lod.base.compression import gzipped_member

T = TypeVar("T")
LEVEL = 1  # of libdeflate: more takes longer than it saves the disk
# what decoding may raise of bytes that are cut off, or that somebody has changed
DAMAGED = (DecodeError, deflate.DeflateError, ValueError)


class Codec(Generic[T]):
    """The bytes of the values of a type: dataclasses, named tuples, containers, texts, days."""

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgpack.Decoder(kind)

    def encode(self, value: T) -> bytes:
        """Return a value as bytes."""
        return msgpack.encode(value)

    def decode(self, data: bytes) -> T:
        """Return the value of some bytes; raise one of DAMAGED."""
        return self._decoder.decode(data)

    def pack(self, value: T) -> bytes:
        """Return a value as bytes, packed."""
        return pack(msgpack.encode(value))

    def unpack(self, data: bytes) -> T:
        """Return the value of packed bytes; raise one of DAMAGED."""
        return self._decoder.decode(unpack(data))


def pack(data: bytes) -> bytes:
    """Return bytes as a small gzip file."""
    return gzipped_member(data, LEVEL)


def unpack(data: bytes) -> bytes:
    """Return what was packed; raise one of DAMAGED."""
    return bytes(deflate.gzip_decompress(data))
