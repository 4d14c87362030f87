"""What is expensive is made once, by whichever process of the tests comes first."""

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> tuple[Path, T]:
    """Return the folder of a name and what `make` has returned for it; others of the processes of
    xdist wait for the first, and read what it has made. Nobody may change the folder.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, result = base / "once" / name, base / "once" / f"{name}.pickle"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if result.exists():
            return folder, pickle.loads(result.read_bytes())
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        made = make(folder)
        result.write_bytes(pickle.dumps(made))
        return folder, made


def linked(folder: Path, to: Path) -> Path:
    """Copy a folder of releases by hard links, as releases themselves share files, to build on it
    or to take something of it away; no file in it may be written to.
    """
    return Path(shutil.copytree(folder, to, symlinks=True, copy_function=os.link))
