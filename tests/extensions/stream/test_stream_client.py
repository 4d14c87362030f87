"""The stream of publications: the client `ldes-client` of npm, against a server that runs."""

import gzip
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from lod.extensions.stream.log import PER_PAGE
from lod.pipeline.validation.pyshacl_engine import violations
from lod.publish.publication_log import read_log
from lod.publish.release import current
from lod.rdf.vocab import RDF, SH, term
from tests.extensions.stream.streams import (
    Followed,
    follow_with_client,
    read_quads,
    replica,
    stored_states,
    uid_of,
)
from tests.support.live import Live, live
from tests.support.patience import HANG, wait_for
from tests.support.programs import MODULES, need, output
from tests.support.server_data import free_port
from tests.support.shapes import shapes
from tests.support.synthetic.forms import write_zip
from tools.bench.changing import change

pytestmark = [pytest.mark.slow, pytest.mark.tool]

EXTENSION = packaged.SITE / packaged.EXTENSIONS / "stream"
FORMS = (("publications.ttl", RdfFormat.TURTLE), ("publications/2.trig", RdfFormat.TRIG))
QUESTIONS, CHANGED = PER_PAGE + 20, 4  # one page is finished, and one is not


@dataclass(frozen=True, slots=True)
class Story:
    """Two releases, what a server and the client gave after each, and what had changed."""

    server: Live
    releases: tuple[Path, Path]
    changed: set[str]  # uids of the questions that the second release has otherwise
    gone: str  # uid of the one that it has not
    first: Followed  # all that the client found after the first publication
    finished: tuple[bytes, str]  # the first page then, and its Cache-Control

    @property
    def stream(self) -> str:
        return f"{self.server.url}publications"

    @property
    def since(self) -> str:
        """The instant of the first publication."""
        return read_log(self.server.home)[0].instant


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Yield a server of two releases, of which the second was published while it ran."""
    work, port = tmp_path_factory.mktemp("stream"), free_port()
    old, new = work / "old" / "records.zip", work / "new" / "records.zip"
    for path in (old, new):
        path.parent.mkdir()
    write_zip(old, QUESTIONS)
    changed = set(change(old, work / "changed.zip", CHANGED))
    gone = without_last(work / "changed.zip", new)
    assert gone not in changed and len(changed) == CHANGED
    settings, out = Settings(base=f"http://127.0.0.1:{port}/"), work / "out"
    build([old], out, settings, jobs=2)
    before = current(out)
    with live(out, port=port) as server:
        first = follow_with_client(f"{server.url}publications")
        page = server.ask("/publications/1.trig")
        build([new], out, settings, jobs=2)
        after = current(out)
        wait_for(lambda: server.health()["release"] == after.name, HANG, lambda: "still the first")
        finished = page.body, page.headers["cache-control"]
        yield Story(server, (before, after), changed, gone, first, finished)


def without_last(source: Path, target: Path) -> str:
    """Copy an archive without its last record; return the uid of that."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        *kept, last = old.namelist()
        for name in kept:
            new.writestr(name, old.read(name))
    found = re.search(r"QANR\w+", last)
    assert found
    return found[0]


def test_after_the_first_publication_comes_what_is_new(story: Story) -> None:
    """Exactly what the second has changed; with it, a copy is again what the store has."""
    new = follow_with_client(story.stream, "--after", story.since)
    assert new.kinds() == {**dict.fromkeys(story.changed, "Update"), story.gone: "Delete"}
    stored = stored_states(story.releases[1])
    assert replica(story.first, new) == stored and len(stored) == QUESTIONS - 1
    nothing = follow_with_client(story.stream, "--after", read_log(story.server.home)[-1].instant)
    assert nothing.kinds() == {}


def test_materialized_members_are_questions(story: Story) -> None:
    found = follow_with_client(story.stream, "--materialize", "--last-version-only")
    stored = stored_states(story.releases[1])
    questions = {f"{story.server.url}question/{uid}" for uid in (*stored, story.gone)}
    assert set(found.said) == questions
    assert {uid_of(member): state for member, state in found.states.items()} == stored
    assert found.kinds() == {
        **dict.fromkeys(stored, "Create"), **dict.fromkeys(story.changed, "Update"),
        story.gone: "Delete",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["", ".en"])
