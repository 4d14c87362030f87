"""Limit the rate of requests of each client by token buckets, in bounded memory.

The package `limits` is not used, because its memory store starts a thread for each request.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

CLIENTS = 10_000  # buckets kept; a client that has not asked for long has a full one anyway
BURST = 5  # seconds: as many requests may come at once as the rate allows in that time


class RateLimit:
    """Buckets that fill at `rate` tokens a second, 0 for no limit; used by one thread."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._most = max(1.0, rate * BURST)  # tokens of a full bucket
        # network of a client → its tokens, and the time at which it had them
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take a token, and return 0; if there is none, return how many seconds to wait for it."""
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
    """Return what identifies a client: of IPv6 the network, as one client has 2^64 addresses.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3:4:5:6")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    return shortened(client, 32, 64) if ":" in client else client


def shortened(client: str, v4: int, v6: int) -> str:
    """Return the network of an IP address, of `v4` or `v6` bits; any other text as it is.

    >>> shortened("192.0.2.7", 24, 48), shortened("unix", 24, 48)
    ('192.0.2.0/24', 'unix')
    """
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    bits = v4 if address.version == 4 else v6
    return str(ipaddress.ip_network((address, bits), strict=False))
