"""How fast one client may ask: a bucket of tokens for each, in bounded memory.

The package `limits` was tried: its memory store starts a thread a request.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

CLIENTS = 10_000  # buckets kept; who has not asked for long has a full one anyway
BURST = 5  # seconds' worth of requests that may come at once


class RateLimit:
    """Buckets that fill at `rate` tokens a second; 0 is no limit. Used by one thread."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._most, self._clock = rate, max(1.0, rate * BURST), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take a token; return how many seconds the client must wait for one, 0 if it had one."""
        if not self._rate:
            return 0.0
        now, name = self._clock(), network(client)
        tokens, at = self._buckets.pop(name, (self._most, now))
        tokens = min(self._most, tokens + (now - at) * self._rate)
        missing = max(0.0, 1.0 - tokens)
        self._buckets[name] = (tokens if missing else tokens - 1.0, now)
        if len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)
        return missing / self._rate


def network(client: str) -> str:
    """Return whom an address belongs to: an IPv6 client has 2^64 addresses at least.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3:4:5:6")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    return shortened(client, 32, 64) if ":" in client else client


def shortened(client: str, v4: int, v6: int) -> str:
    """Return the network of so many bits that an address is in, itself if it is none.

    >>> shortened("192.0.2.7", 24, 48), shortened("unix", 24, 48)
    ('192.0.2.0/24', 'unix')
    """
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    bits = v4 if address.version == 4 else v6
    return str(ipaddress.ip_network((address, bits), strict=False))
