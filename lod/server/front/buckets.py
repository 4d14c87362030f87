"""Token buckets: how much each client may use, now and in the long run, in bounded memory.

The package `limits` is not used, because its memory store starts a thread for each request.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from lod.server.limits import BUCKETS


class TokenBuckets:
    """Buckets that fill at `rate` tokens a second up to `most`; used by one thread."""

    def __init__(
        self, rate: float, most: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._most, self._clock = rate, most, clock
        # network of a client → its tokens, negative if it owes some, and when it had them
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, network: str, tokens: float) -> float:
        """Return how many seconds the client has to wait until it has so many tokens."""
        return max(0.0, tokens - self._tokens(network)) / self._rate

    def take(self, network: str, tokens: float) -> None:
        """Take tokens from the bucket of a client, even if it has not so many."""
        left = self._tokens(network) - tokens
        self._buckets.pop(network, None)
        self._buckets[network] = (left, self._clock())
        if len(self._buckets) > BUCKETS:
            self._buckets.popitem(last=False)

    def _tokens(self, network: str) -> float:
        now = self._clock()
        tokens, at = self._buckets.get(network, (self._most, now))
        return min(self._most, tokens + (now - at) * self._rate)
