"""The plain cost of a folder: its files, read and written anew in some processes.

`python -m tests.bench.floor FINISHED ANEW JOBS`; what no site of as many bytes can do without.
"""

import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from lod.parallel import batches, ordered

BATCH = 1000  # files a task


def found(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder."""
    for here, _, names in os.walk(folder):
        yield from (Path(here, name) for name in names)


def copy(paths: list[Path], finished: Path, anew: Path) -> None:
    """Read and write some files."""
    for path in paths:
        data = path.read_bytes()
        with (anew / path.relative_to(finished)).open("xb", buffering=0) as file:
            file.write(data)


def main(finished: Path, anew: Path, jobs: int) -> None:
    """Write every file of a folder once more."""
    for folder, _, _ in os.walk(finished):
        (anew / Path(folder).relative_to(finished)).mkdir()
    write = partial(copy, finished=finished, anew=anew)
    for _ in ordered(write, batches(found(finished), BATCH), jobs):
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
