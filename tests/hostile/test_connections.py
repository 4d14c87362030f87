"""What a connection has begun it brings to an end: slow readers, requests sent ahead, clients that
stop writing, bodies too long, offers of another protocol.
"""

import http.client
import io
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
import urllib3

from tests.support.live import SPARQL, Live, live
from tests.support.patience import HANG, wait_for
from tests.support.server_data import THINGS, publish

pytestmark = pytest.mark.slow

SIZE = 26_000_000  # bytes of a download
SLOWLY = 18.0  # seconds in which it is read: more than the time for the next head
FILE = "/telechargements/large.nt"
ASK = f"/sparql?query={quote('ASK {}')}"
MEGABYTES = (2, 9, 40)
# what the HttpClient of Java sends with every request to `http:`
UPGRADE = (
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\n"
)
QUERY = b"SELECT (7 AS ?n) {}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of a small release with one large download."""
    folder = tmp_path_factory.mktemp("connections")
    path = publish(folder) / "site" / Path(FILE.lstrip("/"))
    path.write_bytes(bytes(SIZE))
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


def next_answer(received: Received) -> tuple[int, bytes, http.client.HTTPResponse]:
    """Read one answer whole; return its status, its body, and itself."""
    response = http.client.HTTPResponse(received, method="GET")  # type: ignore[arg-type]
    response.begin()
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


# is parsed in several turns
LONG_POST = post().replace(b": %d" % len(QUERY), b": 60000") + b"#" * (60_000 - len(QUERY))


# slow, ahead, half closed


def read_slowly(server: Live, targets: tuple[str, ...]) -> list[int]:
    """Ask for all targets at once, and read the download among them slowly; return the sizes."""
    with server.connect(HANG, receive=65_536) as connection:
        connection.sendall(b"".join(map(head, targets)))
        received, sizes = Received(connection), []
        for target in targets:
            response = http.client.HTTPResponse(received, method="GET")  # type: ignore[arg-type]
            response.begin()
            start, size = time.monotonic(), 0
            while piece := response.read(SIZE // 180):
                size += len(piece)
                if target == FILE:
                    time.sleep(max(0.0, start + SLOWLY * size / SIZE - time.monotonic()))
            sizes.append(size if response.status == 200 else -response.status)
        return sizes


def test_a_slow_download_is_whole(server: Live) -> None:
    """A download that takes eighteen seconds is whole, whatever is asked before and behind it."""
    health = len(server.ask("/sante").body)
    ways = {(FILE,), (FILE, "/sante"), ("/sante", FILE), ("/sante", FILE, "/sante")}
    with ThreadPoolExecutor() as threads:
        runs = {way: threads.submit(read_slowly, server, way) for way in ways}
    failed = {way: run.exception() for way, run in runs.items() if run.exception()}
    assert not failed
    for way, run in runs.items():
        assert run.result() == [SIZE if target == FILE else health for target in way], way


def test_requests_sent_ahead(server: Live) -> None:
    """Requests that are sent at once are answered in their order, each by its own."""
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


@pytest.mark.parametrize(
    "request_",
    [head("/sante"), head(ASK), head(f"/{THINGS[0]}.ttl"), head(FILE), post(), LONG_POST],
    ids=["health", "query", "document", "download", "post", "long post"],
)  # fmt: skip
def test_a_client_that_stops_writing(server: Live, request_: bytes) -> None:
    """Who has closed its half of a connection after a request still reads the whole answer.

    The answer must begin within a second, which may be too soon for a machine that is busy.
    """

    def is_answered() -> bool:
        with server.connect(30) as connection, suppress(OSError, http.client.HTTPException):
            connection.sendall(request_)
            connection.shutdown(socket.SHUT_WR)
            status, body, response = next_answer(Received(connection))
            return status == 200 and len(body) == int(response.headers["Content-Length"]) > 0
        return False

    wait_for(is_answered, 2.0, lambda: "it is not answered, or in part")


# bodies too long


def by_urllib(server: Live, body: bytes) -> int:
    """Send a body by urllib."""
    request = urllib.request.Request(server.sparql, body, {"Content-Type": SPARQL})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=60)
    with caught.value as answer:
        return answer.code


def by_http_client(server: Live, body: bytes) -> int:
    """Send a body by http.client, which writes all of it before it reads."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as one:
        one.request("POST", "/sparql", body, {"Content-Type": SPARQL})
        return one.getresponse().status


def in_pieces(server: Live, body: bytes) -> int:
    """Send a body whose length is not announced."""
    pieces = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as one:
        one.request("POST", "/sparql", pieces, {"Content-Type": SPARQL}, encode_chunked=True)
        return one.getresponse().status


def by_urllib3(server: Live, body: bytes) -> int:
    """Send a body by urllib3, as requests does."""
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request("POST", server.sparql, body=body, headers={"Content-Type": SPARQL})
        return answer.status


@pytest.mark.parametrize("size", MEGABYTES)
@pytest.mark.parametrize("send", [by_urllib, by_http_client, in_pieces, by_urllib3])
def test_too_long_is_told(server: Live, send: Callable[[Live, bytes], int], size: int) -> None:
    """Who writes all of a body that is too long before it reads is told 413, not cut off."""
    assert send(server, b"#" * size * 1_000_000) == 413
    assert server.post("ASK {}").status == 200


# offers of HTTP/2


def test_an_offer_of_http_2(server: Live) -> None:
    """A POST that offers to go on in HTTP/2 is answered in HTTP/1.1, and so is the next one."""
    with server.connect(30) as connection:
        received = Received(connection)
        for _ in range(2):
            connection.sendall(post(UPGRADE))
            status, body, response = next_answer(received)
            assert (status, body) == (200, b"n\r\n7\r\n")
            assert not response.will_close
        connection.sendall(head(ASK))
        assert next_answer(received)[0] == 200


def test_offers_sent_ahead(server: Live) -> None:
    """The same if the next request is sent before the answer, or the body after its head."""
    with server.connect(30) as connection:
        received = Received(connection)
        connection.sendall(post(UPGRADE) + post(UPGRADE) + head(ASK))
        assert [next_answer(received)[0] for _ in range(3)] == [200, 200, 200]
        at = -len(QUERY)
        connection.sendall(post(UPGRADE)[:at])
        time.sleep(0.3)
        connection.sendall(post(UPGRADE)[at:])
        assert next_answer(received)[:2] == (200, b"n\r\n7\r\n")


@pytest.mark.parametrize("lines", ["Connection: Upgrade\r\nUpgrade: websocket\r\n", UPGRADE])
def test_an_offer_of_a_reader(server: Live, lines: str) -> None:
    """A GET that offers another protocol is answered as if it did not."""
    with server.connect(30) as connection:
        received = Received(connection)
        for _ in range(2):
            connection.sendall(head("/sante", *lines.splitlines()))
            assert next_answer(received)[0] == 200
