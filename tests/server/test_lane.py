"""Test a lane by itself: turns by network, room to wait, clients that leave."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from lod.server import limits
from lod.server.common.problems import Problem
from lod.server.engine.caller import Caller
from lod.server.front.connections import Connections, Turns
from lod.server.front.front import Pace
from lod.server.front.lanes import Lane
from lod.server.front.usage import Usage
from lod.server.limits import LaneSize

SIZE = LaneSize(threads=3, share=2, waiting=6, waiting_share=4, seconds=30.0)


class Work:
    """Functions in a lane that run until they are let go, and what of them runs."""

    def __init__(self, lane: Lane) -> None:
        self._lane, self._lock, self._go = lane, threading.Lock(), threading.Semaphore(0)
        self.running: Counter[str] = Counter()
        self.begun: list[str] = []  # networks, in the order in which they got a thread

    def asked(self, caller: Caller | str) -> "asyncio.Task[str]":
        """Ask the lane for a function, by a caller or somebody of a network."""
        caller = Caller(caller) if isinstance(caller, str) else caller

        def function() -> str:
            with self._lock:
                self.running[caller.network] += 1
                self.begun.append(caller.network)
            self._go.acquire()
            with self._lock:
                self.running[caller.network] -= 1
            return caller.network

        return asyncio.create_task(self._lane.run(caller, function))

    def let_go(self, count: int) -> None:
        """Let so many functions end."""
        self._go.release(count)

    async def settled(self, expected: int) -> None:
        """Wait until so many functions have begun in all."""
        while len(self.begun) < expected:
            await asyncio.sleep(0.001)


def played(
    scene: Callable[[Lane, Work], Coroutine[Any, Any, None]],
    total: Usage | None = None,
    **size: Any,
) -> None:
    """Play a scene in a lane of a size of its own."""

    async def whole() -> None:
        lane = Lane("test", replace(SIZE, **size), total)
        await scene(lane, Work(lane))
        assert (lane.waiting, dict(lane._running)) == (0, {})
        lane.close()

    asyncio.run(whole())


async def refused(task: "asyncio.Task[str]") -> str:
    """Return why a request is refused."""
    with pytest.raises(Problem) as caught:
        await task
    return caught.value.slug


def test_nobody_has_all_threads() -> None:
    """One network has its share, another one the rest at once; then turns go round."""

    async def scene(lane: Lane, work: Work) -> None:
        for network in ("greedy", "modest", "third"):
            lane.usage.add(network, 0.0)
        tasks = [work.asked("greedy") for _ in range(6)]
        await work.settled(2)
        assert (dict(work.running), lane.waiting) == ({"greedy": 2}, 4)
        assert await refused(work.asked("greedy")) == "part-prise"
        tasks.append(work.asked("modest"))
        await work.settled(3)
        assert work.running["modest"] == 1  # at once, though others waited before
        tasks += [work.asked("modest"), work.asked("third")]
        await asyncio.sleep(0)
        work.let_go(1)  # one alone: threads that begin at once do so in any order
        await work.settled(4)
        assert work.begun[3] == "third"  # whoever has used least comes first
        work.let_go(len(tasks) - 1)
        await asyncio.gather(*tasks)
        assert Counter(work.begun) == {"greedy": 6, "modest": 2, "third": 1}

    played(scene)


def test_who_waits_is_not_charged() -> None:
    """Nor whoever waits for what all need."""

    async def scene(lane: Lane, work: Work) -> None:
        caller = Caller("a")
        caller.waited = -1000.0  # as if it had worked for so long
        await lane.run(caller, lambda: None)
        assert lane.usage.of("a") > 900
        caller.waited = 1000.0
        await lane.run(caller, lambda: None)
        assert lane.usage.of("a") < 900

    played(scene)


def test_a_turn_that_does_not_come() -> None:
    """Who waits too long is told so, and leaves no trace; who has left is not served."""

    async def scene(lane: Lane, work: Work) -> None:
        busy = [work.asked("a") for _ in range(2)]
        await work.settled(2)
        assert (await refused(work.asked("a")), lane.waiting) == ("occupe", 0)
        left = Caller("b")
        left.leave()
        assert await refused(work.asked(left)) == "client-parti"
        work.let_go(2)
        await asyncio.gather(*busy)
        assert work.begun == ["a", "a"]

    played(scene, seconds=0.05)


def test_who_has_used_most_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last thread is for who has used little; then work is cut short, one after the other."""
    monkeypatch.setattr(limits, "LEAST_SECONDS", 0.2)
    monkeypatch.setattr(limits, "CUT_PAUSE_SECONDS", 30.0)  # it ends before the next one is due
    total, stopped = Usage(), list[str]()

    async def scene(lane: Lane, work: Work) -> None:
        def stop(network: str) -> None:
            stopped.append(network)
            work.let_go(1)

        for network, seconds in (("a", 10.0), ("b", 10.0), ("c", 10.0), ("quiet", 0.01)):
            lane.usage.add(network, seconds)
        callers = [Caller(network) for network in ("a", "b", "c", "light", "quiet")]
        for caller in callers:
            caller._stop = partial(stop, caller.network)
        tasks = [work.asked(caller) for caller in callers]
        await work.settled(3)
        assert work.begun == ["a", "b", "light"]  # `c` waits, though there was a thread
        await work.settled(4)
        assert work.begun[3] == "quiet"  # in place of one of those that had used much
        assert stopped in (["a"], ["b"])
        work.let_go(5)
        await asyncio.gather(*tasks)

    played(scene, total, seconds=5.0, is_cut_short=True)
    assert total.of("quiet") > 0.0 == total.of("d")


