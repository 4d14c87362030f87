"""What proves a reader: the genuine records that state a field in a form, counted.

`pytest --accept` writes the counts; « documenté » and « supposé » are set by hand in the table.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import fields

from lod.model.question import Question
from lod.sources.evidence import ASSUMED, DOCUMENTED, SEEN, TABLE, evidence
from lod.sources.forms import FORMS, Record, read, records
from tests.support.carried import CARRIES, COLUMNS, NO
from tests.support.comparing import check
from tests.support.paths import REAL

# folders of genuine records; `json-reconstructed` has real texts in a layout that is not
GENUINE = ("json", "json-reduced", "pages", "found")
RECORDS = 396
UNPROVEN = ("restes",)  # what no reader understands
HEADER = ["champ", "forme", "constat", "enregistrements"]


def column_of(record: Record, question: Question) -> str:
    """Return the column of the table that a record belongs to."""
    form = next(form for form in FORMS if form.matches(record.data)).parse.__module__
    name = form.rpartition(".")[2]
    if name == "an_json":
        terms = {14: "JSON and XML, L14", 17: "JSON and XML, L17"}
        return terms.get(question.legislature, "JSON, L15–L16")
    if name == "page_recent":
        return "Markdown" if record.data.lstrip()[:1] != b"<" else "page D"
    return {
        "older_xml": "older XML",
        "page_fiche": "page A",
        "page_2012": "page B",
        "page_2022": "page C",
        "page_text": "text of a page C",
    }[name]


def stated() -> Iterator[tuple[str, str]]:
    """Yield (field, column) for each field that a genuine record states."""
    absent = {field.name: field.default for field in fields(Question)}
    found = list(records([REAL / folder for folder in GENUINE]))
    assert len(found) == RECORDS
    for record in found:
        question = read(record).question
        for field in CARRIES:
            value = getattr(question, field)
            if value not in (absent[field], None, ()):
                yield field, column_of(record, question)


@pytest.mark.shared
def test_the_counts_are_those_of_the_genuine_records(request: pytest.FixtureRequest) -> None:
    """Each number is the number of genuine records; none is seen without one."""
    counts = Counter(stated())
    by_hand = {(e.field, e.form): e.constat for e in evidence()} if TABLE.exists() else {}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for field, cells in CARRIES.items():
        for column, cell in zip(COLUMNS, cells, strict=True):
            number = counts[field, column]
            if field in UNPROVEN or (cell == NO and not number):
                continue
            known = by_hand.get((field, column), ASSUMED)
            constat = SEEN if number else ASSUMED if known == SEEN else known
            writer.writerow([field, column, constat, number])
    check(Path(TABLE), text.getvalue(), request)


def test_the_table_is_whole() -> None:
    """A row for every field that a form carries; what is not seen is documented or assumed."""
    carried = {
        (field, column)
        for field, cells in CARRIES.items()
        for column, cell in zip(COLUMNS, cells, strict=True)
        if cell != NO and field not in UNPROVEN
    }
    rows = {(e.field, e.form): e for e in evidence()}
    assert carried <= set(rows)
    assert {e.constat for e in evidence()} == {SEEN, DOCUMENTED, ASSUMED}
    for e in evidence():
        assert (e.constat == SEEN) == (e.records > 0), e
