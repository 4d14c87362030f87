"""How long and how much memory a build takes: `python -m tests.bench.build [COUNT…]`.

Memory must not grow with the number of records; 20,000 must stay below 700 MB.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.records import write_zip

COUNTS = (2_000, 20_000)


def measure(count: int, folder: Path) -> str:
    """Build so many records in a process of its own; return the figures as a line."""
    archive = folder / f"{count}.zip"
    write_zip(archive, count)
    pid_start = time.monotonic()
    command = [sys.executable, "-m", "lod", "build", str(archive), "--to", str(folder / str(count))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - pid_start
    largest_child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak = max(usage.ru_maxrss, largest_child) // 1024
    cpu = usage.ru_utime + usage.ru_stime
    return (
        f"{count:>7} records  {wall:7.1f} s  {cpu:7.1f} CPU s  peak {peak:5d} MB  {output.strip()}"
    )


def main() -> None:
    """Print a line for each size."""
    counts = [int(argument) for argument in sys.argv[1:]] or COUNTS
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            print(measure(count, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
