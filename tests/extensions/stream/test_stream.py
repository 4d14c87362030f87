"""The stream of publications, whatever happens to builds and releases."""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat
from rdflib import Graph

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from lod.extensions.stream.log import (
    PER_PAGE,
    StreamPublication,
    pages_of,
    read_publications,
    stream_of,
)
from lod.extensions.stream.pages import FOLDER, lacks, page_file, redact, tell
from lod.extensions.stream.text import member_text, page_head, root_text, without_state
from lod.pipeline.questions.question_memo import state_digest, state_lines
from lod.pipeline.validation.pyshacl_engine import violations
from lod.publish.kept_releases import keep, rollback
from lod.publish.publication_log import LOG, Follower, follow, read_log
from lod.publish.release import current, switch
from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import QP
from tests.extensions.stream.streams import (
    Followed,
    read_quads,
    replica,
    stored_states,
    titles,
    whole_stream,
)
from tests.support.paths import BASE
from tests.support.releases import Kept
from tests.support.shapes import broken, constraints, shapes

SHAPES = packaged.SHAPES / "extensions/stream/description/flux.ttl"
STREAM = [Follower(tell, redact, lacks)]
OTHER_BASE = "https://exemple.test/"


def kinds(folder: Path, publication: int) -> dict[str, str]:
    found = whole_stream(folder)
    here = [member for member in found.said if f"#{publication}-" in member]
    return Followed({member: found.said[member] for member in here}).kinds()


def holds(folder: Path) -> None:
    """The log ends with the current release, and the stream says what its store says."""
    assert read_log(folder)[-1].version == current(folder).name
    assert replica(whole_stream(folder)) == stored_states(current(folder))


def withhold(review: Path) -> None:
    (review / "retenues.csv").write_text("uid,motif\nQANR5L17QE4,À la demande\n", "utf-8")


def test_each_publication_is_told(made: Kept) -> None:
    """The first release whole; then what is otherwise; a question that is gone, and comes back."""
    before = {f"QANR5L17QE{n}" for n in (*range(1, 8), 10, 11)}
    assert kinds(made.out, 1) == dict.fromkeys(before, "Create")
    assert kinds(made.out, 2) == {
        **{f"QANR5L17QE{n}": "Update" for n in (1, 2, 3, 4, 7, 10, 11)}, "QANR5L17QE5": "Delete",
        "QANR5L17QE8": "Create", "QANR5L17QE9": "Create",
    }  # fmt: skip
    assert kinds(made.out, 3) == {"QANR5L17QE5": "Create", "QANR5L17QE9": "Update"}
    holds(made.out)


def test_a_state_is_that_of_its_publication(made: Kept) -> None:
    """What a question was before stays in the stream; one that is gone has no state."""
    found = whole_stream(made.out)
    named = {member.rpartition("#")[2]: titles(found.states[member]) for member in found.said}
    assert named["2-QANR5L17QE4"] == ["Titre corrigé"] != named["1-QANR5L17QE4"]
    assert named["3-QANR5L17QE9"] == ["Titre neuf"] and named["2-QANR5L17QE5"] == []


def test_the_calendar_alone_is_no_state() -> None:
    """The status of a question that waits is left out, that of one with an answer is not."""
    line, status = b"<urn:q> <urn:p> <urn:o> .\n", f"<urn:q> {QP.statut} <urn:s> .\n".encode()
    assert state_lines(line + status, waits=True) == [line]
    assert state_lines(line + status, waits=False) == [line, status]
    assert state_digest([line, status]) == state_digest([status, line]) != state_digest([line])


def test_going_back_is_a_publication(kept: Kept) -> None:
    """The stream goes back, too, and forward again, each time under new IRIs and a new instant."""
    rollback(kept.out, kept.ids[0], STREAM)
    assert read_log(kept.out)[-1].version == kept.ids[0]
    assert kinds(kept.out, 4)["QANR5L17QE8"] == "Delete"
    holds(kept.out)
    rollback(kept.out, kept.ids[1], STREAM)
    assert kinds(kept.out, 5) == kinds(kept.out, 2)
    assert len({line.instant for line in read_log(kept.out)}) == 5
    holds(kept.out)


