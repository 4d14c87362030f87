"""One function over many items in several processes: few items in memory at a time.

The processes are copies of one that has loaded the program and done nothing: none loads it again,
and nothing is inherited by accident. The function goes to each of them once, with all that it was
given beforehand; a task has its item alone. Each long process gives free memory back, and rarely
looks for circles.
"""

import ctypes
import gc
import multiprocessing
import os
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing.connection import wait as wait_for_any
from tempfile import gettempdir
from typing import Any, TypeVar

from lod.base.errors import LodError

# modules that a process has from the start; packages of extensions, as numpy, may begin threads
PROGRAM = re.compile(r"lod\.(?!extensions\.)")
LONGEST = 70  # characters of the temporary folder: of a socket in it, the system takes 107
LONG = 0.5  # seconds; a task that takes longer may have taken much memory
T = TypeVar("T")
R = TypeVar("R")
NEW_OBJECTS = 50_000  # between two searches for circles; a batch of questions makes far more


def ordered(function: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[tuple[T, R]]:
    """Yield (item, function(item)) for each item, in order; at most `jobs` + 1 are under way.

    With one job, or one item, all happens in this process: to start others takes longer.
    """
    return _results(function, items, jobs, in_order=True)


def unordered(function: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[tuple[T, R]]:
    """Yield the same as they come: a long one does not keep others waiting."""
    return _results(function, items, jobs, in_order=False)


def unless_known(
    known: Callable[[T], R | None],
    make: Callable[[list[T]], list[R]],
    some_together: Iterable[list[T]],
    jobs: int,
) -> Iterator[tuple[T, R]]:
    """Yield each item with what is `known` of it, which is asked here, or else with what a process
    makes of those of its list that nothing is known of; in order.
    """
    asked = deque[list[tuple[T, R | None]]]()

    def unknown() -> Iterator[list[T]]:
        for items in some_together:
            asked.append([(item, known(item)) for item in items])
            yield [item for item, result in asked[-1] if result is None]

    for _, made in ordered(make, unknown(), jobs):
        results = iter(made)
        for item, result in asked.popleft():
            yield item, next(results) if result is None else result


def _results(
    function: Callable[[T], R], items: Iterable[T], jobs: int, *, in_order: bool
) -> Iterator[tuple[T, R]]:
    rest = iter(items)
    first = list(islice(rest, 2)) if jobs > 1 else []  # with one job, none is taken ahead
    if len(first) < 2:
        yield from ((item, function(item)) for item in chain(first, rest))
        return
    with _pool(function, jobs) as pool:
        waiting: dict[Future[R], T] = {}  # in the order of the items
        for item in chain(first, rest):
            waiting[pool.submit(_do, item)] = item
            if len(waiting) > jobs:
                oldest = next(iter(waiting))
                done = [oldest] if in_order else wait(waiting, return_when=FIRST_COMPLETED).done
                yield from ((waiting.pop(future), future.result()) for future in done)
        left = waiting if in_order else as_completed(waiting)
        yield from ((waiting[future], future.result()) for future in left)


@contextmanager
def _pool(function: Callable[[T], R], jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that know the function; raise LodError if one of them is ended."""
    is_short = len(gettempdir()) < LONGEST  # a new interpreter for each, else
    context = multiprocessing.get_context("forkserver" if is_short else "spawn")
    context.set_forkserver_preload([*filter(PROGRAM.match, sys.modules)])
    try:
        with ProcessPoolExecutor(jobs, context, initializer=_take, initargs=(function,)) as pool:
            yield pool
    except BrokenProcessPool as error:
        raise LodError(
            "a process of this command was ended, perhaps for want of memory; give fewer --jobs"
        ) from error


def _take(function: Callable[[Any], Any]) -> None:
    """Keep, in a process that was started, what it is there to do."""
    global _function
    _function = function
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_rarely()


def _end_with_parent() -> None:
    """End this process when the one that started it ends, however that comes: one that is killed
    tells nobody. Its end of a pipe is closed then, on every system.
    """
    if parent := multiprocessing.parent_process():
        wait_for_any([parent.sentinel])
        os._exit(1)


def _do(item: Any) -> Any:
    began = time.monotonic()
    result = _function(item)
    if time.monotonic() - began > LONG:
        give_back()
    return result


_function: Callable[[Any], Any]


def batches(
    items: Iterable[T], size: int, weight: Callable[[T], int] = lambda item: 0, most: int = 1
) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, or of fewer whose weights come to no more than `most`.

    An item that weighs more than that is a list of its own.
    """
    batch: list[T] = []
    total = 0
    for item in items:
        heavier = total + weight(item)
        if batch and (len(batch) == size or heavier > most):
            yield batch
            batch, heavier = [], weight(item)
        batch.append(item)
        total = heavier
    if batch:
        yield batch


def collect_rarely() -> None:
    """Have Python look for circular references once for NEW_OBJECTS new objects, not for 700, and
    never among those that are there now: the data of a build has none.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Do so for a while."""
    usual = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)


def give_back() -> None:
    """Give memory that is free back to the system. The C library has to be asked (glibc): it keeps
    hundreds of MiB of one query for the next one.
    """
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
