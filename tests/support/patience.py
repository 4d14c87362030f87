"""How long a test waits: as long as it says on a quiet machine, longer where others work as well.

What only guards against waiting for ever is `HANG`; what says how quick the program is scales.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

HANG = 600.0  # seconds: whatever takes longer will not end


def strain() -> float:
    """Return how many times longer things may take here and now, at least once."""
    minute, _, _, running, _ = Path("/proc/loadavg").read_text().split()
    wanted = max(float(minute), int(running.partition("/")[0]))
    return max(1.0, 2 * wanted / len(os.sched_getaffinity(0)))


def patience(seconds: float) -> float:
    """Return what so many seconds of a quiet machine are at this moment."""
    return seconds * strain()


def wait_for(done: Callable[[], object], seconds: float, otherwise: Callable[[], str]) -> None:
    """Wait until it is done, or fail and say why."""
    start = time.monotonic()
    while not done():
        assert time.monotonic() - start < patience(seconds), otherwise()
        time.sleep(0.05)
