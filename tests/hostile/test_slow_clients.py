"""Clients that are slow, go away, or must not take a part of an answer for the whole of it.

The server runs as `lod serve` with a long deadline, so that what is ended early is not ended by it.
"""

import http.client
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlencode

import pytest

from tests.hostile.attack import answered, exchange
from tests.support.live import Live, live
from tests.support.patience import HANG, wait_for
from tests.support.server_data import publish

pytestmark = pytest.mark.slow

PRODUCT = "?a <urn:rang> ?b . ?c <urn:rang> ?d . ?e <urn:rang> ?f . ?g <urn:rang> ?h"
LARGE = 51_000  # rows of four numbers and names: 26 MB of JSON
ENDLESS = f"SELECT * {{ {PRODUCT} . ?i <urn:rang> ?j . ?k <urn:rang> ?l }}"
GRAPH = f"CONSTRUCT {{ ?a ?c ?e . ?g ?c ?e }} {{ {PRODUCT} . ?i <urn:rang> ?j }}"
FORMS = {
    "text/csv": ENDLESS,
    "text/tab-separated-values": ENDLESS,
    "application/sparql-results+json": ENDLESS,
    "application/sparql-results+xml": ENDLESS,
    "application/n-triples": GRAPH,
    "text/turtle": GRAPH,
}
LATE = {"413", "500", "504", "broken"}
CHEAP = "SELECT ?id { <urn:release> <urn:id> ?id }"
COUNT = 30  # clients that drip
GIVEN_UP = (b"", b"HTTP/1.1 408", b"HTTP/1.1 431")


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that gives queries as long as they want."""
    folder = tmp_path_factory.mktemp("patient")
    publish(folder)
    with live(folder, timeout=HANG) as server:
        yield server


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that gives queries two seconds."""
    folder = tmp_path_factory.mktemp("hasty")
    publish(folder)
    with live(folder, timeout=2) as server:
        yield server


def post_head(length: int) -> bytes:
    """The head of a direct POST."""
    return (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@contextmanager
def dripping(server: Live, head: bytes, drop: bytes) -> Iterator[list[socket.socket]]:
    """Send a head, then a drop ten times a second, by many clients at once."""
    stop = Event()
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(COUNT)]
        for connection in connections:
            connection.sendall(head)

        def drip() -> None:
            while not stop.wait(0.1):
                for connection in connections:
                    with suppress(OSError):
                        connection.sendall(drop)

        thread = Thread(target=drip)
        thread.start()
        try:
            yield connections
        finally:
            stop.set()
            thread.join()


@contextmanager
def not_reading(server: Live) -> Iterator[list[socket.socket]]:
    """Ten clients that ask for 26 MB and read nothing; each has been sent its beginning."""
    query = f"SELECT * {{ {PRODUCT} }} LIMIT {LARGE}".encode()
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect(HANG, 4096)) for _ in range(10)]
        for connection in connections:
            connection.sendall(post_head(len(query)) + query)
        for connection in connections:
            assert connection.recv(8, socket.MSG_PEEK) == b"HTTP/1.1"
        yield connections


def is_there(connection: socket.socket) -> bool:
    """Say whether a client has not been given up: neither told that it is too slow, nor closed."""
    connection.setblocking(False)
    with suppress(BlockingIOError):
        return connection.recv(12, socket.MSG_PEEK) not in GIVEN_UP
    return True


SLOW: dict[str, Callable[[Live], AbstractContextManager[list[socket.socket]]]] = {
    "answers": not_reading,
    "bodies": lambda server: dripping(server, post_head(10_000), b"#"),
    "headers": lambda server: dripping(server, b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize("slow", [["answers"], ["bodies"], ["headers"], [*SLOW]], ids="-".join)
def test_others_do_not_wait(patient: Live, slow: list[str]) -> None:
    """Somebody else has a page and an answer while all slow clients are still there."""
    with ExitStack() as stack:
        clients = [one for name in slow for one in stack.enter_context(SLOW[name](patient))]
        for _ in range(3):
            assert patient.post(CHEAP).status == 200
            assert patient.ask("/").status == 200
        assert all(map(is_there, clients))
    assert not patient.has_restarted


@pytest.mark.parametrize("media", FORMS)
def test_late_failure(hasty: Live, media: str) -> None:
    """An answer too long for its limits is an error to its client, in every syntax."""
    target = f"/sparql?{urlencode({'query': FORMS[media]})}"
    assert exchange(hasty, "GET", target, None, {"Accept": media}).answer in LATE


def test_late_failure_in_http_1_0(hasty: Live) -> None:
    """A client that cannot be told by the framing is told before the first byte."""
    with hasty.connect(HANG) as connection:
        line = f"GET /sparql?{urlencode({'query': ENDLESS})} HTTP/1.0\r\nAccept: text/csv\r\n\r\n"
        connection.sendall(line.encode())
        assert answered(connection).answer in LATE - {"broken"}


@pytest.mark.parametrize("media", ["text/csv", "text/tab-separated-values"])
def test_reader_that_dies_late(patient: Live, media: str) -> None:
    """What was begun and cannot be ended is an error, or had been complete before."""
    query = f"SELECT * {{ {PRODUCT} }} LIMIT {LARGE}"
    with closing(http.client.HTTPConnection("127.0.0.1", patient.port, timeout=HANG)) as one:
        one.request("GET", f"/sparql?{urlencode({'query': query})}", headers={"Accept": media})
        response = one.getresponse()
        first = response.read(1000)
        for reader in patient.readers:
            with suppress(ProcessLookupError):
                subprocess.run(["kill", "-9", str(reader.pid)], check=False, capture_output=True)
        # a reader that the case before has killed may be met before its end is known: 500
        with suppress(http.client.IncompleteRead):
            lines = (first + response.read()).count(b"\n")
            assert (response.status, lines) == (200, LARGE + 1) or response.status == 500
    wait_for(lambda: patient.post(CHEAP).status == 200, HANG, lambda: "no reader came back")


@pytest.mark.parametrize(
    ("media", "mark", "more"),
    [("text/csv", rb"\r\n", 1), ("text/tab-separated-values", rb"\n", 1),
     ("application/sparql-results+json", rb"\{\"a\":|\"a\":\{", 0),
     ("application/sparql-results+xml", rb"<result>", 0)],
)  # fmt: skip
def test_long_answer_is_whole(patient: Live, media: str, mark: bytes, more: int) -> None:
    got = patient.post(f"SELECT * {{ {PRODUCT} }} LIMIT 20000", Accept=media)
    assert (got.status, len(re.findall(mark, got.body))) == (200, 20_000 + more)
