"""Test the pool of readers without HTTP: limits, confinement, end."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lod.server.common.problems import Problem
from lod.server.engine.pool import Pool
from lod.server.engine.reader import Reader, TemporarySpace
from lod.server.engine.sandbox import ARCHITECTURES, calls, program
from lod.server.limits import WorkerLimits
from tests.support.patience import HANG, wait_for
from tests.support.programs import output
from tests.support.server_data import CROSS, RELEASE, ask, listening, ntriples, write_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write_store(tmp_path / "store", ntriples("r1"))
    return tmp_path / "store"


CONFINED = """
import os, signal, socket, subprocess, sys
from pathlib import Path
from pyoxigraph import Store
from lod.server.engine.worker import isolate
front = os.getppid()
store_path, port, secret = sys.argv[1:]
print(isolate([Path(store_path)]))
for call in (
    socket.socket,
    lambda: subprocess.run(["true"]),
    os.fork,
    lambda: os.kill(front, 0),
    lambda: open(secret),
    lambda: open(f"/proc/{front}/environ"),
    lambda: open(secret + "-new", "w"),
    lambda: os.listdir(os.path.dirname(secret)),
):
    try:
        call()
    except PermissionError:
        print("refused")
store = Store.read_only(store_path)
try:
    list(store.query(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"))
except PermissionError:
    print("refused")
print(len(store))
"""


def test_a_reader_can_only_read_its_release(store: Path) -> None:
    """The system refuses a reader sockets, processes, signals, and every file but its own."""
    secret = store.parent / "secret"
    secret.write_text("secret", "ascii")
    with listening() as (port, heard):
        command = [sys.executable, "-c", CONFINED, str(store), str(port), str(secret)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    protections, *rest = done.stdout.splitlines()
    assert protections == "{'landlock': True, 'seccomp': True}", done.stderr
    assert rest == [*["refused"] * 9, "61"], done.stderr
    assert heard == []


@pytest.fixture
def pool(store: Path) -> Iterator[Pool]:
    """Yield a pool of one reader and a spare one, with small limits."""
    limits = WorkerLimits(seconds=5, size=20_000, memory=100 * 2**20)
    opened = Pool(store, readers=2, limits=limits)
    opened.open()
    yield opened
    opened.close()
    assert opened.pids() == []


def slug(pool: Pool, query: str) -> str:
    with pytest.raises(Problem) as caught:
        pool.run(ask(query))
    return caught.value.slug


def rows(pool: Pool, query: str) -> int:
    with (reply := pool.run(ask(query))).body as body:
        found = body.read()
    assert len(found) == reply.size
    return len(json.loads(found)["results"]["bindings"])


@pytest.mark.slow
def test_too_large_an_answer_is_an_error(pool: Pool) -> None:
    numbers = "SELECT ?s { ?s <urn:rang> ?n }"
    pairs = "WHERE { ?s <urn:rang> ?n . ?a <urn:rang> ?b }"
    assert slug(pool, f"SELECT * {pairs}") == "reponse-trop-grande"
    assert slug(pool, f"CONSTRUCT {{ ?s <urn:pair> ?a }} {pairs}") == "reponse-trop-grande"
    double = "BIND(CONCAT(?a, ?a) AS ?b) BIND(CONCAT(?b, ?b) AS ?c)"
    text = f"SELECT ?c {{ BIND('{'x' * 5001}' AS ?a) {double} }}"
    assert slug(pool, text) == "reponse-trop-grande"
    assert rows(pool, f"{numbers} LIMIT 50") == 50


@pytest.mark.slow
def test_nested_braces_and_hungry_queries(pool: Pool) -> None:
    """A query that crashes the engine or uses up its memory ends one reader only."""
    before = pool.state()["readers_replaced"][1]
    assert slug(pool, "SELECT * " + "{" * 300_000 + "}" * 300_000) == "imbrication"
    doubled = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(31))
    with pytest.raises(Problem) as caught:
        pool.run(ask(f"SELECT ?v31 {{ BIND('x' AS ?v0) {doubled} }}"))
    assert (caught.value.slug, caught.value.status) == ("memoire", 413)
    limit = caught.value.more["limit"]
    assert isinstance(limit, int) and f"{limit // 2**20} Mio" in caught.value.detail
    assert rows(pool, RELEASE) == 1
    assert pool.state()["readers_replaced"][1] == before + 2


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGABRT])
def test_a_killed_reader_is_asked_again(pool: Pool, end: signal.Signals) -> None:
    """A query whose reader is killed is asked once more; twice, or aborted, it is an error."""
    ended = set[Reader]()

    def busy_readers() -> set[Reader]:
        return pool._running - pool._idle.keys()

    with ThreadPoolExecutor(1) as threads:
        for killed in (1, 2):
            asked = threads.submit(pool.run, ask(CROSS))
            for _ in range(killed):
                wait_for(lambda: busy_readers() - ended, HANG, lambda: "nothing runs")
                time.sleep(0.2)  # it has the query by now
                [busy] = busy_readers() - ended
                ended.add(busy)
                busy.is_fresh = False
                os.kill(busy.pid, end)
                busy.wait()
            with pytest.raises(Problem) as caught:
                asked.result()
            twice = "memoire" if end == signal.SIGABRT else "processus-perdu"
            assert caught.value.slug == ("delai" if killed == 1 else twice)


@pytest.mark.slow
def test_a_reader_that_has_grown_is_replaced(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its query, of which nothing is lost; not while another place is without its reader."""
    limits = "lod.server.limits"
    monkeypatch.setattr(f"{limits}.READER_QUICK_SECONDS", 0.0)
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(STRLEN(CONCAT(?c, ?f)) > 0) }"
    assert rows(pool, long) == 1
    before = set(pool.pids())
    monkeypatch.setattr(f"{limits}.READER_GROWTH", 0)
    [waiting, _] = pool._idle
    waiting.is_ending = True
    assert rows(pool, long) == 1
    assert set(pool.pids()) == before
    waiting.is_ending = False
    assert rows(pool, long) == 1
    wait_for(lambda: len(before & set(pool.pids())) == 1, HANG, lambda: "it runs on")
    wait_for(lambda: len(pool.pids()) == 2, HANG, lambda: "none takes its place")
    assert rows(pool, RELEASE) == 1


@pytest.mark.slow
def test_readers_that_cannot_start_are_tried_again(pool: Pool) -> None:
    """Without any descriptor left no reader starts; with some, all are back by themselves."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        for pid in pool.pids():
            os.kill(pid, signal.SIGKILL)
        while pool._failed < 2:  # nothing can be opened here, not even to wait with patience
            time.sleep(0.01)
        assert pool.pids() == []
        assert slug(pool, RELEASE) == "occupe"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    wait_for(lambda: len(pool.pids()) == 2, HANG, lambda: "they do not come back")
    assert rows(pool, RELEASE) == 1


def test_temporary_files_are_bounded() -> None:
    """A network has its share, all have the total; what is closed is given back."""
    space = TemporarySpace(total=100, share=60)
    held = space.file("a", 60)
    with pytest.raises(Problem, match="longues réponses que vous"):
        space.file("a", 1)
    other = space.file("b", 40)
    with pytest.raises(Problem, match="à la fois"):
        space.file("c", 1)
    held.close()
    held.close()
    space.file("c", 60).close()
    with space.file("c") as growing:
        growing.write(b"x" * 60)
        with pytest.raises(Problem, match="longues réponses que vous"):
            growing.write(b"x")
        assert space.taken() == 100
    other.close()
    assert space.taken() == 0


def test_readers_end_with_the_front(store: Path) -> None:
    """A reader ends by itself after the front has been killed."""
    reader = Reader(store, WorkerLimits(), None, 0)
    reader._socket.close()
    assert reader.wait(HANG) == 0


def test_a_reader_imports_little() -> None:
    """Somebody may wait for its start: it has nothing of what builds a release."""
    code = "import sys, lod.server.engine.worker; print(*sys.modules)"
    names = {*output(sys.executable, "-c", code).split()}
    assert "lod.server.engine.worker" in names
    assert names.isdisjoint({"flask", "ftfy", "lod.pipeline", "markdown_it", "rdflib"})


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.slow
def test_the_filter_of_each_machine(machine: str) -> None:
    """The filter fits the kernel (4,096 steps), and only a remote reader gets the network."""
    local, remote = ({number for number, _ in calls(machine, far)} for far in (False, True))
    assert 50 < len(local) < len(remote)
    sockets = {"x86_64": {41, 42, 49}, "aarch64": {198, 203, 200}}[machine]  # socket connect bind
    assert remote - local >= sockets
    others = {"x86_64": {59, 322, 101, 62, 200}, "aarch64": {221, 281, 117, 129, 130}}
    assert not remote & others[machine]  # execve, execveat, ptrace, kill, tkill
    assert len(program(machine, True)) // 8 < 4096
