"""A server between us and a store, which does what a test says; a release that can be told."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pyoxigraph import Literal, NamedNode, Quad

from tests.support.repository import Answer, Depot, Request, running, saying
from tests.support.server_data import BASE

HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "host"}
FACTS = NamedNode(f"{BASE}.well-known/void#faits-wikidata")
NUMBER = NamedNode("urn:rang")


class Relay:
    """`faults` is asked about each request to load, by its number; `always` about every one."""

    def __init__(self, depot: Depot, behind: int) -> None:
        self.url, self._behind = depot.base, behind
        depot.script = [self._answer]
        self.heal()

    def heal(self) -> None:
        self.faults: Callable[[int], Answer | None] = lambda number: None
        self.always: Callable[[Request], Answer | None] = lambda request: None
        self.loads = 0

    def _answer(self, request: Request) -> None:
        fault = self.always(request)
        if fault is None and request.path.startswith(("/store", "/sparql-graph-crud")):
            self.loads += 1
            fault = self.faults(self.loads)
        (fault or self._pass_on)(request)

    def _pass_on(self, request: Request) -> None:
        kept = {k: v for k, v in request.headers.items() if k.lower() not in HOP}
        connection = http.client.HTTPConnection("127.0.0.1", self._behind, timeout=60)
        connection.request(request.command, request.path, request.body, kept)
        got = connection.getresponse()
        data = got.read()
        connection.close()
        headers = {k: v for k, v in got.getheaders() if k.lower() not in HOP}
        request.start(got.status, **headers, Content_Length=len(data))
        request.wfile.write(data)


@contextmanager
def relaying(behind: int) -> Iterator[Relay]:
    with running() as depot:
        yield Relay(depot, behind)


def status(code: int, **headers: str) -> Answer:
    return saying(code, b"no", **headers)


def quads(identity: str, size: int = 1000) -> list[Quad]:
    """A release: so many triples that name it, and facts in a graph with a name of its own."""
    mine = (Quad(NamedNode(f"urn:{identity}-{n}"), NUMBER, Literal(n)) for n in range(size))
    facts = (Quad(NamedNode(f"urn:f{n}"), NUMBER, Literal(identity), FACTS) for n in range(100))
    lasting = (Quad(NamedNode(f"urn:f{n}"), NUMBER, Literal("ever"), FACTS) for n in range(50))
    return [*mine, *facts, *lasting]
