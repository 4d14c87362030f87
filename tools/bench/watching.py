"""What a command takes, seen from outside: seconds, processors, memory of its tree in /proc."""

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.1  # seconds between two readings of memory
ADOPTING = 36  # of prctl(2): processes whose parent has ended become our own
LEFT = 2.0  # seconds until such processes have ended, too


@dataclass(frozen=True, slots=True)
class Figures:
    """What a command took: seconds, seconds of all processors, bytes; and what it printed."""

    wall: float
    cpu: float
    peak: int
    output: str


def memory(root: int) -> int:
    """Return the proportional memory of a process and all below it, in bytes; 0 once it is gone."""
    total, todo = 0, [root]
    while todo:
        process = Path("/proc") / str(todo.pop())
        try:
            total += _share(process)
            tasks = list((process / "task").iterdir())
            todo += [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
        except OSError:  # it ended meanwhile
            continue
    return total


def _share(process: Path) -> int:
    """Return the proportional memory of a process, in bytes; all that it has, if it hides that."""
    try:
        rollup = (process / "smaps_rollup").read_text()
    except PermissionError:  # `lod serve`, seen by who is not root
        return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 1024 * sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")


def _await_others() -> None:
    """Wait a little for processes that a command has left, to have their time as well."""
    until = time.monotonic() + LEFT
    with suppress(ChildProcessError):  # there is none
        while time.monotonic() < until:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.01)


def watch(*arguments: str, **environment: str) -> Figures:
    """Run Python in a process of its own; return what it took. Ends the bench if it fails."""
    return observe([sys.executable, *arguments], **environment)


def observe(command: Sequence[str], **environment: str) -> Figures:
    ctypes.CDLL(None).prctl(ADOPTING, 1, 0, 0, 0)
    start, peak = time.monotonic(), 0
    with tempfile.TemporaryFile("w+") as output:
        before = os.times()
        with subprocess.Popen(command, stdout=output, env=os.environ | environment) as process:
            while process.poll() is None:
                peak = max(peak, memory(process.pid))
                time.sleep(EVERY)
        wall = time.monotonic() - start
        _await_others()
        after = os.times()
        output.seek(0)
        told = output.read().strip()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}; see above\n{told}")
    cpu = sum(after[2:4]) - sum(before[2:4])
    return Figures(wall, cpu, peak, told)
