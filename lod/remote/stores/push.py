"""The current release into a store on another machine: in pieces, counted, switched by one triple.

What readers are served does not change before all of it is there and counted. A push that broke off
goes on after the last piece that the store acknowledged, if the store still has what it had then.
"""

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import islice, takewhile
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store

from lod.base.durable import lock_folder, write
from lod.base.errors import LodError
from lod.publish.release import current, manifest
from lod.rdf.store import open_store
from lod.remote.stores.credentials import StoreAccess
from lod.remote.stores.store_client import StoreClient, StoreLimits, TooLargeError
from lod.remote.stores.versions import KEPT, StoreVersion, count, graph_of, versions

FOLDER = "push"
SMALLEST = 16 * 1024  # bytes of a piece: who takes less cannot be loaded
LIMITS = StoreLimits()
LOADED, RESUMED, SERVED = "loaded", "resumed", "already served"


@dataclass(slots=True)
class PushState:
    """How far the push of one release to one store is: triples acknowledged, by graph there."""

    release: str
    graphe: str
    recus: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphPart:
    """A graph of the release, and the graph that it is loaded into."""

    source: NamedNode | BlankNode | DefaultGraph
    staged: str

    @property
    def published(self) -> str:
        """The name that the graph has when it is served; empty for the default graph."""
        return self.source.value if isinstance(self.source, NamedNode) else ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push came to."""

    status: str
    release: str
    triples: int
    graph: str

    def __str__(self) -> str:
        return f"{self.triples} triples of {self.release} {self.status}; graph {self.graph}"


def push(
    folder: Path,
    access: StoreAccess,
    say: Callable[[str], None] = lambda text: None,
    limits: StoreLimits = LIMITS,
    sleep: Callable[[float], None] = time.sleep,
) -> Pushed:
    """Make the current release of a folder the served one of a store.

    Raises LodError if the store does not let it; then it serves what it served before.
    """
    release = current(folder)
    with (
        lock_folder(folder / FOLDER, "lod push"),
        StoreClient(access, limits, say, sleep) as client,
    ):
        return Push(client, release, folder / FOLDER, say).run()


class Push:
    """One run, on a store that nobody else pushes to from here."""

    def __init__(
        self, client: StoreClient, release: Path, states: Path, say: Callable[[str], None]
    ) -> None:
        self._client, self._say = client, say
        self._store = open_store(release / "store")
        self._id = manifest(release)["id"]
        self._graph = graph_of(client.access, self._id)
        self._parts = list(parts(self._store, self._graph))
        target = f"{client.access.url}\n{client.access.graph}\n{self._id}"
        self._path = states / f"{hashlib.sha256(target.encode()).hexdigest()[:16]}.json"
        self._piece_size = min(client.engine.octets, client.limits.piece)
        self._sizes: dict[GraphPart, int] = {}

    def run(self) -> Pushed:
        """Load, count, switch, tidy up."""
        known = versions(self._client)
        ours = next((v for v in known if v.graph == self._graph), None)
        if ours and ours.ranks and not self._lacking():
            status = SERVED
        else:
            self._sweep([v for v in known if not v.ranks and v is not ours])
            status = self._load(ours)
        total = self._verify()
        if not (ours and known[0] is ours and ours.ranks):
            self._switch(max((r for v in known for r in v.ranks), default=0) + 1)
        self._retire(versions(self._client))
        self._path.unlink(missing_ok=True)
        return Pushed(status, self._id, total, self._graph)

    def _load(self, ours: StoreVersion | None) -> str:
        """Send what is not there yet."""
        state = self._resumed() if ours else None
        status = RESUMED if state else LOADED
        if state is None:
            state = PushState(self._id, self._graph)
            if not (ours and ours.ranks):  # else it is read: what it lacks is added
                self._begin()
        for part in self._parts:
            self._send(part, state)
        return status

    def _begin(self) -> None:
        """Note that our graph is begun, and make sure that it is empty."""
        values = {"graphe": self._client.access.graph, "version": self._graph}
        self._client.update("commencer", nom=self._id, **values)
        for part in self._parts:
            self._client.drop(part.staged)

    def _resumed(self) -> PushState | None:
        """Return how far a push came, None if the store does not have what it acknowledged."""
        try:
            state = PushState(**json.loads(self._path.read_bytes()))
            known = {part.staged for part in self._parts}
            if (state.release, state.graphe) != (self._id, self._graph) or set(state.recus) - known:
                return None
            held = all(count(self._client, g) >= n for g, n in state.recus.items())
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return state if held else None

    def _send(self, part: GraphPart, state: PushState) -> None:
        """Send a graph from the first triple on that was not acknowledged; in an order that lasts.

        A piece that arrives twice changes nothing: there are no blank nodes.
        """
        done = state.recus.get(part.staged, 0)
        # closed here, come what may: an iterator of the store may not outlive its thread
        with closing(self._lines(part, done)) as lines:
            for size, piece in pieces(lines, lambda: self._piece_size):
                self._deliver(part.staged, piece)
                done += size
                state.recus[part.staged] = done
                write(self._path, json.dumps(asdict(state), indent=2).encode() + b"\n")
                self._say(f"{done} triples in {part.staged}")

    def _lines(self, part: GraphPart, done: int) -> Generator[bytes, None, None]:
        """Yield the triples of a graph as lines, without the first that are done."""
        quads = self._store.quads_for_pattern(None, None, None, part.source)
        for quad in islice(quads, done, None):
            yield f"{quad.triple} .\n".encode()

    def _deliver(self, graph: str, piece: bytes) -> None:
        """Load a piece; by halves, and those to come too, if the server takes less at a time."""
        try:
            self._client.load(graph, piece)
        except TooLargeError:
            if len(piece) <= SMALLEST:
                raise
            self._piece_size = max(SMALLEST, len(piece) // 2)
            for _, half in pieces(iter(piece.splitlines(keepends=True)), lambda: self._piece_size):
                self._deliver(graph, half)

    def _lacking(self) -> str:
        """Return the first graph that has not as many triples as ours, and how many; else ""."""
        for part in self._parts:
            theirs = count(self._client, part.staged)
            if theirs != self._size(part):
                return f"{part.staged}: {theirs} triples came of {self._size(part)}"
        return ""

    def _size(self, part: GraphPart) -> int:
        """Return how many triples we have, counted once: that reads all of them."""
        if part not in self._sizes:
            quads = self._store.quads_for_pattern(None, None, None, part.source)
            self._sizes[part] = sum(1 for _ in quads)
        return self._sizes[part]

    def _verify(self) -> int:
        """Return how many triples are there; raise LodError if it is not as many as we have."""
        if lacking := self._lacking():
            self._path.unlink(missing_ok=True)  # the next run begins anew
            raise LodError(
                f"{lacking}; what was served still is; run the command again, it begins anew"
            )
        return sum(map(self._size, self._parts))

    def _switch(self, rank: int) -> None:
        """Bring graphs with a name of their own up to date, then let the version be served."""
        for part in self._parts:
            if part.published:
                self._renew(part.staged, part.published)
        values = {"graphe": self._client.access.graph, "version": self._graph}
        self._client.update("servir", rang=rank, **values)

    def _renew(self, staged: str, published: str) -> None:
        """Make a graph equal to another one, without a moment in which it has too little."""
        self._client.update("ajouter", source=staged, cible=published)
        wanted, there = count(self._client, staged), count(self._client, published)
        while there > wanted:
            self._client.update("epurer", source=staged, cible=published)
            before, there = there, count(self._client, published)
            if there >= before:
                raise LodError(
                    f"{published}: {there - wanted} old triples do not go; "
                    "what was served still is; see whether the store takes DELETE … WHERE"
                )

    def _retire(self, known: list[StoreVersion]) -> None:
        """Take the ranks of old versions, and all but the highest of each; graphs go next time.

        Who still reads one of them sees within seconds that it has none; see `server/distant.py`.
        """
        values = {"graphe": self._client.access.graph}
        for place, version in enumerate(known):
            for rank in version.ranks[: None if place >= KEPT else -1]:
                self._client.update("retirer", version=version.graph, rang=rank, **values)

    def _sweep(self, left: list[StoreVersion]) -> None:
        """Drop what nobody reads any more, and what pushes of other releases left half there."""
        for version in left:
            self._say(f"{version.graph} is dropped")
            for graph in reversed([version.graph, *self._named_parts_of(version)]):
                self._client.drop(graph)
            values = {"graphe": self._client.access.graph, "version": version.graph}
            self._client.update("oublier", nom=version.release, **values)

    def _named_parts_of(self, version: StoreVersion) -> Iterator[str]:
        """Yield the parts of a version that another release has made; they came one by one."""
        numbers = (f"{version.graph}/{n}" for n in itertools.count(1))
        yield from takewhile(lambda graph: count(self._client, graph), numbers)


def parts(store: Store, graph: str) -> Iterator[GraphPart]:
    """Yield the default graph of a release and its named graphs, in a fixed order."""
    yield GraphPart(DefaultGraph(), graph)
    for n, source in enumerate(sorted(store.named_graphs(), key=str), start=1):
        yield GraphPart(source, f"{graph}/{n}")


def pieces(lines: Iterator[bytes], limit: Callable[[], int]) -> Iterator[tuple[int, bytes]]:
    """Yield lines joined to pieces of at most so many bytes, one line at least, and their number.

    >>> [*pieces(iter([b"a\\n", b"bb\\n", b"c\\n"]), lambda: 5)]
    [(2, b'a\\nbb\\n'), (1, b'c\\n')]
    """
    piece, size = bytearray(), 0
    for line in lines:
        if piece and len(piece) + len(line) > limit():
            yield size, bytes(piece)
            piece, size = bytearray(), 0
        piece += line
        size += 1
    if piece:
        yield size, bytes(piece)
