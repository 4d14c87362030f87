"""Batches that become smaller where an endpoint cannot answer for so many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from lod.base.errors import LodError
from lod.remote.wikidata.query_service import LATER, TooMuchError

T = TypeVar("T")
R = TypeVar("R")


def halved(items: Iterable[T], size: int, ask: Callable[[Sequence[T]], Iterable[R]]) -> Iterator[R]:
    """Yield what is answered for batches of at most `size`, in order.

    What was too much is asked for again in halves, and so is the rest: it would be too much, too.
    Raises LodError if a single item is.

    >>> def ask(batch):
    ...     if len(batch) > 2:
    ...         raise TooMuchError("too many")
    ...     return [list(batch)]
    >>> list(halved("abcdef", 5, ask))
    [['a', 'b'], ['c', 'd'], ['e', 'f']]
    """
    rest = list(items)
    while rest:
        batch = rest[:size]
        try:
            found = ask(batch)
        except TooMuchError as error:
            if len(batch) == 1:
                raise LodError(f"{error}, even for {batch[0]} alone; {LATER}") from error
            size = len(batch) // 2
        else:
            del rest[:size]
            yield from found
