"""What each network uses: seconds of work, which fade with time, requests a second, and memory."""

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lod.server.engine.caller import levels
from lod.server.limits import BUCKETS, UNKNOWN_SECONDS, USAGE_SECONDS


class Usage:
    """The seconds of work of each network in about the last minute; used by one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # network → seconds, and when they were counted
        self._seconds: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def add(self, network: str, seconds: float) -> None:
        """Count the work of a client for its network and those around it."""
        for name, _ in levels(network):
            total = self._faded(name) + seconds
            self._seconds.pop(name, None)
            self._seconds[name] = total, self._clock()
        while len(self._seconds) > BUCKETS:
            self._seconds.popitem(last=False)

    def of(self, network: str) -> float:
        """Return the seconds of a client, or its part of those of a network around it, whichever is
        more.
        """
        return max(self._faded(name) / shares for name, shares in levels(network))

    def expected(self, network: str) -> float:
        """Return the seconds of a client, UNKNOWN_SECONDS for one that has asked nothing yet: it
        comes after clients that are known to use little.
        """
        return self.of(network) if network in self._seconds else UNKNOWN_SECONDS

    def wait(self, network: str, most: float) -> float:
        """Return in how many seconds the client has used no more than `most`."""
        used = self.of(network)
        return USAGE_SECONDS * math.log(used / most) if used > most else 0.0

    def _faded(self, name: str) -> float:
        if not (counted := self._seconds.get(name)):
            return 0.0
        seconds, at = counted
        return seconds * math.exp((at - self._clock()) / USAGE_SECONDS)


class TokenBuckets:
    """Buckets that fill at `rate` tokens a second up to `most`; used by one thread."""

    def __init__(
        self, rate: float, most: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._most, self._clock = rate, most, clock
        # network → its tokens and when it had them
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, network: str) -> float:
        """Take a token from the bucket of a client, parts of one from those of the networks around
        it, and return 0; or take nothing, and return in how many seconds there will be one.
        """
        nested = levels(network)
        missing = max(1 / shares - self._tokens(name) for name, shares in nested)
        if missing > 0:
            return missing / self._rate
        for name, shares in nested:
            remaining = self._tokens(name) - 1 / shares
            self._buckets.pop(name, None)
            self._buckets[name] = remaining, self._clock()
        while len(self._buckets) > BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0

    def _tokens(self, name: str) -> float:
        now = self._clock()
        tokens, at = self._buckets.get(name, (self._most, now))
        return min(self._most, tokens + (now - at) * self._rate)


class Held:
    """The bodies in memory that arrive or wait for slow clients: if they take more than `most`
    bytes, transfers of the client with most of these are ended; used by one event loop.
    """

    def __init__(self, most: int) -> None:
        self._most, self._total = most, 0  # bytes
        self._of: Counter[str] = Counter()  # network → its bytes
        self._limits: dict[asyncio.Timeout, tuple[str, int]] = {}  # the oldest comes first

    @contextmanager
    def holding(self, network: str, size: int, limit: asyncio.Timeout) -> Iterator[None]:
        """Count the bytes of a client during the block; `limit` ends it if they are needed."""
        self._count(network, size)
        self._limits[limit] = network, size
        try:
            while self._total > self._most and self._limits:
                self._end_largest()
            yield
        finally:
            self._forget(limit)

    def _end_largest(self) -> None:
        """End the oldest transfer of the client that holds most, and remove it from the count."""
        largest = max({name for name, _ in self._limits.values()}, key=self._of.__getitem__)
        limit = next(limit for limit, (name, _) in self._limits.items() if name == largest)
        self._forget(limit)
        limit.reschedule(asyncio.get_running_loop().time())

    def _count(self, network: str, size: int) -> None:
        self._total += size
        self._of[network] += size
        if not self._of[network]:
            del self._of[network]

    def _forget(self, limit: asyncio.Timeout) -> None:
        if counted := self._limits.pop(limit, None):
            self._count(counted[0], -counted[1])