def test_removed_releases_stay_in_the_stream(kept: Kept) -> None:
    """Pages need no release: not the one before, either, to know what the next one changes."""
    told = whole_stream(kept.out)
    assert [gone for _, gone in keep(kept.out, 1)] == [True, True]
    assert whole_stream(kept.out) == told
    build([kept.records[1]], kept.out, Settings())
    assert kinds(kept.out, 4) == {"QANR5L17QE5": "Delete", "QANR5L17QE9": "Update"}
    holds(kept.out)


def test_another_base_begins_another_stream(kept: Kept) -> None:
    """On new pages: nothing that was said before has the same IRIs."""
    build([kept.records[0]], kept.out, Settings(base=OTHER_BASE))
    [line] = stream_of(read_publications(kept.out), OTHER_BASE)
    assert (line.numero, line.pages) == (4, ((2, 9),))
    assert stream_of(read_publications(kept.out), BASE) == []
    assert replica(whole_stream(kept.out, OTHER_BASE)) == stored_states(current(kept.out))


def test_what_is_withheld_leaves_the_stream(kept: Kept, tmp_path: Path) -> None:
    """No page has its states any more; that it was there, and is gone, stays known."""
    withhold(tmp_path)
    build([kept.records[2]], kept.out, Settings(revue=tmp_path))
    found = whole_stream(kept.out)
    members = [member for member in found.said if member.endswith("QE4")]
    assert len(members) == 3 and not any(found.states.get(member) for member in members)
    assert kinds(kept.out, 4) == {"QANR5L17QE4": "Delete"}
    holds(kept.out)
    follow(kept.out, STREAM)
    assert whole_stream(kept.out) == found


def test_an_export_has_the_stream(sample: Path, sample_files: Path) -> None:
    """As it was when it was made, in files: the root leads to a page that is there."""
    [page] = pages_of(read_publications(sample))
    said = gzip.decompress(page_file(sample, page.number, page.members).read_bytes())
    assert (sample_files / "publications" / "1.trig").read_bytes() == said
    assert f"<{BASE}publications/1.trig>" in (sample_files / "publications.ttl").read_text("utf-8")


@pytest.mark.parametrize("withheld", [False, True])
def test_a_stream_that_is_lost_begins_anew(withheld: bool, kept: Kept, tmp_path: Path) -> None:
    """On new pages, with every state; the build says so, once, and those after it go on."""
    shutil.rmtree(kept.out / FOLDER)
    assert not whole_stream(kept.out).said
    settings = Settings(revue=tmp_path) if withheld else Settings()
    if withheld:
        withhold(tmp_path)
    [lost] = [line for line in build([kept.records[0]], kept.out, settings).flaws if "lost" in line]
    assert lost.startswith(f"{kept.out / FOLDER}: lost 1 page of the stream (1); ")
    assert read_publications(kept.out)[-1].lost == (1,)
    holds(kept.out)
    assert set(whole_stream(kept.out).kinds().values()) == {"Create"}
    assert build([kept.records[1]], kept.out, settings).flaws == []
    assert len(read_publications(kept.out)[-1].lost) == 0
    holds(kept.out)


