"""One limit on a whole exchange with a server, from its request to its last byte: nothing that
waits for the server waits longer, be it for headers, for the line of a chunk or for a trailer.
"""

import io
import math
import socket
import time
from typing import Any

PIECE = 2**16  # bytes written at a time: over TLS each record would else have the whole time


class TimeLimit:
    """When an exchange must have ended, and how long it may be silent."""

    def __init__(self, seconds: float, silence: float = math.inf) -> None:
        self.start(seconds, silence)

    def start(self, seconds: float, silence: float = math.inf) -> None:
        self.seconds, self.silence = seconds, min(silence, seconds)
        self._end = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def bind(self, sock: socket.socket) -> None:
        """Make the next wait of a socket end in time; raise TimeoutError if no time is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not done within {round(self.seconds, 1):g} seconds")
        sock.settimeout(min(left, self.silence))

    def send(self, sock: socket.socket, data: bytes) -> None:
        """Send all of `data`, or raise an OSError."""
        for start in range(0, len(data), PIECE):
            self.bind(sock)
            sock.sendall(data[start : start + PIECE])

    def file(self, sock: socket.socket) -> io.BufferedReader:
        """Return what comes from a socket; reading raises TimeoutError when no time is left."""
        return io.BufferedReader(_Incoming(sock, self))


class _Incoming(io.RawIOBase):
    """What comes from a socket, each piece of it in time."""

    def __init__(self, sock: socket.socket, limit: TimeLimit) -> None:
        self._socket, self._limit = sock, limit
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._limit.bind(self._socket)
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()
