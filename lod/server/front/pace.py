"""Refusals have a pace: whoever asks again as soon as it is refused keeps the loop busy with it."""

import asyncio
import time
from collections.abc import Callable

from lod.server import limits
from lod.server.common.problems import Problem


class Pace:
    """The refusals of one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._behind, self._counted = 0.0, clock()  # refusals before the next one, and when
        self._waiting = 0

    async def turn(self, problem: Problem) -> None:
        """Wait until a client may be told that it has to wait; not for other problems.

        Some are told at once, and all if so many wait already: connections are few.
        """
        if problem.status not in limits.PACED or self._waiting >= limits.REFUSALS_WAITING:
            return
        now, rate = self._clock(), limits.REFUSALS_A_SECOND
        behind = max(0.0, self._behind - (now - self._counted) * rate) + 1
        self._behind = min(behind, limits.REFUSALS_AT_ONCE + limits.REFUSAL_SECONDS * rate)
        self._counted = now
        if (more := self._behind - limits.REFUSALS_AT_ONCE) > 0:
            self._waiting += 1
            try:
                await asyncio.sleep(more / rate)
            finally:
                self._waiting -= 1
