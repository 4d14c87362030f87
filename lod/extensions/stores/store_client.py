"""Requests to one SPARQL 1.1 store on another machine: queries, updates, triples to load; and which
releases it has.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any, TypeVar
from urllib.parse import urlencode

import urllib3

from lod.base.errors import LodError
from lod.extensions.stores.access import (
    Credentials,
    EngineRow,
    StoreAccess,
    engine_named,
    recognised,
)
from lod.publish.release import MANIFEST, RELEASES
from lod.rdf.store import RESULTS, Row, value_rows
from lod.remote.http import (
    HttpClient,
    Limits,
    TransientError,
    phrase,
    raise_if_redirected,
    raise_if_transient,
)

QUERIES = Path(__file__).parent / "requetes"
NTRIPLES = "application/n-triples"
FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
STORE_LIMITS = Limits(delays=(1, 5, 20), connect=10)
QUICK = Limits(delays=(), connect=3, whole=5)  # for our server, which asks often
DROP_SECONDS = 7200  # measured: Oxigraph drops 30,000 triples a second
PUSH_LATER = "what was served still is; run the command again later"
WRONG_PLACE = "is this the address of the store, and --engine its kind?"
ADVICE = {
    401: "give --user and --password, LOD_USER and LOD_PASSWORD, or an entry in ~/.netrc",
    403: "this user may not do that; ask whoever runs the store for the right to update",
    404: WRONG_PLACE,
    405: "the store takes no updates there; have them allowed, or check --engine",
    501: WRONG_PLACE,
}
RELEASE_NAME = re.compile(r"[0-9A-Za-z._-]{1,64}")
T = TypeVar("T")


class TooLargeError(LodError):
    """The server accepts no request of this size (413)."""


class StoreClient(AbstractContextManager["StoreClient"]):
    """A store, asked with our queries and updates.

    Its methods raise LodError when the store refuses, or when all tries have failed.
    """

    def __init__(
        self, access: StoreAccess, limits: Limits, say: Callable[[str], None] = lambda text: None
    ) -> None:
        self.access = access
        self._http = HttpClient(limits, say)
        self._credentials = Credentials(access)
        self._engine = engine_named(access.engine) if access.engine else None

    def __exit__(self, *error: object) -> None:
        self._http.close()

    @property
    def engine(self) -> EngineRow:
        """The engine: that of `access`, or the one that the header Server of the store names."""
        url = self.access.url

        def server() -> str:
            with closing(self.open("GET", url, b"", {})) as answer:
                return answer.headers.get("Server", "")

        if self._engine is None:
            self._engine = recognised(self._patiently(server), url)
        return self._engine

    def select(self, name: str, **values: object) -> list[Row]:
        """Return the rows of a query of the folder `requetes`, with `values` in it."""
        url = self.engine.at(self.access.url, self.engine.requete)
        body = urlencode({"query": store_query(f"{name}.rq", **values)}).encode()
        results = self._request("POST", url, body, {"Content-Type": FORM, "Accept": RESULTS})
        try:
            return value_rows(results)
        except ValueError as error:
            raise LodError(f"{url}: what came is not SPARQL results; {WRONG_PLACE}") from error

    def update(self, name: str, seconds: float | None = None, /, **values: object) -> None:
        """Run an update of the folder `requetes`, with `values` in it, within `seconds`."""
        url = self.engine.at(self.access.url, self.engine.ecriture)
        body = store_query(f"{name}.ru", **values).encode()
        self._request("POST", url, body, {"Content-Type": UPDATE}, seconds)

    def drop(self, graph: str) -> None:
        self.update("supprimer", DROP_SECONDS, version=graph)

    def load(self, graph: str, triples: bytes) -> None:
        """Add N-Triples to a graph; raise TooLargeError if the server takes less at a time."""
        url = self.engine.graph(self.access.url, graph)
        self._request(self.engine.chargement, url, triples, {"Content-Type": NTRIPLES})

    def open(
        self, method: str, url: str, body: bytes, headers: dict[str, str],
        seconds: float | None = None,
    ) -> urllib3.BaseHTTPResponse:  # fmt: skip
        """Return an answer whose body is not yet read; ask again if it is a challenge.

        `seconds` replaces the limit of one try. Raises TransientError if no answer comes.
        """
        for _ in range(2):
            signed = self._credentials.headers(method, url, self._engine)
            answer = self._http.open(method, url, headers | signed, body, seconds)
            if not self._credentials.learn(answer):
                break
            answer.drain_conn()
        return answer

    def _request(
        self, method: str, url: str, body: bytes, headers: dict[str, str],
        seconds: float | None = None,
    ) -> bytes:  # fmt: skip
        place = url.partition("?")[0]

        def once() -> bytes:
            with closing(self.open(method, url, body, headers, seconds)) as answer:
                check_status(answer, place)
                return self._http.body(answer, place)

        return self._patiently(once)

    def _patiently(self, act: Callable[[], T]) -> T:
        """Return the result of `act`, tried again; raise LodError when all tries have failed."""
        try:
            return self._http.patiently(self.access.url, act)
        except TransientError as error:
            raise LodError(f"{error}; {PUSH_LATER}") from error


def check_status(answer: urllib3.BaseHTTPResponse, place: str) -> None:
    """Raise TransientError, TooLargeError or LodError for anything but success."""
    status, wrong = answer.status, f"{place}: {phrase(answer.status)}"
    if status in (200, 201, 204):
        return
    if status == 413:
        raise TooLargeError(f"{wrong}; have larger requests allowed")
    if status != 501:
        raise_if_transient(answer, place)
    raise_if_redirected(answer, place)
    raise LodError(f"{wrong}; {ADVICE.get(status, WRONG_PLACE)}")


def store_query(name: str, **values: object) -> str:
    """Return a file of the folder `requetes` with its values."""
    return Template((QUERIES / name).read_text("utf-8")).substitute(values)


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """A release in a store."""

    graph: str  # IRI of the graph that holds its default graph
    ranks: tuple[int, ...]  # that it was given, sorted; none while it is incomplete

    @property
    def release(self) -> str:
        return self.graph.rpartition("/")[2]


def graph_of(access: StoreAccess, release: str) -> str:
    """Return the graph of a release."""
    return f"{access.graph}/{release}"


def versions(client: StoreClient) -> list[StoreVersion]:
    """Return all versions that are loaded, at least in part: the served one first, those without a
    rank last.
    """
    ranks: dict[str, set[int]] = {}
    prefix = client.access.graph + "/"
    for row in client.select("versions", graphe=client.access.graph):
        graph = row.get("version", "")
        if graph.startswith(prefix) and RELEASE_NAME.fullmatch(graph.removeprefix(prefix)):
            ranks.setdefault(graph, set()).update({int(row["rang"])} if row.get("rang") else ())
    listed = [StoreVersion(graph, tuple(sorted(numbers))) for graph, numbers in ranks.items()]
    return sorted(listed, key=lambda v: (-max(v.ranks, default=0), v.graph))


def count(client: StoreClient, graph: str) -> int:
    [row] = client.select("compte", graphe=graph)
    return int(row["n"])


@dataclass(frozen=True, slots=True)
class StoreElsewhere:
    """A store as `lod.server.engine.settings.Elsewhere`."""

    access: StoreAccess
    reader: str = "lod.extensions.stores.reader"

    @property
    def url(self) -> str:
        return self.access.url

    def message(self) -> dict[str, Any]:
        return asdict(self.access)

    def choose(self, folder: Path, target: str, served: str) -> tuple[str, bool]:
        """Return `target`, the current release, if the store has it; else the newest that both
        have. If the store does not answer, it stays `served`, the one that is served now.
        """
        try:
            with StoreClient(self.access, QUICK) as client:
                loaded = [v.release for v in versions(client) if v.ranks]
        except LodError:
            return served or target, False
        if Path(target).name in loaded:
            return target, True
        local = (name for name in loaded if (folder / RELEASES / name / MANIFEST).is_file())
        return next((f"{RELEASES}/{name}" for name in local), served or target), False
