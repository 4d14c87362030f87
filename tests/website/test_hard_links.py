"""A file of the site that has not changed is that of the release before: a hard link to it."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.build import build
from lod.publish.release import current
from tests.support.comparing import digests
from tests.support.synthetic.forms import FORMS
from tests.support.synthetic.lives import questions

COUNT = 30


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A folder of records."""
    form, folder = FORMS["JSON L17"], tmp_path / "records"
    folder.mkdir()
    for question in questions(COUNT):
        (folder / f"{question.uid}.json").write_bytes(form.write(question, Random(1)))
    return folder


def inodes(site: Path) -> dict[str, int]:
    return {str(p.relative_to(site)): p.stat().st_ino for p in site.rglob("*") if p.is_file()}


def refuse(*_: object) -> None:
    raise OSError(errno.EXDEV, "another file system")


def only_within(link: Callable[[object, object], None]) -> Callable[[object, object], None]:
    """Links that lead out of the release that is being built are refused."""
    return lambda old, new: link(old, new) if ".build-" in str(old) else refuse()


@pytest.mark.slow
def test_releases_share_what_has_not_changed(
    records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One record of thirty changes: all else is linked; the bytes are those of one that shares
    nothing.
    """
    out, alone = tmp_path / "out", tmp_path / "alone"
    assert build([records], out, Settings()).reused == 0
    shutil.copytree(out, alone, symlinks=True)
    first, kept = current(out), digests(current(out))
    changed = sorted(records.iterdir())[3]
    text = changed.read_text("utf-8")
    assert "synthétique" in text
    changed.write_text(text.replace("synthétique", "inventée"), "utf-8")
    bilan = build([records], out, Settings())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "hardlink_to", refuse)
        patch.setattr(os, "link", only_within(os.link))
        assert build([records], alone, Settings()).reused == 0
    assert current(out) != first and digests(first) == kept
    assert digests(current(out)) == digests(current(alone))
    new, old, now = inodes(current(out) / "site"), inodes(first / "site"), digests(current(out))
    apart = {path for path in new if now[f"site/{path}"] != kept.get(f"site/{path}")}
    own = {path for path in new if path.startswith("telechargements/")} | {"qualite.ttl"}
    for path in new.keys() - own:
        assert (new[path] == old.get(path)) == (path not in apart), path
    assert len(new) == bilan.files > 300
    assert bilan.reused == len(new.keys() - own - apart) > 0.9 * len(new.keys() - own)
    assert "changements" in {path.split("/")[0] for path in apart}
    assert "question" not in {path.split("/")[0] for path in new}


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    """A second file of the same path takes its place; the release before keeps its bytes."""
    before, after = OutputTree(tmp_path / "1"), OutputTree(tmp_path / "2", tmp_path / "1")
    for content in (b"a", b"b"):
        before.write("x/y.html", content)
    assert (tmp_path / "1/x/y.html").read_bytes() == b"b"
    after.write("x/y.html", b"b")
    assert after.reused() == (1, 1)
    after.write("x/y.html", b"c")
    assert (tmp_path / "2/x/y.html").read_bytes() == b"c"
    assert (tmp_path / "1/x/y.html").read_bytes() == b"b"
    assert after.reused() == (0, 1)


def test_a_file_that_cannot_be_linked_is_written(tmp_path: Path) -> None:
    """Another file system takes no link to the release before."""
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=elsewhere) as folder:
        OutputTree(Path(folder)).write("x.html", b"a")
        site = OutputTree(tmp_path / "site", Path(folder))
        site.write("x.html", b"a")
        assert (tmp_path / "site/x.html").read_bytes() == b"a" and site.reused() == (0, 1)
