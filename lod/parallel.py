"""One function over many items in several processes: results in order, few items in memory."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ordered(function: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[tuple[T, R]]:
    """Yield (item, function(item)) for each item, in order; at most `jobs` + 1 are under way.

    With one job all happens in this process. The others are started as fresh interpreters: the
    same on every system, and nothing is inherited by accident.
    """
    if jobs == 1:
        yield from ((item, function(item)) for item in items)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        waiting: deque[tuple[T, Future[R]]] = deque()
        for item in items:
            waiting.append((item, pool.submit(function, item)))
            if len(waiting) > jobs:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


def batches(
    items: Iterable[T], size: int, weight: Callable[[T], int] = lambda item: 0, most: int = 1
) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, or of fewer once their weights come to `most`."""
    batch: list[T] = []
    total = 0
    for item in items:
        batch.append(item)
        total += weight(item)
        if len(batch) == size or total >= most:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
