"""Files of a release that are made of those of the release before hold what new ones hold."""

import gzip
import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from lod.base.output_tree import OutputTree
from lod.base.packing import KeyedMembers, Member, keyed_member
from lod.model.identifiers import split_uid
from lod.model.question import Question
from lod.pipeline.questions.previous import ChangedQuestions, Previous
from lod.pipeline.questions.question_db import REMAINDER, PublishedQuestions
from lod.publish import dumps
from lod.publish.dumps import NTRIPLES, TURTLE, DumpHead, legislature_dump, stated_triples
from lod.publish.dumps import write_questions as write_dumps
from lod.publish.publication import Publication, Site, Workshop
from lod.publish.query_cache import QueryCache
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import write_index
from lod.rdf.iris import Iris
from lod.reference.constituencies import elected
from lod.reference.directory import NO_ARCHIVES
from tests.support.chantier import write_questions
from tests.support.comparing import indexed
from tests.support.paths import BASE
from tests.support.synthetic.lives import cases

UPDATES = 10
FIRST = date(2025, 6, 3)


def chain(folder: Path) -> Iterator[tuple[int, PublishedQuestions, ChangedQuestions | None]]:
    """Yield the questions of one release after another: some are new, some have other words, and
    the status of those that wait is of another day.
    """
    chance = Random(41)
    waiting = [q for legislature in (15, 16, 17) for q in cases(legislature).values()]
    chance.shuffle(waiting)
    there = {q.uid: q for q in waiting[:60]}
    del waiting[:60]
    for number in range(UPDATES + 1):
        release = folder / f"{number}"
        release.mkdir(parents=True)
        day = FIRST + timedelta(days=7 * (number // 2))
        dated = (replace(q, donnees_au=day) if q.attend else q for q in there.values())
        questions = write_questions(release, sorted(dated, key=lambda q: split_uid(q.uid)))
        changed = Previous(folder / f"{number - 1}").changed(questions) if number else None
        assert bool(changed) == bool(number)
        yield number, questions, changed
        for uid in chance.sample(sorted(there), 5):
            there[uid] = remade(there[uid], chance)
        there |= {q.uid: q for q in waiting[:3]}
        del waiting[:3]


def remade(q: Question, chance: Random) -> Question:
    """Return a question with something else in it."""
    word = chance.choice(("ornithorynque", "œnologie", "synthétiseurs", "hôpitaux"))
    changes: list[dict[str, Any]] = [
        {"texte": f"{q.texte} La loi n° 2016-{chance.randrange(1000, 1009)} du 7 octobre 2016."},
        {"texte": word, "titre": f"{word} de demain"},
        {"rubrique": word, "circonscription": None},
        {"groupe": None, "auteur": replace(q.auteur, nom=f"Camille {word.title()}")},
        {"reponses": q.reponses[:-1]},
    ]
    return replace(q, **chance.choice(changes))


# ---------------------------------------------------------------- dumps


def test_members_of_dumps_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten updates: the bytes of new dumps, of which fewer members are made; a document stands once
    in all of the data, and once in each legislature.
    """
    head = DumpHead(BASE, "licence", "droits", "2025-06-03", "noyau")
    made = list[int]()

    def counting(key: bytes, items: int, text: bytes, level: int = 4) -> Member:
        made.append(items)
        return keyed_member(key, items, text, level)

    monkeypatch.setattr(dumps, "keyed_member", counting)
    for number, questions, changed in chain(tmp_path):
        (questions.release / REMAINDER).touch()
        serving: dict[str, list[tuple[str, str]]] = {}
        documents: dict[str, set[str]] = {}  # of each file
        for stored in questions.questions():
            legislature, *_ = split_uid(stored.uid)
            for place, text in enumerate(stored.texts):
                for name in (NTRIPLES, TURTLE, legislature_dump(legislature)):
                    documents.setdefault(name, set()).add(text.iri)
                named = (stored.texts[0].iri, "")
                serving.setdefault(text.iri, []).extend([named] if place else [])
        shared = {iri: sorted(some) for iri, some in serving.items() if len(some) > 1}
        assert shared
        folders = tmp_path / f"dumps-{number}", tmp_path / f"new-{number}"
        counts = []
        for folder in folders:
            folder.mkdir()
            made.clear()
            before = tmp_path / f"dumps-{number - 1}" if changed and folder == folders[0] else None
            write_dumps(
                folder, questions, b"", head, shared,
                lambda name, before=before: KeyedMembers(before / name) if before else None,
            )  # fmt: skip
            counts.append(len(made))
        amended, new = ({p.name: p.read_bytes() for p in f.iterdir()} for f in folders)
        assert amended == new and len(new) == 5
        assert counts[0] < counts[1] or not changed
        for name, data in new.items():
            stated = re.findall(r"(?m)^<(.*?)>", gzip.decompress(data).decode())
            assert sorted(stated) == sorted(documents[name]), "each document stands there once"
            assert len(stated) == stated_triples(folders[1] / name)


# ---------------------------------------------------------------- the full-text index


def label_of(number: int, iri: str) -> str:
    """Return the name of a resource in a release: one in four is called otherwise later."""
    return f"le nom de {iri} {number // 4 if len(iri) % 4 == 0 else ''}"


def test_an_amended_index_finds_what_a_new_one_finds(tmp_path: Path) -> None:
    """Ten updates, each of the index before: every row, every word; none is lost or left over, but
    of words that no question has any more those that stand for them.
    """
    for number, questions, changed in chain(tmp_path):

        def write(
            path: Path,
            since: ChangedQuestions | None,
            questions: PublishedQuestions = questions,
            number: int = number,
        ) -> dict[str, list[tuple[object, ...]]]:
            all_ = (stored.question for stored in questions.questions())
            names = {f"{BASE}departement/{code}": code for code in ("13", "75")[: 1 + number // 5]}
            said = {"base": BASE, "donnees_au": f"{number}"}
            people = elected(NO_ARCHIVES, date(2025, 1, 1))[number:]
            write_index(
                path,
                all_,
                Iris(BASE),
                lambda iri: label_of(number, iri),
                said,
                names,
                since,
                people=people,
            )
            return indexed(path)

        amended = write(questions.release / INDEX_FILE, changed)
        new = write(tmp_path / f"{number}.db", None)
        assert {*new.pop("lexique")} <= {*amended.pop("lexique")}
        for name, rows in new.items():
            assert amended[name] == rows, f"{name} after {number} updates"
            assert rows or number < UPDATES, f"{name} is never there"


def test_a_damaged_index_is_not_amended(tmp_path: Path) -> None:
    """Whatever is missing of the one before, it is written anew; nothing of a failure is left."""
    releases = chain(tmp_path)
    (_, first, _), (_, second, changed) = next(releases), next(releases)
    path = second.release / INDEX_FILE

    def write(since: ChangedQuestions | None) -> None:
        tried.append(since)
        all_ = (stored.question for stored in second.questions())
        write_index(path, all_, Iris(BASE), str, {"base": BASE}, {}, since)

    site = Site(Publication(BASE, "", FIRST), OutputTree(tmp_path))
    shop = Workshop(site, second, QueryCache(tmp_path, tmp_path), Previous(), changed)
    for damage in (lambda old: old.unlink(), lambda old: os.truncate(old, 9000)):
        write_index(first.release / INDEX_FILE, (), Iris(BASE), str, {})
        damage(first.release / INDEX_FILE)
        tried: list[ChangedQuestions | None] = []
        shop.amend_or_write(path, write)
        assert tried == [changed, None] and len(indexed(path)["question"]) == second.count()
