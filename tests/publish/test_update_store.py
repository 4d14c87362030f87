"""The store of an update: the files of the one before, and what differs; neither less nor more."""

import gzip
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.questions.previous import Previous
from lod.pipeline.questions.question_db import QUESTIONS_FILE, PublishedQuestions
from lod.publish.fill_store import BESIDE, amend
from lod.publish.release import current, manifest
from lod.publish.void import named_graphs
from lod.rdf.serialize import triples
from lod.rdf.store import open_store
from lod.rdf.vocab import QP
from tests.bench.changing import ADDED, answer, lengthen
from tests.support.repository import Change, Question, rewrite
from tests.support.synthetic.forms import write_zip

pytestmark = pytest.mark.slow

COUNT = 150
DESCRIBING = ("ontology", "exemples", "void", "service")


def reopen(question: Question) -> None:
    """Take its answer from a question."""
    question["textesReponse"] = question["cloture"] = None


def shared(release: Path) -> tuple[str, str]:
    """Return two questions that have one answer, which no third one has, in their order."""
    store = open_store(release / "store")
    for stored in PublishedQuestions(release).questions():
        for iri in stored.stated_before:
            serving = [
                quad.subject.value.rpartition("/")[2]
                for quad in store.quads_for_pattern(None, None, NamedNode(iri))
                if "question/" in quad.subject.value
            ]
            if len(serving) == 2:
                one, two = sorted(serving, key=lambda uid: int(uid[10:]))
                return one, two
    raise AssertionError("generated records share answers")


def all_of(release: Path) -> set[Quad]:
    """Return what the store of a release must hold, from its files."""
    base = manifest(release)["base"]
    nt = [*PublishedQuestions(release).ntriples(), (release / "links.nt").read_bytes()]
    found = {Quad(*t, DefaultGraph()) for t in triples(b"".join(nt))}
    for path in (release / "dumps" / f"{name}.ttl" for name in DESCRIBING):
        found |= set(parse(path=str(path), format=RdfFormat.TURTLE))
    for graph in named_graphs().values():
        name = NamedNode(base + graph.path)
        for path in (release / "dumps" / file for file in graph.fichiers):
            data = (
                path.read_bytes() if path.suffix == ".ttl" else gzip.decompress(path.read_bytes())
            )
            syntax = RdfFormat.N_TRIPLES if ".nt" in path.suffixes else RdfFormat.TURTLE
            found |= {Quad(*quad.triple, name) for quad in parse(data, format=syntax)}
    return found


def links(release: Path) -> int:
    """Return how many files of a store belong to another one, too."""
    return sum(path.stat().st_nlink > 1 for path in (release / "store").glob("*.sst"))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A release; an update; another, in which a question is gone."""
    folder = tmp_path_factory.mktemp("update")
    archive, found = folder / "records.zip", []
    write_zip(archive, "JSON L17", COUNT)

    def publish() -> None:
        build([archive], folder / "out", Settings())
        found.append(current(folder / "out"))

    publish()
    one, two = shared(found[0])
    uids = sorted(stored.uid for stored in PublishedQuestions(found[0]).questions())
    changed: dict[str, Change | None] = dict.fromkeys(uids[:2], lengthen)
    rewrite(archive, {**changed, one: reopen})
    publish()
    rewrite(archive, {two: None})
    publish()
    return found


def test_the_content_is_right(releases: list[Path]) -> None:
    """Longer texts, an answer that now belongs to another partition, the history: all is there."""
    first, update, _ = releases
    before, after = PublishedQuestions(first), PublishedQuestions(update)
    where = Previous(first).changed(after)
    assert where and where.before == where.after and len(where.after) == 4
    assert set(open_store(update / "store")) == all_of(update)
    assert set(open_store(first / "store")) == all_of(first)
    assert any(ADDED in str(quad.object) for quad in open_store(update / "store"))
    assert sum(len(one.stated_before) for one in before.questions()) > sum(
        len(one.stated_before) for one in after.questions()
    )


def test_a_day_later_the_store_is_amended(tmp_path: Path) -> None:
    """The status of each question that waits is that of another day, and nothing else is loaded."""
    archive, out = tmp_path / "records.zip", tmp_path / "out"
    write_zip(archive, "JSON L17", 80)
    build([archive], out, Settings())
    first = current(out)
    told = [stored.question for stored in PublishedQuestions(first).questions()]
    waiting = [q for q in told if q.attend]
    later = date.fromisoformat(manifest(first)["donnees_au"]) + timedelta(days=1)
    answered = next(q.uid for q in waiting if q.type == "QE")
    rewrite(archive, {answered: partial(answer, on=later)})
    build([archive], out, Settings())
    update = current(out)
    where = Previous(first).changed(PublishedQuestions(update))
    assert where and where.after == {q.uid for q in waiting} and len(where.after) >= 10
    found = all_of(update)
    assert set(open_store(update / "store")) == found
    days = [quad.object.value for quad in found if quad.predicate == QP.statutAu]
    assert days.count(later.isoformat()) == len(waiting)  # one of them is answered that day


def test_what_is_gone_is_in_no_file(releases: list[Path]) -> None:
    """A question that is published no more is not in the files of the store, either."""
    last = releases[2]
    assert links(last) == 0
    assert set(open_store(last / "store")) == all_of(last)


def cut(path: Path) -> None:
    """Leave the beginning of a file, as a copy: releases share it."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[: len(data) // 10])


@pytest.mark.parametrize(
    "damage",
    [
        lambda release: cut(release / QUESTIONS_FILE),
        lambda release: (release / "links.nt").unlink(),
        lambda release: (release / "store" / "CURRENT").write_bytes(b"?"),
        lambda release: shutil.rmtree(release / "store"),
    ],
    ids=["questions", "links", "index", "store"],
)
def test_a_damaged_release_is_no_base(
    damage: Callable[[Path], object], releases: list[Path], tmp_path: Path
) -> None:
    """Whatever is missing or cut off in the release before: all is loaded, nothing is left."""
    first, update, _ = releases
    before, work = tmp_path / "before", tmp_path / "work"
    shutil.copytree(first, before, ignore=shutil.ignore_patterns("site", "rejected"))
    work.mkdir()
    for name in (QUESTIONS_FILE, *BESIDE):
        (work / name).symlink_to(update / name)
    questions = PublishedQuestions(work)
    where = Previous(before).changed(questions)
    assert where
    assert amend(before, questions, where)
    assert links(work) == links(before) > 0  # later the engine may join files as small as these
    assert len(open_store(work / "store")) > 1000
    shutil.rmtree(work / "store")
    damage(before)
    assert Previous(before).changed(questions) is None or not amend(before, questions, where)
    assert not (work / "store").exists()
