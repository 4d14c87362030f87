"""Access to a store on another machine: its address, engine, user, password and graph of versions.

A password comes from an option, the environment or ~/.netrc, and goes to that server only.
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
from lod.remote.http import checked_address
from lod.remote.stores.engines import EngineRow, engine_named


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccess:
    """Where a store is, and how to log in."""

    url: str
    engine: str = ""  # a name of the table of engines; "" if the store is to say it
    graph: str  # that says which version is served; the graphs of versions are below it
    user: str = ""
    password: str = ""  # or a token

    def __repr__(self) -> str:
        """Leave out user and password: this may be printed."""
        return f"StoreAccess(url={self.url!r}, engine={self.engine!r}, graph={self.graph!r})"


def store_access(
    url: str, option: str, base: str, graph: str = "", engine: str = "",
    user: str = "", password: str = "",
) -> StoreAccess:  # fmt: skip
    """Return the access to a store, with user and password of ~/.netrc if none are given.

    `option` names the option that gave `url`. Without `graph`, versions are below `release`,
    relative to the `base` of the release. Raises UsageError for a value that cannot be.
    """
    checked_address(url, option)
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
    """The header Authorization: Basic and tokens at once, Digest after a challenge."""

    def __init__(self, access: StoreAccess) -> None:
        self._access = access
        manager = HTTPPasswordMgrWithDefaultRealm()
        manager.add_password(None, access.url, access.user, access.password)
        self._digest = AbstractDigestAuthHandler(manager)
        self._challenge: dict[str, Any] = {}  # the parameters of the last one; empty before it

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
        """Keep the challenge of a 401; return whether asking again can make a difference."""
        stated = answer.headers.get("WWW-Authenticate", "")
        scheme, _, rest = stated.partition(" ")
        if answer.status != 401 or scheme.lower() != "digest" or not self._access.user:
            return False
        self._challenge = parse_keqv_list(parse_http_list(rest))
        return {"realm", "nonce"} <= self._challenge.keys()
