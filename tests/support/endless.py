"""Servers whose answers have no end, and what a request says that was given up."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from lod.base.errors import LodError
from lod.remote.http import Limits
from tests.support.patience import patience

WHOLE = 0.6  # seconds of one try
SIZE = 2**16  # bytes of an answer
LIMITS = Limits(delays=(), whole=WHOLE, size=SIZE)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
TOO_LONG = "its headers are too long, or do not end; is this the right address?"
ENDLESS = {  # what comes first, and then for ever; what is said of it, a regular expression
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", TOO_LONG),
    "interim headers": (b"HTTP/1.1 100 Continue\r\n", b"X-More: 1\r\n", TOO_LONG),
    "status line": (b"HTTP/1.1 200 ", b"O" * 1000, TOO_LONG),
    "headers": (OK, b"X-More: 1\r\n", TOO_LONG),
    "long headers": (OK, b"X-More: " + b"1" * 60_000 + b"\r\n", TOO_LONG),
    "header line": (OK + b"X-More: ", b"1" * 1000, TOO_LONG),
    "folded header": (OK + b"X-More: 1\r\n", b" 1\r\n", TOO_LONG),
    "body": (OK + b"\r\n", b"x" * 1000, f"an answer of more than {SIZE} bytes"),
    "chunks": (CHUNKED, b"4\r\nabcd\r\n", f"an answer of more than {SIZE} bytes"),
    "tiny chunks": (CHUNKED, b"0001\r\nx\r\n", "bytes, and too many around them"),
    "chunk extension": (CHUNKED + b"1;x=", b"y" * 1000, "the answer broke off"),
    "chunk extensions": (
        CHUNKED, b"1;" + b"y" * 60_000 + b"\r\nx\r\n", "bytes, and too many around them",
    ),
    "chunk size": (CHUNKED, b"0" * 1000, "the answer broke off"),
    "trailers": (  # newer releases of Python themselves count them
        CHUNKED + b"1\r\nx\r\n0\r\n", b"X-More: 1\r\n",
        "bytes, and too many around them|broke off .*more than 100 trailers",
    ),
    "trailer": (CHUNKED + b"0\r\nX-More: ", b"1" * 1000, "the answer broke off"),
}  # fmt: skip


@contextmanager
def sending(first: bytes, piece: bytes, pause: float = 0) -> Iterator[str]:
    """Give the address of a server that answers so, and then sends a piece again and again."""
    stop = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(1)
            connection.recv(65536)
            connection.sendall(first)
            while not stop.wait(pause):
                connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def listen() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    threading.Thread(target=answer, args=server.accept()[:1], daemon=True).start()

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            stop.set()
            listener.join()


def ended(act: Callable[[], object], seconds: float) -> str:
    """Return what a request said in its end; fail if it does not end in time."""
    said: list[str] = []

    def run() -> None:
        try:
            act()
        except LodError as error:
            said.append(str(error))

    thread = threading.Thread(target=run, daemon=True)
    begun = time.monotonic()
    thread.start()
    thread.join(patience(seconds))
    assert not thread.is_alive(), f"it goes on after {time.monotonic() - begun:.0f} seconds"
    [text] = said
    assert len(text) < 500
    return text
