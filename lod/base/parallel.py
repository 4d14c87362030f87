"""One function over many items in several processes: few items in memory at a time.

The processes are copies of one that has loaded the program and done nothing: none loads it again,
and nothing is inherited by accident. The function goes to each of them once, with the arguments
bound to it; a task is only its item. Each long process gives free memory back, and rarely looks for
reference cycles.
"""

import ctypes
import gc
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from multiprocessing.connection import wait as wait_for_any
from tempfile import gettempdir
from typing import Any, TypeVar

from lod.base.errors import LodError

# modules that a process has from the start; packages of extensions, as numpy, may begin threads
PROGRAM = re.compile(r"lod\.(?!extensions\.)")
SAFE_PATH = "PYTHONSAFEPATH"  # an environment variable of Python
LONGEST = 70  # characters of the temporary folder: of a socket in it, the system takes 107
LONG = 0.5  # seconds; a task that takes longer may have taken much memory
T = TypeVar("T")
R = TypeVar("R")
NEW_OBJECTS = 50_000  # between two searches for cycles; a batch of questions makes far more


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
    lists: Iterable[list[T]],
    jobs: int,
) -> Iterator[tuple[T, R]]:
    """Yield each item with its result, in order.

    This process calls `known` for each item; the items without a result go, list by list, to
    another process, which calls `make`.
    """
    asked = deque[list[tuple[T, R | None]]]()

    def unknown() -> Iterator[list[T]]:
        for items in lists:
            asked.append([(item, known(item)) for item in items])
            yield [item for item, result in asked[-1] if result is None]

    for _, new_results in ordered(make, unknown(), jobs):
        results = iter(new_results)
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
            with _whole():
                waiting[pool.submit(_do, item)] = item
            if len(waiting) > jobs:
                oldest = next(iter(waiting))
                done = [oldest] if in_order else wait(waiting, return_when=FIRST_COMPLETED).done
                yield from ((waiting.pop(future), future.result()) for future in done)
        remaining = waiting if in_order else as_completed(waiting)
        yield from ((waiting[future], future.result()) for future in remaining)


@contextmanager
def _whole() -> Iterator[None]:
    """Let Ctrl+C wait until the block is over: a process that is started in it ignores Ctrl+C until
    `_take`, and would else print a traceback of its imports.
    """
    interrupts: list[int] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    is_main = threading.current_thread() is threading.main_thread()  # which handles all signals
    usual = signal.signal(signal.SIGINT, lambda *_: interrupts.append(1)) if is_main else None
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGINT, usual)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if interrupts:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _pool(function: Callable[[T], R], jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that know the function; raise LodError if one of them is ended."""
    is_short = len(gettempdir()) < LONGEST  # else each has a new interpreter
    context = multiprocessing.get_context("forkserver" if is_short else "spawn")
    context.set_forkserver_preload([*filter(PROGRAM.match, sys.modules)])
    start = partial(ProcessPoolExecutor, initializer=_take, initargs=(function,))
    try:
        with _nothing_from_here(), start(jobs, context) as pool:
            yield pool
    except BrokenProcessPool as error:
        raise LodError(
            "a process of this command was ended, perhaps for want of memory; give fewer --jobs"
        ) from error


@contextmanager
def _nothing_from_here() -> Iterator[None]:
    """Keep interpreters that are started from importing what lies in the working folder: archives
    of others may have been unpacked there.
    """
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        del os.environ[SAFE_PATH]
        os.environ |= {SAFE_PATH: before} if before is not None else {}


def _take(function: Callable[[Any], Any]) -> None:
    """Keep, in a process that was started, what it is there to do."""
    global _function
    _function = function
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C: this process says nothing of it
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_rarely()


def _end_with_parent() -> None:
    """End this process when its parent ends, for whatever reason: a parent that is killed tells
    nobody, but its end of a pipe is closed, on every system.
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
    """Have Python look for reference cycles once in NEW_OBJECTS new objects, not in 700, and never
    among present objects: the data of a build has none.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Collect rarely for as long as the context lasts."""
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
