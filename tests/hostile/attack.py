"""What is thrown at a server that runs, and how it may answer: queries in files, huge ones that
are made here, and requests that are none.

An answer is a status, `broken` (it began with 200, and its client is told by an error that it is
not whole), `closed` (the connection ends without an answer), `none` (it does not even end), or
`unframed` (no client could tell a part of it from the whole).
"""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.live import SPARQL, Live

QUERIES = Path(__file__).with_name("queries")
KEPT = 65_536  # bytes of an answer that are looked at
PATIENCE = 60.0  # seconds after which an attack counts as not answered

Send = Callable[[Live], "Answered"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an attack: an answer, seconds, headers in lower case, the beginning."""

    answer: str
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: the answers that are right, and what sends it."""

    name: str
    right: frozenset[str]
    send: Send
    at_once: bool = False  # answered before anything is evaluated


def from_files(listener: int) -> Iterator[Attack]:
    """Yield the queries of the folder; PORT in them is where somebody listens."""
    for path in sorted(QUERIES.glob("*.rq")):
        head, _, query = path.read_text("utf-8").partition("\n")
        right = head.removeprefix("# answer: ").split()
        text = query.replace("PORT", str(listener)).encode()
        yield Attack(path.stem, frozenset(right), posted(text))


def posted(query: bytes, media: str = SPARQL, **headers: str) -> Send:
    """Return what sends a query as the body of a POST."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda server: exchange(
        server, "POST", "/sparql", query, {"Content-Type": media, **named}
    )


def got(target: str, **headers: str) -> Send:
    """Return what asks for an address."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda server: exchange(server, "GET", target, None, named)


def exchange(
    server: Live, method: str, target: str, body: bytes | None, headers: dict[str, str]
) -> Answered:
    """Send a request; read the answer as far as it is kept, and the rest to its end."""
    start = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as one:
        with suppress(OSError):  # refused before all was sent; the answer is there all the same
            one.request(method, target, body, headers)
        return answered(one.sock, start, method)


def raw(*pieces: bytes) -> Send:
    """Return what sends bytes as they are."""

    def send(server: Live) -> Answered:
        start = time.monotonic()
        with server.connect(PATIENCE) as connection:
            with suppress(OSError):
                connection.sendall(b"".join(pieces))
            return answered(connection, start, "GET")

    return send


def answered(connection: socket.socket, start: float, method: str) -> Answered:
    """Read one answer from a connection to its end, and say what it was."""
    response = http.client.HTTPResponse(connection, method=method)
    answer, headers, body = "closed", {}, b""
    try:
        response.begin()
        answer = str(response.status)
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = response.read(KEPT)
        while response.read(KEPT):
            pass
        if response.length:  # http.client says nothing of this when it is asked for pieces
            raise http.client.IncompleteRead(body, response.length)
        if answer == "200" and not {"content-length", "transfer-encoding"} & set(headers):
            answer = "unframed"
    except TimeoutError:
        answer = "none"
    except (OSError, http.client.HTTPException, ValueError):
        answer = "broken" if answer == "200" else answer
    finally:
        response.close()
    return Answered(answer, time.monotonic() - start, headers, body)
