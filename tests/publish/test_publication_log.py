"""The log of publications, whatever happens to builds and releases."""

import json
import re
from pathlib import Path

import pytest

from lod.base.durable import add_json_line
from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.build import build
from lod.publish import publication_log
from lod.publish.kept_releases import rollback
from lod.publish.publication_log import (
    LOG,
    Follower,
    LoggedPublication,
    follow,
    next_instant,
    read_log,
)
from lod.publish.release import current, switch
from tests.support.comparing import digests
from tests.support.once import linked
from tests.support.paths import BASE
from tests.support.releases import Kept


@pytest.fixture
def copied(made: Kept, tmp_path: Path) -> Kept:
    """The three releases and their log in another folder."""
    return Kept(linked(made.out, tmp_path / "out"), made.records, made.ids)


def test_each_publication_is_told(made: Kept) -> None:
    """Once, in their order."""
    log = read_log(made.out)
    assert [(line.numero, line.version) for line in log] == list(enumerate(made.ids, start=1))
    assert sorted(line.instant for line in log) == [line.instant for line in log]


def test_only_what_is_beside_a_release_knows_the_time(
    made: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same records at another time: the same bytes of a release, another instant beside it."""
    later = "2031-01-01T00:00:00Z"
    monkeypatch.setattr(publication_log, "next_instant", lambda _: later)
    build([made.records[0]], tmp_path / "out", Settings())
    assert digests(current(tmp_path / "out")) == digests(made.folder(0))
    [line] = read_log(tmp_path / "out")
    assert line.instant == later != read_log(made.out)[0].instant
    assert line.version == made.ids[0]


def test_instants_only_grow() -> None:
    """Even if the clock was turned back."""
    future = LoggedPublication(
        numero=1, version="a", instant="2999-12-31T23:59:59Z", base=BASE, donnees_au="2025-01-01"
    )
    assert next_instant([future]) == "3000-01-01T00:00:00Z"
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", next_instant([]))


def test_the_same_release_again_is_no_publication(copied: Kept) -> None:
    """Nothing is added; going back to another one is a publication."""
    before = (copied.out / LOG).read_bytes()
    build([copied.records[2]], copied.out, Settings())
    assert (copied.out / LOG).read_bytes() == before
    rollback(copied.out, copied.ids[0])
    assert read_log(copied.out)[-1].version == copied.ids[0]


def test_the_next_build_tells_what_a_killed_one_has_published(copied: Kept) -> None:
    """Both publications are in the log, in their order."""
    (copied.out / LOG).unlink()
    switch(copied.out, copied.ids[0])
    follow(copied.out, ())
    switch(copied.out, copied.ids[1])
    build([copied.records[2]], copied.out, Settings())
    assert [line.version for line in read_log(copied.out)] == list(copied.ids)


def test_who_follows_writes_before_the_line_and_after_it(copied: Kept) -> None:
    """Its keys stand on the line; after a kill in between it is asked again."""
    switch(copied.out, copied.ids[0])
    calls: list[tuple[str, int]] = []

    def tell(folder: Path, publication: LoggedPublication, _: int) -> dict[str, object]:
        calls.append((publication.version, len(read_log(folder))))
        if len(calls) == 1:
            raise KeyboardInterrupt
        return {"plus": 1}

    def tidy(folder: Path) -> None:
        calls.append(("", len(read_log(folder))))

    with pytest.raises(KeyboardInterrupt):
        follow(copied.out, [Follower(tell, tidy)])
    follow(copied.out, [Follower(tell, tidy)])
    follow(copied.out, [Follower(tell, tidy)])
    assert calls == [(copied.ids[0], 3), (copied.ids[0], 3), ("", 4), ("", 4)]
    assert json.loads((copied.out / LOG).read_bytes().splitlines()[-1])["plus"] == 1


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
