"""Requests to one SPARQL 1.1 store on another machine: queries, updates, triples to load."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from string import Template
from typing import Self, TypeVar
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
from lod.rdf.store import RESULTS, Row, value_rows
from lod.remote.http import (
    HttpClient,
    Limits,
    TransientError,
    phrase,
    raise_if_redirected,
    raise_if_transient,
    within,
)

QUERIES = Path(__file__).parent / "requetes"
NTRIPLES = "application/n-triples"
FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
STORE_LIMITS = Limits(delays=(1, 5, 20), connect=10)
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
T = TypeVar("T")


class TooLargeError(LodError):
    """The server accepts no request of that size (413)."""


class StoreClient:
    """A store, asked with our queries and updates.

    Its methods raise LodError when the store refuses, or when all tries have failed.
    """

    def __init__(
        self,
        access: StoreAccess,
        limits: Limits,
        say: Callable[[str], None] = lambda text: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.access = access
        self._http = HttpClient(limits, say, sleep)
        self._credentials = Credentials(access)
        self._engine = engine_named(access.engine) if access.engine else None

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def engine(self) -> EngineRow:
        """The engine: that of the option, or the one that the header Server of the store names."""
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
        found = self._request("POST", url, body, {"Content-Type": FORM, "Accept": RESULTS})
        try:
            return value_rows(found)
        except ValueError as error:
            raise LodError(f"{url}: what came is not SPARQL results; {WRONG_PLACE}") from error

    def update(self, name: str, seconds: float | None = None, /, **values: object) -> None:
        """Run an update of the folder `requetes`, with `values` in it, within `seconds`."""
        url = self.engine.at(self.access.url, self.engine.ecriture)
        body = store_query(f"{name}.ru", **values).encode()
        self._request("POST", url, body, {"Content-Type": UPDATE}, seconds)

    def drop(self, graph: str) -> None:
        """Drop a graph, if it is there."""
        self.update("supprimer", DROP_SECONDS, version=graph)

    def load(self, graph: str, triples: bytes) -> None:
        """Add N-Triples to a graph; raise TooLargeError if the server takes less at a time."""
        url = self.engine.graph(self.access.url, graph)
        self._request(self.engine.chargement, url, triples, {"Content-Type": NTRIPLES})

    def open(
        self, method: str, url: str, body: bytes, headers: dict[str, str],
        seconds: float | None = None,
    ) -> urllib3.BaseHTTPResponse:  # fmt: skip
        """Return an answer whose body is not yet read; ask again if a challenge is to be answered.

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

        return self._patiently(once, seconds)

    def _patiently(self, act: Callable[[], T], seconds: float | None = None) -> T:
        """Return the result of `act`, tried again; raise LodError when all tries have failed."""
        url, limit = self.access.url, seconds or self._http.limits.whole
        try:
            return self._http.patiently(url, lambda: within(limit, url, act))
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
