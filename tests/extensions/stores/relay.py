"""A server between us and a store, which does what a test says; a release, and how it is loaded."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from lod.extensions.stores.store_client import graph_of
from lod.publish.release import current, manifest
from lod.rdf.store import open_store
from lod.rdf.vocab import SH
from tests.support.repository import Answer, Depot, Request, running, saying
from tests.support.server_data import BASE
from tests.support.stores import Store

HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "host"}


class Relay:
    """`always` is asked about every request whether something else is to be answered."""

    def __init__(self, depot: Depot, behind: int) -> None:
        self.url, self._behind = depot.base, behind
        depot.script = [self._answer]
        self.heal()

    def heal(self) -> None:
        self.always: Callable[[Request], Answer | None] = lambda request: None

    def _answer(self, request: Request) -> None:
        (self.always(request) or self._pass_on)(request)

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
    """A release of so many triples, of which the first is in exemples.ttl."""
    whole = Quad(NamedNode(f"{BASE}exemples#prefixes"), SH.declare, Literal(size))
    named = ((NamedNode(f"urn:{identity}-{n}"), Literal(n)) for n in range(1, size))
    return [whole, *(Quad(name, SH.declare, number) for name, number in named)]


def load(store: Store, folder: Path) -> None:
    """Load the current release into a store, its default graph last."""
    release = current(folder)
    ours, base = open_store(release / "store"), manifest(release)["base"]
    for graph in (*ours.named_graphs(), DefaultGraph()):
        found = ours.quads_for_pattern(None, None, None, graph)
        name = getattr(graph, "value", "") or graph_of(base, release.name)
        store.put(name, "".join(f"{quad.triple} .\n" for quad in found).encode())