def test_the_copy_of_the_guide_can_be_loaded(language: str, story: Story, tmp_path: Path) -> None:
    """Its lines are run as they stand, but for the address; the copy has what the client found."""
    guide = EXTENSION / "ajouts" / f"flux-sections{language}.md"
    commands = guide.read_text("utf-8").partition("```console\n$ ")[2].partition("\n$ ldes-client")
    first = f"{commands[0]}\nldes-client{commands[2].partition('  #')[0]}"
    run = first.replace("https://questions.example.org/", story.server.url)
    client = Path(need(MODULES / ".bin" / "ldes-client")).parent
    output("bash", "-c", f"cd {tmp_path} && PATH={client}:$PATH && {run}")
    copy = read_quads((tmp_path / "copie.nq").read_bytes(), RdfFormat.N_QUADS)
    found = follow_with_client(story.stream, "--materialize")
    assert (copy.said, copy.states) == (found.said, found.states) and len(copy.states) > QUESTIONS


def test_a_copy_that_is_kept_goes_on(story: Story, tmp_path: Path) -> None:
    kept = ("--save", str(tmp_path / "state"))
    assert len(follow_with_client(story.stream, *kept).said) == QUESTIONS + CHANGED + 1
    assert follow_with_client(story.stream, *kept).said == {}


def test_finished_pages_are_immutable(story: Story) -> None:
    """The first page has the same bytes as before the second publication; the last one may grow."""
    page, last = (story.server.ask(f"/publications/{number}.trig") for number in (1, 2))
    assert (page.body, page.headers["cache-control"]) == story.finished
    assert "immutable" in page.headers["cache-control"] and b"ldes#immutable>" in page.body
    assert last.headers["cache-control"] == "no-cache" and b"ldes#immutable>" not in last.body
    root = story.server.ask("/publications.ttl")
    assert root.headers["cache-control"] == "no-cache"
    again = story.server.ask("/publications/1.trig", If_None_Match=page.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    packed = story.server.ask("/publications/1.trig", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == page.body
    assert story.server.ask("/publications/3.trig").status == 404


def test_root_and_pages_say_what_they_are(story: Story) -> None:
    """None states a policy by which members would leave: all are there."""
    for path, form in FORMS:
        found = read_quads(story.server.ask(f"/{path}").body, form).said
        said = {t for triples in found.values() for t in triples}
        ends = ("publications", path, "publications.ttl")
        stream, page, root = (NamedNode(f"{story.server.url}{end}") for end in ends)
        assert Triple(stream, term("tree:view"), root) in said
        for node, kind in ((stream, "ldes:EventStream"), (page, "tree:Node"),
                           (root, "ldes:EventSource")):  # fmt: skip
            assert Triple(node, RDF.type, term(kind)) in said
        assert term("ldes:retentionPolicy") not in {t.predicate for t in said}


def test_members_and_states_conform(story: Story) -> None:
    text = story.server.ask("/publications/2.trig").body
    found = read_quads(text, RdfFormat.TRIG)
    said = {t for triples in found.said.values() for t in triples}
    assert len(found.states) == 20 + CHANGED and len(said) > 100
    assert violations(said, shapes()) == []
    root = read_quads(story.server.ask("/publications.ttl").body, RdfFormat.TURTLE)
    described = {t for triples in root.said.values() for t in triples}
    assert violations([*said, *described], shapes()) == []
    shape = next(t.object for t in described if t.predicate == term("tree:shape"))
    parts = {t.object for t in described if (t.subject, t.predicate) == (shape, SH.property)}
    assert len(parts) == 5 and parts <= {t.subject for t in described}


def test_who_asks_for_the_stream_is_led_on(story: Story) -> None:
    for accept, place in (("application/trig", "/publications.ttl"),
                          ("text/html", "/changements.html")):  # fmt: skip
        answer = story.server.ask("/publications", Accept=accept)
        assert (answer.status, answer.headers["location"]) == (303, place)
    answer = story.server.ask("/publications/2")
    assert (answer.status, answer.headers["location"]) == (303, "/publications/2.trig")
