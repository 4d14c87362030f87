"""How many connections may be open, in all and of one network, and which of them wait."""

import ipaddress
import resource
from collections import Counter
from typing import Protocol

from lod.server.engine.caller import network
from lod.server.limits import (
    CONNECTION_DESCRIPTORS,
    CONNECTIONS,
    CONNECTIONS_SHARE,
    DESCRIPTORS_KEPT_BACK,
)

WANTED = CONNECTIONS * CONNECTION_DESCRIPTORS + DESCRIPTORS_KEPT_BACK


class Idle(Protocol):
    """A connection that waits for a request."""

    def abort(self) -> None:
        """Close it at once."""


class Connections:
    """The connections that are open; used by one event loop."""

    def __init__(self, most: int, share: int = CONNECTIONS_SHARE, proxies: str = "") -> None:
        """Take the proxies, which have no share, as addresses or networks with commas between."""
        self._most, self._share = most, share
        self._proxies = [ipaddress.ip_network(p.strip()) for p in proxies.split(",") if p]
        self._open: Counter[str] = Counter()  # network → its connections
        self._idle: dict[Idle, None] = {}  # the one that has waited longest comes first

    def open(self, address: str) -> str | None:
        """Count a connection; return why it is refused, a slug of PROBLEMS, or None.

        If there are too many, the one that has been idle longest makes room. A proxy stands for all
        its clients.
        """
        name = network(address)
        self._open[name] += 1
        if self._open[name] > self._share and not self._is_proxy(name):
            return "part-prise"
        if self._open.total() > self._most:
            if not self._idle:
                return "occupe"
            next(iter(self._idle)).abort()
        return None

    def _is_proxy(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:  # a network of IPv6, which no proxy is, or no address
            return False
        return any(found in proxy for proxy in self._proxies)

    def close(self, address: str) -> None:
        """Count a connection no more."""
        name = network(address)
        self._open[name] -= 1
        if not self._open[name]:
            del self._open[name]

    def wait(self, connection: Idle) -> None:
        """Note that a connection waits for a request from now on."""
        self._idle[connection] = None

    def work(self, connection: Idle) -> None:
        """Note that a connection waits no more."""
        self._idle.pop(connection, None)


def most_connections() -> int:
    """Return how many connections the process has descriptors for, after asking for enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < WANTED:
        soft = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(CONNECTIONS, (soft - DESCRIPTORS_KEPT_BACK) // CONNECTION_DESCRIPTORS))
