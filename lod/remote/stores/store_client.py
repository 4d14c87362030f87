"""One store on another machine: a query, an update, a piece of a graph, and what came of it.

It follows no redirection, and believes no more of an answer than its status and what it can read.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from string import Template
from typing import Self, TypeVar
from urllib.parse import urlencode

import urllib3
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results
from urllib3.exceptions import HTTPError

from lod.base import packaged
from lod.base.errors import LodError
from lod.remote.http import AGENT, CHUNK, Interrupted, patiently, pause, phrase, reason, within
from lod.remote.stores.credentials import Credentials, StoreAccess
from lod.remote.stores.engines import EngineRow, engine_named, recognised

RESULTS = "application/sparql-results+json"
NTRIPLES = "application/n-triples"
FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
LATER = "what was served still is; run the command again later"
WRONG_PLACE = "is this the address of the store, and --engine its kind?"
ADVICE = {
    401: "give --user and --password, LOD_USER and LOD_PASSWORD, or an entry in ~/.netrc",
    403: "this user may not do that; ask whoever runs the store for the right to update",
    404: WRONG_PLACE,
    405: "the store takes no updates there; have them allowed, or check --engine",
    501: WRONG_PLACE,
}
T = TypeVar("T")
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLimits:
    """How long to wait, in seconds, and how much to take, in bytes."""

    delays: tuple[float, ...] = (1, 5, 20)  # before the second, third and fourth try
    pause: float = 120  # a server that asks for a longer one is asked another time
    connect: float = 10
    whole: float = 300  # one request, the time to send a piece and to think included
    drop: float = 7200  # measured: Oxigraph drops 30,000 triples a second
    size: int = 2**20  # an answer to us is a few rows
    piece: int = 2**40  # of a graph; the engine's own is smaller


class TooLargeError(LodError):
    """The server takes no request of that size."""


class StoreClient:
    """A store, asked patiently; what it does not grant in the end is a LodError."""

    def __init__(
        self,
        access: StoreAccess,
        limits: StoreLimits,
        say: Callable[[str], None] = lambda text: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.access, self.limits = access, limits
        self._say, self._sleep = say, sleep
        self._credentials = Credentials(access)
        self._engine = engine_named(access.engine) if access.engine else None
        timeout = urllib3.Timeout(connect=limits.connect, read=limits.whole)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def __enter__(self) -> Self:
        """Ask."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connections."""
        self._pool.clear()

    @property
    def engine(self) -> EngineRow:
        """Which engine this is, by option or as its header Server says."""
        if self._engine is None:
            answer = self._patiently(lambda: self._heard(self.access.url), self.limits.whole)
            self._engine = recognised(answer, self.access.url)
        return self._engine

    def select(self, name: str, **values: object) -> list[Row]:
        """Return the rows of one of our queries."""
        url = self.engine.at(self.access.url, self.engine.requete)
        body = urlencode({"query": text(f"{name}.rq", **values)}).encode()
        headers = {"Content-Type": FORM, "Accept": RESULTS}
        return rows(self._done("POST", url, body, headers, self.limits.whole), url)

    def update(self, name: str, **values: object) -> None:
        """Run one of our updates."""
        self._update(name, self.limits.whole, values)

    def drop(self, graph: str) -> None:
        """Drop a graph, if it is there."""
        self._update("supprimer", self.limits.drop, {"version": graph})

    def _update(self, name: str, seconds: float, values: dict[str, object]) -> None:
        url = self.engine.at(self.access.url, self.engine.ecriture)
        body = text(f"{name}.ru", **values).encode()
        self._done("POST", url, body, {"Content-Type": UPDATE}, seconds)

    def load(self, graph: str, triples: bytes) -> None:
        """Add N-Triples to a graph; raise TooLargeError if the server takes less at a time."""
        url = self.engine.graph(self.access.url, graph)
        headers = {"Content-Type": NTRIPLES}
        self._done(self.engine.chargement, url, triples, headers, self.limits.whole)

    def open(
        self, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """Return an answer whose body is not yet read, asked again if that is to be signed."""
        for _ in range(2):
            signed = self._credentials.headers(method, url, self._engine)
            answer = self._pool.request(
                method, url, body=body, headers={"User-Agent": AGENT, **headers, **signed},
                redirect=False, preload_content=False,
            )  # fmt: skip
            if not self._credentials.learn(answer):
                break
            answer.drain_conn()
        return answer

    def _done(
        self, method: str, url: str, body: bytes, headers: dict[str, str], seconds: float
    ) -> bytes:
        return self._patiently(lambda: self._once(method, url, body, headers), seconds)

    def _patiently(self, act: Callable[[], T], seconds: float) -> T:
        """Return what comes of an act, tried again; raise LodError when patience is at its end."""
        limits = self.limits

        def once() -> T:
            try:
                return within(seconds, act)
            except TimeoutError as error:
                wrong = f"{self.access.url}: no answer within {seconds:g} seconds"
                raise Interrupted(wrong) from error

        try:
            return patiently(once, Interrupted, limits.delays, limits.pause, self._wait)
        except Interrupted as error:
            raise LodError(f"{error}; {LATER}") from error

    def _once(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> bytes:
        place = url.partition("?")[0]
        try:
            answer = self.open(method, url, body, headers)
            try:
                judge(answer, place)
                return self._read(answer, place)
            finally:
                answer.close()
        except HTTPError as error:
            raise Interrupted(f"{place}: {reason(error)}") from error

    def _heard(self, url: str) -> str:
        """Return what a server calls itself."""
        try:
            answer = self.open("GET", url, b"", {})
            answer.close()
        except HTTPError as error:
            raise Interrupted(f"{url}: cannot be reached ({reason(error)})") from error
        return str(answer.headers.get("Server", ""))

    def _read(self, answer: urllib3.BaseHTTPResponse, place: str) -> bytes:
        data = bytearray()
        while piece := answer.read1(CHUNK):
            data += piece
            if len(data) > self.limits.size:
                raise LodError(f"{place}: an answer of more than {self.limits.size} bytes; "
                               f"{WRONG_PLACE}")  # fmt: skip
        return bytes(data)

    def _wait(self, seconds: float) -> None:
        self._say(f"{self.access.url}: asked again in {seconds:.0f} s")
        self._sleep(seconds)


def judge(answer: urllib3.BaseHTTPResponse, place: str) -> None:
    """Raise Interrupted, TooLargeError or LodError for anything but success; the words are ours."""
    status, wrong = answer.status, f"{place}: {phrase(answer.status)}"
    if status in (200, 201, 204):
        return
    if status == 413:
        raise TooLargeError(f"{wrong}; have larger requests allowed")
    if status in (408, 429) or (status >= 500 and status != 501):
        raise Interrupted(wrong, pause(answer))
    if 300 <= status < 400:
        there = answer.headers.get("Location", "")[:200]
        raise LodError(f"{wrong}: leads to {there!r}; if that is right, give it as the address")
    raise LodError(f"{wrong}; {ADVICE.get(status, WRONG_PLACE)}")


def text(name: str, **values: object) -> str:
    """Return one of our queries with its values."""
    return Template((packaged.STORE_QUERIES / name).read_text("utf-8")).substitute(values)


def rows(body: bytes, url: str) -> list[Row]:
    """Return the rows of results as texts, without what is unbound; raise LodError if none."""
    try:
        found = parse_query_results(body, format=QueryResultsFormat.JSON)
        if isinstance(found, QuerySolutions):
            names = [variable.value for variable in found.variables]
            return [{n: s[n].value for n in names if s[n] is not None} for s in found]
    except (SyntaxError, ValueError, AttributeError):
        pass
    raise LodError(f"{url}: what came is not SPARQL results; {WRONG_PLACE}")
