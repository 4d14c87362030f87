"""A file is whole and on disk, or it is not there: written aside, named last."""

import os
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write a file, in folders that need not be there; what was there stays until all is on disk.

    One process at a time writes a path; what a kill leaves behind is hidden, and replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        rename(part, path)
    finally:
        part.unlink(missing_ok=True)


def rename(part: Path, path: Path) -> None:
    """Give a file that is on disk its name, and have that on disk too."""
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
