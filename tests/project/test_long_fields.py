"""Each field of a record, filled with a long run of one character: the build ends."""

import copy
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lod.base.inputs import Record
from lod.base.settings import Settings
from lod.build import build
from lod.check import check
from lod.model.text import LONGEST_SLUG, slug
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current
from lod.sources.fields import MAX_NAME
from lod.sources.forms import read
from tests.support.paths import CASES, GOOD
from tests.support.patience import patience

WHOLE = json.loads((CASES / "an_json/whole_life/source.json").read_text("utf-8"))
CHARACTERS = "xé7 \u00a0<&\U0001f40c"  # eight kinds
FIELDS = 62  # with a value in that record
LONG = 295_000  # characters of a hostile field: a page of text may have hardly more
HOSTILE = ("« ", "<a ", " ", "(", "7", "M. ", "n° 1 ", "- (", "de ", "<p>", "&lt;br&gt;")
TEXT = re.compile(r"(?<=:)[^:\n]+$|^[^:\n]+$", re.MULTILINE)  # behind a label, or a whole line
MARKUP = re.compile(r"(?<=>)[^<>]*[^<>\s][^<>]*(?=<)")
VALUE = {
    ".json": re.compile(r'(?<=: ")[^"]+(?=")'), ".xml": MARKUP, ".html": MARKUP, ".md": TEXT,
    ".txt": TEXT,
}  # fmt: skip
FORMS = sorted(path.name for path in CASES.iterdir() if path.name != "no_form")
Path_ = tuple[str | int, ...]


def fields(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of each text of a record, but for namespaces and the number."""
    if isinstance(value, str):
        if not {"uid", "numero", "@xmlns"}.intersection(path):
            yield path
        return
    for key in value if isinstance(value, dict) else range(len(value or ())):
        yield from fields(value[key], (*path, key))


def filled(path: Path_, value: str, number: int) -> dict[str, Any]:
    """Return the record with another number, and another value in a field."""
    record = copy.deepcopy(WHOLE)
    question = record["question"]
    question["uid"] = f"QANR5L17QE{number}"
    question["identifiant"]["numero"] = str(number)
    *way, last = path
    part: Any = record
    for key in way:
        part = part[key]
    part[last] = value
    return record


def write_all(folder: Path, size: int, each: bool) -> int:
    """Write a good record, and one for each field and run of a character; return how many."""
    folder.mkdir()
    (folder / "good.json").write_bytes(GOOD.read_bytes())
    runs = [
        (path, character)
        for place, path in enumerate(fields(WHOLE))
        for character in (CHARACTERS if each else CHARACTERS[place % len(CHARACTERS)])
    ]
    for number, (path, character) in enumerate(runs, start=1):
        record = json.dumps(filled(path, f"x{character * size}x", number), ensure_ascii=False)
        (folder / f"{number}.json").write_text(record, "utf-8")
    return len(runs) + 1


def hostile(form: str) -> Iterator[str]:
    """Yield the longest case of a form, each time with another number and one hostile field."""
    sources = [path for path in CASES.glob(f"{form}/*/source.*") if "broken" not in str(path)]
    source = max(sources, key=lambda path: path.stat().st_size)
    text = source.read_text("utf-8")
    number = str(read(Record(source.name, source.name, text.encode())).question.numero)
    for place, field in enumerate(VALUE[source.suffix].finditer(text)):
        run = HOSTILE[place % len(HOSTILE)]
        start, end = field.span()
        filled = f"{text[:start]}{run * (LONG // len(run))}{text[end:]}"
        yield filled.replace(number, str(int(number) + place))


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_field_in_each_form(form: str, tmp_path: Path) -> None:
    """What such records say otherwise is published, or they are rejected, and none takes long."""
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "good.json").write_bytes(GOOD.read_bytes())
    for number, text in enumerate(hostile(form)):
        (folder / f"{number}.txt").write_text(text, "utf-8")
    start = time.perf_counter()
    *_, report = check([folder], Settings())
    assert isinstance(report, BuildReport)
    print(form, report.read, report.published, f"{(seconds := time.perf_counter() - start):.1f} s")
    assert report.read == report.published + report.rejected == len(list(folder.iterdir())) > 8
    assert report.published > report.read // 4 and seconds < patience(30)


@pytest.mark.parametrize(("size", "each"), [(260, True), (10_000, True), (1_000_000, False)])
def test_the_build_ends(size: int, each: bool, tmp_path: Path) -> None:
    number = write_all(tmp_path / "records", size, each)
    report = build([tmp_path / "records"], tmp_path / "out", Settings(), jobs=2)
    assert report.read == report.published + report.rejected == number
    published = PublishedQuestions(current(tmp_path / "out"))
    assert published.has(json.loads(GOOD.read_text("utf-8"))["question"]["uid"])
    assert report.published >= number // 2


def test_fields() -> None:
    assert len(list(fields(WHOLE))) == FIELDS


def test_a_name_in_an_iri_is_bounded() -> None:
    """Up to the bound it is as it was; beyond, two names that differ have two IRIs."""
    assert slug("x" * LONGEST_SLUG) == "x" * LONGEST_SLUG
    long = [slug("é" * 1_000 + end) for end in "abA"]
    assert [len(name) for name in long] == [LONGEST_SLUG] * 3
    assert long[0] != long[1] and long[0] == long[2]


def test_a_long_name_is_a_remark(tmp_path: Path) -> None:
    """It is kept as it is written, and the question is published without a heading."""
    path = ("question", "indexationAN", "rubrique")
    data = json.dumps(filled(path, "x" * (MAX_NAME + 1), 1)).encode()
    reading = read(Record("x.json", "x.json", data))
    assert reading.question.rubrique is None
    assert any(reste.texte == "x" * (MAX_NAME + 1) for reste in reading.question.restes)
    [told] = [str(remark) for remark in reading.remarks if "rubrique" in remark.wrong]
    assert "more than 500 characters; it is kept as raw text" in told
