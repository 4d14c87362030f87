"""Ten random updates, each on top of the one before, come to what full builds come to."""

import shutil
import zipfile
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

import orjson
import pytest

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.questions.previous import KEPT_FILE
from lod.pipeline.questions.question_db import QUESTIONS_FILE
from lod.publish.release import current, manifest
from lod.rdf.store import open_store
from tests.bench.changing import answer, lengthen
from tests.support.comparing import assert_same
from tests.support.repository import Change, Question
from tests.support.synthetic.forms import write_zip

UPDATES, EVERY = 10, 3  # every third update is compared with a full build, the last one, too
FIRST, CHANGED = 30, 3  # records of the first release, those that an update changes
Members = dict[str, bytes]


def reopen(question: Question) -> None:
    """Take its answer from a question."""
    question["textesReponse"] = question["cloture"] = None


def changed(members: Members, later: Members, day: date, chance: Random) -> Members:
    """Return records with some changed, one more, and sometimes one less; `later` are those that
    may come, `day` is that of a new answer.
    """
    changes: list[Change] = [lengthen, reopen, partial(answer, on=day)]
    found = members | dict(later.popitem() for _ in range(chance.randrange(2)))
    for name in chance.sample(sorted(found), CHANGED):
        record = orjson.loads(found[name])
        chance.choice(changes)(record["question"])
        found[name] = orjson.dumps(record)
    if chance.random() < 0.2:
        del found[chance.choice(sorted(found))]
    return found


def pack(archive: Path, members: Members) -> None:
    with zipfile.ZipFile(archive, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


@pytest.mark.slow
def test_updates_come_to_what_full_builds_come_to(tmp_path: Path) -> None:
    """Every third time: every byte of pages, dumps and tables, every triple of the store, every row
    and every word of the index, whatever was taken over, copied or amended.
    """
    archive, out, full = (tmp_path / name for name in ("records.zip", "out", "full"))
    write_zip(archive, "JSON L17", FIRST + UPDATES)
    with zipfile.ZipFile(archive) as file:
        records = sorted((name, file.read(name)) for name in file.namelist())
    members, later, chance = dict(records[:FIRST]), dict(records[FIRST:]), Random(41)
    pack(archive, members)
    build([archive], out, Settings())
    reused, amended = 0, 0
    for number in range(UPDATES):
        day = date.fromisoformat(manifest(current(out))["donnees_au"])
        members = changed(members, later, day + timedelta(days=number % 2), chance)
        pack(archive, members)
        if is_compared := number % EVERY == 0:
            shutil.copytree(out, full, symlinks=True)
            for name in (QUESTIONS_FILE, KEPT_FILE):  # without these nothing is taken over
                (current(full) / name).unlink()
        reused += build([archive], out, Settings()).reused
        store = current(out) / "store"
        amended += any(path.stat().st_nlink > 1 for path in store.glob("*.sst"))
        if is_compared:
            build([archive], full, Settings())
            assert_same(current(out), current(full), is_later=True)
            assert set(open_store(store)) == set(open_store(current(full) / "store"))
            shutil.rmtree(full)
    assert amended > UPDATES // 2 and reused > 40 * UPDATES
