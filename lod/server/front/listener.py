"""The HTTP server: uvicorn, with limits on the time and the size of the head of a request.

uvicorn answers on the event loop: 27,000 requests a second (a constant answer, two cores, 8
connections), against 5,500 of waitress, which passes each answer between threads. granian is
faster, but closes an answer that broke off as if it were complete, and keeps in memory all that a
client does not read. Measurements of `lod serve`: tests/bench/serving.py.
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
LONGEST_HEAD = 128 * 1024  # bytes of a head; one read may exceed it by as many
IDLE = 10  # seconds that a connection is kept open for the next request
CONNECTIONS = 1000  # connections at once; beyond, uvicorn answers 503
UNREAD = 30_000  # milliseconds after which the system drops a client that reads nothing
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"
logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.ERROR)


class CoalescingTransport:
    """A transport that sends all data written in one turn of the event loop at once.

    uvicorn writes head and body separately: two system calls, a third of the time of a cached
    answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []  # data of this turn

    def write(self, data: bytes) -> None:
        """Send the data at the end of this turn of the loop."""
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def close(self) -> None:
        """Send the data of this turn, and close the connection."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._written:
            data, self._written = b"".join(self._written), []
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the wrapped transport."""
        return getattr(self._transport, name)


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 of uvicorn, which closes a connection whose head is too slow or too long."""

    _timer: asyncio.TimerHandle | None = None  # closes the connection when the head is late
    _head = 0  # bytes received of a head that is not complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self.transport = CoalescingTransport(transport, self.loop)  # type: ignore[assignment]
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Parse the data; answer 431 and close if the head is longer than LONGEST_HEAD."""
        super().data_received(data)
        if self._timer is not None:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.transport.write(TOO_LARGE)
                self.transport.close()

    def on_headers_complete(self) -> None:
        """Stop the timer: the head has arrived."""
        self._stop()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next head."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
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
    """Return a socket that listens on a port; raise OSError if the port cannot be used."""
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
    """Return the server of an application, which finishes its requests within `grace` seconds.

    `proxy` is the IP address from which X-Forwarded-For is trusted, empty for none.
    """
    config = uvicorn.Config(
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
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy or None,
    )
    return uvicorn.Server(config)


def serve(front: Front, listener: socket.socket, *, grace: float, proxy: str = "") -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests that have begun."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again at its end
    with contextlib.suppress(KeyboardInterrupt):
        make_server(front, grace=grace, proxy=proxy).run(sockets=[listener])
