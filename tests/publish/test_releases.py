"""Releases are kept, listed, made current again, compared; the log of publications."""

import gzip
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from pyoxigraph import RdfFormat, Store, parse

from lod.base.durable import add_json_line
from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.build import build
from lod.publish.changes import OTHER_BASE
from lod.publish.kept_releases import releases, rollback
from lod.publish.publication_log import (
    LOG,
    Follower,
    LoggedPublication,
    follow,
    next_instant,
    read_log,
)
from lod.publish.query import run
from lod.publish.release import (
    building,
    current,
    hold,
    holding,
    is_held,
    manifest,
    sweep,
    switch,
    write_manifest,
)
from lod.rdf.store import open_store, select
from lod.website.export import export
from tests.support.comparing import digests
from tests.support.live import live
from tests.support.once import everything
from tests.support.paths import BASE
from tests.support.patience import wait_for
from tests.support.programs import lod
from tests.support.releases import COUNTS, Kept


def listed(folder: Path) -> dict[str, dict[str, object]]:
    found = json.loads(lod("releases", folder, "--format", "json").stdout)
    return {release["id"]: release for release in found}


def write_anew(path: Path, data: bytes) -> None:
    """Write what is there only here: other tests share its inode."""
    path.unlink()
    path.write_bytes(data)


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2 and result.stderr.count("\n") == 1, result.output
    assert all(word in result.stderr for word in words), result.stderr


def test_releases_are_listed_in_their_order(made: Kept) -> None:
    """The newest last, each with what it has and what it came after; one is current."""
    done = lod("releases", made.out)
    head, _, *lines = done.stdout.splitlines()
    assert head.split() == ["release", "data", "up", "to", "questions", "triples", "came", "after"]
    stored = [str(manifest(made.folder(n))["triples"]["store"]) for n in range(3)]
    one, two, three = made.ids
    assert [line.split() for line in lines] == [
        [one, "2025-06-17", "9", stored[0]],
        [two, "2025-06-17", "10", stored[1], one],
        [three, "2025-06-17", "11", stored[2], two, "current"],
    ]
    assert done.stderr == "3 releases\n"


def test_order_is_that_of_the_history_whatever_the_clock_says(kept: Kept) -> None:
    """A copy has the times of the copying; what follows still stands after what it follows."""
    for folder, time in zip(map(kept.folder, range(3)), (3, 2, 1), strict=True):
        path = folder / "manifest.json"
        write_anew(path, path.read_bytes())
        os.utime(path, (time, time))
    assert [release.id for release in releases(kept.out)] == list(kept.ids)


def without(path: str) -> Callable[[Path], object]:
    return lambda release: (release / path).rename(release / "elsewhere")


def cut(path: str) -> Callable[[Path], None]:
    return lambda release: write_anew(release / path, (release / path).read_bytes()[:-5])


def empty_store(release: Path) -> None:
    without("store")(release)
    (release / "store").mkdir()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (without("manifest.json"), "no manifest.json"),
        (without("dumps/void.ttl"), "no dumps/void.ttl"),
        (without("site/index.html"), "no site/index.html"),
        (without("store"), "no store"),
        (cut("manifest.json"), "not to be read"),
        (cut("dumps/links.ttl.gz"), "dumps/links.ttl.gz is not as long as manifest.json says"),
        (empty_store, "not to be read"),
    ],
)
def test_what_is_not_whole_is_told(kept: Kept, damage: Callable[[Path], object], told: str) -> None:
    """It is listed with what it lacks, is never removed, and cannot be made current."""
    broken = kept.folder(0)
    damage(broken)
    assert told in str(listed(kept.out)[broken.name]["lacks"])
    done = lod("releases", kept.out, "--keep", "1")
    assert f"not whole: {listed(kept.out)[broken.name]['lacks']}" in done.stdout
    assert done.stderr == (f"{kept.ids[1]}: removed\n2 releases, 1 not whole, 1 removed\n")
    refused(lod("rollback", kept.out, broken.name), broken.name, "not whole", "name another")
    assert current(kept.out).name == kept.ids[2]


