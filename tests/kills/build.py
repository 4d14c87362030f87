"""`kill -9` of `lod build` at random moments: of a first build, and of one on top of another."""

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from random import Random

from lod.publish.publication_log import read_log
from lod.publish.release import CURRENT, manifest
from lod.rdf.store import open_store
from tests.bench.changing import change
from tests.support.paths import ROOT, TESTS
from tests.support.synthetic.forms import write_zip

RECORDS = 40, 60  # of the first release, and of every other update, which loads a new store
CHANGED = 1  # record in the other updates, which amend the store of the first release


def whole(folder: Path) -> str:
    """Return the name of the release that is served, all of whose bytes are right; "" for none."""
    current = folder / CURRENT
    if not current.exists():
        return ""
    told = manifest(current)
    for name, said in told["files"].items():
        data = (current / "dumps" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == said["sha256"], f"{name} is not whole"
    assert len(open_store(current / "store")) == told["triples"]["store"]
    assert (current / "site" / "index.html").stat().st_size > 1000
    return str(told["id"])


def build(archive: Path, folder: Path) -> "subprocess.Popen[bytes]":
    """Start a build in a group of processes of its own, so that all of them can be killed."""
    command = [sys.executable, "-m", "lod", "build", str(archive), "--to", str(folder)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*command, "--jobs", "2"], cwd=ROOT, start_new_session=True, **quiet)


def complete(archive: Path, folder: Path) -> tuple[str, float]:
    """Build to the end; return the release, and the seconds that it took."""
    start = time.monotonic()
    assert build(archive, folder).wait() == 0
    return whole(folder), time.monotonic() - start


@cache
def holds() -> list[Callable[[Path], None]]:
    """Return what extensions hold of a folder after a build: `hold` of their `after_build.py`."""
    names = [path.parent.name for path in sorted(TESTS.glob("extensions/*/after_build.py"))]
    return [import_module(f"tests.extensions.{name}.after_build").hold for name in names]


def survive(work: Path, kills: int, seed: int) -> Counter[str]:
    """Kill so many first builds and so many updates, in turn; hold after each that what was served
    still is, whole, and that the next run completes. Returns how many were killed and had finished.
    """
    chance, report = Random(seed), Counter[str]()
    one, more, changed = (work / name for name in ("one.zip", "more.zip", "changed.zip"))
    for path, n in zip((one, more), RECORDS, strict=True):
        write_zip(path, n)
    change(one, changed, CHANGED)
    (work / "records.zip").write_bytes(one.read_bytes())
    expected, seconds = complete(work / "records.zip", work / "expected")
    for number in count():
        if min(report["first builds killed"], report["updates killed"]) == kills:
            return report
        folder, two = work / f"{number}", (more, changed)[number % 2]
        given = work / "records.zip"  # an update bears the name of what it comes after
        for what, archive, before in (("first builds", one, ""), ("updates", two, expected)):
            given.write_bytes(archive.read_bytes())
            process = build(given, folder)
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.2, seconds * 1.05))
            state = "finished" if process.poll() is not None else "killed"
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            report[f"{what} {state}"] += 1
            found = whole(folder)
            after, _ = complete(given, folder)
            assert found in (before, after), f"{found} is served, neither {before} nor {after}"
            assert archive != one or after == expected
            told = [line.version for line in read_log(folder)]
            assert told[-1] == after and told.count(found) == bool(found), f"{told}: not once each"
            for hold in holds():
                hold(folder)
            left = [path.name for path in (folder / "releases").glob(".*")]
            assert not left, f"left behind by a run that was killed: {left}"
        subprocess.run(["rm", "-rf", str(folder)], check=True)
    return report


def main(kills: int) -> None:
    """Kill, and print what came of it."""
    with tempfile.TemporaryDirectory() as work:
        print(f"build: {dict(survive(Path(work), kills, seed=1))}")
