"""How long and how much memory a build takes: `python -m tests.bench.build [COUNT…]`.

Memory must not grow with the number of records; 20,000 must stay below 700 MB, all processes
of the build together. Linux only: memory is read from /proc.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.records import write_zip

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


def measure(count: int, folder: Path) -> str:
    """Build so many records in processes of their own; return the figures as a line."""
    archive = folder / f"{count}.zip"
    write_zip(archive, count)
    start, peak = time.monotonic(), 0
    command = [sys.executable, "-m", "lod", "build", str(archive), "--to", str(folder / str(count))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        before = os.times()
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(EVERY)
        after = os.times()
        output = process.stdout.read().strip() if process.stdout else ""
    cpu = sum(after[2:4]) - sum(before[2:4])
    wall = time.monotonic() - start
    return f"{count:>7} records {wall:7.1f} s {cpu:7.1f} CPU s  peak {peak >> 20:5d} MB  {output}"


def main() -> None:
    """Print a line for each size."""
    counts = [int(argument) for argument in sys.argv[1:]] or COUNTS
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            print(measure(count, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