def test_a_page_that_is_lost_is_left_out(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only it said is said anew; the other pages stay, and a restored one comes back."""
    monkeypatch.setattr("lod.extensions.stream.pages.PER_PAGE", 9)
    shutil.rmtree(kept.out / FOLDER)
    (kept.out / LOG).unlink()
    for name in kept.ids[:2]:
        switch(kept.out, name)
        follow(kept.out, STREAM)
    (number, members), *_ = read_publications(kept.out)[1].pages
    gone = page_file(kept.out, number, members)
    text = gone.read_bytes()
    gone.unlink()
    switch(kept.out, kept.ids[2])
    follow(kept.out, STREAM)
    assert read_publications(kept.out)[2].lost == (number,) and lacks(kept.out) == ""
    holds(kept.out)
    gone.write_bytes(text)
    holds(kept.out)


@pytest.fixture(params=["pages", "half a page", "current"])
def killed(request: pytest.FixtureRequest, kept: Kept) -> Iterator[Kept]:
    """A folder as a kill leaves it: `current` has moved; pages are there, no line of the log."""
    shutil.rmtree(kept.out / FOLDER)
    (kept.out / LOG).unlink()
    switch(kept.out, kept.ids[0])
    follow(kept.out, STREAM)
    switch(kept.out, kept.ids[1])
    if request.param != "current":
        line = (kept.out / LOG).read_bytes()
        follow(kept.out, STREAM)
        (kept.out / LOG).write_bytes(line)
    if request.param == "half a page":
        [index, page] = (kept.out / FOLDER).glob("1-19.*")
        for path in (index, page):
            path.rename(path.with_name(f".{path.name}.part"))
    yield kept


@pytest.mark.parametrize("next_", ["another command", "a build"])
def test_a_kill_leaves_what_was_published(killed: Kept, next_: str) -> None:
    """The stream is that of the first publication; what comes next tells the second, once."""
    before = whole_stream(killed.out)
    assert set(Followed(before.said).kinds().values()) == {"Create"}
    assert replica(before) == stored_states(killed.folder(0))
    if next_ == "another command":
        follow(killed.out, STREAM)
        holds(killed.out)
        assert not list((killed.out / FOLDER).glob(".*"))
        assert [line.version for line in read_log(killed.out)] == list(killed.ids[:2])
    build([killed.records[2]], killed.out, Settings())
    assert [line.version for line in read_log(killed.out)] == list(killed.ids)
    holds(killed.out)


def test_pages_are_full_one_after_the_other() -> None:
    """The bounds of each are the instants of what it has; the last is open until it is full."""
    days = [f"2026-01-0{day}T00:00:00Z" for day in (1, 2, 3)]
    filled = [((1, PER_PAGE), (2, 20)), ((2, 30),), ((2, PER_PAGE), (3, PER_PAGE))]
    log = [
        StreamPublication(numero=n, version=f"{n}", instant=day, base=BASE, donnees_au="2025-01-01",
                          pages=pages)
        for n, (day, pages) in enumerate(zip(days, filled, strict=True), start=1)
    ]  # fmt: skip
    told = [(page.first[9], page.last[9], page.is_finished) for page in pages_of(log[:2])]
    assert told == [("1", "1", True), ("1", "2", False)]
    told = [(page.first[9], page.last[9], page.is_finished) for page in pages_of(log)]
    assert told == [("1", "1", True), ("1", "3", True), ("3", "3", True)]
    text = root_text(BASE, pages_of(log[:2])).decode()
    assert text.count("tree:node ") == 3 and text.count("LessThanOrEqualToRelation") == 1


def test_a_state_is_taken_out_of_a_page_and_nothing_else() -> None:
    """Texts with braces and other uids around it stay."""
    more = {"instant": "2026-01-01T00:00:00Z", "base": BASE, "donnees_au": "2025-01-01"}
    publication = StreamPublication(numero=2, version="a", **more)
    uids = ("QANR5L17QE1", "QANR5L17QE12", "QANR5L17QE2")
    text = page_head(BASE, 1)
    for uid in uids:
        state = f'<urn:{uid}> <urn:p> "}} # {{\\n}}" .\n'.encode()
        text += member_text(publication, 1, uid, "as:Create", state)
    left = read_quads(without_state(text, uids[0]), RdfFormat.TRIG)
    assert [member.rpartition("-")[2] for member in left.states] == list(uids[1:])
    assert len(left.said) == len(read_quads(text, RdfFormat.TRIG).said)
    assert PER_PAGE == 500  # another number would make finished pages grow


def test_every_constraint_is_broken_by_the_counterexample() -> None:
    """Those of the shapes of the stream; what a member shares with a change is held there."""
    expected = constraints(Graph().parse(SHAPES))
    example = read_turtle(Path(__file__).with_name("counterexamples") / "description/flux.ttl")
    assert len(expected) == 13
    assert expected <= broken(violations(example, shapes()))
