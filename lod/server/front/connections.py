"""How many connections may be open, which of them wait, and whose turn it is to be parsed."""

import asyncio
import ipaddress
import resource
import time
from collections import Counter
from collections.abc import Callable

from lod.server import limits
from lod.server.engine.caller import levels, network

WANTED = limits.CONNECTIONS * limits.CONNECTION_DESCRIPTORS + limits.DESCRIPTORS_KEPT_BACK
Parse = Callable[[], None]  # parses the next piece of a connection
Abort = Callable[[], None]  # closes a connection at once


class Connections:
    """The connections that are open; used by one event loop."""

    def __init__(
        self, most: int, proxies: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the proxies, which have no share, as addresses or networks with commas between."""
        self._most, self._clock = most, clock
        self._proxies = [ipaddress.ip_network(p.strip()) for p in proxies.split(",") if p]
        self._count = 0  # of all connections
        self._open: Counter[str] = Counter()  # network, of whatever size → its connections
        # client → its connections that wait for it to send a request or read an answer, and since
        # when; the one that has waited longest comes first
        self._waiting: dict[str, dict[Abort, float]] = {}

    def open(self, address: str) -> str | None:
        """Count a connection; return why it is refused, a slug of PROBLEMS, or None.

        If there are too many, the client that has most of them loses the one that has waited
        longest. If that is the client of this connection, and none of its own has waited long, this
        one is refused instead: closing one that came just before would help nobody. A proxy stands
        for all its clients.
        """
        client = network(address)
        shares = levels(client)
        self._count += 1
        for name, _ in shares:
            self._open[name] += 1
        share = limits.CONNECTIONS_SHARE
        is_over = any(self._open[name] > count * share for name, count in shares)
        if is_over and not self._is_proxy(address):
            return "part-prise"
        if self._count > self._most:
            if not self._waiting:
                return "occupe"
            largest = max(self._waiting, key=self._open.__getitem__)
            abort, since = next(iter(self._waiting[largest].items()))
            if client == largest and self._clock() - since < limits.EVICTED_AFTER_SECONDS:
                return "part-prise"
            self.work(largest, abort)
            abort()
        return None

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:  # no address
            return False
        plain = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(plain in proxy for proxy in self._proxies)

    def close(self, address: str) -> None:
        """Remove a connection from the count."""
        self._count -= 1
        for name, _ in levels(network(address)):
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]

    def wait(self, client: str, abort: Abort) -> None:
        """Note that from now on a connection waits for its client."""
        waiting = self._waiting.setdefault(client, {})
        waiting.pop(abort, None)
        waiting[abort] = self._clock()

    def work(self, client: str, abort: Abort) -> None:
        """Note that a connection no longer waits for its client."""
        if (waiting := self._waiting.get(client)) is not None:
            waiting.pop(abort, None)
            if not waiting:
                del self._waiting[client]


class Turns:
    """The turns of the connections on which requests were sent ahead: one piece of one connection
    is parsed at a time, so that they delay nobody else; used by one event loop.
    """

    def __init__(self) -> None:
        # network → its connections that wait; the network and connection to be served come first
        self._waiting: dict[str, dict[Parse, None]] = {}
        self._is_pausing = False

    def wait(self, client: str, parse: Parse) -> None:
        """Call `parse` when it is the turn of this connection, network by network."""
        self._waiting.setdefault(client, {})[parse] = None
        if not self._is_pausing:
            self._is_pausing = True
            asyncio.get_running_loop().call_soon(self._next)

    def leave(self, client: str, parse: Parse) -> None:
        """Forget a connection that is closed."""
        if client in self._waiting:
            self._waiting[client].pop(parse, None)
            if not self._waiting[client]:
                del self._waiting[client]

    def _next(self) -> None:
        self._is_pausing = bool(self._waiting)
        if not self._is_pausing:
            return
        client = next(iter(self._waiting))
        queue = self._waiting.pop(client)
        del queue[parse := next(iter(queue))]
        if queue:
            self._waiting[client] = queue  # behind all others
        asyncio.get_running_loop().call_later(limits.AHEAD_SECONDS, self._next)
        parse()


def most_connections() -> int:
    """Return how many connections the process has descriptors for, after asking for enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < WANTED:
        soft = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    room = (soft - limits.DESCRIPTORS_KEPT_BACK) // limits.CONNECTION_DESCRIPTORS
    return max(1, min(limits.CONNECTIONS, room))
