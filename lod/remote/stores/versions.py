"""Which release a store serves: one graph for each, and one triple that makes it the served one.

`GRAPH/ID` holds the default graph of the release ID, and never changes while anybody reads it. The
graph `GRAPH` says which versions were begun, and gives those that are whole a rank: the highest is
served. So the switch is the arrival of one triple, which is there or not on every engine, while
MOVE and COPY show parts to readers of Virtuoso, and take Oxigraph a minute for a million triples.

Graphs that have a name of their own keep it, for queries name them: they cannot be kept apart by
version. Theirs are added first and pruned after, so that a reader never finds less than the old or
the new; what both lack is never there.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from lod.base.errors import LodError
from lod.publish.release import MANIFEST, RELEASES
from lod.remote.stores.credentials import StoreAccess
from lod.remote.stores.store_client import StoreClient, StoreLimits

KEPT = 2  # versions with a rank: the served one, and the one that some still read
NAME = re.compile(r"[0-9A-Za-z._-]{1,64}")
QUICK = StoreLimits(delays=(), connect=3, whole=5)  # for a server that looks, again and again


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """A graph for a release; `ranks` are those that it has, none while it is not whole."""

    graph: str
    ranks: tuple[int, ...]

    @property
    def release(self) -> str:
        """The release."""
        return self.graph.rpartition("/")[2]


def graph_of(access: StoreAccess, release: str) -> str:
    """Return the graph of a release."""
    return f"{access.graph}/{release}"


def versions(client: StoreClient) -> list[StoreVersion]:
    """Return all versions that were begun, the served one first, those without a rank last."""
    ranks: dict[str, set[int]] = {}
    prefix = client.access.graph + "/"
    for row in client.select("versions", graphe=client.access.graph):
        graph = row.get("version", "")
        if graph.startswith(prefix) and NAME.fullmatch(graph.removeprefix(prefix)):
            ranks.setdefault(graph, set()).update({int(row["rang"])} if "rang" in row else ())
    found = [StoreVersion(graph, tuple(sorted(numbers))) for graph, numbers in ranks.items()]
    return sorted(found, key=lambda v: (-max(v.ranks, default=0), v.graph))


def count(client: StoreClient, graph: str) -> int:
    """Return how many triples a graph has."""
    [row] = client.select("compte", graphe=graph)
    return int(row["n"])


def to_serve(access: StoreAccess, folder: Path, target: str, served: str) -> tuple[str, bool]:
    """Return which release of a folder to serve with a store, and whether that is settled.

    The current one, `target`, if the store has it; else the newest that both have. What the store
    cannot say leaves `served` as it is: a release is followed once its data are there.
    """
    try:
        with StoreClient(access, QUICK) as client:
            there = [v.release for v in versions(client) if v.ranks]
    except LodError:
        return served or target, False
    if Path(target).name in there:
        return target, True
    here = (name for name in there if (folder / RELEASES / name / MANIFEST).is_file())
    return next((f"{RELEASES}/{name}" for name in here), served or target), False
