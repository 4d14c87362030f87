"""The share of a client: lanes lend threads in turn, buckets bound what is used in time."""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lod.server.common.problems import Problem
from lod.server.engine.caller import Caller
from lod.server.limits import BUCKETS, LaneSize

T = TypeVar("T")


class Lane:
    """The threads of a lane, and the requests that wait for them; used by one event loop."""

    def __init__(self, name: str, size: LaneSize) -> None:
        self._size = size
        self._threads = ThreadPoolExecutor(size.threads, name)
        self._running: Counter[str] = Counter()  # network → its requests that are worked on
        # network → its requests that wait; the network that was served longest ago comes first
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    async def run(self, caller: Caller, function: Callable[[], T]) -> T:
        """Return the result of a function that is run in a thread, when it is the caller's turn.

        Raises Problem if too many requests wait, the turn does not come in time, or the client
        leaves before.
        """
        await self._turn(caller.network)
        try:
            if caller.has_left:
                raise Problem("client-parti", "le client est parti avant son tour")
            return await asyncio.get_running_loop().run_in_executor(self._threads, function)
        finally:
            self._give_back(caller.network)

    def close(self) -> None:
        """Take no more work; what is being done is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _turn(self, network: str) -> None:
        """Wait for a thread, and count it as lent to the network; raise Problem."""
        if not self._waiting and self._is_free(network):
            self._running[network] += 1
            return
        self._check_room(network)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(network, deque()).append(turn)
        self._lend()
        try:
            async with asyncio.timeout(self._size.seconds):
                await turn
        except BaseException as error:
            self._forget(network, turn)
            if turn.done() and not turn.cancelled():  # it came at the same moment
                self._give_back(network)
            if isinstance(error, TimeoutError):
                detail = "aucun processus ne s’est libéré ; réessayez plus tard"
                raise Problem("occupe", detail) from error
            raise

    def _is_free(self, network: str) -> bool:
        """Say whether there is a thread that this network may have."""
        return (
            self._running.total() < self._size.threads and self._running[network] < self._size.share
        )

    def _check_room(self, network: str) -> None:
        """Raise Problem if no more requests, or no more of this network, can wait."""
        if len(self._waiting.get(network, ())) >= self._size.waiting_share:
            detail = f"{self._size.waiting_share} requêtes de ce client attendent déjà"
            raise Problem("part-prise", detail)
        if self.waiting >= self._size.waiting:
            raise Problem("occupe", "la file d’attente est pleine ; réessayez plus tard")

    def _lend(self) -> None:
        """Give free threads to those that wait: to the network with the fewest of them first."""
        while free := [network for network in self._waiting if self._is_free(network)]:
            network = min(free, key=self._running.__getitem__)
            turn = self._waiting[network].popleft()
            if not turn.done():
                self._running[network] += 1
                turn.set_result(None)
            if self._waiting[network]:
                self._waiting.move_to_end(network)
            else:
                del self._waiting[network]

    def _give_back(self, network: str) -> None:
        """Count a thread of the network as free, and lend it."""
        self._running[network] -= 1
        if not self._running[network]:
            del self._running[network]
        self._lend()

    def _forget(self, network: str, turn: asyncio.Future[None]) -> None:
        """Remove a request that waits no longer."""
        if turn in (waiting := self._waiting.get(network, deque())):
            waiting.remove(turn)
            if not waiting:
                del self._waiting[network]


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
