"""Memory of long commands: free memory goes back to the system, circles are looked for rarely."""

import ctypes
import gc

NEW_OBJECTS = 50_000  # between two searches for circles; a batch of questions makes far more


def collect_rarely() -> None:
    """Have Python look for circular references once for NEW_OBJECTS new objects, not for 700, and
    never among those that are there now: the data of a build has none.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


def give_back() -> None:
    """Give memory that is free back to the system, where the C library has to be asked (glibc): it
    keeps hundreds of MiB that one query has used for the next one.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
