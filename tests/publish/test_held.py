"""What goes back, lacks or falls is written and waits; nothing comes back by way of what waits."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from lod.base.durable import write
from lod.base.settings import Settings
from lod.build import build
from lod.publish.held_back import HELD, held_back
from lod.publish.publication_log import read_log
from lod.publish.release import current
from tests.support.once import linked
from tests.support.paths import BROKEN, GOOD
from tests.support.programs import lod
from tests.support.releases import Kept
from tests.support.server_data import serving

UID = "QANR5L17QE8"  # the first release does not have it


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2 and result.stderr.count("\n") == 1, result.output
    assert all(word in result.stderr for word in words), result.stderr


@pytest.fixture(scope="module")
def waiting(made: Kept, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which a release waits, and its id: answered questions are open again there."""
    out = linked(made.out, tmp_path_factory.mktemp("held") / "out")
    done = lod("build", made.records[1], "--to", out, "--jobs", 1, "--hold")
    [identity] = held_back(out)
    assert done.exit_code == 1 and done.stdout.endswith(f"; {out}/releases/{identity}\n")
    assert f"then publish it: lod publish {out} {identity}" in done.stderr
    return out, identity


@pytest.fixture
def held(
    waiting: tuple[Path, str], kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The id of a release that waits beside those that are kept."""
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(kept.out)
    linked(waiting[0], kept.out)
    return waiting[1]


def test_what_goes_back_waits_with_the_reasons(kept: Kept, held: str) -> None:
    """`current` and the log stay; nobody can download it; it is listed, and survives --keep."""
    assert current(kept.out).name == kept.ids[2] and read_log(kept.out)[-1].version == kept.ids[2]
    done = lod("releases", kept.out, "--keep", 1)
    rows = {line.split()[0]: line.split()[-1] for line in done.stdout.splitlines()[2:]}
    assert rows == {kept.ids[2]: "current", held: "held"}
    assert f"{held}: held: questions of the release before that no record has" in done.stderr
    assert done.stderr.endswith("2 releases, 1 held, 2 removed\n")
    told = json.loads(lod("releases", kept.out, "--format", "json").stdout)
    assert [bool(release["held"]) for release in told] == [False, True]
    with serving(kept.out) as server:
        paths = [f"/versions/{name}/SHA256SUMS" for name in (kept.ids[2], held)]
        assert [server.ask(path).status for path in paths] == [200, 404]


def test_after_a_look_it_is_published(kept: Kept, held: str) -> None:
    """By its name, as every publication is: in the log, followed by the next build."""
    refused(lod("publish", kept.out, kept.ids[1]), "not held", "lod rollback")
    refused(lod("rollback", kept.out, held), "it is held", "lod publish")
    done = lod("publish", kept.out, held[:12])
    assert done.stdout.startswith(f"{held} is current") and current(kept.out).name == held
    assert read_log(kept.out)[-1].version == held and held_back(kept.out) == {}
    again = lod("build", kept.records[1], "--to", kept.out, "--jobs", 1, "--hold")
    assert again.exit_code == 0 and current(kept.out).name == held  # it is not held again


def test_one_waits_at_most(kept: Kept, held: str) -> None:
    """The next build removes it, whatever becomes of that one; a killed command leaves no note."""
    done = lod("build", kept.records[0], "--to", kept.out, "--jobs", 1, "--strict")
    [newest] = held_back(kept.out)
    assert done.exit_code == 1 and newest != held and not (kept.out / "releases" / held).exists()
    write(kept.out / HELD, json.dumps({newest: ["x"], held: ["it was killed"]}).encode())
    assert [*held_back(kept.out)] == [newest]
    assert lod("build", kept.records[2], "--to", kept.out, "--jobs", 1, "--hold").exit_code == 0
    assert current(kept.out).name == kept.ids[2] and (kept.out / HELD).read_bytes() == b"{}\n"
    assert {path.name for path in (kept.out / "releases").iterdir()} == {*kept.ids}


def test_it_is_not_published_after_another_release(kept: Kept, held: str) -> None:
    """What changed since that one would never be told."""
    assert lod("rollback", kept.out, kept.ids[0]).exit_code == 0
    refused(lod("publish", kept.out, held), f"it follows {kept.ids[2]}", "build again")
    assert current(kept.out).name == kept.ids[0]


def test_what_is_withheld_does_not_come_back_by_it(kept: Kept, held: str) -> None:
    """Withheld since, though no release was built of that; once one is, nothing has it."""
    Path("revue").mkdir()
    Path("lod.toml").write_text('revue = "revue"\n', "utf-8")
    Path("revue/retenues.csv").write_text(f"uid,motif\n{UID},demande\n", "utf-8")
    refused(lod("publish", kept.out, held), UID, "withheld by now", "build again")
    assert current(kept.out).name == kept.ids[2]
    done = lod("build", kept.records[2], "--to", kept.out, "--jobs", 1, "--hold")
    assert done.exit_code == 0 and held_back(kept.out) == {}
    assert not (kept.out / "releases" / held).exists()


def test_what_waits_says_what_it_withholds_and_is_public(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "retenues.csv").write_text(f"uid,motif\n{UID},demande\n", "utf-8")
    settings = Settings(revue=tmp_path)
    report = build([kept.records[2]], kept.out, settings, doubts=lambda _: ["a reason"])
    assert report.waits_for[0] == "a reason" and report.waits_for[1].startswith(f"{UID}: withheld")


def test_a_rejected_record_is_no_reason_to_wait(kept: Kept) -> None:
    """A misprint must not stop the night; --strict tells it by its status."""
    inputs = kept.records[2], BROKEN
    done = lod("build", *inputs, "--to", kept.out, "--jobs", 1, "--hold")
    assert done.exit_code == 0 and current(kept.out).name != kept.ids[2]
    assert lod("build", *inputs, "--to", kept.out, "--jobs", 1, "--strict").exit_code == 1
    assert held_back(kept.out) == {}


def test_the_first_release_may_wait(tmp_path: Path) -> None:
    """Nothing is current then, and nothing is logged."""
    report = build([GOOD], tmp_path, Settings(), doubts=lambda _: ["a reason"])
    assert not (tmp_path / "current").exists() and read_log(tmp_path) == []
    assert [*held_back(tmp_path)] == [report.release]
