"""What is thrown at a server that runs, and how it may answer: queries in files, huge ones that
are made here, and requests that are none.

An answer is a status, `broken` (it began with 200, and its client is told by an error that it is
not whole), `closed` (the connection ends without an answer), `none` (it does not even end), or
`unframed` (no client could tell a part of it from the whole).
"""

import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.live import SPARQL, Live
from tests.support.patience import HANG

QUERIES = Path(__file__).with_name("queries")
KEPT = 65_536  # bytes of an answer that are looked at
Send = Callable[[Live], "Answered"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an attack: an answer, headers in lower case, the beginning."""

    answer: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def shows_code(self) -> bool:
        """Whether something of the attack acts: as a header, as a script, or as a file's name."""
        is_page = self.headers.get("content-type", "").startswith("text/html")
        runs = is_page and b"<script>alert" in self.body
        return runs or "x-injected" in self.headers or b"root:" in self.body


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: the answers that are right, and what sends it."""

    kind: str
    name: str
    right: frozenset[str]
    send: Send


def from_files(listener: int) -> Iterator[Attack]:
    """Yield the queries of the folder; PORT in them is where somebody listens."""
    for path in sorted(QUERIES.glob("*.rq")):
        head, _, query = path.read_text("utf-8").partition("\n")
        right = head.removeprefix("# answer: ").split()
        text = query.replace("PORT", str(listener)).encode()
        yield Attack(path.stem.partition("-")[0], path.stem, frozenset(right), posted(text))


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
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=HANG)) as one:
        with suppress(OSError):  # refused before all was sent; the answer is there all the same
            one.request(method, target, body, headers)
        return answered(one.sock, method)


def raw(*pieces: bytes) -> Send:
    """Return what sends bytes as they are."""

    def send(server: Live) -> Answered:
        with server.connect(HANG) as connection:
            with suppress(OSError):
                connection.sendall(b"".join(pieces))
            return answered(connection)

    return send


def answered(connection: socket.socket, method: str = "GET") -> Answered:
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
    return Answered(answer, headers, body)
