"""Answers that end: what is read of one connection is bounded in time and in bytes.

A time limit of a socket begins anew with each byte, and the library counts neither interim answers
(1xx) nor the lines around and after chunks. Here every byte of an answer counts.
"""

import io
import socket
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

HEAD = 2**18  # bytes before the body: interim answers, status and headers; ours have 2 kB at most


class LateError(TimeoutError):
    """The last byte of an answer did not come in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{round(seconds, 1):g} seconds")


class EndlessError(HTTPException):
    """An answer has more bytes than its bounds allow."""


@dataclass(slots=True)
class Bounds:
    """Bounds of one answer."""

    seconds: float  # from now until the last byte
    silence: float  # seconds without a byte
    body: int  # bytes of the body, as they are sent
    end: float = field(init=False)  # a moment of `time.monotonic`

    def __post_init__(self) -> None:
        self.end = time.monotonic() + self.seconds


BOUNDS: ContextVar[Bounds] = ContextVar("BOUNDS")  # of the request that is being sent


class _BoundedReader(io.RawIOBase):
    """The bytes that come from a socket."""

    def __init__(self, connection: socket.socket, bounds: Bounds) -> None:
        self._connection, self._bounds = connection, bounds
        self._raw = connection.makefile("rb", buffering=0)
        self.left = HEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there into a buffer; raise LateError, TimeoutError or EndlessError."""
        bounds = self._bounds
        left = bounds.end - time.monotonic()
        if left <= 0:
            raise LateError(bounds.seconds)
        self._connection.settimeout(min(left, bounds.silence))
        try:
            count = self._raw.readinto(buffer) or 0
        except TimeoutError as error:
            if time.monotonic() < bounds.end:
                raise
            raise LateError(bounds.seconds) from error
        self.left -= count
        if self.left < 0:
            raise EndlessError
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    """An answer that is read within the bounds of its request."""

    def __init__(self, connection: socket.socket, *arguments: Any, **more: Any) -> None:
        super().__init__(connection, *arguments, **more)
        self.fp.close()
        self._bounds = BOUNDS.get()
        self._reader = _BoundedReader(connection, self._bounds)
        self.fp = io.BufferedReader(self._reader)

    def begin(self) -> None:
        """Read up to the end of the headers."""
        super().begin()
        self._reader.left = self._bounds.body


class _Connection(HTTPConnection):
    response_class = _BoundedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _BoundedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def bounded_pool() -> PoolManager:
    """Return connections whose answers are read within BOUNDS."""
    pool = PoolManager(retries=False)
    pool.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return pool
