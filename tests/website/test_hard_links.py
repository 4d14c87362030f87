"""A file of the site that has not changed is that of the release before: a hard link to it."""

import tempfile
from pathlib import Path
from random import Random

import pytest

from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.build import build
from lod.publish.release import current
from tests.support.comparing import digests
from tests.support.paths import ROOT
from tests.support.synthetic.forms import FORMS
from tests.support.synthetic.lives import questions


def inodes(site: Path) -> dict[str, int]:
    return {str(p.relative_to(site)): p.stat().st_ino for p in site.rglob("*") if p.is_file()}


@pytest.mark.slow
def test_releases_share_what_has_not_changed(tmp_path: Path) -> None:
    """One record of thirty changes: all else is linked."""
    (records := tmp_path / "records").mkdir()
    for question in questions(30):
        data = FORMS["JSON L17"].write(question, Random(1))
        (records / f"{question.uid}.json").write_bytes(data)
    out = tmp_path / "out"
    assert build([records], out, Settings()).reused == 0
    first, kept = current(out), digests(current(out))
    changed = sorted(records.iterdir())[3]
    text = changed.read_text("utf-8")
    assert "synthétique" in text
    changed.write_text(text.replace("synthétique", "inventée"), "utf-8")
    bilan = build([records], out, Settings())
    assert current(out) != first and digests(first) == kept
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
    device = tmp_path.stat().st_dev
    others = (path for path in (Path("/dev/shm"), ROOT / "build") if path.is_dir())
    elsewhere = next((path for path in others if path.stat().st_dev != device), None)
    if not elsewhere:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=elsewhere) as folder:
        OutputTree(Path(folder)).write("x.html", b"a")
        site = OutputTree(tmp_path / "site", Path(folder))
        site.write("x.html", b"a")
        assert (tmp_path / "site/x.html").read_bytes() == b"a" and site.reused() == (0, 1)
