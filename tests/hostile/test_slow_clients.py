"""Clients that are slow, go away, or must not take a part of an answer for the whole of it.

The server runs as `lod serve` with a long deadline, so that what is ended early is not ended by it.
"""

import http.client
import re
import socket
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlencode

import pytest
import urllib3

from tests.hostile.attack import answered, exchange
from tests.support.live import Live, live
from tests.support.patience import HANG, patience, wait_for
from tests.support.server_data import CROSS, ntriples, publish

# without the other tests, the half requests would only be waited for: a minute
pytestmark = [pytest.mark.slow, pytest.mark.heavy]

DEADLINE = 20.0  # seconds; what is asserted here happens long before
OTHERS = 2.0  # seconds until somebody else has an answer
FREE = 2.0  # seconds until the reader of a client that left is free
HALF = 65.0  # seconds until half a request is given up
BUSY = 0.1  # seconds of processor in half a second: more than that is a query that runs
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


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that gives queries twenty seconds."""
    folder = tmp_path_factory.mktemp("patient")
    publish(folder)
    with live(folder, timeout=DEADLINE) as server:
        yield server


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that gives queries two seconds."""
    folder = tmp_path_factory.mktemp("hasty")
    publish(folder, quads=ntriples("r1") + '\n<urn:control> <urn:text> "a\\u0001b\\u001Fc" .')
    with live(folder, timeout=2) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def halves(patient: Live) -> Iterator[list[float]]:
    """Twenty half requests, sent before all else: after how many seconds each was given up."""
    given_up: list[float] = []
    with ExitStack() as stack:
        connections = [stack.enter_context(patient.connect(4 * HALF)) for _ in range(20)]
        for connection in connections[:10]:
            connection.sendall(b"GET /sparql HTTP/1.1\r\nHost: x\r\nAcc")
        for connection in connections[10:]:
            connection.sendall(post_head(100) + b"ASK")
        sent = time.monotonic()

        def read_to_its_end(connection: socket.socket) -> None:
            with suppress(ConnectionError, TimeoutError):
                while connection.recv(4096):
                    pass
            given_up.append(time.monotonic() - sent)

        threads = [Thread(target=read_to_its_end, args=[one], daemon=True) for one in connections]
        for thread in threads:
            thread.start()
        yield given_up
        for connection, thread in zip(connections, threads, strict=True):
            with suppress(OSError):  # where the server has ended it
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()


def post_head(length: int) -> bytes:
    """The head of a direct POST."""
    return (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@contextmanager
def dripping(server: Live, head: bytes, drop: bytes, count: int = COUNT) -> Iterator[None]:
    """Send a head, then a drop ten times a second, by so many clients at once."""
    stop = Event()
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(count)]
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
            yield
        finally:
            stop.set()
            thread.join()


@contextmanager
def dripping_headers(server: Live) -> Iterator[None]:
    """Thirty clients that do not come to an end with their headers."""
    with dripping(server, b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n"):
        yield


@contextmanager
def dripping_bodies(server: Live) -> Iterator[None]:
    """Thirty clients that do not come to an end with their queries."""
    with dripping(server, post_head(10_000), b"#"):
        yield


@contextmanager
def not_reading(server: Live) -> Iterator[None]:
    """Ten clients that ask for 26 MB and read nothing; each has been sent its beginning."""
    query = f"SELECT * {{ {PRODUCT} }} LIMIT {LARGE}".encode()
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect(receive=4096)) for _ in range(10)]
        for connection in connections:
            connection.sendall(post_head(len(query)) + query)
        for connection in connections:
            connection.settimeout(2 * DEADLINE)
            assert connection.recv(8, socket.MSG_PEEK) == b"HTTP/1.1"
        yield


@contextmanager
def all_at_once(server: Live) -> Iterator[None]:
    """All of them."""
    with dripping_headers(server), dripping_bodies(server), not_reading(server):
        yield


SLOW = [dripping_headers, dripping_bodies, not_reading, all_at_once]


@pytest.mark.parametrize("slow", SLOW, ids=lambda slow: slow.__name__)
def test_others_do_not_wait(patient: Live, slow: Callable[..., object]) -> None:
    """Whatever slow clients do, somebody else has a page and an answer within two seconds."""
    with slow(patient):
        for _ in range(3):
            for ask in (lambda: patient.post(CHEAP), lambda: patient.ask("/")):
                start = time.monotonic()
                assert ask().status == 200
                assert time.monotonic() - start < patience(OTHERS)
    assert not patient.has_restarted


def used(server: Live) -> float:
    """Seconds of processor of the readers that live."""
    total = 0.0
    for reader in server.readers:
        with suppress(OSError):
            total += reader.cpu
    return total


def is_busy(server: Live) -> bool:
    """Say whether a reader works, by the clock of its process."""
    before = used(server)
    time.sleep(0.5)
    return used(server) - before > BUSY


