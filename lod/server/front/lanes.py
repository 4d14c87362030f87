"""The lanes of a server: which requests share threads, and how many each client may have.

A request waits only for threads of its own lane: one that waits for the store never delays a
search, what is made on request of one question, a page about thousands of them, or a file.
"""

import asyncio
import re
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from lod.rdf.iris import CORE_KINDS
from lod.rdf.serialize import DATA_FORMS
from lod.server import limits
from lod.server.common.problems import Problem
from lod.server.common.request_response import Request
from lod.server.engine.caller import Caller
from lod.server.engine.settings import ServerSettings
from lod.server.front.usage import Usage
from lod.server.limits import DOCUMENTS_LANE, LaneSize, light_lane, resources_lane, store_lane
from lod.server.routes.context import CostlyPaths
from lod.server.routes.on_request import FEED, MADE

NOT_STORE = (b"/api/", b"/api/openapi.json")  # paths below those of the store that are files
# documents that are made when they are asked for; some are files
_FORMS = "|".join((*MADE, *DATA_FORMS))
_MADE = re.compile(rf"/sources/.*|.*\.({_FORMS})|/question/.*\.html".encode())
# pages about resources: that of a legislature takes as long as fifty questions
_RESOURCES = re.compile(rf"/({'|'.join(CORE_KINDS)})/.*\.html".encode())
# parameters of `/sparql` that ask for no evaluation, whatever escapes there are
_DESCRIBED = re.compile(rb"(format=[\w+./-]*)?")
_WHOLE = re.compile(rb"\bcsv\b")  # a form of a search that has all that it finds
BUSY = "aucun processus ne s’est libéré ; réessayez plus tard"
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Work:
    """A request that is worked on."""

    caller: Caller
    began: float  # monotonic time

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


class Lane:
    """The threads of a lane, and the requests that wait for them; used by one event loop."""

    def __init__(self, name: str, size: LaneSize, total: Usage | None = None) -> None:
        """Count the work also in `total`, which several lanes share."""
        self._size, self.usage, self._total = size, Usage(), total or Usage()
        self._threads = ThreadPoolExecutor(size.threads, name)
        self._works: dict[Work, None] = {}
        self._running: Counter[str] = Counter()  # network → its requests that are worked on
        # network → its requests that wait; the network that was served longest ago comes first
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._look: asyncio.TimerHandle | None = None  # the next call of `_cut_short`
        self._cut_at = 0.0  # monotonic time at which work was cut short last

    @property
    def waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    async def run(self, caller: Caller, function: Callable[[], T]) -> T:
        """Return the result of a function that is run in a thread, when it is the caller's turn.

        Raises Problem if too many requests wait, the turn does not come in time, or the client
        leaves before.
        """
        await self._turn(caller.network)
        work = Work(caller, time.monotonic())
        self._works[work] = None
        try:
            if caller.has_left:
                raise Problem("client-parti", "le client est parti avant son tour")
            return await asyncio.get_running_loop().run_in_executor(self._threads, function)
        finally:
            del self._works[work]
            for usage in (self.usage, self._total):
                usage.add(caller.network, work.seconds - caller.waited)
            self._give_back(caller.network)

    def close(self) -> None:
        """Take no more work; do not wait for what is being done."""
        if self._look:
            self._look.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _turn(self, network: str) -> None:
        """Wait for a thread, and count it as lent to the network; raise Problem if it comes not."""
        if not self._waiting and self._is_free(network):
            self._running[network] += 1
            return
        self._make_room(network)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(network, deque()).append(turn)
        self._lend()
        if self._size.is_cut_short and not self._look:
            self._look_later()
        try:
            async with asyncio.timeout(self._size.seconds):
                await turn
        except BaseException as error:
            self._forget(network, turn)
            if turn.done() and not turn.cancelled() and not turn.exception():
                self._give_back(network)  # it came at the same moment
            if isinstance(error, TimeoutError):
                raise Problem("occupe", BUSY) from error
            raise

    def _is_free(self, network: str) -> bool:
        """Say whether there is a thread that this network may have: the last one is for those that
        have used little.
        """
        free = self._size.threads - self._running.total()
        if self._running[network] >= self._size.share or not free:
            return False
        return free > 1 or self.usage.of(network) < limits.LIGHT_SECONDS

    def _make_room(self, network: str) -> None:
        """Let one more request of a network wait. If too many wait, the last one of the network
        with most of them is refused. Raises Problem if that is this network, or it has its share.
        """
        own = len(self._waiting.get(network, ()))
        if own >= self._size.waiting_share:
            detail = f"{self._size.waiting_share} requêtes de ce client attendent déjà"
            raise Problem("part-prise", detail)
        if self.waiting < self._size.waiting:
            return
        longest = max(self._waiting, key=lambda name: len(self._waiting[name]))
        full = Problem("occupe", "la file d’attente est pleine ; réessayez plus tard")
        if len(self._waiting[longest]) <= own:
            raise full
        turn = self._waiting[longest][-1]
        self._forget(longest, turn)
        if not turn.done():
            turn.set_exception(full)

    def _used(self, network: str) -> float:
        """Return the seconds that a network has used, those of its present work included."""
        present = (work.seconds for work in self._works if work.caller.network == network)
        return self.usage.expected(network) + sum(present)

    def _lend(self) -> None:
        """Give free threads to requests that wait: to the network that has used least first."""
        while self._running.total() < self._size.threads:
            if not (free := [network for network in self._waiting if self._is_free(network)]):
                return
            network = min(free, key=lambda name: (self._used(name), self._running[name]))
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
        """Remove a request from those that wait."""
        if turn in (waiting := self._waiting.get(network, deque())):
            waiting.remove(turn)
            if not waiting:
                del self._waiting[network]

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._look = loop.call_later(limits.CUT_LOOK_SECONDS, self._cut_short)

    def _cut_short(self) -> None:
        """Cut short the work whose time is over of the client that has used most, if a client that
        has used less waits.
        """
        self._look = None
        if not self._waiting:
            return
        self._look_later()
        if time.monotonic() - self._cut_at < limits.CUT_PAUSE_SECONDS:
            return
        least = min(map(self._used, self._waiting))
        over = [w for w in self._works if w.seconds > self._seconds(w.caller.network)]
        if over:
            work = max(over, key=lambda work: self._used(work.caller.network))
            if self._used(work.caller.network) > least and work.caller.cut_short():
                self._cut_at = time.monotonic()

    def _seconds(self, network: str) -> float:
        """Return how many seconds work of a network may take: the more networks wait, and the more
        this one has used, the fewer.
        """
        rivals = len(self._waiting.keys() - {network})
        share = self._size.seconds / (1 + rivals) - self.usage.of(network)
        return max(limits.LEAST_SECONDS, share) if rivals else self._size.seconds


