"""What proves a reader: genuine records that state a field; `pytest --accept` counts them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields

from lod.base.inputs import Record, records
from lod.base.tabular import csv_line
from lod.model.question import Question
from lod.sources.forms import ASSUMED, DOCUMENTED, EVIDENCE, FORMS, SEEN, evidence, read
from tests.support.carried import CARRIES, COLUMNS, NO, carried
from tests.support.comparing import check
from tests.support.paths import NEW, REAL
from tests.support.synthetic.lives import cases

# folders of genuine records; `json-reconstructed` has real texts in a layout that is not
GENUINE = [REAL / folder for folder in ("json", "json-reduced", "pages", "found")]
GENUINE.append(NEW / "qosd-L14/Questions_orales_sans_debat_XIV.json")
RECORDS = 687
INSIDE = ("jo", "ministere")  # their parts are told as if they stood in the field
# what no reader understands, and what a form says of itself
UNPROVEN = ("restes", "reponses.page_de_section")
OTHER_COLUMNS = {  # name of a form → column of the table
    "« fiche question » (HTML)": "page A",
    "page of 2012–24 with « question_header » (HTML)": "page B",
    "page of /dyn/ with « Bloc de style » (HTML)": "page C",
    "newest page (HTML)": "page D",
    "newest page as Markdown": "Markdown",
    "page saved as text": "text of a page C",
    "older XML record": "older XML",
}
HEADER = ["champ", "forme", "constat", "enregistrements"]


def column_of(record: Record, question: Question) -> str:
    name = next(form for form in FORMS if form.matches(record.data)).name
    if name == "official JSON record":
        terms = {14: "JSON and XML, L14", 17: "JSON and XML, L17"}
        return terms.get(question.legislature, "JSON, L15–L16")
    return OTHER_COLUMNS[name]


def stated() -> Iterator[tuple[str, str]]:
    """Yield (field or part of one, column) for each that a genuine record states."""
    found = list(records(GENUINE))
    assert len(found) == RECORDS
    for record in found:
        question = read(record).question
        column = column_of(record, question)
        yield from ((name, column) for name in parts_of(question))


def parts_of(question: Question) -> dict[str, None]:
    """Return the fields that a question states, each before its parts: `reponses.page`."""
    absent = {field.name: field.default for field in fields(Question)}
    told: dict[str, None] = {}
    for name in CARRIES:
        if (value := getattr(question, name)) not in (absent[name], None, ()):
            told[name] = None
            told |= dict.fromkeys(_parts(name, value))
    return told


def _parts(name: str, value: Any) -> Iterator[str]:
    for item in value if isinstance(value, tuple) else (value,):
        for field in fields(item) if isinstance(item, Struct) else ():
            if field.name in INSIDE:
                yield from _parts(name, getattr(item, field.name))
            elif getattr(item, field.name) not in (field.default, None, ()):
                yield f"{name}.{field.name}"


def carried_parts(column: str) -> set[str]:
    made = [q for legislature in (11, 14, 17) for q in cases(legislature).values()]
    return {name for form in COLUMNS[column] for q in made for name in parts_of(carried(q, form))}


@pytest.mark.shared
@pytest.mark.slow
def test_the_counts_are_those_of_the_genuine_records(request: pytest.FixtureRequest) -> None:
    counts = Counter(stated())
    by_hand = {(e.field, e.form): e.constat for e in evidence()} if EVIDENCE.exists() else {}
    lines = [HEADER]
    carries = {column: carried_parts(column) for column in COLUMNS}
    names = {name for name, _ in counts}.union(*carries.values())
    for name in sorted(names, key=lambda name: (list(CARRIES).index(name.split(".")[0]), name)):
        field = name.split(".")[0]
        for column in COLUMNS:
            number = counts[name, column]
            if {field, name} & {*UNPROVEN} or not (number or name in carries[column]):
                continue
            known = by_hand.get((name, column)) or by_hand.get((field, column), ASSUMED)
            constat = SEEN if number else ASSUMED if known == SEEN else known
            lines.append([name, column, constat, str(number)])
    check(EVIDENCE, b"".join(csv_line(line, end="\n") for line in lines).decode(), request)


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