@pytest.mark.parametrize("clients", [1, 6])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_client_that_leaves(patient: Live, method: str, clients: int) -> None:
    """A query whose client has gone is ended long before its deadline, and its reader is free."""
    wait_for(lambda: not is_busy(patient), DEADLINE + 5, lambda: "busy before it began")
    body = CROSS.encode()
    get = f"GET /sparql?{urlencode({'query': CROSS})} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(clients):
            connection = stack.enter_context(patient.connect())
            connection.sendall(get if method == "GET" else post_head(len(body)) + body)
        wait_for(lambda: is_busy(patient), 5, lambda: "the query does not run")
    left = time.monotonic()
    assert patient.post(CHEAP).status == 200
    assert time.monotonic() - left < patience(FREE)
    wait_for(lambda: not is_busy(patient), FREE, lambda: "it runs on, for nobody")
    assert time.monotonic() - left < DEADLINE - 2
    expected = patient.health()["workers"]
    wait_for(lambda: len(patient.readers) >= expected, 5, lambda: "a reader is missing")


# a part is never the whole


def address(server: Live, query: str) -> str:
    return f"{server.sparql}?{urlencode({'query': query})}"


@pytest.mark.parametrize("media", FORMS)
def test_late_failure(hasty: Live, media: str) -> None:
    """An answer too long for its limits is an error to its client, in every syntax."""
    target = f"/sparql?{urlencode({'query': FORMS[media]})}"
    assert exchange(hasty, "GET", target, None, {"Accept": media}).answer in LATE


@pytest.mark.parametrize("media", ["text/csv", "application/n-triples"])
def test_late_failure_in_urllib3(hasty: Live, media: str) -> None:
    """A text whose every part is well formed still ends in an error."""
    with urllib3.PoolManager(retries=False) as pool:
        try:
            status = pool.request(
                "GET", address(hasty, FORMS[media]), headers={"Accept": media}
            ).status
        except urllib3.exceptions.ProtocolError:
            return
    assert str(status) in LATE


@pytest.mark.tool
@pytest.mark.parametrize("media", ["text/csv", "application/n-triples"])
def test_late_failure_in_curl(hasty: Live, media: str) -> None:
    """curl ends with 18 or 56, or shows the error of the server."""
    command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Accept: {media}"]
    run = subprocess.run(
        [*command, address(hasty, FORMS[media])], capture_output=True, text=True, check=False
    )
    assert run.returncode in (18, 56) or (run.returncode == 0 and run.stdout in LATE), run


def test_late_failure_in_http_1_0(hasty: Live) -> None:
    """A client that cannot be told by the framing is told before the first byte."""
    start = time.monotonic()
    with hasty.connect() as connection:
        line = f"GET /sparql?{urlencode({'query': ENDLESS})} HTTP/1.0\r\nAccept: text/csv\r\n\r\n"
        connection.sendall(line.encode())
        assert answered(connection, start, "GET").answer in LATE - {"broken"}


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
    wait_for(lambda: patient.post(CHEAP).status == 200, 10, lambda: "no reader came back")


@pytest.mark.parametrize(
    ("media", "mark", "more"),
    [
        ("text/csv", rb"\r\n", 1),
        ("text/tab-separated-values", rb"\n", 1),
        ("application/sparql-results+json", rb"\{\"a\":|\"a\":\{", 0),
        ("application/sparql-results+xml", rb"<result>", 0),
    ],
)
def test_long_answer_is_whole(hasty: Live, media: str, mark: bytes, more: int) -> None:
    """A long answer within its limits has every row."""
    got = hasty.post(f"SELECT * {{ {PRODUCT} }} LIMIT 20000", Accept=media)
    assert (got.status, len(re.findall(mark, got.body))) == (200, 20_000 + more)


@pytest.mark.parametrize(
    ("query", "media"),
    [
        ("SELECT ?x { ?s <urn:text> ?x }", "application/sparql-results+xml"),
        (f"SELECT ?x {{ ?s <urn:text> ?x . {PRODUCT} }} LIMIT 40000", "application/xml"),
        ("CONSTRUCT { ?s <urn:p#text> ?x } { ?s <urn:text> ?x }", "application/rdf+xml"),
    ],
)
def test_control_characters(hasty: Live, query: str, media: str) -> None:
    """XML has no control characters, however long it is."""
    got = hasty.post(query, Accept=media)
    assert (got.status, got.type) == (200, media)
    assert "a\ufffdb\ufffdc" in "".join(ElementTree.fromstring(got.body).itertext())


# last: meanwhile the time of the half requests has passed


def test_half_requests(patient: Live, halves: list[float]) -> None:
    """Half a request is given up within 65 seconds."""
    wait_for(lambda: len(halves) == 20, HALF + 5, lambda: f"{20 - len(halves)} are still open")
    print(f"half requests: given up after {min(halves):.0f} to {max(halves):.0f} s")
    assert max(halves) < patience(HALF)
    assert not patient.has_restarted