def test_the_oldest_are_removed_and_the_others_stay_whole(kept: Kept) -> None:
    """Files of the store are shared: removing a release takes nothing from those that stay."""
    content = digests(kept.folder(2))
    done = lod("releases", kept.out, "--keep", "2")
    assert done.stderr.splitlines()[0] == f"{kept.ids[0]}: removed"
    assert sorted(p.name for p in (kept.out / "releases").iterdir()) == sorted(kept.ids[1:])
    assert digests(kept.folder(2)) == content
    assert not any(release.lacks for release in releases(kept.out))


def test_the_current_one_and_those_in_use_are_not_removed(kept: Kept) -> None:
    """However old: the one that readers get, and one that a process still holds."""
    assert lod("rollback", kept.out, kept.ids[0]).exit_code == 0
    held = hold(kept.folder(1))
    try:
        assert listed(kept.out)[kept.ids[1]]["served"]
        done = lod("releases", kept.out, "--keep", "1")
    finally:
        os.close(held)
    assert done.stderr.count(": kept") == 2 and set(listed(kept.out)) == set(kept.ids)
    assert lod("releases", kept.out, "--keep", "1").stderr.count(": removed") == 1
    assert set(listed(kept.out)) == {kept.ids[0], kept.ids[2]}


def test_whatever_reads_a_release_holds_it(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the end: a query, an export."""
    here = current(kept.out)
    held: list[bool] = []

    def look(*_: object) -> str:
        held.append(is_held(here))
        return ""

    monkeypatch.setattr("lod.publish.query._answer", lambda *_: (b"", look()))
    run(kept.out, "ASK {}", "table")
    export(kept.out, tmp_path / "public", 1, everything(kept.out), [look])
    assert held == [True] * 2 and not is_held(here)


def test_what_a_killed_build_left_is_known_by_its_lock(tmp_path: Path) -> None:
    """Process ids tell nothing: in a container all builds have the same one."""
    left, foreign = (tmp_path / f"releases/.build-{pid}-x" for pid in (1, 2**22 + 1))
    left.mkdir(parents=True)
    foreign.mkdir()
    with holding(foreign), building(tmp_path) as work:
        with building(tmp_path) as other:
            assert other != work
        assert work.is_dir() and foreign.is_dir() and not left.exists()
    sweep(tmp_path / "releases")
    assert not list((tmp_path / "releases").iterdir())


def test_back_and_forth(kept: Kept) -> None:
    """Without a name it is the one before, as often as there is one; nothing is lost."""
    one, two, three = kept.ids
    for expected in (two, one):
        done = lod("rollback", kept.out)
        assert done.stdout.startswith(f"{expected} is current") and done.exit_code == 0
        assert (kept.out / "current").readlink() == Path("releases") / expected
    refused(lod("rollback", kept.out), one, "first release here")
    lod("rollback", kept.out, three[:12])
    assert current(kept.out).name == three
    refused(lod("rollback", kept.out, "none"), "none: no such release", "lod releases")
    refused(lod("rollback", kept.out / "nowhere"), "no release here")
    kept.folder(0).rename(kept.out / "releases" / f"{two[:6]}x")
    refused(lod("rollback", kept.out, two[:6]), "several releases begin so")
    shutil.rmtree(kept.folder(1))
    refused(lod("rollback", kept.out), two, "no such release")
    assert current(kept.out).name == three


@pytest.mark.parametrize("path", ["CURRENT", "*.sst"])
def test_a_damaged_store_is_told(kept: Kept, path: str) -> None:
    """Each command says so on one line; the same records replace the damaged release."""
    for file in (kept.folder(2) / "store").glob(path):
        write_anew(file, b"x" * 35)
    assert [bool(release["lacks"]) for release in listed(kept.out).values()] == [False, False, True]
    for command in (["query", kept.out, "ASK {}"], ["export", kept.out, "--to", kept.out / "x"]):
        done = lod(*command)
        assert done.exit_code == 1 and done.stderr.count("\n") == 1, done.output
        assert "it cannot be read (Corruption" in done.stderr and "lod rollback" in done.stderr
    refused(lod("rollback", kept.out), kept.ids[2], "does not say which", "lod releases")
    done = lod("releases", kept.out, "--keep", "1")
    assert done.stderr == f"{kept.ids[0]}: removed\n2 releases, 1 not whole, 1 removed\n"
    assert lod("rollback", kept.out, kept.ids[1]).exit_code == 0
    assert lod("build", kept.records[2], "--to", kept.out, "--jobs", 1).exit_code == 0
    assert [bool(release["lacks"]) for release in listed(kept.out).values()] == [False, False]


def test_a_current_release_that_is_gone(kept: Kept) -> None:
    """Whoever has removed it by hand is told so, sees the others, and makes one of them current."""
    shutil.rmtree(kept.folder(2))
    assert [release["current"] for release in listed(kept.out).values()] == [False, False]
    for command in (["rollback"], ["releases", "--keep", 1], ["serve"]):
        refused(lod(command[0], kept.out, *command[1:]), "leads to no release", "lod rollback")
    assert lod("rollback", kept.out, kept.ids[1]).exit_code == 0
    assert current(kept.out).name == kept.ids[1]


def test_the_manifest_of_the_current_release_is_damaged(kept: Kept) -> None:
    """Build and rollback say so on one line, before their work; a named one is made current."""
    path = kept.folder(2) / "manifest.json"
    write_anew(path, path.read_bytes()[:200])
    done = lod("build", kept.records[2], "--to", kept.out)
    assert done.exit_code == 1 and done.stderr.count("\n") == 1, done.output
    assert f"{path}: it cannot be read" in done.stderr and "lod rollback" in done.stderr
    refused(lod("rollback", kept.out), kept.ids[2], "does not say which", "lod releases")
    assert lod("rollback", kept.out, kept.ids[1]).exit_code == 0
    assert lod("build", kept.records[2], "--to", kept.out, "--jobs", 1).exit_code == 0
    assert current(kept.out).name == kept.ids[2]


def test_what_is_withheld_comes_back_only_if_it_is_meant(kept: Kept, tmp_path: Path) -> None:
    """Also in two steps, or if the current release is damaged."""
    uid, one = "QANR5L17QE8", kept.ids[0]  # the first release does not have it
    (tmp_path / "retenues.csv").write_text(f"uid,motif\n{uid},demande\n", "utf-8")
    build([kept.records[2]], kept.out, Settings(revue=tmp_path))
    here = current(kept.out)
    refused(lod("rollback", kept.out), kept.ids[2], uid, "--with-withheld")
    (here / "store/CURRENT").write_bytes(b"")
    refused(lod("rollback", kept.out, kept.ids[1]), uid)  # its manifest is read all the same
    assert lod("rollback", kept.out, one).exit_code == 0
    refused(lod("rollback", kept.out, kept.ids[2]), uid)
    assert lod("rollback", kept.out, kept.ids[2], "--with-withheld").exit_code == 0
    assert lod("rollback", kept.out, kept.ids[1]).exit_code == 0  # it is published already


def test_the_next_build_follows_what_is_current(kept: Kept) -> None:
    """What was rolled back from is no part of its history; the same records are what they were."""
    one, two, _ = kept.ids
    content = digests(kept.folder(1))
    lod("rollback", kept.out, one)
    build([kept.records[1]], kept.out, Settings())
    assert current(kept.out).name == two and digests(kept.folder(1)) == content
    lod("rollback", kept.out, one)
    build([kept.records[2]], kept.out, Settings())
    there = current(kept.out)
    told = manifest(there)
    assert there.name not in kept.ids and told["precedente"] == one
    assert [version["id"] for version in told["versions"]] == [one, there.name]
    assert two not in {row["version"] for row in versions(there)}


def test_a_running_server_moves_back(kept: Kept) -> None:
    """Though nobody asks; what it serves is not removed meanwhile."""
    with live(kept.out) as server:
        assert server.ask("/question/QANR5L17QE8.html").status == 200
        assert listed(kept.out)[kept.ids[2]]["served"]
        assert lod("rollback", kept.out, kept.ids[0]).exit_code == 0
        wait_for(lambda: not listed(kept.out)[kept.ids[2]]["served"], 20, lambda: server.said)
        assert server.ask("/question/QANR5L17QE8.html").status == 404
        assert server.health()["release"] == kept.ids[0]
        answer = server.get("SELECT (COUNT(*) AS ?n) { ?q a qp:Question }", format="csv")
        assert answer.body.split() == [b"n", b"9"]


def test_what_differs_in_sorted_dumps_makes_one_release_the_other(made: Kept) -> None:
    """As the guide has it: a triple a line, named graphs included; the lines that only one has."""
    old, new = (
        {*gzip.decompress((made.folder(n) / "dumps/tout.nq.gz").read_bytes()).splitlines()}
        for n in (2, 0)
    )
    store = Store()
    store.extend(open_store(made.folder(2) / "store"))
    for line in old - new:
        for quad in parse(line, format=RdfFormat.N_QUADS):
            store.remove(quad)
    store.extend(parse(b"\n".join(new - old), format=RdfFormat.N_QUADS))
    expected = {*open_store(made.folder(0) / "store")}
    assert len(expected) > 8000 and {*store} == expected


def test_the_manifest_tells_which_archives_of_deputies_were_read(vies: Path, made: Kept) -> None:
    """By name, and by what they say: another archive makes another release."""
    [told] = manifest(current(vies))["references"]
    assert told["name"] == "amo.zip" and re.fullmatch("[0-9a-f]{64}", told["sha256"])
    assert manifest(made.folder(0))["references"] == []


def test_what_became_current_during_a_build_is_not_passed_over(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that would follow another release than the current one publishes nothing."""

    def meanwhile(work: Path, content: dict[str, Any]) -> None:
        write_manifest(work, content)
        switch(kept.out, kept.ids[0])  # as another build, or `lod rollback`, does

    monkeypatch.setattr("lod.publish.release.write_manifest", meanwhile)
    with pytest.raises(LodError, match=r"another release current during this build; run it again"):
        build([kept.records[1]], kept.out, Settings())
    assert current(kept.out).name == kept.ids[0]
    assert {path.name for path in (kept.out / "releases").iterdir()} == set(kept.ids)


def test_another_base_begins_anew(kept: Kept) -> None:
    """A build where there is no `lod.toml` does not move the site; of one that does, all say so."""
    build_it = ("build", kept.records[0], "--to", kept.out, "--jobs", 1)
    other = ("--base", "https://example.org/")
    refused(lod(*build_it, *other), BASE, "https://example.org/", "--new-base", "lod.toml")
    assert current(kept.out).name == kept.ids[2]
    assert lod(*build_it, *other, "--new-base").exit_code == 0
    there = current(kept.out)
    assert manifest(there)["base"] == "https://example.org/"
    assert versions(there) == [{"version": there.name, "avant": ""}]
    reason = "la version précédente est publiée sous d’autres adresses"
    assert reason in (there / f"site/changements/{there.name}.html").read_text("utf-8")
    [version] = manifest(there)["versions"]
    assert version["motif"] == OTHER_BASE and version["comptes"] == {}


def versions(release: Path) -> list[dict[str, str]]:
    query = """PREFIX dcat: <http://www.w3.org/ns/dcat#>
    SELECT ?version ?avant WHERE {
      ?jeu dcat:hasVersion ?v . ?v dcat:version ?version
      OPTIONAL { ?v dcat:previousVersion/dcat:version ?avant }
    }"""
    store = Store()
    store.load(path=release / "site/changements.ttl")
    return list(select(store, query))


def logged(release: Path) -> list[dict[str, Any]]:
    """The log of what became of each question."""
    lines = gzip.decompress((release / "dumps/changements.jsonl.gz").read_bytes()).splitlines()
    return [json.loads(line) for line in lines]


def test_every_release_knows_those_before_it(made: Kept) -> None:
    """The first itself alone; each later one what it came after."""
    one, two, three = made.ids
    chain = [(one, ""), (two, one), (three, two)]
    for number in range(3):
        found = {(row["version"], row.get("avant", "")) for row in versions(made.folder(number))}
        assert found == set(chain[: number + 1])


def test_the_log_of_what_became_of_each_question(made: Kept) -> None:
    """Each release adds to that of the one before; a change is that of its page."""
    logs = [logged(made.folder(number)) for number in range(3)]
    assert logs[0] == [] and logs[2][: len(logs[1])] == logs[1]
    assert [(c["version"], c["genres"]) for c in logs[2] if c["uid"] == "QANR5L17QE5"] == [
        (made.ids[1], ["supprimee"]), (made.ids[2], ["ajoutee"]),
    ]  # fmt: skip
    kinds = Counter(kind for change in logs[2] for kind in change["genres"])
    assert kinds == {**COUNTS, "ajoutee": 3, "corrigee": 2}
    page = (made.folder(2) / f"site/changements/{made.ids[1]}.ttl").read_text("utf-8")
    for change in logs[1]:
        assert f"#{change['uid']}" in page and change["nom"] in page
        assert (change["page"], change["donnees_au"]) == (1, "2025-06-17")
    assert not any("titre" in change for change in logs[2])  # of a question that may be withheld


def test_instants_only_grow() -> None:
    """Even if the clock was turned back."""
    future = LoggedPublication(
        numero=1, version="a", instant="2999-12-31T23:59:59Z", base=BASE, donnees_au="2025-01-01"
    )
    assert next_instant([future]) == "3000-01-01T00:00:00Z"
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", next_instant([]))


def test_the_same_release_again_is_no_publication(kept: Kept) -> None:
    """Nothing is added, no byte differs; going back to another one is a publication."""
    before, content = (kept.out / LOG).read_bytes(), digests(kept.folder(2))
    build([kept.records[2]], kept.out, Settings())
    assert current(kept.out).name == kept.ids[2] and digests(kept.folder(2)) == content
    assert (kept.out / LOG).read_bytes() == before and len(listed(kept.out)) == 3
    rollback(kept.out, kept.ids[0])
    assert read_log(kept.out)[-1].version == kept.ids[0]


def test_the_next_build_tells_what_a_killed_one_has_published(kept: Kept) -> None:
    """Both publications are in the log, in their order."""
    (kept.out / LOG).unlink()
    switch(kept.out, kept.ids[0])
    follow(kept.out, ())
    switch(kept.out, kept.ids[1])
    build([kept.records[2]], kept.out, Settings())
    assert [line.version for line in read_log(kept.out)] == list(kept.ids)


def test_who_follows_writes_before_the_line_and_after_it(kept: Kept) -> None:
    """Its keys stand on the line; after a kill in between it is asked again."""
    switch(kept.out, kept.ids[0])
    calls: list[tuple[str, int]] = []

    def tell(folder: Path, publication: LoggedPublication, _: int) -> dict[str, object]:
        calls.append((publication.version, len(read_log(folder))))
        if len(calls) == 1:
            raise KeyboardInterrupt
        return {"plus": 1}

    def tidy(folder: Path) -> None:
        calls.append(("", len(read_log(folder))))

    with pytest.raises(KeyboardInterrupt):
        follow(kept.out, [Follower(tell, tidy)])
    follow(kept.out, [Follower(tell, tidy)])
    follow(kept.out, [Follower(tell, tidy)])
    assert calls == [(kept.ids[0], 3), (kept.ids[0], 3), ("", 4), ("", 4)]
    assert json.loads((kept.out / LOG).read_bytes().splitlines()[-1])["plus"] == 1


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    """With its number; keys that others have added are passed over."""
    line: dict[str, object] = {"numero": 1, "version": "a", "instant": "2026-01-01T00:00:00Z",
                               "base": BASE, "donnees_au": "2025-01-01"}  # fmt: skip
    add_json_line(tmp_path / LOG, line)
    add_json_line(tmp_path / LOG, line | {"plus": 1})
    assert len({*read_log(tmp_path)}) == 1 and len(read_log(tmp_path)) == 2
    with (tmp_path / LOG).open("ab") as file:
        file.write(json.dumps({"numero": "x"}).encode() + b"\n")
    with pytest.raises(LodError, match=r"publications.jsonl:3: no publication"):
        read_log(tmp_path)
