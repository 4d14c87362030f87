"""The releases that a store has, each in a graph of its own, and the one that it serves.

`GRAPH/ID` holds the default graph of the release ID, and does not change while it may be read. The
graph `GRAPH` lists the versions that were begun, and gives each whole one a rank: the highest is
served. So one triple makes the switch, which is there or not on every engine, while MOVE and COPY
show parts to readers of Virtuoso, and take Oxigraph a minute for a million triples.

Named graphs keep their names, because queries use them, so they cannot be kept apart by version.
New triples are added first and old ones removed after: a reader may find triples of both versions,
and never misses one that both have.
"""

import re
from dataclasses import dataclass

from lod.extensions.stores.access import StoreAccess
from lod.extensions.stores.store_client import StoreClient
from lod.remote.http import Limits

KEPT = 2  # versions with a rank: the served one, and the one before, which some still read
RELEASE_NAME = re.compile(r"[0-9A-Za-z._-]{1,64}")
QUICK = Limits(delays=(), connect=3, whole=5)  # for our server, which asks again and again


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """A release in a store."""

    graph: str  # that holds its default graph
    ranks: tuple[int, ...]  # that it was given, sorted; none while it is not whole

    @property
    def release(self) -> str:
        """The identifier of the release."""
        return self.graph.rpartition("/")[2]


def graph_of(access: StoreAccess, release: str) -> str:
    """Return the graph of a release."""
    return f"{access.graph}/{release}"


def versions(client: StoreClient) -> list[StoreVersion]:
    """Return all versions that were begun: the served one first, those without a rank last."""
    ranks: dict[str, set[int]] = {}
    prefix = client.access.graph + "/"
    for row in client.select("versions", graphe=client.access.graph):
        graph = row.get("version", "")
        if graph.startswith(prefix) and RELEASE_NAME.fullmatch(graph.removeprefix(prefix)):
            ranks.setdefault(graph, set()).update({int(row["rang"])} if row.get("rang") else ())
    found = [StoreVersion(graph, tuple(sorted(numbers))) for graph, numbers in ranks.items()]
    return sorted(found, key=lambda v: (-max(v.ranks, default=0), v.graph))


def count(client: StoreClient, graph: str) -> int:
    """Return how many triples a graph has."""
    [row] = client.select("compte", graphe=graph)
    return int(row["n"])
