"""What a task has in hand: whoever fails over one record says over which, and the work begins again
without it, so that one record stops no others.

Writers take what they write from `each`, one after the other; they need to know nothing of this.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from lod.base.errors import LodError

# what stops a build whatever is in hand: a person must mend it, or the machine lacks something
NO_FAULT_OF_A_RECORD = (LodError, OSError, MemoryError, sqlite3.OperationalError)
MOST = 10  # left out of one piece of work: if it fails over more, no record is to blame
_in_hand: ContextVar[str] = ContextVar("in hand", default="")
T = TypeVar("T")
R = TypeVar("R")


class InHandError(Exception):
    """A task has failed over what it had in hand, which has this name."""

    def __init__(self, name: str, wrong: str) -> None:
        super().__init__(name, wrong)  # as another process is told
        self.name, self.wrong = name, wrong


def each(items: Iterable[T], name: Callable[[T], str]) -> Iterator[T]:
    """Yield the items; each is in hand until the next one is asked for."""
    for item in items:
        _in_hand.set(name(item))
        yield item
    _in_hand.set("")


@contextmanager
def named() -> Iterator[None]:
    """Raise InHandError in place of an error over what is in hand."""
    _in_hand.set("")
    try:
        yield
    except (InHandError, *NO_FAULT_OF_A_RECORD):
        raise
    except Exception as error:
        if not (name := _in_hand.get()):
            raise
        raise InHandError(name, f"{type(error).__name__}: {error}") from error


def leaving_out(make: Callable[[Mapping[str, str]], R]) -> R:
    """Return what `make` makes without the items that it fails over; it is given their names, with
    what is wrong.
    """
    left_out: dict[str, str] = {}
    while True:
        try:
            with named():
                return make(left_out)
        except InHandError as error:
            if error.name in left_out or len(left_out) == MOST:
                raise
            left_out[error.name] = error.wrong
