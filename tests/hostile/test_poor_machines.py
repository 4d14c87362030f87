"""What the machine refuses becomes a Problem, and what the server can do without, it does."""

import json
import os
import resource
import shutil
import signal
from collections import Counter
from contextlib import closing, suppress
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

import pytest

from tests.support.live import SPARQL, Live, live
from tests.support.patience import HANG, wait_for
from tests.support.server_data import THINGS, Answer, publish

pytestmark = pytest.mark.slow

QUIET = 2_000  # requests while nobody reads the log
ROOM = 2 * 2**20  # bytes of a file, where there is no room for more
ROWS = "SELECT * { ?a <urn:rang> ?b . ?c <urn:rang> ?d . ?e <urn:rang> ?f . ?g <urn:rang> ?h }"
LARGE = f"{ROWS} LIMIT 12000"  # 6 MB of JSON
GONE = (404, 410, 503)
FAILED = (500, 503, 507)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a release of this test alone."""
    publish(tmp_path)
    return tmp_path


def hold_problem(server: Live, got: Answer, before: int, *statuses: int) -> None:
    """Hold that an answer is a Problem with the headers of every answer and a line in the log."""

    def is_logged() -> bool:
        lines = (line for line in server.said[before:].splitlines() if '"statut"' in line)
        return got.status in [json.loads(line)["statut"] for line in lines]

    assert got.status in statuses, (got.status, got.body[:300])
    assert got.type == "application/problem+json", got.headers
    assert json.loads(got.body)["status"] == got.status
    assert got.headers["access-control-allow-origin"] == "*"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in got.headers["content-security-policy"]
    wait_for(is_logged, HANG, lambda: server.said[before:])


def answers(server: Live, readers: int) -> bool:
    """Say whether a server has all its readers, and answers a query."""
    with suppress(AssertionError):
        return server.health()["workers"] == readers and server.post("ASK {}").status == 200
    return False


def test_no_reader_can_be_started(folder: Path) -> None:
    """Without a reader `/sante` is 503 and a query is told so; then all come back."""
    store = folder / "current" / "store"
    with live(folder, timeout=5) as server:
        expected = server.health()["workers"]
        store.rename(store.with_name("away"))
        for reader in server.readers:
            with suppress(ProcessLookupError):
                os.kill(reader.pid, signal.SIGKILL)
        wait_for(lambda: server.ask("/sante").status == 503, HANG, lambda: str(server.health()))
        before = len(server.said)
        hold_problem(server, server.post("ASK {}"), before, 503)
        assert server.ask("/").status == 200
        store.with_name("away").rename(store)
        wait_for(lambda: answers(server, expected), HANG, lambda: server.said)


@pytest.mark.parametrize("whose", ["front", "readers"])
def test_no_room_for_a_large_answer(folder: Path, whose: str) -> None:
    """An answer that no temporary file can take is a Problem; the next one is answered."""
    with live(folder, timeout=HANG) as server:
        expected = server.health()["workers"]
        pids = [server.process.pid] if whose == "front" else [r.pid for r in server.readers]
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (ROOM, ROOM))
        before = len(server.said)
        hold_problem(server, server.post(LARGE), before, *FAILED)
        assert server.post("ASK {}").status == 200
        wait_for(lambda: answers(server, expected), HANG, lambda: server.said)


@pytest.mark.parametrize("what", ["page", "download", "large answer"])
def test_no_descriptor_is_left(folder: Path, what: str) -> None:
    """Whatever cannot be opened is a Problem; it is answered once there are descriptors again."""
    request = {
        "page": ("GET", f"/{THINGS[0]}.ttl", None, {}),
        "download": ("GET", "/telechargements/questions.nt.gz", None, {}),
        "large answer": ("POST", "/sparql", LARGE.encode(), {"Content-Type": SPARQL}),
    }[what]
    with (
        live(folder, timeout=HANG) as server,
        closing(HTTPConnection("127.0.0.1", server.port, timeout=HANG)) as one,
    ):
        one.connect()
        ask(one, "GET", "/sante", None, {})
        before, pid = len(server.said), server.process.pid
        usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = {int(path.name) for path in (Path("/proc") / str(pid) / "fd").iterdir()}
        lowest = next(number for number in count() if number not in used)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest, usual[1]))
        got = ask(one, *request)
        if got.status != 200:  # it may do with what it has
            hold_problem(server, got, before, *FAILED)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        assert ask(one, *request).status == 200
        assert not server.has_restarted


def ask(
    one: HTTPConnection, method: str, target: str, body: bytes | None, headers: dict[str, str]
) -> Answer:
    """Send one request on a connection that is open."""
    one.request(method, target, body, {**headers, "Cache-Control": "no-cache"})
    got = one.getresponse()
    return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())


@pytest.mark.parametrize(
    "path", ["/", f"/{THINGS[0]}.ttl", "/telechargements/questions.nt.gz", "/sparql", "/dcat.ttl"]
)
def test_the_release_is_removed(folder: Path, path: str) -> None:
    """Whoever removes the release that is served makes Problems of it, until there is another."""
    with live(folder) as server:
        shutil.rmtree(folder / "releases" / "r1")
        before = len(server.said)
        hold_problem(server, server.ask(path, Accept="text/turtle, */*;q=0.1"), before, *GONE)
        publish(folder, "r2")
        wait_for(lambda: b'"r2"' in server.ask("/sante").body, HANG, lambda: server.said)
        assert server.ask(path).status == 200
        assert not server.has_restarted


def test_nobody_reads_the_log(folder: Path) -> None:
    """A full pipe holds nobody up."""
    read, write = os.pipe()
    try:
        with (
            live(folder, log_to=write) as server,
            closing(HTTPConnection("127.0.0.1", server.port, timeout=HANG)) as one,
        ):
            statuses = Counter(ask(one, "GET", "/", None, {}).status for _ in range(QUIET))
            assert statuses == {200: QUIET}
    finally:
        os.close(read)
        os.close(write)
