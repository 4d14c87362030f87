"""Call the WSGI application (Flask) for a request, and notice that its client has left."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote_to_bytes

from lod.server.common.request_response import NOTES, Answer, Notes, Request, encode_headers
from lod.server.engine.caller import Caller
from lod.server.limits import ANSWER_AT_ONCE, WATCH_AFTER_SECONDS
from lod.server.routes.context import CALLER

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def call(wsgi: Wsgi, environ: dict[str, Any]) -> Answer:
    """Return the answer of a WSGI application (PEP 3333)."""
    notes: Notes = environ[NOTES]
    started: list[Any] = []

    def start_response(*arguments: Any) -> None:
        started[:] = arguments[:2]

    body, rest = _begin(_closed_at_end(wsgi(environ, start_response)))
    status, pairs = int(started[0][:3]), started[1]
    headers = encode_headers(pair for pair in pairs if pair[0] != "Date")  # uvicorn states it
    is_bare = environ["REQUEST_METHOD"] == "HEAD" or status in (204, 304)
    is_sized = any(name == b"content-length" for name, _ in headers)
    if rest is None and not (is_bare or is_sized):
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    return Answer(status, headers, body, notes, rest)


def environment(request: Request, caller: Caller) -> dict[str, Any]:
    """Return the WSGI environment of a request."""
    environ: dict[str, Any] = {
        NOTES: {},
        CALLER: caller,
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
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):  # the body is read, and whole
            environ[f"HTTP_{key}"] = value.decode("latin-1")
    return environ


def _begin(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """Return the whole body and None; of one over ANSWER_AT_ONCE, its beginning and its rest."""
    beginning, size = [], 0
    for piece in pieces:
        beginning.append(piece)
        size += len(piece)
        if size > ANSWER_AT_ONCE:
            return b"".join(beginning), pieces
    return b"".join(beginning), None


def _closed_at_end(pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from (piece for piece in pieces if piece)
    finally:
        with suppress(AttributeError):
            pieces.close()  # type: ignore[attr-defined]


Receive = Callable[[], Awaitable[dict[str, Any]]]


@contextmanager
def watching(receive: Receive, leave: Callable[[], None]) -> Iterator[None]:
    """Call `leave` if the client disconnects during the block, but not in its first moments
    (WATCH_AFTER_SECONDS).

    The body of the request has been read, so that `receive` can only report that the client left.
    """
    loop = asyncio.get_running_loop()
    watches: list[asyncio.Task[None]] = []

    async def look() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        leave()

    timer = loop.call_later(WATCH_AFTER_SECONDS, lambda: watches.append(loop.create_task(look())))
    try:
        yield
    finally:
        timer.cancel()
        for watch in watches:
            watch.cancel()
