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
from lod.pipeline.reading.intake import Room
from tests.support.paths import TESTS
from tests.support.programs import lod, mounted


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file system in memory, with the limits that a test gives."""
    with mounted(tmp_path, request.param):
        yield tmp_path


@pytest.mark.tool  # mounting
@pytest.mark.parametrize("disk", ["size=20m"], indirect=True)
def test_a_disk_that_is_too_small(disk: Path) -> None:
    """The build says what it needs and what there is, and leaves nothing behind."""
    with pytest.raises(LodError, match=r"this release needs about \d+ MB, 2[01] MB are free"):
        build([packaged.SAMPLE], disk / "out", Settings())
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
