"""Run the WSGI application (Flask) in threads beside the event loop.

The loop reads the body and sends the answer: a slow client occupies no thread.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from lod.server.common.request_response import (
    NOTES,
    RELEASE,
    Answer,
    Notes,
    Request,
    encode_headers,
)
from lod.server.engine.current_release import ServedRelease

T = TypeVar("T")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
THREADS = 16
IN_MEMORY = 1024 * 1024  # bytes of an answer passed on at once; more is passed on in pieces


class Bridge:
    """Makes a WSGI application awaitable."""

    def __init__(self, wsgi: Wsgi) -> None:
        self._wsgi = wsgi
        self._threads = ThreadPoolExecutor(THREADS, "lod")

    async def answer(self, request: Request, release: ServedRelease) -> Answer:
        """Return the answer of the application, made from one release."""
        return await self.work(lambda: call(self._wsgi, environment(request, release)))

    async def work(self, function: Callable[[], T]) -> T:
        """Run a function that would block the loop in a thread; return its result."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    def close(self) -> None:
        """End the threads after the work that was given to them."""
        self._threads.shutdown()


def call(wsgi: Wsgi, environ: dict[str, Any]) -> Answer:
    """Return the answer of a WSGI application (PEP 3333)."""
    notes: Notes = environ[NOTES]
    started: list[Any] = []

    def start_response(*arguments: Any) -> None:
        started[:] = arguments[:2]

    body, rest = _begin(wsgi(environ, start_response))
    status, headers = int(started[0][:3]), encode_headers(started[1])
    if rest is None and not any(name == b"content-length" for name, _ in headers):
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    return Answer(status, headers, body, notes, rest)


def environment(request: Request, release: ServedRelease) -> dict[str, Any]:
    """Return the WSGI environment of a request."""
    environ: dict[str, Any] = {
        NOTES: {"release": release.id},
        RELEASE: release,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "REQUEST_URI": request.path.decode("latin-1"),
        "QUERY_STRING": request.query.decode("latin-1"),
        "REMOTE_ADDR": request.client,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.decode("latin-1").upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value.decode("latin-1")
        elif key != "CONTENT_LENGTH":  # set above, by the bytes that were read
            environ[f"HTTP_{key}"] = value.decode("latin-1")
    return environ


def _begin(pieces: Iterable[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """Return the whole body, or the beginning of a body over IN_MEMORY and its other pieces."""
    first, size, iterator = [], 0, iter(pieces)
    for piece in iterator:
        first.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            return b"".join(first), _rest(iterator, pieces)
    _close(pieces)
    return b"".join(first), None


def _rest(iterator: Iterator[bytes], pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from (piece for piece in iterator if piece)
    finally:
        _close(pieces)


def _close(pieces: Iterable[bytes]) -> None:
    with suppress(AttributeError):
        pieces.close()  # type: ignore[attr-defined]
