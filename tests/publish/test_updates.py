"""What is made of files of the release before holds what new files hold, no less, no more."""

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from msgspec.structs import replace
from pyoxigraph import DefaultGraph, NamedNode, Quad

from lod.base.settings import Settings
from lod.build import build
from lod.model.identifiers import split_uid
from lod.model.question import Question
from lod.pipeline.questions.previous import ChangedQuestions, Previous
from lod.pipeline.questions.question_db import QUESTIONS_FILE, PublishedQuestions
from lod.publish.fill_store import BESIDE, amend
from lod.publish.release import current, manifest
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, amend_index, write_index
from lod.rdf.iris import Iris
from lod.rdf.serialize import triples
from lod.rdf.store import open_store
from lod.reference.constituencies import elected
from lod.reference.directory import NO_ARCHIVES
from tests.bench.changing import ADDED, answer, lengthen
from tests.support.chantier import write_questions
from tests.support.comparing import assert_same, indexed, named_graphs_of, triples_of
from tests.support.paths import BASE
from tests.support.repository import Change, rewrite
from tests.support.synthetic.forms import write_zip
from tests.support.synthetic.lives import cases

UPDATES = 10
FIRST_DAY = date(2025, 6, 3)
BESIDE_DATA = ("ontology", "exemples")


def chain(folder: Path) -> Iterator[tuple[int, PublishedQuestions, ChangedQuestions | None]]:
    """Yield the questions of releases, some new or changed, those that wait of another day."""
    chance = Random(41)
    waiting = [q for legislature in (15, 16, 17) for q in cases(legislature).values()]
    chance.shuffle(waiting)
    there = {q.uid: q for q in waiting[:60]}
    del waiting[:60]
    for number in range(UPDATES + 1):
        release = folder / f"{number}"
        release.mkdir(parents=True)
        day = FIRST_DAY + timedelta(days=7 * (number // 2))
        dated = (replace(q, donnees_au=day) if q.attend else q for q in there.values())
        questions = write_questions(release, sorted(dated, key=lambda q: split_uid(q.uid)))
        changed = Previous(folder / f"{number - 1}").changed(questions) if number else None
        assert bool(changed) == bool(number)
        yield number, questions, changed
        for uid in chance.sample(sorted(there), 9):
            there[uid] = remade(there[uid], chance)
        there |= {q.uid: q for q in waiting[:3]}
        del waiting[:3]


def remade(q: Question, chance: Random) -> Question:
    """Return a question with something else in it."""
    word = chance.choice(("ornithorynque", "œnologie", "synthétiseurs", "hôpitaux"))
    page = chance.randrange(1000, 9999)  # the answer is the same one, for all its questions
    changes: list[dict[str, Any]] = [
        {"texte": f"{q.texte} La loi n° 2016-{chance.randrange(1000, 1009)} du 7 octobre 2016."},
        {"texte": word, "titre": f"{word} de demain"},
        {"rubrique": word, "circonscription": None},
        {"groupe": None, "auteur": replace(q.auteur, nom=f"Camille {word.title()}")},
        {"reponses": q.reponses[:-1], "errata": ()},
        {"reponses": tuple(replace(r, jo=replace(r.jo, page=page)) for r in q.reponses)},
    ]
    return replace(q, **chance.choice(changes))


def test_an_amended_index_finds_what_a_new_one_finds(tmp_path: Path) -> None:
    """Every row, every word; none is lost or left over but what stands for words that are gone."""

    def label_of(number: int, iri: str) -> str:  # one in four is called otherwise later
        return f"le nom de {iri} {number // 4 if len(iri) % 4 == 0 else ''}"

    for number, questions, changed in chain(tmp_path):
        names = {f"{BASE}departement/{code}": code for code in ("13", "75")[: 1 + number // 5]}
        said = {"base": BASE, "donnees_au": f"{number}"}
        people = elected(NO_ARCHIVES, date(2025, 1, 1))[number:]
        paths = {questions.release / INDEX_FILE: changed, tmp_path / f"{number}.db": None}
        for path, since in paths.items():
            told = IndexContext(Iris(BASE), partial(label_of, number), said, names, people=people)
            if not (since and amend_index(path, since, questions, told)):
                assert since is None
                all_ = (stored.question for stored in questions.questions())
                write_index(path, all_, told)
        amended, new = map(indexed, paths)
        assert {*new.pop("lexique")} <= {*amended.pop("lexique")}
        for name, rows in new.items():
            assert amended[name] == rows, f"{name} after {number} updates"
            assert rows or number < UPDATES, f"{name} is never there"


def test_an_index_has_the_pages_of_a_file_written_once(tmp_path: Path) -> None:
    """They are twice as large as SQLite makes them, which must be said before the first table."""
    write_index(tmp_path / INDEX_FILE, (), IndexContext(Iris(BASE), str, {}))
    with closing(sqlite3.connect(tmp_path / INDEX_FILE)) as disk:
        assert disk.execute("PRAGMA page_size").fetchone() == (8192,)


def test_a_damaged_index_is_not_amended(tmp_path: Path) -> None:
    """Whatever is missing of the one before, nothing is left, so that it is written anew."""
    releases = chain(tmp_path)
    (_, first, _), (_, second, changed) = next(releases), next(releases)
    path, told = second.release / INDEX_FILE, IndexContext(Iris(BASE), str, {"base": BASE})
    assert changed
    for damage in (lambda old: old.unlink(), lambda old: os.truncate(old, 9000)):
        write_index(first.release / INDEX_FILE, (), IndexContext(Iris(BASE), str, {}))
        damage(first.release / INDEX_FILE)
        assert not amend_index(path, changed, second, told) and not path.exists()


def reopen(question: dict[str, Any]) -> None:
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
    for path in (release / "dumps" / f"{name}.ttl" for name in BESIDE_DATA):
        found |= {Quad(*triple, DefaultGraph()) for triple in triples_of(path)}
    for graph in named_graphs_of(release).values():
        name = NamedNode(base + graph.path)
        for path in (release / "dumps" / file for file in graph.fichiers):
            found |= {Quad(*triple, name) for triple in triples_of(path)}
    return found


def links(release: Path) -> int:
    """Return how many files of a store belong to another one, too."""
    return sum(path.stat().st_nlink > 1 for path in (release / "store").glob("*.sst"))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A release; an update; another, in which a question is gone."""
    folder = tmp_path_factory.mktemp("update")
    archive, found = folder / "records.zip", []
    write_zip(archive, 60)

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


@pytest.mark.slow
def test_the_content_is_right(releases: list[Path]) -> None:
    """Longer texts, an answer that now belongs to another partition, the history: all is there."""
    first, update, _ = releases
    before, after = PublishedQuestions(first), PublishedQuestions(update)
    where = Previous(first).changed(after)
    assert where and where.there == where.here and len(where.here) == 4
    assert set(open_store(update / "store")) == all_of(update)
    assert set(open_store(first / "store")) == all_of(first)
    assert any(ADDED in str(quad.object) for quad in open_store(update / "store"))
    assert sum(len(one.stated_before) for one in before.questions()) > sum(
        len(one.stated_before) for one in after.questions()
    )


@pytest.mark.slow
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


@pytest.mark.slow
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
    assert amend(before, questions, where, Iris(BASE))
    assert links(work) == links(before) > 0  # later the engine may join files as small as these
    assert len(open_store(work / "store")) > 1000
    shutil.rmtree(work / "store")
    damage(before)
    is_base = Previous(before).changed(questions) is not None
    assert not (is_base and amend(before, questions, where, Iris(BASE)))
    assert not (work / "store").exists()


EVERY = 2  # every second update is compared with a full build, the last one, too
UPDATES_BUILT = 3
FIRST, CHANGED = 30, 3  # records of the first release, those that an update changes
Members = dict[str, bytes]


def changed(members: Members, later: Members, day: date, chance: Random) -> Members:
    """Return records with some changed, perhaps one of `later` more, and perhaps one less."""
    changes: list[Change] = [lengthen, reopen, partial(answer, on=day)]
    records = members | dict(later.popitem() for _ in range(chance.randrange(2)))
    for name in chance.sample(sorted(records), CHANGED):
        record = orjson.loads(records[name])
        chance.choice(changes)(record["question"])
        records[name] = orjson.dumps(record)
    if chance.random() < 0.2:
        del records[chance.choice(sorted(records))]
    return records


def pack(archive: Path, members: Members) -> None:
    with zipfile.ZipFile(archive, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


@pytest.mark.slow
def test_updates_come_to_what_full_builds_come_to(tmp_path: Path) -> None:
    """Every second time: every byte, every triple, every row and word of the index."""
    archive, out, full = (tmp_path / name for name in ("records.zip", "out", "full"))
    write_zip(archive, FIRST + UPDATES)
    with zipfile.ZipFile(archive) as file:
        records = sorted((name, file.read(name)) for name in file.namelist())
    members, later, chance = dict(records[:FIRST]), dict(records[FIRST:]), Random(41)
    pack(archive, members)
    build([archive], out, Settings())
    amended = 0
    for number in range(UPDATES_BUILT):
        day = date.fromisoformat(manifest(current(out))["donnees_au"])
        members = changed(members, later, day + timedelta(days=number % 2), chance)
        pack(archive, members)
        if is_compared := number % EVERY == 0:
            shutil.copytree(out, full, symlinks=True)
            (current(full) / QUESTIONS_FILE).unlink()  # without it nothing is taken over
        build([archive], out, Settings())
        store = current(out) / "store"
        amended += links(current(out)) > 0
        if is_compared:
            build([archive], full, Settings())
            assert_same(current(out), current(full), is_later=True)
            assert set(open_store(store)) == set(open_store(current(full) / "store"))
            shutil.rmtree(full)
    assert amended > UPDATES_BUILT // 2
