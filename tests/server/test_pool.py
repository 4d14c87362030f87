"""Test the pool of readers without HTTP: limits, confinement, end."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvloop

from lod.server.common.problems import Problem
from lod.server.engine.pool import QUEUE, Pool, Reader, Reply
from lod.server.engine.worker import WorkerLimits
from tests.support.patience import HANG
from tests.support.server_data import COUNT, RELEASE, ask, listening, ntriples, write_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a store without a release."""
    write_store(tmp_path / "store", ntriples("r1"))
    return tmp_path / "store"


CONFINED = """
import socket, subprocess, sys
from pyoxigraph import Store
from lod.server.engine.sandbox import isolate
print(isolate())
for call in (socket.socket, lambda: subprocess.run(["true"])):
    try:
        call()
    except PermissionError:
        print("refused")
store = Store.read_only(sys.argv[1])
try:
    list(store.query(f"SELECT * {{ SERVICE <{sys.argv[2]}> {{ ?s ?p ?o }} }}"))
except PermissionError:
    print("refused")
print(len(store))
"""


def test_a_reader_cannot_open_a_socket(store: Path) -> None:
    """The system refuses a reader sockets and programs, also when the engine evaluates SERVICE."""
    with listening() as (port, heard):
        command = [sys.executable, "-c", CONFINED, str(store), f"http://127.0.0.1:{port}/"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", *["refused"] * 3, "61"], done.stderr
    assert heard == []


@pytest.fixture
def pool(store: Path) -> Iterator["Asked"]:
    """Yield a pool of one reader and a spare one, with small limits."""
    limits = WorkerLimits(seconds=5, rows=50, size=20_000, memory=100 * 2**20)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        opened = Pool(store, workers=1, limits=limits)
        runner.run(opened.open())
        yield Asked(opened, runner)
        runner.run(opened.close())
        assert opened.pids() == []


@dataclass
class Asked:
    """A pool, and the event loop that it lives on."""

    pool: Pool
    runner: asyncio.Runner

    def run(self, query: str) -> Reply:
        return self.runner.run(self.pool.run(ask(query)))


def slug(pool: Asked, query: str) -> str:
    with pytest.raises(Problem) as caught:
        pool.run(query)
    return caught.value.slug


def rows(pool: Asked, query: str) -> int:
    with (reply := pool.run(query)).body as body:
        found = body.read()
    assert len(found) == reply.size
    return len(json.loads(found)["results"]["bindings"])


def test_too_large_an_answer_is_an_error(pool: Asked) -> None:
    """An answer has all its rows, or is refused."""
    numbers = "SELECT ?s { ?s <urn:rang> ?n }"
    assert slug(pool, numbers) == "reponse-trop-grande"
    assert rows(pool, f"{numbers} LIMIT 50") == 50
    assert slug(pool, f"{numbers} LIMIT 51") == "reponse-trop-grande"
    assert slug(pool, "CONSTRUCT WHERE { ?s ?p ?o }") == "reponse-trop-grande"
    double = "BIND(CONCAT(?a, ?a) AS ?b) BIND(CONCAT(?b, ?b) AS ?c)"
    text = f"SELECT ?c {{ BIND('{'x' * 5001}' AS ?a) {double} }}"
    assert slug(pool, text) == "reponse-trop-grande"
    assert rows(pool, f"{numbers} LIMIT 50") == 50


def test_nested_braces_and_hungry_queries(pool: Asked) -> None:
    """A query that crashes the engine or uses up its memory ends one reader only."""
    assert slug(pool, "SELECT * " + "{" * 3000 + "}" * 3000) == "processus-perdu"
    doubled = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(31))
    assert slug(pool, f"SELECT ?v31 {{ BIND('x' AS ?v0) {doubled} }}") == "processus-perdu"
    assert rows(pool, RELEASE) == 1


def test_queue_is_bounded(pool: Asked) -> None:
    """A query is refused if the queue is full; those in the queue are answered."""

    async def crowd() -> list[Reply | BaseException]:
        asking = (pool.pool.run(ask(COUNT)) for _ in range(1 + QUEUE + 3))
        return await asyncio.gather(*asking, return_exceptions=True)

    told = pool.runner.run(crowd())
    refused = [problem for problem in told if isinstance(problem, Problem)]
    assert [(p.status, p.slug) for p in refused] == [(503, "occupe")] * 3
    assert all(int(p.headers["Retry-After"]) > 0 for p in refused)
    assert sum(isinstance(reply, Reply) for reply in told) == 1 + QUEUE


def test_readers_end_with_the_front(store: Path) -> None:
    """A reader ends by itself after the front has been killed."""

    async def leave() -> int:
        reader = Reader(store, WorkerLimits())
        await reader.start()
        reader._out.close()
        return await asyncio.wait_for(reader._process.wait(), HANG)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(leave()) == 0
