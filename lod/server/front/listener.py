"""The HTTP server: uvicorn, with limits for clients that send a head slowly, or without end.

Why uvicorn (a constant answer on two cores, 8 connections): it answers on the event loop, 27,000 a
second against 5,500 of waitress, whose every answer crosses threads. granian is faster still, but
ends a broken answer politely, so that a client takes a part for the whole, and keeps in memory all
that a client does not read. What `lod serve` makes of it: tests/bench/serving.py.
"""

import asyncio
import contextlib
import logging
import signal
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lod.server.front.front import Front

HEAD = 15.0  # seconds for the head of a request to arrive
LONGEST_HEAD = 128 * 1024  # bytes of a head; a read may bring as many again
IDLE = 10  # seconds that a connection is kept for the next request
CONNECTIONS = 1000
UNREAD = 30_000  # milliseconds after which the system drops a client that takes nothing
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"
logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.ERROR)


class CoalescingTransport:
    """A transport that sends what is written in one turn of the loop as one piece.

    uvicorn writes head and body apart: two calls of the system, a third of a cached answer's time.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send the data at the end of this turn."""
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def close(self) -> None:
        """Send what was written, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._written:
            data, self._written = b"".join(self._written), []
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        """Be the transport in all else."""
        return getattr(self._transport, name)


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 of uvicorn, patient with a head for so long and so many bytes."""

    _timer: asyncio.TimerHandle | None = None
    _head = 0  # bytes of a head that is not complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self.transport = CoalescingTransport(transport, self.loop)  # type: ignore[assignment]
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on, unless a head has become too long."""
        super().data_received(data)
        if self._timer is not None:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.transport.write(TOO_LARGE)
                self.transport.close()

    def on_headers_complete(self) -> None:
        """Stop waiting."""
        self._stop()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Begin to wait for the next head."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop()
        self._head = 0
        self._timer = self.loop.call_later(HEAD, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raise OSError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with contextlib.suppress(AttributeError, OSError):  # Linux; connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(1024)
    return listener


def make_server(front: Front, *, grace: float, proxy: str = "") -> uvicorn.Server:
    """Return the server of an application; it ends its requests within `grace` seconds.

    `proxy` is the address whose X-Forwarded-For is believed, empty for nobody's.
    """
    trusted: dict[str, Any] = {"proxy_headers": bool(proxy), "forwarded_allow_ips": proxy or None}
    return uvicorn.Server(
        uvicorn.Config(
            front,
            http=BoundedProtocol,
            loop="uvloop",
            ws="none",
            lifespan="on",
            interface="asgi3",
            access_log=False,
            log_config=None,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=int(grace),
            **trusted,
        )
    )


def serve(front: Front, listener: socket.socket, *, grace: float, proxy: str = "") -> None:
    """Serve until SIGINT or SIGTERM; then finish what was begun, and end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it anew at its end
    with contextlib.suppress(KeyboardInterrupt):
        make_server(front, grace=grace, proxy=proxy).run(sockets=[listener])
