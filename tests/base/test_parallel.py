"""A function run in several processes: in order, few items at a time, even if a process dies."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lod.base.errors import LodError
from lod.base.parallel import ordered, unordered
from tests.support.paths import ROOT
from tests.support.patience import wait_for


def double(number: int) -> int:
    return 2 * number


def process_of(number: int) -> int:
    return os.getpid()


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
    """A LodError says what may have happened, and what to do."""
    for run in (ordered, unordered):
        with pytest.raises(LodError, match="perhaps for want of memory; give fewer --jobs"):
            list(run(die, range(9), 2))


TOLD = (
    "import sys, time\n"
    "from lod.base.parallel import ordered\n"
    "from tests.base.test_parallel import slow_process_of\n"
    "for item, pid in ordered(slow_process_of, range(100), 2):\n"
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
        pids = {int(process.stdout.readline()) for _ in range(20)}
        process.kill()
    assert len(pids) == 2
    wait_for(lambda: not any(map(is_alive, pids)), 20, lambda: f"{pids} are still there")


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that ended may wait for somebody to ask how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
