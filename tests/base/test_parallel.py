"""A function run in several processes: in order, few items at a time, even if one dies."""

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from platform import libc_ver

import pytest

from lod.base.errors import LodError
from lod.base.parallel import NEW_OBJECTS, collecting_rarely, give_back, ordered, unordered
from tests.support.live import seen
from tests.support.paths import ROOT
from tests.support.patience import wait_for

MIB = 1 << 20
SIZE, COUNT = 2000, 60_000  # bytes of a piece, and pieces: some 120 MiB


def double(number: int) -> int:
    return 2 * number


def process_of(number: int) -> int:
    return os.getpid()


ALONE = """
import sys
from lod.base.parallel import ordered
if __name__ == "__main__":
    print([made for _, made in ordered(abs, range(4), 2)])
"""


def test_nothing_of_the_working_folder_is_run(tmp_path: Path) -> None:
    """Not even under the name of a module that the program or Python needs."""
    for name in ("orjson", "lxml", "signal", "multiprocessing", "lod", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'a').write(__name__)", "utf-8")
    (program := tmp_path / "elsewhere" / "program.py").parent.mkdir()
    program.write_text(ALONE, "utf-8")
    done = subprocess.run([sys.executable, program], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[0, 1, 2, 3]\n", "")
    assert not (tmp_path / "ran").exists()


def die(number: int) -> int:
    """End the process as the kernel does when memory is short: without a word."""
    if number == 3:
        os._exit(9)
    return number


def test_results_come_with_their_items_and_few_are_under_way() -> None:
    """In order, and no item is taken from the source long before a process can begin it."""
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(20):
            asked.append(number)
            yield number

    for done, (item, result) in enumerate(ordered(double, items(), 2)):
        assert (item, result) == (done, 2 * done)
        assert len(asked) <= done + 4
    assert sorted(unordered(double, range(20), 2)) == [(n, 2 * n) for n in range(20)]


def test_no_process_is_started_for_one_item() -> None:
    """All happens in this process; with two items, nothing does."""
    for count, is_here in ((0, True), (1, True), (2, False)):
        found = [*(one for _, one in ordered(process_of, range(count), 2))]
        found += (one for _, one in unordered(process_of, range(count), 2))
        assert len(found) == 2 * count
        assert all((one == os.getpid()) is is_here for one in found)


def test_a_process_that_dies_is_told_in_a_sentence() -> None:
    for run in (ordered, unordered):
        with pytest.raises(LodError, match="perhaps for want of memory; give fewer --jobs"):
            list(run(die, range(9), 2))


def test_the_temporary_folder_may_have_a_long_name(tmp_path: Path) -> None:
    """Longer than the address of a socket may be."""
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    text = "from tests.base.test_parallel import *; print([*ordered(double, range(3), 2)])"
    told = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == "[(0, 0), (1, 2), (2, 4)]\n"


TOLD = (
    "import sys, time\n"
    "from lod.base.parallel import ordered\n"
    "from tests.base.test_parallel import slow_process_of\n"
    "for item, pid in ordered(slow_process_of, range(1000), 2):\n"
    "    print(pid, flush=True)\n"
)


def slow_process_of(number: int) -> int:
    time.sleep(number and 0.05)
    return os.getpid()


def test_processes_end_with_the_one_that_started_them() -> None:
    """However it ends: by `kill -9`, it can tell them nothing."""
    command = [sys.executable, "-c", TOLD]
    # Python clears up what a killed process leaves, and says so
    environ = os.environ | {"PYTHONWARNINGS": "ignore:resource_tracker:UserWarning"}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environ
    ) as process:
        assert process.stdout
        pids = set[int]()
        while len(pids) < 2:  # the second one may begin late
            pids.add(int(process.stdout.readline()))
        process.kill()
    wait_for(lambda: not any(map(seen, pids)), 20, lambda: f"{pids} are still there")


def resident() -> int:
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


def threshold(number: int) -> int:
    return gc.get_threshold()[0]


def test_circles_are_looked_for_rarely_in_every_process() -> None:
    assert [found for _, found in ordered(threshold, range(3), 2)] == [NEW_OBJECTS] * 3
