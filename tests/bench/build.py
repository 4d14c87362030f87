"""How long and how much memory a build takes: `python -m tests.bench.build [COUNT…]`.

Memory must not grow with the number of records; 20,000 must stay below 700 MB, all processes
of the build together. Linux only: memory is read from /proc.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.synthetic.forms import write_zip

COUNTS = (2_000, 20_000)
EVERY = 0.2  # seconds between two readings of memory


def memory(root: int) -> int:
    """Return the proportional memory of a process and all below it, in bytes; 0 once it is gone."""
    total, todo = 0, [root]
    while todo:
        process = Path("/proc") / str(todo.pop())
        try:
            rollup = (process / "smaps_rollup").read_text()
            tasks = list((process / "task").iterdir())
            todo += [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
        except OSError:  # it ended meanwhile
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return total * 1024


@dataclass(frozen=True, slots=True)
class Figures:
    """What a command took: seconds, seconds of all processors, bytes; and what it printed."""

    wall: float
    cpu: float
    peak: int
    output: str


def watch(*command: str) -> Figures:
    """Run a command of Python in processes of its own; return what it took."""
    start, peak = time.monotonic(), 0
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        before = os.times()
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(EVERY)
        after = os.times()
        output = process.stdout.read().strip() if process.stdout else ""
    cpu = sum(after[2:4]) - sum(before[2:4])
    return Figures(time.monotonic() - start, cpu, peak, output)


def measure(count: int, folder: Path) -> str:
    """Build so many records; return the figures as a line."""
    archive = folder / f"{count}.zip"
    write_zip(archive, "JSON L17", count)
    f = watch("-m", "lod", "build", str(archive), "--to", str(folder / str(count)))
    told = f"{f.wall:7.1f} s {f.cpu:7.1f} CPU s  peak {f.peak >> 20:5d} MB"
    return f"{count:>7} records {told}  {f.output}"


def main() -> None:
    """Print a line for each size."""
    counts = [int(argument) for argument in sys.argv[1:]] or COUNTS
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            print(measure(count, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
