"""Which release a store serves: one graph for each, and one triple that makes it the served one.

`GRAPHE/ID` holds the default graph of the release ID, and never changes while anybody reads it. The
graph `GRAPHE` says which versions were begun, and gives those that are whole a rank: the highest is
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
from lod.remote.stores.credentials import Acces
from lod.remote.stores.store_client import Client, Limits

KEPT = 2  # versions with a rank: the served one, and the one that some still read
NAME = re.compile(r"[0-9A-Za-z._-]{1,64}")
QUICK = Limits(delays=(), connect=3, whole=5)  # for a server that looks, again and again


@dataclass(frozen=True, slots=True)
class Version:
    """A graph for a release; `rangs` are the ranks that it has, none while it is not whole."""

    graphe: str
    rangs: tuple[int, ...]

    @property
    def nom(self) -> str:
        """The release."""
        return self.graphe.rpartition("/")[2]


def graph_of(acces: Acces, release: str) -> str:
    """Return the graph of a release."""
    return f"{acces.graphe}/{release}"


def versions(client: Client) -> list[Version]:
    """Return all versions that were begun, the served one first, those without a rank last."""
    ranks: dict[str, set[int]] = {}
    prefix = client.acces.graphe + "/"
    for row in client.select("versions", graphe=client.acces.graphe):
        graphe = row.get("version", "")
        if graphe.startswith(prefix) and NAME.fullmatch(graphe.removeprefix(prefix)):
            ranks.setdefault(graphe, set()).update({int(row["rang"])} if "rang" in row else ())
    found = [Version(graphe, tuple(sorted(rangs))) for graphe, rangs in ranks.items()]
    return sorted(found, key=lambda v: (-max(v.rangs, default=0), v.graphe))


def count(client: Client, graphe: str) -> int:
    """Return how many triples a graph has."""
    [row] = client.select("compte", graphe=graphe)
    return int(row["n"])


def to_serve(acces: Acces, folder: Path, target: str, served: str) -> tuple[str, bool]:
    """Return which release of a folder to serve with a store, and whether that is settled.

    The current one, `target`, if the store has it; else the newest that both have. What the store
    cannot say leaves `served` as it is: a release is followed once its data are there.
    """
    try:
        with Client(acces, QUICK) as client:
            there = [v.nom for v in versions(client) if v.rangs]
    except LodError:
        return served or target, False
    if Path(target).name in there:
        return target, True
    here = (nom for nom in there if (folder / RELEASES / nom / MANIFEST).is_file())
    return next((f"{RELEASES}/{nom}" for nom in here), served or target), False