class Lanes:
    """All lanes, and the time of work that each client has left."""

    def __init__(self, settings: ServerSettings, costly: CostlyPaths) -> None:
        self._search_paths = encoded(costly.search)
        self._own_query_paths = encoded(costly.own_queries)
        self._store_paths = (*encoded(costly.store), *self._own_query_paths)
        self._budget, self._usage = settings.budget, Usage()
        seconds = settings.limits.seconds
        sizes = {
            "store": store_lane(settings.workers, seconds),
            "search": light_lane(seconds),
            "made": light_lane(seconds),
            "resources": resources_lane(seconds),
            "documents": DOCUMENTS_LANE,
        }
        self._lanes = {name: Lane(name, size, self._usage) for name, size in sizes.items()}

    @property
    def waiting(self) -> int:
        return sum(lane.waiting for lane in self._lanes.values())

    async def run(
        self, route: bytes, request: Request, caller: Caller, function: Callable[[], T]
    ) -> T:
        """Return the result of a function, which is run in the lane of a request.

        Raises Problem if the client has used up its time, or as `Lane.run` does.
        """
        name = self._name(route, request)
        is_bounded = self._budget and name != "documents"
        if is_bounded and (wait := self._usage.wait(caller.network, self._budget)):
            seconds = str(int(wait) + 1)
            detail = f"ce client a épuisé son temps de calcul ; réessayez dans {seconds} s"
            raise Problem("budget", detail, headers={"Retry-After": seconds})
        return await self._lanes[name].run(caller, function)

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.close()

    def _name(self, route: bytes, request: Request) -> str:
        """Return the name of the lane of a request; `route` is its path below the base."""
        if route.startswith(self._search_paths):
            forms = (request.query, request.headers.get(b"accept", b""))
            is_whole = route.endswith(FEED.encode()) or any(map(_WHOLE.search, forms))
            return "made" if is_whole else "search"
        if not route.startswith(self._store_paths) or route in NOT_STORE:
            if _MADE.fullmatch(route):
                return "made"
            return "resources" if _RESOURCES.fullmatch(route) else "documents"
        has_no_query = not request.body and _DESCRIBED.fullmatch(request.query)
        if route == b"/sparql" and has_no_query:
            return "documents"
        return "made" if route.startswith(self._own_query_paths) else "store"


def encoded(paths: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(path.encode() for path in paths)
