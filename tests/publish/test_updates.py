"""A release that takes over what has not changed holds what a full build holds."""

import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.questions.question_db import QUESTIONS_FILE, PublishedQuestions
from lod.publish.release import current, manifest
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, write_index
from lod.rdf.iris import Iris
from lod.rdf.serialize import triples
from lod.rdf.store import open_store
from tests.support.comparing import assert_same, named_graphs_of, triples_of
from tests.support.paths import BASE
from tests.support.repository import Change, rewrite
from tests.support.synthetic.forms import write_zip
from tools.bench.changing import ADDED, answer, lengthen

BESIDE_DATA = ("ontology", "exemples")


def test_an_index_has_the_pages_of_a_file_written_once(tmp_path: Path) -> None:
    """They are twice as large as SQLite makes them, which must be said before the first table."""
    write_index(tmp_path / INDEX_FILE, (), IndexContext(Iris(BASE), str, {}))
    with closing(sqlite3.connect(tmp_path / INDEX_FILE)) as disk:
        assert disk.execute("PRAGMA page_size").fetchone() == (8192,)


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
    """Longer texts, an answer that now belongs to another partition, a question that is gone."""
    first, update, last = releases
    before, after = PublishedQuestions(first), PublishedQuestions(update)
    assert len(after.changed_since(before)) == 3
    for release in releases:
        assert set(open_store(release / "store")) == all_of(release)
    assert len(PublishedQuestions(last).changed_since(after)) == 1
    assert any(ADDED in str(quad.object) for quad in open_store(update / "store"))
    assert sum(len(one.stated_before) for one in before.questions()) > sum(
        len(one.stated_before) for one in after.questions()
    )


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


def forget(release: Path) -> None:
    """Let nothing of a release be taken over: all in it was made with something else."""
    with closing(sqlite3.connect(release / QUESTIONS_FILE)) as disk, disk:
        disk.execute("UPDATE question SET cle = x''")
        disk.execute("UPDATE propriete SET valeur = ''")


@pytest.mark.slow
def test_updates_come_to_what_full_builds_come_to(tmp_path: Path) -> None:
    """Every second time: every byte, every triple."""
    archive, out, full = (tmp_path / name for name in ("records.zip", "out", "full"))
    write_zip(archive, FIRST + 10)
    with zipfile.ZipFile(archive) as file:
        records = sorted((name, file.read(name)) for name in file.namelist())
    members, later, chance = dict(records[:FIRST]), dict(records[FIRST:]), Random(41)
    pack(archive, members)
    build([archive], out, Settings())
    for number in range(UPDATES_BUILT):
        day = date.fromisoformat(manifest(current(out))["donnees_au"])
        members = changed(members, later, day + timedelta(days=number % 2), chance)
        pack(archive, members)
        if is_compared := number % EVERY == 0:
            shutil.copytree(out, full, symlinks=True)
            forget(current(full))
        build([archive], out, Settings())
        if is_compared:
            build([archive], full, Settings())
            assert_same(current(out), current(full), is_later=True)
            assert set(open_store(current(out) / "store")) == set(
                open_store(current(full) / "store")
            )
            shutil.rmtree(full)
