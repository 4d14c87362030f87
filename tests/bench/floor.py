"""The plain cost of what no build can do without, each in a process of its own.

`python -m tests.bench.floor write FINISHED ANEW JOBS`: the files of a folder, read and written
anew in some processes. `python -m tests.bench.floor parse ARCHIVE`: its members, unpacked and
parsed as JSON.
"""

import os
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import orjson

from lod.base.parallel import batches, ordered

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


def write(finished: Path, anew: Path, jobs: int) -> None:
    """Write every file of a folder once more."""
    for folder, _, _ in os.walk(finished):
        (anew / Path(folder).relative_to(finished)).mkdir()
    copied = partial(copy, finished=finished, anew=anew)
    for _ in ordered(copied, batches(found(finished), BATCH), jobs):
        pass


def parse(archive: Path) -> int:
    """Unpack and parse every member of an archive; return how many there are."""
    with zipfile.ZipFile(archive) as members:
        return sum(orjson.loads(members.read(name)) is not None for name in members.namelist())


def main(floor: str, *arguments: str) -> None:
    """Do what is asked for."""
    if floor == "parse":
        print(parse(Path(arguments[0])))
    else:
        write(Path(arguments[0]), Path(arguments[1]), int(arguments[2]))


if __name__ == "__main__":
    main(*sys.argv[1:])
