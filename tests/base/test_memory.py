"""Memory that is free goes back to the system, and workers look for circles rarely."""

import gc
import resource
from pathlib import Path
from platform import libc_ver

import pytest

from lod.base.parallel import NEW_OBJECTS, collecting_rarely, give_back, ordered

MIB = 1 << 20
SIZE, COUNT = 2000, 60_000  # bytes of a piece, and pieces: some 120 MiB


def resident() -> int:
    """Return how many bytes of this process are in memory."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize()


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="only glibc has to be asked")
def test_what_was_freed_goes_back() -> None:
    give_back()
    before = resident()
    pieces = [bytes(SIZE) for _ in range(COUNT)]
    last = pieces[-1]  # at the end of the heap, which cannot shrink while it is there
    del pieces
    kept = resident() - before
    give_back()
    assert kept > 50 * MIB
    assert resident() - before < 10 * MIB
    assert len(last) == SIZE


def test_what_was_usual_comes_back() -> None:
    usual = gc.get_threshold()
    with collecting_rarely():
        assert gc.get_threshold()[0] == NEW_OBJECTS != usual[0]
        assert gc.get_freeze_count()
    assert gc.get_threshold() == usual
    assert not gc.get_freeze_count()


def threshold(_item: int) -> int:
    return gc.get_threshold()[0]


def test_circles_are_looked_for_rarely_in_every_process() -> None:
    assert [found for _, found in ordered(threshold, range(3), 2)] == [NEW_OBJECTS] * 3
