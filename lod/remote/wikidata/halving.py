"""Queries in batches, halved when an endpoint cannot answer for so many items."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from lod.base.errors import LodError
from lod.remote.wikidata.exchange import TooMuchError
from lod.remote.wikidata.query_service import ASK_LATER

T = TypeVar("T")
R = TypeVar("R")


def halved(items: Iterable[T], size: int, ask: Callable[[Sequence[T]], Iterable[R]]) -> Iterator[R]:
    """Yield the results of `ask` for batches of at most `size` items, in order.

    A batch for which it raises TooMuchError is halved, and so are all after it. Raises LodError
    if a single item is too much.

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
                raise LodError(f"{error}, even for {batch[0]} alone; {ASK_LATER}") from error
            size = len(batch) // 2
        else:
            del rest[:size]
            yield from found
