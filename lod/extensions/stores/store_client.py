"""A SPARQL 1.1 store on another machine: which engine it is, which releases it has, and queries."""

import logging
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from lod.base.errors import LodError, UsageError
from lod.base.tabular import typed_rows
from lod.publish.release import RELEASES, manifest
from lod.rdf.store import RESULTS, value_rows
from lod.rdf.vocab import SH
from lod.remote.http import HttpClient, Limits, phrase

TABLE = Path(__file__).with_name("moteurs.csv")
QUICK = Limits(delays=(), connect=3, whole=5)  # no request is tried again: somebody waits
CHECK = "is this the address of the store, --engine its kind, and may --user ask it?"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRow:
    """A row of `moteurs.csv`; the fields are its columns."""

    nom: str
    serveur: str  # a pattern of the header Server
    requete: str  # path for queries, below the store's address
    signature: str  # how requests are signed: basic, bearer or nothing
    delai: str  # its parameter `timeout`, the time of a query in {s} or {ms}; "" if it has none
    coupe: str  # the header of an answer that lacks rows
    essai: str  # how these facts are known; for people only

    def deadline(self, seconds: float) -> str:
        """Return the parameter `timeout` that tells the engine when to stop a query.

        >>> engine_rows()["virtuoso"].deadline(1.5), engine_rows()["fuseki"].deadline(1.5)
        ('1500', '2')
        """
        return self.delai.format(ms=int(seconds * 1000), s=-int(-seconds // 1))


@cache
def engine_rows() -> dict[str, EngineRow]:
    """Return name → row of the table."""
    return {row.nom: row for row in typed_rows(EngineRow, TABLE)}


def recognised(server: str, url: str) -> EngineRow:
    """Return the engine that a header Server names; raise UsageError if it names none.

    >>> recognised("Virtuoso/07.20.3239 (Linux)", "http://x/").nom
    'virtuoso'
    """
    for row in engine_rows().values():
        if re.search(row.serveur, server):
            return row
    wrong = f"{url}: {server[:60]!r} does not say which engine this is"
    raise UsageError(f"{wrong}; give --engine, one of {', '.join(engine_rows())}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreElsewhere:
    """A store as `lod.server.engine.settings.Elsewhere`; user and password are not printed."""

    url: str
    engine: str = ""  # a name of the table of engines; "" to take that of the header Server
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)  # or a token

    @property
    def reader(self) -> str:
        return "lod.extensions.stores.reader"

    def message(self) -> dict[str, Any]:
        return asdict(self)

    def choose(self, folder: Path, target: str, served: str) -> tuple[str, bool]:
        """Return `target`, the current release, if the store has it; else `served`, the one that is
        served now, or the newest that both have.
        """
        from lod.publish.kept_releases import releases  # much, of no use to reader processes

        try:
            base = manifest(folder / target)["base"]
            with closing(StoreClient(self)) as client:
                loaded = client.releases(base)
        except LodError as error:
            log.warning("the release served stays the same: %s", error)
            return served or target, False
        for release in (target, served):
            if Path(release).name in loaded:
                return release, release == target
        here = (f"{RELEASES}/{r.id}" for r in reversed(releases(folder)) if r.id in loaded)
        return next(here, served or target), False


class StoreClient:
    """A store, asked by one thread; an answer is closed before the next request."""

    def __init__(self, store: StoreElsewhere, limits: Limits = QUICK) -> None:
        self._store, self._http = store, HttpClient(limits)
        self._engine = engine_rows()[store.engine] if store.engine else None
        self.close = self._http.close

    @property
    def engine(self) -> EngineRow:
        """The engine that was given, or the one that the header Server of the store names."""
        if self._engine is None:
            url = self._store.url
            with closing(self._http.open("GET", url, {})) as answer:
                self._engine = recognised(answer.headers.get("Server", ""), url)
        return self._engine

    def query(self, form: Mapping[str, str | list[str]], accept: str) -> urllib3.BaseHTTPResponse:
        """Return the answer, of any status, its body not yet read; raise LodError if none comes."""
        url, user, password = self._store.url, self._store.user, self._store.password
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        if self.engine.signature == "bearer" and password:
            headers["Authorization"] = f"Bearer {password}"
        if self.engine.signature == "basic" and user:
            headers |= urllib3.make_headers(basic_auth=f"{user}:{password}")
        if self.engine.requete:
            url = f"{url.rstrip('/')}/{self.engine.requete}"
        return self._http.open("POST", url, headers, urlencode(form, doseq=True).encode())

    def releases(self, base: str) -> set[str]:
        """Return the names of the releases that the store has whole; raise LodError."""
        # exemples.ttl, which is loaded last, has such a triple, and no other file has one
        whole = f"GRAPH ?graph {{ <{base}exemples#prefixes> {SH.declare} ?prefix }}"
        place, query = self._store.url, f"SELECT DISTINCT ?graph {{ {whole} }}"
        with closing(self.query({"query": query}, RESULTS)) as answer:
            if answer.status != 200:
                raise LodError(f"{place}: {phrase(answer.status)}; {CHECK}")
            results = self._http.body(answer, place)
        try:
            graphs = [row.get("graph", "") for row in value_rows(results)]
        except ValueError as error:
            raise LodError(f"{place}: what came is not SPARQL results; {CHECK}") from error
        above = graph_of(base, "")
        return {graph.removeprefix(above) for graph in graphs if graph.startswith(above)}


def graph_of(base: str, release: str) -> str:
    """Return the graph of a store that holds the default graph of a release."""
    return f"{base}release/{release}"
