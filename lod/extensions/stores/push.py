"""`lod push`: load the current release into a store on another machine, which serves it then.

It is sent in pieces and counted, then one triple makes it the served one; readers see the release
before until then. A push that broke off continues after the last piece that the store acknowledged,
if the store still has all acknowledged pieces.
"""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import islice, takewhile
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from lod.base.durable import lock_folder, write
from lod.base.errors import LodError
from lod.extensions.stores.access import StoreAccess
from lod.extensions.stores.store_client import (
    STORE_LIMITS,
    StoreClient,
    StoreVersion,
    TooLargeError,
    count,
    graph_of,
    versions,
)
from lod.publish.release import current, holding, manifest
from lod.rdf.store import open_store
from lod.remote.http import Limits

KEPT = 2  # versions with a rank: the served one, and the one before, which may still be read
PUSH_FOLDER = "push"  # below the folder of the releases
SMALLEST = 16 * 1024  # bytes of a piece: a store that takes less cannot be loaded
LOADED, RESUMED, SERVED = "loaded", "resumed", "already served"


@dataclass(slots=True)
class PushState:
    """How far the push of a release to a store has come; kept in a JSON file with these keys."""

    release: str  # its identifier
    graphe: str  # IRI of its graph in the store
    recus: dict[str, int] = field(default_factory=dict)  # graph → triples acknowledged


@dataclass(frozen=True, slots=True)
class GraphPart:
    """A graph of the release, and the graph that it is loaded into."""

    source: NamedNode | BlankNode | DefaultGraph  # in our store
    staged: str  # IRI in the remote store

    @property
    def published(self) -> str:
        """The name under which the graph is served; "" for the default graph."""
        return self.source.value if isinstance(self.source, NamedNode) else ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """The result of a push."""

    status: str  # LOADED, RESUMED or SERVED
    release: str  # its identifier
    triples: int  # in all graphs
    graph: str  # that holds the default graph

    def __str__(self) -> str:
        return f"{self.triples} triples of {self.release} {self.status}; graph {self.graph}"


def push(
    folder: Path,
    access: StoreAccess,
    say: Callable[[str], None] = lambda text: None,
    limits: Limits = STORE_LIMITS,
    piece_size: int | None = None,
) -> Pushed:
    """Make the current release of a folder the one that a store serves.

    Pieces have at most `piece_size` bytes, by default what the table of engines says. Raises
    LodError if the store refuses or does not answer; then it serves what it served before.
    """
    states = folder / PUSH_FOLDER
    with (
        holding(current(folder)) as release,
        lock_folder(states, "lod push"),
        StoreClient(access, limits, say) as client,
    ):
        return Push(client, release, states, say, piece_size).run()


