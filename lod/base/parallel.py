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
from typing import Any, TypeVar

from lod.base.errors import LodError

# modules that a process has from the start; packages of extensions, as numpy, may begin threads
PROGRAM = re.compile(r"lod\.(?!extensions\.)")
LONG = 0.5  # seconds; a task that takes longer may have taken much memory
T = TypeVar("T")
R = TypeVar("R")
NEW_OBJECTS = 50_000  # between two searches for circles; a batch of questions makes far more


def ordered(function: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[tuple[T, R]]:
    """Yield (item, function(item)) for each item, in order; at most `jobs` + 1 are under way.

    With one job, or one item, all happens in this process: to start others takes longer.
    """
    items, several = _begun(items, jobs)
    if not several:
        yield from ((item, function(item)) for item in items)
        return
    with _pool(function, jobs) as pool:
        waiting: deque[tuple[T, Future[R]]] = deque()
        for item in items:
            waiting.append((item, pool.submit(_do, item)))
            if len(waiting) > jobs:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


def unordered(function: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[tuple[T, R]]:
    """Yield (item, function(item)) as they come: a long one does not keep others waiting.

    With one job, or one item, all happens in this process.
    """
    items, several = _begun(items, jobs)
    if not several:
        yield from ((item, function(item)) for item in items)
        return
    with _pool(function, jobs) as pool:
        waiting: dict[Future[R], T] = {}
        for item in items:
            waiting[pool.submit(_do, item)] = item
            if len(waiting) > jobs:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                yield from ((waiting.pop(future), future.result()) for future in done)
        yield from ((waiting[future], future.result()) for future in as_completed(waiting))


def _begun(items: Iterable[T], jobs: int) -> tuple[Iterator[T], bool]:
    """Return the items, and whether there is work for several processes; with one job, no item is
    taken ahead.
    """
    rest = iter(items)
    first = list(islice(rest, 2)) if jobs > 1 else []
    return chain(first, rest), len(first) > 1


@contextmanager
def _pool(function: Callable[[T], R], jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that know the function; raise LodError if one of them is ended."""
    context = multiprocessing.get_context("forkserver")
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
