"""What is expensive is made once, by whichever process of the tests comes first; releases are kept
between runs.
"""

import fcntl
import hashlib
import json
import os
import pickle
import platform
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.metadata import distributions
from pathlib import Path
from typing import TypeVar

import pytest

from lod.base import packaged
from lod.extensions import answered, beside, extensions, pictures
from lod.publish.release import current
from lod.website.export import Selection, export, selected
from tests.support.paths import ROOT, TESTS

T = TypeVar("T")
KEPT = Path(os.environ.get("KEPT", ROOT / "build" / "tests"))  # `make clean` removes it
STATES = 3  # of the program, the newest, whose releases are kept: each takes half a gigabyte
# of the tests: what makes releases, and what they are made of
MAKING = ("conftest.py", "support/**/*.py", "cases/**/*", "queries/**/*", "extensions/*/revue/*",
          "extensions/*/beside/**/*")  # fmt: skip


def once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T], *, is_kept: bool = False
) -> tuple[Path, T]:
    """Return the folder of a name and what `make` has returned for it; others of the processes of
    xdist wait for the first, and read what it has made. Nobody may change the folder.

    What is kept is taken over by the next run of the same program on the same inputs, if it is as
    it was. It must not depend on the clock, the network or where it stands, and its maker must
    stand in `MAKING`.
    """
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    run = run / "once"
    base = kept() if is_kept else run
    folder, result, looked_at = base / name, base / f"{name}.pickle", run / f"{name}.looked-at"
    base.mkdir(parents=True, exist_ok=True)
    run.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # never made anew within a run: other processes may be reading it
        if looked_at.exists() or (is_kept and is_as_it_was(folder, result)):
            looked_at.touch()
            return folder, pickle.loads(result.read_bytes())[1]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        made = make(folder)
        result.write_bytes(pickle.dumps((state_of(folder), made)))
        looked_at.touch()
        return folder, made


def is_as_it_was(folder: Path, result: Path) -> bool:
    return result.exists() and pickle.loads(result.read_bytes())[0] == state_of(folder)


@cache
def kept() -> Path:
    """Return where this program keeps what it makes of these inputs; remove all but the newest."""
    KEPT.mkdir(parents=True, exist_ok=True)
    (here := KEPT / key()).mkdir(exist_ok=True)
    os.utime(here)
    for path in sorted(KEPT.iterdir(), key=lambda path: path.stat().st_mtime)[:-STATES]:
        shutil.rmtree(path, ignore_errors=True)
    return here


def key() -> str:
    """Return a hash of all that a release depends on: files, packages, Python, environment."""
    made = hashlib.sha256(platform.python_version().encode())
    for path in sorted(inputs()):
        made.update(f"\0{path}\0".encode())
        made.update(hashlib.sha256(path.read_bytes()).digest())
    told = sorted(f"{d.metadata['Name']} {d.version}" for d in distributions())
    told += sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith(("LOD_", "LC_", "TZ")))
    made.update("\0".join(told).encode())
    return made.hexdigest()[:16]


def inputs() -> Iterator[Path]:
    """Yield each file of the program, and each that the tests make releases with."""
    folders = (packaged.PACKAGE, *(ROOT / name for name in ("site", "shapes", "ontology")))
    patterns = [(folder, "**/*") for folder in (*folders, ROOT / "build" / "vendor")]
    for folder, pattern in (*patterns, *((TESTS, pattern) for pattern in MAKING)):
        for path in folder.glob(pattern):
            if path.is_file() and path.suffix != ".pyc":
                yield path


def state_of(folder: Path) -> list[tuple[str, int, int]]:
    return [
        (str(path.relative_to(folder)), found.st_size, found.st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() and (found := path.lstat())
    ]


def linked(folder: Path, to: Path) -> Path:
    """Copy a folder of releases by hard links, to build on it
    or to take something of it away; no file in it may be written to. What cannot be linked, as it
    stands on another file system or is linked too often, is copied, once for all its names.
    """
    copies: dict[int, str] = {}

    def link(source: str, target: str) -> object:
        number = Path(source).stat().st_ino
        try:
            os.link(copies.get(number, source), target)
        except OSError:
            copies[number] = target
            return shutil.copy2(source, target)
        return target

    return Path(shutil.copytree(folder, to, symlinks=True, copy_function=link))


def exported(factory: pytest.TempPathFactory, folder: Path, *, is_alone: bool = False) -> Path:
    """Return the folder that the current release of another one is exported to: in every form, as
    a copy of a site whose server answers; or by the usual options, alone.
    """

    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]  # two may have one name
    is_kept = folder.is_relative_to(kept())
    kind, make = ("app", export_alone) if is_alone else ("export", export_all)
    return once(factory, f"{kind}-{name}", partial(make, folder), is_kept=is_kept)[0]


def export_all(folder: Path, target: Path) -> None:
    """Export a release in every form, as a copy of a site whose server answers at its base."""
    _export(folder, target, everything(folder))


def export_alone(folder: Path, target: Path) -> None:
    _export(folder, target, selected(folder, "", "", "", answered()))


def _export(folder: Path, target: Path, selection: Selection) -> None:
    more = [each.exported for each in extensions()]
    export(folder, target, 2, selection, more, pictures, beside)


def everything(folder: Path) -> Selection:
    """Return all that an export of a release may have, beside a server at its base."""
    base = json.loads((current(folder) / "manifest.json").read_bytes())["base"]
    return selected(folder, "all", "fr,en", base, {})
