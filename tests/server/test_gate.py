"""Test a gate by itself: turns by network, room to wait, clients that leave."""

import math
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from lod.server import limits
from lod.server.common.problems import Problem
from lod.server.engine.caller import Caller, network, shortened
from lod.server.front.gate import Gate, Usage
from lod.server.limits import GateSize
from tests.support.patience import HANG, wait_for

SIZE = GateSize(places=3, share=2, waiting=6, waiting_share=4, seconds=HANG)


class Work:
    """Requests at a gate that work until they are let go."""

    def __init__(self, **size: Any) -> None:
        self.gate = Gate(replace(SIZE, **size))
        self._go = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []
        self.begun: list[str] = []  # networks, in the order in which they got a place
        self.refused: list[tuple[str, str]] = []  # networks, and why

    def ask(self, caller: Caller | str) -> None:
        """Ask for a place, and wait until the request works, waits, or is refused."""
        caller = Caller(caller) if isinstance(caller, str) else caller
        before = self._seen()

        def work() -> None:
            try:
                with self.gate.place(caller):
                    self.begun.append(caller.network)
                    self._go.acquire()
            except Problem as problem:
                self.refused.append((caller.network, problem.slug))

        self._threads.append(thread := threading.Thread(target=work))
        thread.start()
        wait_for(lambda: self._seen() > before, HANG, lambda: "it is nowhere")

    def _seen(self) -> int:
        return len(self.begun) + len(self.refused) + self.gate.waiting

    def let_go(self, count: int) -> None:
        """Let so many requests end."""
        self._go.release(count)

    def settled(self, expected: int) -> None:
        """Wait until so many requests have begun in all."""
        wait_for(lambda: len(self.begun) >= expected, HANG, lambda: str(self.begun))

    def end(self) -> None:
        """Let all end, and see that nothing is left."""
        self.let_go(len(self._threads))
        for thread in self._threads:
            thread.join(HANG)
        assert (self.gate.waiting, self.gate._working) == (0, {})


@contextmanager
def working(**size: Any) -> Iterator[Work]:
    """Give a gate of a size of its own; at the end nobody is at it."""
    work = Work(**size)
    yield work
    work.end()


def test_nobody_has_all_places() -> None:
    """One network has its share, another one the rest at once; then who has used least."""
    with working() as work:
        for name in ("greedy", "modest", "third"):
            work.gate.usage.add(name, 0.0)
        for _ in range(6):
            work.ask("greedy")
        assert (work.begun, work.gate.waiting) == (["greedy"] * 2, 4)
        work.ask("greedy")
        assert work.refused == [("greedy", "part-prise")]
        work.ask("modest")
        assert work.begun[2] == "modest"  # at once, though others waited before
        work.gate.usage.add("modest", 1.0)
        work.gate.usage.add("greedy", 2.0)
        work.ask("modest")
        work.ask("third")
        work.let_go(1)
        work.settled(4)
        assert work.begun[3] == "third"  # whoever has used least comes first
        work.end()
        assert Counter(work.begun) == {"greedy": 6, "modest": 2, "third": 1}


def test_what_is_charged_is_the_processor() -> None:
    """Neither waiting nor sleeping; and what a reader takes, while it works and afterwards."""
    gate, caller, now = Gate(SIZE), Caller("a"), 0.0
    with gate.place(caller):
        time.sleep(0.1)
    assert gate.usage.of("a") < 0.1
    with gate.place(caller), caller.charged(lambda: now):
        now = 1000.0
        assert gate._used("a") > 1000.0
    assert gate.usage.of("a") > 900


def test_a_turn_that_does_not_come() -> None:
    """Who waits too long is told so, and leaves no trace; who has left is not served."""
    with working(seconds=0.05) as work:
        for _ in range(3):
            work.ask("a")
        wait_for(lambda: bool(work.refused), HANG, lambda: "nobody is refused")
        left = Caller("b")
        left.leave()
        work.ask(left)
        assert work.refused == [("a", "occupe"), ("b", "client-parti")]
        assert work.begun == ["a", "a"]


def test_who_has_used_most_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last place is for who has used little; then work is cut short, one after the other."""
    monkeypatch.setattr(limits, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(limits, "CUT_PAUSE_SECONDS", HANG)  # it ends before the next one is due
    stopped: list[str] = []
    with working(seconds=HANG, is_cut_short=True) as work:

        def stop(name: str) -> None:
            stopped.append(name)
            work.let_go(1)

        for name, seconds in (("a", HANG), ("b", HANG), ("c", HANG), ("quiet", 0.01)):
            work.gate.usage.add(name, seconds)
        for name in ("a", "b", "c", "light", "quiet"):
            caller = Caller(name)
            caller._stop = partial(stop, name)
            work.ask(caller)
        assert work.begun == ["a", "b", "light"]  # `c` waits, though there was a place
        work.gate.cut_short()
        work.gate.cut_short()
        assert len(stopped) == 1 and stopped[0] in ("a", "b")
        work.settled(4)
        # whichever of the three ended: `quiet` may have the last place, `c` may not
        assert work.begun[3] == "quiet"


def test_who_waits_most_makes_room_to_wait() -> None:
    """A full queue takes who has nothing in it; whoever has most there loses the last request."""
    with working() as work:
        for name in ("a",) * 6 + ("b",) * 3:
            work.ask(name)
        assert (work.begun, work.gate.waiting) == (["a", "a", "b"], 6)
        work.ask("c")
        assert (work.refused, work.gate.waiting) == ([("a", "occupe")], 6)
        work.end()
        assert Counter(work.begun) == {"a": 5, "b": 3, "c": 1}


def test_usage_fades_and_is_of_the_networks_around_too() -> None:
    """A third is left after a minute; who has many addresses has the shares of their network."""
    now = [0.0]
    usage = Usage(clock=lambda: now[0])
    usage.add("192.0.2.7", 6.0)
    assert (usage.of("192.0.2.7"), usage.of("192.0.2.8"), usage.of("192.0.3.7")) == (6.0, 0.75, 0.0)
    now[0] = 60.0
    assert usage.of("192.0.2.7") == pytest.approx(6 / math.e)
    for number in range(16):
        usage.add(f"2001:db8:1:{number:x}::/64", 1.0)
    assert usage.of("2001:db8:1:1::/64") == 8.0  # of the /56, which has two shares


def test_networks_are_counted_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of networks is bounded; a client of IPv6 has one for all its addresses."""
    monkeypatch.setattr(limits, "NETWORKS_COUNTED", 10)
    usage = Usage()
    for number in range(100):
        usage.add(f"10.0.{number}.1", 1.0)
    assert len(usage._seconds) == 10
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.7") != network("::ffff:192.0.2.8")
    assert shortened("::ffff:192.0.2.7", 24, 48) == "192.0.2.0/24"
