"""Access to a store on another machine: its address, its engine, and how requests are signed.

A password comes from an option, the environment or ~/.netrc, and goes to that server only.
"""

import netrc
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

import urllib3

from lod.base.errors import UsageError
from lod.base.settings import ADDRESS
from lod.base.tabular import typed_rows
from lod.remote.http import checked_address

TABLE = Path(__file__).with_name("moteurs.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRow:
    """A row of `moteurs.csv`; the fields are its columns. Paths are below the store's address."""

    nom: str
    serveur: str  # a pattern of the header Server
    requete: str  # path for queries
    ecriture: str  # path for updates
    graphes: str  # path of the Graph Store Protocol
    parametre: str  # parameter of that address that names the graph
    chargement: str  # the HTTP method that adds triples to a graph
    plus: str  # other parameters of that address
    signature: str  # how requests are signed: basic, digest, bearer or nothing
    octets: int  # most bytes of one request to load
    transaction: str  # whether readers see an update whole or not at all; for people only
    move: str  # the same for MOVE; for people only
    delai: str  # parameter that limits the time of a query, in {s} or {ms}
    coupe: str  # the header of an answer that lacks rows
    essai: str  # how these facts are known; for people only

    def at(self, url: str, path: str) -> str:
        """Return the address of a path below `url`, the store's; `url` itself for an empty path."""
        return urljoin(url.rstrip("/") + "/", path) if path else url

    def graph(self, url: str, iri: str) -> str:
        """Return the address at which triples are added to a graph."""
        query = urlencode({self.parametre: iri}) + (f"&{self.plus}" if self.plus else "")
        return f"{self.at(url, self.graphes)}?{query}"

    def deadline(self, seconds: float) -> str:
        """Return the parameter that tells the engine when to stop a query; "" if it has none.

        >>> engine_named("virtuoso").deadline(1.5), engine_named("fuseki").deadline(1.5)
        ('timeout=1500', 'timeout=2')
        """
        return self.delai.format(ms=int(seconds * 1000), s=-int(-seconds // 1))


@cache
def engine_rows() -> dict[str, EngineRow]:
    """Return name → row of the table."""
    return {row.nom: row for row in typed_rows(EngineRow, TABLE)}


def engine_named(name: str) -> EngineRow:
    """Return the row of an engine; raise UsageError if the table does not have it."""
    try:
        return engine_rows()[name]
    except KeyError as error:
        known = ", ".join(engine_rows())
        raise UsageError(f"--engine '{name}' is not known; give one of {known}") from error


def recognised(server: str, url: str) -> EngineRow:
    """Return the engine that a header Server names; raise UsageError if it names none.

    >>> recognised("Virtuoso/07.20.3239 (Linux)", "http://x/").nom
    'virtuoso'
    """
    for row in engine_rows().values():
        if re.search(row.serveur, server):
            return row
    raise UsageError(
        f"{url}: {server[:60]!r} does not say which engine this is; "
        f"give --engine, one of {', '.join(engine_rows())}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccess:
    """Where a store is, and how to log in; user and password are not printed."""

    url: str
    engine: str = ""  # a name of the table of engines; "" to take that of the header Server
    graph: str  # IRI of the graph that says which version is served; those of versions are below it
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)  # or a token


def store_access(
    url: str, option: str, base: str, graph: str = "", engine: str = "",
    user: str = "", password: str = "",
) -> StoreAccess:  # fmt: skip
    """Return the access to a store, with user and password of ~/.netrc if none are given.

    `option` is the option whose value is `url`. Without `graph`, versions are below `release`,
    relative to the `base` of the release. Raises UsageError for a value that is not valid.
    """
    checked_address(url, option)
    graph = graph or f"{base}release"
    if not ADDRESS.fullmatch(graph):
        raise UsageError(f"--graph '{graph}' is not an address; give https://…")
    if engine:
        engine_named(engine)
    if not (user or password):
        try:  # without the entry `default` of ~/.netrc, which is not meant for a store
            entry = netrc.netrc().hosts.get(urlsplit(url).hostname or "")
        except FileNotFoundError:
            entry = None
        except netrc.NetrcParseError as error:
            raise UsageError(f"~/.netrc: {error}; correct the file, or give --user") from error
        user, _, password = entry or ("", "", "")
    return StoreAccess(url=url, engine=engine, graph=graph, user=user, password=password)


class Credentials:
    """The header Authorization: Basic and tokens at once, Digest after a challenge."""

    def __init__(self, access: StoreAccess) -> None:
        self._access = access
        manager = HTTPPasswordMgrWithDefaultRealm()
        manager.add_password(None, access.url, access.user, access.password)
        self._digest = AbstractDigestAuthHandler(manager)
        self._challenge: dict[str, Any] = {}  # parameters of the last one; empty if none came yet

    def headers(self, method: str, url: str, engine: EngineRow | None) -> dict[str, str]:
        """Return the header of a request; an empty dict if there is none."""
        user, password = self._access.user, self._access.password
        if self._challenge:
            # the proof covers the path as it is sent, with the query of the address
            request = Request(url, method=method)
            proof = self._digest.get_authorization(request, self._challenge)
            return {"Authorization": f"Digest {proof}"} if proof else {}
        if engine and engine.signature == "bearer" and password:
            return {"Authorization": f"Bearer {password}"}
        if engine and engine.signature == "basic" and user:
            return urllib3.make_headers(basic_auth=f"{user}:{password}")
        return {}

    def learn(self, answer: urllib3.BaseHTTPResponse) -> bool:
        """Keep the challenge of a 401; return whether a request with its answer may succeed."""
        challenge = answer.headers.get("WWW-Authenticate", "")
        scheme, _, rest = challenge.partition(" ")
        if answer.status != 401 or scheme.lower() != "digest" or not self._access.user:
            return False
        self._challenge = parse_keqv_list(parse_http_list(rest))
        return {"realm", "nonce"} <= self._challenge.keys()
