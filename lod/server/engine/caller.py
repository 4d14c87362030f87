"""Who asks: the network that is charged for a request, and whether the client has left."""

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

from lod.server.limits import NESTED_SHARES


class Caller:
    """The client of one request, and the work done for it; used by several threads."""

    def __init__(self, network: str = "") -> None:
        self.network = network
        self._lock = threading.Lock()
        self.has_left = False  # it has disconnected
        self.is_cut_short = False  # its work was stopped, because others wait
        self._clocks: list[tuple[Callable[[], float], float]] = []  # that run, and since when
        self._seconds = 0.0  # that clocks which run no more have counted
        self._stop: Callable[[], object] | None = None  # ends the work in progress

    @property
    def seconds(self) -> float:
        """The seconds of processor that its work has taken so far."""
        with self._lock:
            return self._seconds + sum(clock() - began for clock, began in self._clocks)

    @contextmanager
    def charged(self, clock: Callable[[], float]) -> Iterator[None]:
        """Charge what a clock counts during the block."""
        with self._lock:
            self._clocks.append(running := (clock, clock()))
        try:
            yield
        finally:
            with self._lock:
                self._clocks.remove(running)
                self._seconds += clock() - running[1]

    def cut_short(self) -> bool:
        """Stop the work in progress, because others wait for their turn; return whether there was
        any that can be stopped.
        """
        with self._lock:
            if self._stop:
                self.is_cut_short = True
                self._stop()
            return self.is_cut_short

    def leave(self) -> None:
        """Note that the client has disconnected, and stop the work in progress."""
        with self._lock:
            self.has_left = True
            if self._stop:
                self._stop()

    @contextmanager
    def stopping_by(self, stop: Callable[[], object]) -> Iterator[None]:
        """Call `stop` if the client leaves, or its work is cut short, during the block."""
        with self._lock:
            self._stop = stop
            if self.has_left:
                stop()
        try:
            yield
        finally:
            with self._lock:
                self._stop = None


def processor_clock(which: int) -> Callable[[], float]:
    """Return what tells the seconds of processor of a thread or process, given its system clock;
    once it has ended, those that were told last.
    """
    last = 0.0

    def clock() -> float:
        nonlocal last
        with suppress(OSError):
            last = time.clock_gettime(which)
        return last

    return clock


def network(address: str) -> str:
    """Return what identifies a client: of IPv6 the network, as one client has 2^64 addresses.

    An IPv4 address that is mapped into IPv6, as a socket for both sees it, is an IPv4 address.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3:4:5:6"), network("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7')
    """
    return shortened(address, 32, 64).removesuffix("/32") if ":" in address else address


@lru_cache(1024)  # a client rarely asks only once
def shortened(address: str, v4: int, v6: int) -> str:
    """Return the network of an IP address, of `v4` or `v6` bits; any other text as it is.

    >>> shortened("192.0.2.7", 24, 48), shortened("::ffff:192.0.2.7", 24, 48)
    ('192.0.2.0/24', '192.0.2.0/24')
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = v4 if parsed.version == 4 else v6
    return str(ipaddress.ip_network((parsed, bits), strict=False))


@lru_cache(4096)
def levels(network: str) -> tuple[tuple[str, int], ...]:
    """Return the networks that count what a client uses, each with its shares: its own, and the
    larger ones around it, so that nobody has many shares by having many addresses.

    >>> levels("192.0.2.7")
    (('192.0.2.7', 1), ('192.0.2.0/24', 8))
    >>> levels("2001:db8:1:2::/64")[1:]
    (('2001:db8:1::/56', 2), ('2001:db8:1::/48', 8))
    """
    address = network.partition("/")[0]
    nested = NESTED_SHARES[6 if ":" in address else 4]
    wider = ((shortened(address, bits, bits), shares) for bits, shares in nested)
    return ((network, 1), *((name, shares) for name, shares in wider if name != network))
