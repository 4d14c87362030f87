"""Test that what a command writes into a new folder is there as a whole, or not at all."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lod.base.errors import UsageError
from lod.build import BuildReport
from lod.publish.release import holding, whole_or_nothing
from tests.support.patience import HANG, wait_for
from tests.support.programs import INTERRUPTED, lod, mounted


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in memory, too small for what is written."""
    with mounted(tmp_path, "size=3m"):
        yield tmp_path


def export(plain: tuple[Path, BuildReport], target: Path) -> list[str]:
    return ["export", str(plain[0]), "--jobs", "2", "--to", str(target)]


@pytest.mark.tool  # mounting
def test_a_disk_that_fills(disk: Path, plain: tuple[Path, BuildReport]) -> None:
    """One short line says so, and nothing is left: the command can be given again."""
    again = export(plain, disk / "public")
    for _ in range(2):
        done = lod(*again)
        assert done.exit_code == 1 and "No space left on device" in done.stderr
        assert done.stderr.count("\n") == 1 and len(done.stderr) < 200
        assert not list(disk.iterdir())
    subprocess.run(["mount", "-o", "remount,size=1g", str(disk)], check=True)
    assert lod(*again).exit_code == 0
    assert [path.name for path in disk.iterdir()] == ["public"]


@pytest.mark.slow
def test_ctrl_c(tmp_path: Path, plain: tuple[Path, BuildReport]) -> None:
    """Nothing is left of what was begun."""
    ours = [*INTERRUPTED, *export(plain, tmp_path / "public")]
    with subprocess.Popen(ours, stderr=subprocess.PIPE, start_new_session=True) as running:
        wait_for(lambda: list(tmp_path.glob(".public*/*")), HANG, lambda: "nothing is written")
        assert not (tmp_path / "public").exists()
        os.killpg(running.pid, signal.SIGINT)
        running.communicate(timeout=HANG)
    assert running.returncode == 130 and not list(tmp_path.iterdir())


def test_what_a_kill_leaves_is_removed_by_the_next(tmp_path: Path) -> None:
    """Of the same folder, unless another command is at work; never a folder of somebody else."""
    left, held, other = (tmp_path / name for name in (".[x].lod-abc", ".[x].lod-def", ".x.lod-abc"))
    for folder in (left, held, other):
        folder.mkdir()
    with holding(held), whole_or_nothing(tmp_path / "[x]") as work:
        (work / "file").write_bytes(b"")
        assert {*tmp_path.iterdir()} == {held, other, work}
    assert [path.name for path in (tmp_path / "[x]").iterdir()] == ["file"]


def test_only_a_new_folder_is_written(tmp_path: Path) -> None:
    """An empty one is as good; a file, and a folder with something in it, stay as they are."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    (tmp_path / "file").write_bytes(b"x")
    for name in ("file", "."):
        with pytest.raises(UsageError, match="there is something there; name a new folder"):
            whole_or_nothing(tmp_path / name).__enter__()
    with whole_or_nothing(tmp_path / "link") as work:
        (work / "page").write_bytes(b"y")
    assert (tmp_path / "empty" / "page").read_bytes() == b"y"
    with pytest.raises(UsageError, match="a file system begins here; name a new folder in it"):
        whole_or_nothing(Path("/proc")).__enter__()
