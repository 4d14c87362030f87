"""Bytes in memory that wait for slow clients: if there are too many, who has most of them loses."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Held:
    """The bodies that arrive or are being sent; used by one event loop."""

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
        """End the oldest transfer of the client that holds most, and count it no more."""
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