def test_who_waits_most_makes_room_to_wait() -> None:
    """A full queue takes who has nothing in it; whoever has most there loses the last request."""

    async def scene(lane: Lane, work: Work) -> None:
        many, few = ([work.asked(name) for _ in range(n)] for name, n in (("a", 6), ("b", 3)))
        await asyncio.sleep(0)
        assert lane.waiting == 6
        late = work.asked("c")
        await asyncio.sleep(0.01)
        assert lane.waiting == 6
        work.let_go(10)
        assert await late == "c"
        answers = await asyncio.gather(*many, return_exceptions=True)
        assert [isinstance(answer, Problem) for answer in answers] == [False] * 5 + [True]
        assert await asyncio.gather(*few) == ["b"] * 3

    played(scene)


def told_at_once(problems: list[Problem]) -> list[Problem]:
    """Return which refusals are told in the turn of the loop in which they come."""

    async def told() -> list[Problem]:
        pace, done = Pace(lambda: 0.0), list[Problem]()

        async def turn(problem: Problem) -> None:
            await pace.turn(problem)
            done.append(problem)

        tasks = [asyncio.create_task(turn(problem)) for problem in problems]
        await asyncio.sleep(0)
        at_once = [*done]
        for task in tasks:
            task.cancel()
        return at_once

    return asyncio.run(told())


def test_many_refusals_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are told at once, and so is what is wrong with a request, and whatever comes when
    too many wait.
    """
    monkeypatch.setattr(limits, "REFUSALS_WAITING", 30)
    full, absent = Problem("occupe", ""), Problem("introuvable", "")
    many = [full] * (limits.REFUSALS_AT_ONCE + 20)
    assert len(told_at_once(many)) == limits.REFUSALS_AT_ONCE
    assert told_at_once([*many, absent]).count(absent) == 1
    assert len(told_at_once(many * 2)) == len(many) * 2 - 30


def test_who_has_most_connections_gives_way() -> None:
    """At once to another client; to itself, what has waited for long."""
    now = 0.0
    room, aborted = Connections(2, clock=lambda: now), list[int]()

    def opened(number: int, address: str) -> bool:
        if room.open(address):
            room.close(address)
            return False
        room.wait(address, partial(aborted.append, number))
        return True

    assert opened(0, "192.0.2.1") and opened(1, "192.0.2.1")
    assert not opened(2, "192.0.2.1") and aborted == []
    assert opened(2, "198.51.100.1") and aborted == [0]
    room.close("192.0.2.1")  # it was aborted
    now = limits.EVICTED_AFTER_SECONDS
    assert opened(3, "192.0.2.1") and aborted == [0, 1]


@pytest.mark.parametrize("proxies", ["", "::1, 10.0.0.0/8, 2001:db8::/48"])
@pytest.mark.parametrize("address", ["::1", "10.1.2.3", "::ffff:10.1.2.3", "2001:db8:0:1::2"])
def test_a_proxy_stands_for_many(proxies: str, address: str) -> None:
    """It may have as many connections as all together, whatever kind of address it has."""
    room = Connections(1000, proxies)
    refusals = {room.open(address) for _ in range(limits.CONNECTIONS_SHARE * 9)}
    assert refusals == ({None} if proxies else {None, "part-prise"})


def test_requests_sent_ahead_take_turns() -> None:
    """One piece after another, of one network after another; the first without a pause."""
    sent = (("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "closed"), ("a", "closed"))

    async def parsed() -> list[tuple[str, float]]:
        turns, begun = Turns(), asyncio.get_running_loop().time()
        done: list[tuple[str, float]] = []

        def parse(name: str) -> None:
            done.append((name, asyncio.get_running_loop().time() - begun))

        for client, name in sent:
            turns.wait(client, piece := partial(parse, name))
            if name == "closed":
                turns.leave(client, piece)
        for _ in range(2 * len(sent)):
            await asyncio.sleep(limits.AHEAD_SECONDS)
        return done

    done = asyncio.run(parsed())
    assert [name for name, _ in done] == ["a1", "b1", "a2", "a3"]
    # a timer of the loop may be early by its resolution
    assert done[-1][1] - done[0][1] > 2.5 * limits.AHEAD_SECONDS
