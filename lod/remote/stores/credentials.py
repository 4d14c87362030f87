"""How a person reaches a store: its address, the engine, who they are there, the graph of versions.

A password comes from an option, the environment or ~/.netrc; it goes to that one server only.
"""

import netrc
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
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
from lod.remote.http import address
from lod.remote.stores.engines import EngineRow, engine_named

ACCESS_VARIABLE = "LOD_ACCES"  # of the environment: how a process is told of a store


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccess:
    """Where a store is; `engine` is empty if it is to say itself what it is."""

    url: str
    engine: str = ""
    graph: str  # the graph that says which version is served; versions are below it
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Say all but the password: this may be printed."""
        return f"StoreAccess(url={self.url!r}, engine={self.engine!r}, graph={self.graph!r})"


def store_access(
    url: str, option: str, base: str, graph: str = "", engine: str = "",
    user: str = "", password: str = "",
) -> StoreAccess:  # fmt: skip
    """Return how to reach a store, with what ~/.netrc knows; raise UsageError for what cannot be.

    `base` is that of the release: without `graph`, versions are at `BASE/release`.
    """
    address(url, option)
    graph = graph or f"{base}release"
    if not ADDRESS.fullmatch(graph):
        raise UsageError(f"--graph '{graph}' is not an address; give https://…")
    if engine:
        engine_named(engine)
    found = StoreAccess(url=url, engine=engine, graph=graph, user=user, password=password)
    return found if user or password else _from_netrc(found)


def _from_netrc(found: StoreAccess) -> StoreAccess:
    host = urlsplit(found.url).hostname or ""
    try:
        known = netrc.netrc().hosts.get(host)  # not the entry `default`: that is for no store
    except FileNotFoundError:
        return found
    except netrc.NetrcParseError as error:
        raise UsageError(f"~/.netrc: {error}; correct the file, or give --user") from error
    return replace(found, user=known[0], password=known[2]) if known else found


class Credentials:
    """What proves to a server who asks: Basic and tokens unasked, Digest once it has challenged."""

    def __init__(self, known: StoreAccess) -> None:
        self._known = known
        manager = HTTPPasswordMgrWithDefaultRealm()
        manager.add_password(None, known.url, known.user, known.password)
        self._digest = AbstractDigestAuthHandler(manager)
        self._challenge: dict[str, Any] = {}

    def headers(self, method: str, url: str, engine: EngineRow | None) -> dict[str, str]:
        """Return the header of a request; none if there is nothing to say."""
        user, password = self._known.user, self._known.password
        if self._challenge:
            # a proof names the path as it is sent, the query of the address included
            asked = Request(url, method=method)
            proof = self._digest.get_authorization(asked, self._challenge)
            return {"Authorization": f"Digest {proof}"} if proof else {}
        if engine and engine.signature == "bearer" and password:
            return {"Authorization": f"Bearer {password}"}
        if engine and engine.signature == "basic" and user:
            return urllib3.make_headers(basic_auth=f"{user}:{password}")
        return {}

    def learn(self, answer: urllib3.BaseHTTPResponse) -> bool:
        """Take the challenge of a 401; say whether asking again can make a difference."""
        stated = answer.headers.get("WWW-Authenticate", "")
        scheme, _, rest = stated.partition(" ")
        if answer.status != 401 or scheme.lower() != "digest" or not self._known.user:
            return False
        self._challenge = parse_keqv_list(parse_http_list(rest))
        return {"realm", "nonce"} <= self._challenge.keys()
