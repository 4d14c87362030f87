"""Passages in texts published elsewhere: each is looked for in its question, or its row is told."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from lod.base.errors import UsageError
from lod.extensions.common_texts.outside import (
    OUTSIDE_TEXTS,
    OutsidePassage,
    outside_passages,
    read_outside_texts,
)
from lod.extensions.common_texts.texts import UNDATED
from lod.extensions.common_texts.triples import outside_triples, passage_name
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from tests.extensions.common_texts.support import (
    ENDING,
    PLEA,
    ROW,
    outside_row,
    outside_table,
    passage_of,
    prose,
    question,
    sharing,
)
from tests.support.chantier import write_questions
from tests.support.paths import BASE

IRIS, UID = Iris(BASE), "QANR5L17QE1"
OTHER = "https://autre.example.org/page"


@pytest.fixture
def questions(tmp_path: Path) -> PublishedQuestions:
    """Invented questions; 11 is one to the Government, which has no text."""
    (folder := tmp_path / "release").mkdir()
    spoken = question(11, "Léa Modèle", "", uid="QANR5L17QG11", type="QG")
    return write_questions(folder, [*sharing(), spoken])


def looked_for(
    questions: PublishedQuestions, *rows: dict[str, str], objections: Any = frozenset()
) -> tuple[list[OutsidePassage], list[str]]:
    """Look for the passages of some rows; return them, and what is wrong with the others."""
    path = questions.release / OUTSIDE_TEXTS
    path.write_bytes(outside_table(*rows))
    found, rejected = outside_passages(read_outside_texts(path), questions, IRIS, objections)
    assert len(found) + len(rejected) == len(rows)  # read = published + rejected
    return found, [str(remark).removeprefix(f"{path}:") for remark in rejected]


@pytest.mark.parametrize(
    "spelled",
    [str, str.upper, lambda text: text.replace(" ", "\n, — "), lambda text: text.replace("é", "e")],
)
def test_a_passage_is_found_as_words_are_compared(questions, spelled) -> None:
    stored = questions.of_uid(UID)
    passage = passage_of(stored.question.texte)
    [one], rejected = looked_for(questions, outside_row(UID, spelled(passage)))
    assert not rejected and one.words == 25
    assert stored.question.texte[one.start : one.end] == passage
    assert one.question.iri == f"{BASE}question/{UID}" and one.question.day != UNDATED


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (outside_row(UID, prose("nowhere", 40)), "the passage is not in the text of QANR5L17QE1"),
        (outside_row(UID, passage_of(PLEA, 0, 10) + " autre"), "the passage is not in the text"),
        (outside_row(UID, passage_of(PLEA, 0, 7)), "the passage has 7 words without stock phrases"),
        (outside_row(UID, "…"), "the passage is not in the text of"),
        (outside_row(UID, ENDING), "the passage has 0 words without stock phrases, fewer than 8"),
        (outside_row("QANR5L17QE99", PLEA), "QANR5L17QE99 is not published here; correct the uid"),
        (outside_row("QANR5L17QG11", PLEA), "QANR5L17QG11 has no text that is compared; remove"),
    ],
)
def test_what_is_not_in_the_question_is_rejected(
    questions, row: dict[str, str], wrong: str
) -> None:
    """The row is named, with what is wrong and what to do; the others are published."""
    good = outside_row(UID, PLEA)
    found, [told] = looked_for(questions, good, row)
    assert len(found) == 1 and told.startswith(f"3: {wrong}") and "; " in told


def test_who_has_objected_stands_in_no_common_text(questions) -> None:
    """The row of `objections.csv` is the stronger one; one about a pair does not matter."""
    row = outside_row(UID, PLEA)
    found, [told] = looked_for(questions, row, objections={(UID, "")})
    assert not found and told.startswith(f"2: {UID} is to stand in no common text, says objections")
    found, rejected = looked_for(questions, row, objections={(UID, "QANR5L17QE2")})
    assert len(found) == 1 and not rejected


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ({"uid": "QANR5L17QE0"}, "'QANR5L17QE0' is not the uid of a question"),
        ({"adresse": "http://example.org/"}, "'http://example.org/' is no address https://…"),
        ({"adresse": "javascript:alert(1)"}, "'javascript:alert(1)' is no address https://…"),
        ({"adresse": "https://example.org/<b>"}, "is no address https://…"),
        ({"date": "2026-02-31"}, "'2026-02-31' is not a day of the calendar"),
        ({"date": "mars 2026"}, "date 'mars 2026' is no day, month or year, such as 2026-03-02"),
        ({"constat": "26"}, "constat '26' is no day, month or year"),
        ({"titre": "a\u202eb"}, "titre: a sign that cannot be printed"),
        ({"par": ""}, "par: empty"),
        ({"passage": ""}, "passage: empty"),
        ({"titre": "Un autre titre"}, "this address has another title, publisher or date in a row"),
        ({"titre": ROW["titre"], "par": "Une autre"}, "the same passage is in line 2"),
    ],
)
def test_a_wrong_row_stops_the_build(tmp_path: Path, cell: dict[str, str], wrong: str) -> None:
    path, row = tmp_path / OUTSIDE_TEXTS, outside_row(UID, PLEA)
    path.write_bytes(outside_table(row, row | cell))
    with pytest.raises(UsageError) as error:
        read_outside_texts(path)
    assert str(error.value).startswith(f"{path}:3: ") and wrong in str(error.value)
    assert "; correct the row" in str(error.value)


def test_a_row_of_several_lines_is_named_by_its_first(tmp_path: Path) -> None:
    path = tmp_path / OUTSIDE_TEXTS
    rows = [outside_row(UID, PLEA.replace(" ", "\n", 5)), outside_row("x", "a\nb")]
    path.write_bytes(outside_table(*rows))
    with pytest.raises(UsageError, match=f"{path}:8: 'x' is not the uid"):
        read_outside_texts(path)


def test_the_order_of_the_rows_does_not_matter(questions) -> None:
    texts = {q.uid: q.texte or "" for q in sharing()}
    rows = [
        outside_row(uid, passage_of(texts[uid], start), adresse=address)
        for uid in ("QANR5L17QE1", "QANR5L17QE2", "QANR5L17QE4")
        for start in (18, 2)
        for address in (ROW["adresse"], OTHER)
    ]
    assert len(rows) == 12
    outcomes = set()
    for seed in range(4):
        Random(seed).shuffle(rows)
        found, _ = looked_for(questions, *rows)
        outcomes.add(ntriples(outside_triples(found, IRIS)))
    assert len(outcomes) == 1


def test_the_name_judges_nobody(questions) -> None:
    """A text, who published it, when; a day may be a month or a year."""
    [one], _ = looked_for(questions, outside_row(UID, PLEA, date="2024-03"))
    assert passage_name(one) == (
        "Un texte publié ailleurs contient le même passage : « Lettre inventée aux élus d’essai » "
        "(Association d’essai, mars 2024)"
    )
