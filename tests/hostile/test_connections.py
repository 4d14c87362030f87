"""What a connection has begun it brings to an end: slow readers, requests sent ahead, offers of
another protocol.
"""

import http.client
import io
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from lod.server import limits
from tests.support.live import SPARQL, Live, live
from tests.support.patience import HANG
from tests.support.server_data import THINGS, Server, publish, serving

pytestmark = pytest.mark.slow

SIZE = 26_000_000  # bytes of a download
FILE = "/telechargements/large.nt"
ASK = f"/sparql?query={quote('ASK {}')}"
# what the HttpClient of Java sends with every request to `http:`
UPGRADE = (
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\n"
)
QUERY = b"SELECT (7 AS ?n) {}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small release with one large download."""
    folder = tmp_path_factory.mktemp("connections")
    (publish(folder) / "site" / FILE.lstrip("/")).write_bytes(bytes(SIZE))
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Live]:
    with live(folder) as running:
        yield running


class Received(io.BufferedReader):
    """What a server sends on a connection, so that several answers can be read from it."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(socket.SocketIO(connection, "r"))

    def makefile(self, *_: object, **__: object) -> "Received":
        """Be the file that `http.client` reads."""
        return self

    def close(self) -> None:
        """Stay open: the next answer comes."""


def begun(received: Received) -> http.client.HTTPResponse:
    """Read the head of an answer."""
    response = http.client.HTTPResponse(received, method="GET")  # type: ignore[arg-type]
    response.begin()
    return response


def next_answer(received: Received) -> tuple[int, bytes, http.client.HTTPResponse]:
    """Read one answer whole; return its status, its body, and itself."""
    response = begun(received)
    return response.status, response.read(), response


def head(target: str, *lines: str) -> bytes:
    """Return the head of a request to read."""
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


def post(lines: str = "") -> bytes:
    """Return a query by itself, with more lines in its head."""
    return (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {SPARQL}\r\nAccept: text/csv\r\n"
        f"{lines}Content-Length: {len(QUERY)}\r\n\r\n"
    ).encode() + QUERY


def read_slowly(server: Server, targets: tuple[str, ...]) -> list[int]:
    """Ask for all targets at once, and read the download among them slowly; return the sizes."""
    with socket.create_connection(("127.0.0.1", server.port), HANG) as connection:
        connection.sendall(b"".join(map(head, targets)))
        received, sizes = Received(connection), []
        for target in targets:
            response, size = begun(received), 0
            while piece := response.read(SIZE // 20):
                size += len(piece)
                if target == FILE:
                    time.sleep(0.1)
            sizes.append(size if response.status == 200 else -response.status)
        return sizes


def test_a_slow_download_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A download that takes longer than a connection may be silent is whole, whatever is asked
    before and behind it.
    """
    monkeypatch.setattr(limits, "SILENT_SECONDS", 1)
    ways = [(FILE,), (FILE, "/sante"), ("/sante", FILE), ("/sante", FILE, "/sante")]
    with serving(folder) as server, ThreadPoolExecutor() as threads:
        health = len(server.ask("/sante").body)
        for way, found in zip(ways, threads.map(partial(read_slowly, server), ways), strict=True):
            assert found == [SIZE if target == FILE else health for target in way], way


def test_requests_sent_ahead(server: Live) -> None:
    targets = ["/sante", ASK, FILE, f"/{THINGS[0]}.ttl", "/absent", ASK, "/sante"] * 2
    with server.connect(HANG) as connection:
        connection.sendall(
            b"".join(head(f"{target}", f"X: {n}") for n, target in enumerate(targets))
        )
        received = Received(connection)
        answers = [next_answer(received) for _ in targets]
    assert [status for status, _, _ in answers] == [404 if t == "/absent" else 200 for t in targets]
    assert [len(b) == SIZE for _, b, _ in answers] == [t == FILE for t in targets]
    assert [b'"boolean"' in body for _, body, _ in answers] == [t == ASK for t in targets]


def test_offers_sent_ahead(server: Live) -> None:
    """A POST that offers to go on in HTTP/2 is answered in HTTP/1.1, also if the next request is
    sent before the answer, or the body after its head.
    """
    with server.connect(HANG) as connection:
        received, rows = Received(connection), (200, b"n\r\n7\r\n")
        connection.sendall(post(UPGRADE) + post(UPGRADE) + head(ASK))
        assert [next_answer(received)[:2] for _ in range(2)] == [rows, rows]
        assert next_answer(received)[0] == 200
        at = -len(QUERY)
        connection.sendall(post(UPGRADE)[:at])
        time.sleep(0.3)
        connection.sendall(post(UPGRADE)[at:])
        status, body, response = next_answer(received)
        assert (status, body) == rows and not response.will_close


@pytest.mark.parametrize("lines", ["Connection: Upgrade\r\nUpgrade: websocket\r\n", UPGRADE])
def test_an_offer_of_a_reader(server: Live, lines: str) -> None:
    with server.connect(HANG) as connection:
        received = Received(connection)
        for _ in range(2):
            connection.sendall(head("/sante", *lines.splitlines()))
            assert next_answer(received)[0] == 200