class Push:
    """One push of a release; `states` is the folder of the files with the states of pushes."""

    def __init__(
        self,
        client: StoreClient,
        release: Path,
        states: Path,
        say: Callable[[str], None],
        piece_size: int | None,
    ) -> None:
        self._client, self._say = client, say
        self._store = open_store(release / "store")
        self._id = manifest(release)["id"]
        self._graph = graph_of(client.access, self._id)  # of the release in the remote store
        self._names = {"graphe": client.access.graph, "version": self._graph}
        self._parts = list(parts(self._store, self._graph))
        target = f"{client.access.url}\n{client.access.graph}\n{self._id}"
        self._path = states / f"{hashlib.sha256(target.encode()).hexdigest()[:16]}.json"
        self._piece_size = piece_size or client.engine.octets  # bytes; halved after a 413
        self._sizes: dict[GraphPart, int] = {}  # triples of the parts that were counted

    def run(self) -> Pushed:
        """Load the release, count it, switch to it and tidy up; raise LodError."""
        loaded = versions(self._client)
        own = next((v for v in loaded if v.graph == self._graph), None)
        if own and own.ranks and not self._lacking():
            status = SERVED
        else:
            self._sweep([v for v in loaded if not v.ranks and v is not own])
            status = self._load(own)
        total = self._verify()
        if not (own and loaded[0] is own and own.ranks):
            self._switch(max((r for v in loaded for r in v.ranks), default=0) + 1)
        self._retire(versions(self._client))
        self._path.unlink(missing_ok=True)
        return Pushed(status, self._id, total, self._graph)

    def _load(self, own: StoreVersion | None) -> str:
        """Send what the store does not have yet; return LOADED or RESUMED.

        `own` is the version of this release, if an earlier push has begun to load it.
        """
        state = self._resumed() if own else None
        status = RESUMED if state else LOADED
        if state is None:
            state = PushState(self._id, self._graph)
            if not (own and own.ranks):  # with a rank it may be read: only what it lacks is added
                self._client.update("commencer", nom=self._id, **self._names)
                for part in self._parts:
                    self._client.drop(part.staged)
        for part in self._parts:
            self._send(part, state)
        return status

    def _resumed(self) -> PushState | None:
        """Return the state of a push; None if the store does not have all that it acknowledged."""
        try:
            state = PushState(**json.loads(self._path.read_bytes()))
            known = {part.staged for part in self._parts}
            if (state.release, state.graphe) != (self._id, self._graph) or set(state.recus) - known:
                return None
            is_kept = all(count(self._client, g) >= n for g, n in state.recus.items())
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return state if is_kept else None

    def _send(self, part: GraphPart, state: PushState) -> None:
        """Send a graph in a fixed order, from the first triple on that was not acknowledged.

        A piece that arrives twice changes nothing: there are no blank nodes.
        """
        done = state.recus.get(part.staged, 0)
        # closed here in every case: an iterator of the store must not outlive its thread
        with closing(
            f"{quad.triple} .\n".encode() for quad in islice(self._quads(part), done, None)
        ) as lines:
            for size, piece in pieces(lines, lambda: self._piece_size):
                self._deliver(part.staged, piece)
                done += size
                state.recus[part.staged] = done
                write(self._path, json.dumps(asdict(state), indent=2).encode() + b"\n")
                self._say(f"{done} triples in {part.staged}")

    def _quads(self, part: GraphPart) -> Iterator[Quad]:
        return self._store.quads_for_pattern(None, None, None, part.source)

    def _deliver(self, graph: str, piece: bytes) -> None:
        """Load a piece; if the server takes less at a time, halve it and the size of later ones."""
        try:
            self._client.load(graph, piece)
        except TooLargeError:
            if len(piece) <= SMALLEST:
                raise
            self._piece_size = max(SMALLEST, len(piece) // 2)
            for _, half in pieces(iter(piece.splitlines(keepends=True)), lambda: self._piece_size):
                self._deliver(graph, half)

    def _lacking(self) -> str:
        """Return the first graph whose number of triples differs from ours, in words, or ""."""
        for part in self._parts:
            loaded = count(self._client, part.staged)
            if loaded != self._size(part):
                return f"{part.staged}: {loaded} triples came of {self._size(part)}"
        return ""

    def _size(self, part: GraphPart) -> int:
        """Return how many triples our graph has; counted once, because that reads all of them."""
        if part not in self._sizes:
            self._sizes[part] = sum(1 for _ in self._quads(part))
        return self._sizes[part]

    def _verify(self) -> int:
        """Return how many triples the store has; raise LodError if we have another number."""
        if lacking := self._lacking():
            self._path.unlink(missing_ok=True)  # the next run begins anew
            raise LodError(
                f"{lacking}; what was served still is; run the command again, it begins anew"
            )
        return sum(map(self._size, self._parts))

    def _switch(self, rank: int) -> None:
        """Bring the named graphs up to date, then make the version the served one."""
        for part in self._parts:
            if part.published:
                self._renew(part.staged, part.published)
        self._client.update("servir", rang=rank, **self._names)

    def _renew(self, staged: str, published: str) -> None:
        """Make the graph `published` equal to `staged`: first add triples, then remove others, so
        that readers miss none.
        """
        self._client.update("ajouter", source=staged, cible=published)
        expected, present = count(self._client, staged), count(self._client, published)
        while present > expected:
            self._client.update("epurer", source=staged, cible=published)
            before, present = present, count(self._client, published)
            if present >= before:
                raise LodError(
                    f"{published}: {present - expected} old triples do not go; "
                    "what was served still is; see whether the store takes DELETE … WHERE"
                )

    def _retire(self, known: list[StoreVersion]) -> None:
        """Remove the ranks of old versions, and all but the highest rank of the kept ones.

        A server that still reads an old version notices within seconds; the next push drops the
        graph.
        """
        for place, version in enumerate(known):
            names = self._names | {"version": version.graph}
            for rank in version.ranks[: None if place >= KEPT else -1]:
                self._client.update("retirer", rang=rank, **names)

    def _sweep(self, unranked: list[StoreVersion]) -> None:
        """Drop versions without a rank: old ones, and those of unfinished pushes."""
        for version in unranked:
            self._say(f"{version.graph} is dropped")
            # the graphs below its own are numbered from 1 without a gap
            below = (f"{version.graph}/{n}" for n in itertools.count(1))
            named = takewhile(lambda graph: count(self._client, graph), below)
            for graph in reversed([version.graph, *named]):
                self._client.drop(graph)
            names = self._names | {"version": version.graph}
            self._client.update("oublier", nom=version.release, **names)


def parts(store: Store, graph: str) -> Iterator[GraphPart]:
    """Yield the default graph of a release, then its named graphs, sorted by name."""
    yield GraphPart(DefaultGraph(), graph)
    for n, source in enumerate(sorted(store.named_graphs(), key=str), start=1):
        yield GraphPart(source, f"{graph}/{n}")


def pieces(lines: Iterator[bytes], limit: Callable[[], int]) -> Iterator[tuple[int, bytes]]:
    """Yield (number of lines, lines joined) for pieces of at most `limit()` bytes, or one line.

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
