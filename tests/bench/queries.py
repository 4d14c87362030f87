"""How long each query of the site takes: `python -m tests.bench.queries [COUNT [NAME]…]`.

Seconds by the clock, one query after the other, on a release of generated questions that are spread
over a legislature, put to the ministries of their days, under its headings, some of which are far
commoner than others. None may take more than a fifth of the time that the server gives to a query;
one that takes longer than all of that is stopped.
"""

import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import fields, replace
from pyoxigraph import QuerySolutions

from lod.base.settings import Settings
from lod.build import build
from lod.model.question import Organe, Question
from lod.publish.query_catalogue import standalone_queries
from lod.publish.release import current
from lod.rdf.store import open_store
from lod.reference.executive_tables import from_tables
from lod.reference.tables import rubriques
from tests.bench.results import BUILD
from tests.support.synthetic.forms import FORMS
from tests.support.synthetic.lives import questions

FORM, COUNT = "JSON L15", 45_000  # some queries ask of the 15th legislature
WEEKS = 200  # that the generated questions, which are of one year, are spread over
GIVEN = 10  # seconds of a query, as `lod serve` has it
MOST = GIVEN / 5
ASKED = "--one"  # runs one query alone, in a process that can be stopped


def later(value: Any, by: timedelta) -> Any:
    """Return a value of the model with all its days later by so much."""
    if isinstance(value, date):
        return value + by
    if isinstance(value, tuple):
        return tuple(later(one, by) for one in value)
    if isinstance(value, Struct):
        return replace(value, **{f.name: later(getattr(value, f.name), by) for f in fields(value)})
    return value


def true_to_their_days(made: Iterator[Question], rng: Random) -> Iterator[Question]:
    """Yield questions of other days, whose ministries and headings are those of tables."""
    ministries = from_tables().ministries.values()
    for early in made:
        question = later(early, timedelta(weeks=rng.randrange(WEEKS)))
        headings = rubriques()[question.legislature]
        attributions = tuple(
            replace(
                step,
                ministere=rng.choice([
                    Organe(libelle=m.abrege, libelle_long=m.libelle, ref=m.ref)
                    for m in ministries
                    if step.jo and m.covers(step.jo.jour)
                ]),
            )
            for step in question.attributions
        )  # fmt: skip
        yield replace(
            question,
            attributions=attributions,
            ministere_interroge=attributions[0].ministere,
            ministere_repondant=attributions[-1].ministere if question.reponses else None,
            rubrique=rng.choices(headings, [(k + 1) ** -0.8 for k in range(len(headings))])[0],
        )


def release(count: int) -> Path:
    """Return the folder of a release of so many questions, made once."""
    folder = BUILD / f"queries-{count}"
    if not (folder / "current").exists():
        folder.mkdir(parents=True, exist_ok=True)
        rng, form = Random(1), FORMS[FORM]
        records = folder / "records.zip"
        with zipfile.ZipFile(records, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for question in true_to_their_days(questions(count, 1, form.legislature), rng):
                name = f"{form.suffix}/{question.uid}.{form.suffix}"
                archive.writestr(name, form.write(question, rng))
        build([records], folder, Settings(), jobs=2)
    return folder


def ask(folder: Path, name: str) -> None:
    """Run one query, and print its seconds and rows."""
    store = open_store(current(folder) / "store")
    began = time.perf_counter()
    found = store.query(standalone_queries()[name].text)
    assert isinstance(found, QuerySolutions), name
    rows = sum(1 for _ in found)
    print(time.perf_counter() - began, rows)


def main(count: int = COUNT, *names: str) -> None:
    """Print what queries take: all that are not about one resource, or those with the names."""
    folder, late = release(count), 0
    for name in names or standalone_queries():
        one = [sys.executable, "-m", "tests.bench.queries", ASKED, str(folder), name]
        try:
            done = subprocess.run(one, check=True, capture_output=True, text=True, timeout=GIVEN)
            seconds, rows = done.stdout.split()
        except subprocess.TimeoutExpired:
            seconds, rows = f"{GIVEN}", "no"
        is_late = float(seconds) > MOST
        late += is_late
        print(f"{float(seconds):6.2f} s  {name}: {rows} rows{', LATE' * is_late}", flush=True)
    print(f"{len(names or standalone_queries())} queries, {late} over {MOST:g} s")


if __name__ == "__main__":
    if sys.argv[1:2] == [ASKED]:
        ask(Path(sys.argv[2]), sys.argv[3])
    else:
        main(*map(int, sys.argv[1:2]), *sys.argv[2:])
