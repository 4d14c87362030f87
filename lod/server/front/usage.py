"""What each network uses: seconds of work, which fade with time, and requests a second."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

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
            used = self._faded(name) + seconds
            self._seconds.pop(name, None)
            self._seconds[name] = used, self._clock()
        while len(self._seconds) > BUCKETS:
            self._seconds.popitem(last=False)

    def of(self, network: str) -> float:
        """Return the seconds of a client, or its part of those of a network around it, if more."""
        return max(self._faded(name) / shares for name, shares in levels(network))

    def expected(self, network: str) -> float:
        """Return the seconds of a client, or what is expected of one that has asked nothing yet:
        who is known to use little comes before who is not known.
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

    def wait(self, network: str, tokens: float) -> float:
        """Return how many seconds the client has to wait until it has so many tokens."""
        missing = (tokens / shares - self._tokens(name) for name, shares in levels(network))
        return max(0.0, *missing) / self._rate

    def take(self, network: str, tokens: float) -> None:
        """Take tokens from the bucket of a client; fewer from those of the networks around it."""
        for name, shares in levels(network):
            left = self._tokens(name) - tokens / shares
            self._buckets.pop(name, None)
            self._buckets[name] = left, self._clock()
        while len(self._buckets) > BUCKETS:
            self._buckets.popitem(last=False)

    def _tokens(self, name: str) -> float:
        now = self._clock()
        tokens, at = self._buckets.get(name, (self._most, now))
        return min(self._most, tokens + (now - at) * self._rate)
