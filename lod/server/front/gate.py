"""Who may compute: a few requests at once, a share of them for each network; whoever has used least
processor time comes first, and whoever has used most makes room.
"""

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lod.base.words import Sentence
from lod.server import limits
from lod.server.common.problems import Problem
from lod.server.engine.caller import Caller, levels, processor_clock
from lod.server.limits import GateSize

LATE = Sentence("aucun processus ne s’est libéré ; réessayez plus tard")
FULL = Sentence("la file d’attente est pleine ; réessayez plus tard")


class Usage:
    """The seconds of processor that each network has used in about the last minute."""

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
        while len(self._seconds) > limits.NETWORKS_COUNTED:
            self._seconds.popitem(last=False)

    def of(self, network: str) -> float:
        """Return the larger of the seconds of a client, and its share of those of a network around
        it.
        """
        return max(self._faded(name) / shares for name, shares in levels(network))

    def expected(self, network: str) -> float:
        """Return the seconds of a client, UNKNOWN_SECONDS for one that has asked nothing yet: it
        comes after clients that are known to use little.
        """
        return self.of(network) if network in self._seconds else limits.UNKNOWN_SECONDS

    def _faded(self, name: str) -> float:
        if not (counted := self._seconds.get(name)):
            return 0.0
        seconds, at = counted
        return seconds * math.exp((at - self._clock()) / limits.USAGE_SECONDS)


class Gate:
    """The places of one kind of request, and the requests that wait for them; used by many threads.

    A request waits only at its own gate: what waits for the store never delays a search.
    """

    def __init__(self, size: GateSize) -> None:
        self._size, self.usage = size, Usage()
        self._lock = threading.Lock()  # guards all below
        self._working: dict[Caller, float] = {}  # who has a place → since when (monotonic time)
        # who waits → a lock that is held until the end of that; the one that came first is first
        self._waiting: dict[Caller, threading.Lock] = {}
        self._cut_at = 0.0  # monotonic time at which work was cut short last

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @contextmanager
    def place(self, caller: Caller) -> Iterator[None]:
        """Give the caller a place during the block, when it is its turn.

        Raises Problem if too many wait, the turn does not come in time, or the client leaves.
        """
        with self._lock:
            turn = self._join(caller)
            self._lend()
        turn.acquire(timeout=self._size.seconds)
        with self._lock:
            is_late = self._waiting.pop(caller, None) is turn
            if caller not in self._working:
                raise Problem("occupe", "{}", LATE if is_late else FULL)
        clock = processor_clock(time.pthread_getcpuclockid(threading.get_ident()))
        try:
            with caller.charged(clock):
                if caller.has_left:
                    raise Problem("client-parti", "le client est parti avant son tour")
                yield
        finally:
            with self._lock:
                del self._working[caller]
                self.usage.add(caller.network, caller.seconds)
                self._lend()

    def cut_short(self) -> None:
        """Stop the work whose time is over of the client that has used most, if one that has used
        less waits.
        """
        with self._lock:
            pause = time.monotonic() - self._cut_at
            if not (self._size.is_cut_short and self._waiting) or pause < limits.CUT_PAUSE_SECONDS:
                return
            least = min(self._used(caller.network) for caller in self._waiting)
            over = [c for c, began in self._working.items() if self._is_over(c.network, began)]
            worst = max(over, key=lambda caller: self._used(caller.network), default=None)
            if worst and self._used(worst.network) > least and worst.cut_short():
                self._cut_at = time.monotonic()

    def _join(self, caller: Caller) -> threading.Lock:
        """Let one more request wait. If too many do, the last one of the network with most of them
        is refused. Raises Problem if that is this network, or it has its share.
        """
        counts = Counter(waiting.network for waiting in self._waiting)
        own = counts[caller.network]
        if own >= self._size.waiting_share:
            raise Problem("part-prise", "{} requêtes de ce client attendent déjà", own)
        if len(self._waiting) >= self._size.waiting:
            longest = max(counts, key=lambda name: (counts[name], self._used(name)))
            if counts[longest] <= own:
                raise Problem("occupe", "{}", FULL)
            last = [waiting for waiting in self._waiting if waiting.network == longest][-1]
            self._waiting.pop(last).release()
        self._waiting[caller] = turn = threading.Lock()
        turn.acquire()
        return turn

    def _lend(self) -> None:
        """Give free places to requests that wait: to the network that has used least first."""
        while len(self._working) < self._size.places:
            running = Counter(caller.network for caller in self._working)
            able = [c for c in self._waiting if self._may_work(c.network, running[c.network])]
            if not able:
                break
            first = min(able, key=lambda c: (self._used(c.network), running[c.network]))
            self._working[first] = time.monotonic()
            self._waiting.pop(first).release()

    def _may_work(self, network: str, running: int) -> bool:
        """Say whether a network may have one more place: the last one is for those that have used
        little.
        """
        is_last = len(self._working) == self._size.places - 1
        is_light = self.usage.of(network) < limits.LIGHT_SECONDS
        return running < self._size.share and (is_light or not is_last)

    def _used(self, network: str) -> float:
        """Return the seconds that a network has used, those of its present work included."""
        present = (caller.seconds for caller in self._working if caller.network == network)
        return self.usage.expected(network) + sum(present)

    def _is_over(self, network: str, began: float) -> bool:
        """Say whether work of a network has taken its time: the more networks wait, and the more
        this one has used, the less that is.
        """
        rivals = len({caller.network for caller in self._waiting} - {network})
        share = self._size.seconds / (1 + rivals) - self.usage.of(network)
        seconds = max(limits.LEAST_SECONDS, share) if rivals else self._size.seconds
        return time.monotonic() - began > seconds
