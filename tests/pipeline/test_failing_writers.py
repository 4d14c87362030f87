"""One record that the program fails over stops no others, whoever writes it."""

import csv
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name

import pytest

from lod.base import in_hand
from lod.base.settings import Settings
from lod.build import build
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import current
from lod.publish.tables.question_rows import QuestionRows
from lod.rdf.iris import Iris
from lod.website.indexes.feeds import newest_entries
from tests.support.chantier import Chantier, record, uid
from tests.support.paths import BASE

# the number of a question → a function that fails over it: triples, memo, search index
WRITERS = {
    2: "lod.pipeline.mapping.question_triples.question",
    3: "lod.pipeline.questions.question_memo.facts_of",
    4: "lod.publish.search.indexing.values_of",
}


def fail(monkeypatch: pytest.MonkeyPatch, path: str, number: int) -> None:
    function: Callable[..., object] = resolve_name(path)

    def failing(*given: object) -> object:
        if any(isinstance(one, Question) and one.numero == number for one in given):
            raise ZeroDivisionError(f"over {number}")
        return function(*given)

    monkeypatch.setattr(path, failing)


@pytest.mark.slow
def test_a_question_that_a_writer_fails_over_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are published, and each record is counted once."""
    for number, path in WRITERS.items():
        fail(monkeypatch, path, number)
    records = tmp_path / "records"
    records.mkdir()
    for number in (1, *WRITERS, 5):
        (records / f"{number}.json").write_bytes(record(number).data)
    report = build([records], tmp_path / "out", Settings())
    assert (report.read, report.published, report.rejected) == (5, 2, 3)
    release = current(tmp_path / "out")
    published = [name for _, name in PublishedQuestions(release).uids()]
    assert published == [uid(1), uid(5)]
    with (release / "rejected/index.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    assert {row[3] for row in rows} == {
        f"{uid(n)}: the program fails over this question (ZeroDivisionError: over {n})"
        for n in WRITERS
    }
    assert {(release / "rejected" / row[0]).read_bytes() for row in rows} == {
        record(n).data for n in WRITERS
    }


def test_a_writer_says_over_which_question_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of tables, entries of a feed; what fails when all are written is no question's fault."""
    chantier = Chantier(tmp_path)
    chantier.make(*map(record, (1, 2, 3)))
    maker = QuestionRows(Iris(BASE), lambda iri, _: iri, {})
    fail(monkeypatch, "lod.publish.tables.question_rows.QuestionRows.rows_of", 2)
    fail(monkeypatch, "lod.website.indexes.feeds.feed_entries", 2)

    def tables() -> None:
        [*map(lambda stored: maker.rows_of(stored.question), chantier.questions.questions())]

    def feed() -> None:
        newest_entries(chantier.questions.questions(), 3, Iris(BASE), str)

    for write in (tables, feed):
        with pytest.raises(in_hand.InHandError, match=uid(2)), in_hand.named():
            write()
    with pytest.raises(ZeroDivisionError), in_hand.named():
        assert len([*chantier.questions.questions()]) / 0


def test_a_fault_of_the_program_stops_the_work() -> None:
    """It fails over one item after the other: all are not left out."""
    tried: list[int] = []

    def make(failed: object) -> None:
        tried.append(len(tried))
        for _ in in_hand.each([str(len(tried))], str):
            raise ValueError

    with pytest.raises(in_hand.InHandError):
        in_hand.leaving_out(make)
    assert len(tried) == in_hand.MOST + 1
