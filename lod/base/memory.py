"""Memory of long commands: free memory goes back to the system, circles are looked for rarely."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 50_000  # between two searches for circles; a batch of questions makes far more


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
