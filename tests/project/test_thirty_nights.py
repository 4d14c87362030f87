"""Thirty nights as an operator has them: what goes wrong is held or told, nothing is left over."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from lod.base import packaged
from lod.publish.held_back import held_back
from lod.publish.publication_log import read_log
from lod.publish.release import current, manifest
from tests.support.paths import ROOT
from tests.support.patience import HANG, wait_for
from tests.support.programs import lod, mounted
from tests.support.releases import record

pytestmark = pytest.mark.tool  # mounting
NIGHTS, KEPT, FIRST = 30, 4, 24  # nights; releases kept; questions of the first night
MISPRINT, SHRUNKEN, WITHDRAWN, WITHHELD, KILLED, FULL, BACK = 5, 9, 13, 16, 19, 22, 26
UID = "QANR5L17QE3"
BESIDE = {"current", "held.json", "made-of.json", "publications.jsonl", "releases"}


class Operator:
    """A folder with archives and settings, on a disk of its own, and what each night says."""

    def __init__(self, work: Path) -> None:
        self.records, self.out, self.work = work / "17", work / "out", work
        self.records.mkdir()
        (work / "revue").mkdir()
        (work / "lod.toml").write_text('revue = "revue"\n', "utf-8")

    def write(self, number: int, **changed: object) -> None:
        data = json.dumps(record(number, **changed))
        (self.records / f"{number}.json").write_text(data, "utf-8")

    def command(self) -> list[str]:
        return ["build", "17", "--to", "out", "--jobs", "1", "--hold"]

    def night(self) -> Result:
        """What the unit does: the build, and whatever comes of it, the removal of old ones."""
        done = lod(*self.command())
        lod("releases", "out", "--keep", KEPT)
        return done

    def killed(self) -> None:
        """A build that is killed while it writes."""
        begun = [sys.executable, "-m", "lod", *self.command()]
        with subprocess.Popen(
            begun, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        ) as process:  # fmt: skip
            wait_for(lambda: [*self.out.glob("releases/.build-*/*")], HANG, lambda: "no build")
            os.killpg(process.pid, 9)

    def full(self) -> Result:
        """A night on which others have filled the disk."""
        ballast = self.work / "ballast"
        disk = os.statvfs(self.work)
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - 20_000_000)
        try:
            return self.night()
        finally:
            ballast.unlink()

    def beside(self) -> int:
        """The bytes of what is beside the releases."""
        return sum(p.stat().st_size for p in self.out.rglob("*")
                   if p.is_file() and self.out / "releases" not in p.parents)  # fmt: skip


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    with mounted(tmp_path, "size=2g"):
        monkeypatch.chdir(tmp_path)
        yield Operator(tmp_path)


def test_thirty_nights(operator: Operator) -> None:
    """Every night something is current and whole, what must be is held, the disk is bounded."""
    for number in range(1, FIRST):
        operator.write(number)
    published = 0
    for night in range(1, NIGHTS + 1):
        operator.write(FIRST + night)
        before = current(operator.out).name if published else ""
        asides: dict[Path, Path] = {}
        if night == MISPRINT:
            operator.write(2, answered=True)
            path = operator.records / "2.json"
            path.write_text(path.read_text("utf-8").replace("2025-06-03", "2044-06-03"), "utf-8")
        elif night == MISPRINT + 1:  # the Assemblée has corrected it
            operator.write(2, answered=True)
        elif night == SHRUNKEN:
            for path in sorted(operator.records.iterdir())[::2]:
                asides[path] = path.rename(operator.work / path.name)
        elif night == WITHDRAWN:
            operator.write(1, withdrawn=True)
        elif night == WITHHELD:
            (operator.work / "revue/retenues.csv").write_text(f"uid,motif\n{UID},demande\n")
        elif night == KILLED:
            operator.killed()
        elif night == BACK:
            assert lod("rollback", "out").exit_code == 0
            before = current(operator.out).name
        done = operator.full() if night == FULL else operator.night()
        for path, aside in asides.items():
            aside.rename(path)
        here, is_published = current(operator.out).name, night not in (SHRUNKEN, FULL)
        assert done.exit_code == (not is_published), done.output
        assert (here != before) == is_published, (night, done.output)
        assert bool(held_back(operator.out)) == (night == SHRUNKEN), night
        published += is_published
        assert done.stderr.count("is months after") == (night == MISPRINT), done.stderr
        left = {path.name for path in (operator.out / "releases").iterdir()}
        assert not [name for name in left if name.startswith(".")], (night, left)
        assert len(left) <= KEPT + 1
        assert len(read_log(operator.out)) == published + (night >= BACK)
        assert (UID in manifest(current(operator.out))["retenues"]) == (night >= WITHHELD)
    history = manifest(current(operator.out))["versions"]
    assert len(history) == published - 1  # what was rolled back from is no part of it
    assert {path.name for path in operator.out.iterdir()} >= BESIDE
    assert {path.name for path in operator.work.iterdir()} == {"17", "out", "revue", "lod.toml"}
    [said] = re.findall(r"au plus (\d+) ko", (packaged.GUIDES / "nuits.md").read_text("utf-8"))
    assert operator.beside() / published < 1000 * int(said), operator.beside() / published
