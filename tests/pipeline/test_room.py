"""Test that a build which the disk has no room for ends before it writes, on real small disks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.reading import intake
from lod.pipeline.reading.intake import FILES_AT_ALL, FILES_NEW, Room
from tests.support.paths import TESTS
from tests.support.programs import lod, mounted


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file system in memory, with the limits that a test gives."""
    with mounted(tmp_path, request.param):
        yield tmp_path


@pytest.mark.tool  # mounting
@pytest.mark.parametrize(
    ("disk", "wrong"),
    [
        ("size=20m", "20 MB are free|21 MB are free"),
        ("size=4g,nr_inodes=600", "files can still be made"),
    ],
    indirect=["disk"],
)
def test_a_disk_that_is_too_small(disk: Path, wrong: str) -> None:
    """The build says what it needs and what there is, and leaves nothing behind."""
    with pytest.raises(LodError, match=wrong) as caught:
        build([packaged.SAMPLE], disk / "out", Settings())
    assert re.search(r"this release needs about \d+ MB and 1,\d+ files", str(caught.value))
    assert not [path for path in disk.rglob("*") if path.is_file()]


@pytest.mark.parametrize("disk", ["size=16m"], indirect=True)
@pytest.mark.slow
def test_a_disk_that_fills_during_a_build(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others fill it, too: the command says so on one line, and leaves nothing behind."""
    monkeypatch.setattr(Room, "check", lambda room, folder: "")
    done = lod("build", TESTS / "queries/records", "--to", disk / "out", "--jobs", 1)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "No space left on device; mend that, and run the command again" in done.stderr
    assert not [path for path in disk.rglob("*") if path.is_file()]


@pytest.mark.parametrize("disk", ["size=1g,nr_inodes=12000"], indirect=True)
@pytest.mark.slow
def test_what_is_needed_is_what_is_taken(disk: Path) -> None:
    """The estimate is not less than what a release takes, and not twice as much."""
    report = build([packaged.SAMPLE], disk / "out", Settings())
    taken = sum(1 for path in disk.rglob("*") if not path.is_symlink())
    estimate = FILES_AT_ALL + FILES_NEW * report.read
    assert taken <= estimate <= 2 * taken


def test_the_table_of_the_guide_is_what_is_counted() -> None:
    """Of a release, and of the nine there at once, by the size of a record that it tells."""
    text = (packaged.GUIDES / "nuits.en.md").read_text("utf-8")
    [size] = re.findall(r"here of ([\d.]+) kB", text)
    rows = re.findall(r"^\| ([\d,]+) \| ([\d,]+) \| (\d+) \|$", text, re.M)
    assert len(rows) == 4
    for questions, megabytes, gigabytes in (
        map(int, (n.replace(",", "") for n in r)) for r in rows
    ):
        room = intake.OCTETS_AT_ALL + questions * (
            intake.OCTETS_NEW + intake.TIMES_ITS_SIZE * float(size) * 1000
        )
        assert megabytes == pytest.approx(room / 1e6, rel=0.02)
        assert gigabytes == pytest.approx(9 * room / 1e9, rel=0.04)
