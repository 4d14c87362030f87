"""The measurements say what was measured: the page comes from the data, all of it."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from lod.base.inputs import records
from lod.model.question import Question
from lod.sources.forms import read_record
from tests.bench.changing import ADDED, change
from tests.bench.page import BOUNDS, HERE, KEPT, page
from tests.bench.watching import observe, watch
from tests.support.synthetic.forms import write_zip

MEASURED = json.loads((HERE / KEPT).read_text("utf-8"))


def questions(archive: Path) -> dict[str, Question]:
    """What the records of an archive say, by uid."""
    read = (read_record(record).reading for record in records([archive]))
    return {r.question.uid: r.question for r in read if r}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[str]]:
    """An archive of sixty records, the same with four of them changed, and which these are."""
    folder = tmp_path_factory.mktemp("nightly")
    old, new = folder / "old.zip", folder / "new.zip"
    write_zip(old, 60)
    return old, new, change(old, new, 4)


def test_the_page_is_made_from_the_data() -> None:
    """No figure is typed: what is committed is what the committed data makes."""
    assert (HERE / "README.md").read_text("utf-8") == page(MEASURED)


def test_the_page_tells_each_row_and_judges_it() -> None:
    """A figure stands on the page; what must hold holds or does not, or was not measured."""
    few, many = ({"records": "generated", "count": count} for count in (5_000, 45_000))
    work = {"wall": 40.0, "cpu": 90.0, "peak": 2 << 30, "files": 54_000}
    rows = [
        many | work | {"what": "build"}, many | work | {"what": "oxigraph load", "wall": 10.0},
        few | {"what": "API", "p50": 7.77, "p95": 10.0, "peak": 1 << 20},
        many | {"what": "API", "p50": 8.0, "p95": 20.0, "peak": 1 << 20},
    ]  # fmt: skip
    text = page(MEASURED | {"rows": rows})
    for line in (
        "| processor a record of a build | holds | ≤ 5 ms | 2 |",
        "| memory of a build | **does not hold** | ≤ 1.3 GiB | 2 |",
        "| a build, against `oxigraph load` of its triples | holds | ≤ 9 × | 4 |",
        "| API of 45,000 against 5,000 records, p95 | **does not hold** | ≤ 1.5 × | 2 |",
        "| search of 45,000 against 5,000 records, p95 | not measured | ≤ 1.5 × | – |",
        "| API | generated | 5,000 | 7.77 | 10 | 1 |",
        "| build | generated | 45,000 | – | 40 | 90 | 2 | 2,048 | – |",
    ):
        assert line in text
    assert text.count("≤") == len(BOUNDS)


def test_ratios_to_loads_are_told_of_a_steady_machine_alone() -> None:
    """An update stands between two loads, and is compared with their mean; if the machine was a
    quarter slower at the end, nothing is said.
    """
    took = {"records": "generated", "count": 45_000, "cpu": 9.0, "peak": 1 << 30}
    walls = [("build", 40), ("oxigraph load", 10), ("update", 22), ("oxigraph load", 12),
             ("update, a day later", 36), ("oxigraph load", 12)]  # fmt: skip
    rows = [took | {"what": what, "wall": wall} for what, wall in walls]
    words = ("a build, against", "an update, against", "an update a day later, against")

    def compared() -> list[str]:
        lines = page(MEASURED | {"rows": rows}).splitlines()
        return [line.split(" | ")[-1] for w in words for line in lines if line.startswith(f"| {w}")]

    assert compared() == ["4 |", "2 |", "3 |"]
    rows[-1]["wall"] = 12.5
    assert compared() == ["– |"] * 3


def test_an_update_may_be_of_a_later_day(changed: tuple[Path, Path, list[str]]) -> None:
    """The same records change, and the answers are of the day that is named."""
    old, new, uids = changed
    later, day = new.with_name("later.zip"), date(2030, 1, 1)
    assert change(old, later, 4, day) == uids
    told = questions(later)
    assert [told[uid].date_reponse for uid in uids[1::2]] == [day, day]


def test_an_update_changes_what_it_says(changed: tuple[Path, Path, list[str]]) -> None:
    """Half have a longer text, half an answer; all others are the same bytes."""
    old, new, uids = changed
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new) as after:
        names = before.namelist()
        assert names == after.namelist()
        different = [name for name in names if before.read(name) != after.read(name)]
    assert [Path(name).stem for name in different] == uids and len(uids) == 4
    was, is_ = questions(old), questions(new)
    assert len(is_) == 60
    lengthened, answered = uids[::2], uids[1::2]
    for uid in lengthened:
        assert (is_[uid].texte or "").endswith(ADDED)
    for uid in answered:
        assert not was[uid].reponses and ADDED in (is_[uid].reponses[0].texte or "")
        assert is_[uid].cloture


def test_a_command_that_fails_is_no_measurement() -> None:
    """Figures of a program that failed would be those of something else."""
    assert watch("-c", "print('done')").output == "done"
    with pytest.raises(SystemExit, match="exit 3"):
        observe(["sh", "-c", "exit 3"])
