"""The log of `lod fetch`: archives that stand still, shrink, lose a type of question."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lod.extensions.fetch.download import ArchiveRow, Fetched, fetch
from lod.extensions.fetch.oddities import LONGEST_PAUSE, Oddity, oddities
from lod.extensions.fetch.watch import watch
from lod.pipeline.reading.archive_log import LOG, read_log
from tests.extensions.fetch.kills import serving
from tests.support.programs import lod
from tests.support.repository import Depot, archive_of_questions, running, saying, zipped

NAME = "Questions_gouvernement.json.zip"
ARCHIVE = f"17/{NAME}"
D = date.fromisoformat
SITTING, LATER, MUCH_LATER = D("2026-01-20"), D("2026-02-24"), D("2026-02-25")


class Nights:
    """One archive, asked for on one day after the other."""

    def __init__(self, depot: Depot, folder: Path) -> None:
        self.depot, self.folder, self.log = depot, folder, folder / "17" / LOG

    def __call__(self, day: date, body: bytes, modified: str = "") -> list[str]:
        self.depot.script = [serving(body, Last_Modified=modified)]
        row = ArchiveRow(legislature="17", type="qg", forme="json", chemin=f"x/{NAME}", md5="")
        [outcome] = fetch([row], self.folder, self.depot.base)
        assert isinstance(outcome, Fetched), outcome
        told = [*watch(outcome, self.folder, day)]
        assert outcome.path.read_bytes() == body  # whatever is strange, the archive is kept
        return [line.removeprefix(f"{outcome.path}: ") for line in told]

    def oddities(self) -> list[tuple[Oddity, date]]:
        checks, findings = read_log(self.log)
        assert not findings
        return [(one.oddity, one.since) for one in oddities(checks)]


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with running() as depot:
        yield Nights(depot, tmp_path)


def test_a_check_is_a_line_of_the_log(nights: Nights) -> None:
    """Archive, days, bytes, SHA-256, records by type; once more for a second check without news."""
    body = archive_of_questions(SITTING, QG=3, QE=2)
    assert nights(SITTING, body, "Tue, 20 Jan 2026 23:30:00 +0100") == []
    assert nights(SITTING, body) == []
    first, second = map(json.loads, nights.log.read_text("utf-8").splitlines())
    assert first == second
    assert first.pop("sha256") and first == {
        "archive": ARCHIVE, "checked": "2026-01-20", "modified": "2026-01-20", "bytes": len(body),
        "records": {"QE": 2, "QG": 3}, "until": "2026-01-20",
    }  # fmt: skip
    assert nights.log.name.startswith(".")  # no build takes it for records


def test_an_archive_that_stops_changing_is_told_of(nights: Nights) -> None:
    """Not after a pause that is usual, but one day later; and no more once it goes on."""
    body = archive_of_questions(SITTING, QG=3)
    modified = "Tue, 20 Jan 2026 08:00:00 GMT"
    assert (LATER - SITTING).days == LONGEST_PAUSE
    assert nights(SITTING, body, modified) == nights(LATER, body, modified) == []
    [told] = nights(MUCH_LATER, body, modified)
    assert told == (
        "has not changed since 2026-01-20, more than 35 days of the session; look on "
        "https://data.assemblee-nationale.fr/ whether it has moved, or write to the Assemblée"
    )
    assert nights.oddities() == [(Oddity.STILL, SITTING)]
    assert nights(MUCH_LATER, archive_of_questions(MUCH_LATER, QG=4)) == []
    assert nights.oddities() == []


def test_an_archive_that_is_only_packed_anew_stands_still(nights: Nights) -> None:
    nights(SITTING, archive_of_questions(SITTING, QG=3))
    [told] = nights(MUCH_LATER, archive_of_questions(SITTING, QG=4))
    assert told.startswith("is renewed, but no record names a day after 2026-01-20, more than 35")
    assert nights.oddities() == [(Oddity.OLD, SITTING)]
    nights(MUCH_LATER, archive_of_questions(D("2062-01-20"), QG=5))
    # a misprint does not hide that nothing is new
    assert read_log(nights.log)[0][-1].until is None


def test_nothing_is_late_when_the_assemblee_does_not_sit(nights: Nights) -> None:
    """July to September do not count: 35 days of June and October do."""
    body = archive_of_questions(D("2025-06-20"), QG=3)
    modified = "Fri, 20 Jun 2025 08:00:00 GMT"
    nights(D("2025-06-20"), body, modified)
    assert nights(D("2025-10-25"), body, modified) == []
    assert len(nights(D("2025-10-26"), body, modified)) == 1


def test_an_ended_legislature_may_stand_still(nights: Nights) -> None:
    nights(SITTING, archive_of_questions(SITTING, QG=3))
    nights(MUCH_LATER, archive_of_questions(SITTING, QG=3))
    text = nights.log.read_text("utf-8")
    assert nights.oddities()
    nights.log.write_text(text.replace('"17/', '"16/'), "utf-8")
    assert not nights.oddities()


def test_an_archive_that_shrinks_is_told_of_until_it_is_whole_again(nights: Nights) -> None:
    """Since the first day on which records were missing; other types are not named."""
    nights(D("2026-01-06"), archive_of_questions(D("2026-01-06"), QG=3, QE=2))
    [told] = nights(D("2026-01-07"), archive_of_questions(D("2026-01-06"), QG=2, QE=2))
    assert told == (
        "has 2 QG since 2026-01-07, it had 3; compare with "
        "https://data.assemblee-nationale.fr/, and if that is right, remove its lines before that "
        f"day from {nights.log}"
    )
    nights(D("2026-01-08"), archive_of_questions(D("2026-01-06"), QG=1, QE=2))
    assert nights.oddities() == [(Oddity.SMALLER, D("2026-01-07"))]
    assert nights(D("2026-01-09"), archive_of_questions(D("2026-01-06"), QG=3, QE=2)) == []
    assert nights.oddities() == []


def test_fewer_bytes_are_told_of_if_no_record_is_missing(nights: Nights) -> None:
    whole, file = archive_of_questions(SITTING, QG=3), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.infolist():
            new.writestr(member, old.read(member), zipfile.ZIP_DEFLATED)
    shorter = file.getvalue()
    nights(SITTING, whole)
    [told] = nights(SITTING, shorter)
    assert told.startswith(f"has {len(shorter)} bytes since 2026-01-20, it had {len(whole)};")


def test_a_type_that_vanishes_is_told_of_until_it_comes_back(nights: Nights) -> None:
    nights(D("2026-01-06"), archive_of_questions(D("2026-01-06"), QG=3, QOSD=2))
    [told] = nights(D("2026-01-07"), archive_of_questions(D("2026-01-06"), QG=9))
    assert told.startswith("has no QOSD since 2026-01-07, it had 2; compare with https://data.")
    assert nights.oddities() == [(Oddity.LOST, D("2026-01-07"))]
    assert nights(D("2026-01-08"), archive_of_questions(D("2026-01-06"), QG=9, QOSD=2)) == []


def test_a_log_that_broke_off_costs_its_last_line(nights: Nights) -> None:
    """The half line is named with its place; the next check stands on a line of its own."""
    body = archive_of_questions(SITTING, QG=3)
    nights(SITTING, body)
    whole = nights.log.read_bytes()
    nights.log.write_bytes(whole + whole[: len(whole) // 2])
    for _ in range(2):
        [told] = nights(SITTING, body)
        assert told.startswith(f"{nights.log}:2: no check of an archive (")
        assert told.endswith("; remove the line")
    checks, _ = read_log(nights.log)
    assert len(checks) == 3 and nights.log.read_bytes().startswith(whole)


LINES = (
    b"\xff\xfe", b"[]", b"null", b"{}", b"{" * 100_000, b"[" * 100_000, b"9" * 5000,
    b'{"archive":1}', b'{"x":' * 50_000, b'{"archive":"17/a","checked":"2026-02-30"}', b"NaN",
    b"\0" * 100,
)  # fmt: skip
WRONG = {
    "archive": ("../../etc/passwd", "17/\u202e.zip", "17/" + "a" * 999, "", None, "/17/a.zip"),
    "checked": ("2026-02-30", "", None, 5, "99999-01-01"),
    "modified": ("yesterday", 1),
    "bytes": (-1, 2**60, 10**400, 1.5, "1", True),
    "sha256": ("", "0" * 63, "G" * 64, None),
    "records": ({"QX": 1}, {"QG": -1}, {"QG": "<b>"}, [], None),
    "until": (0, "2026"),
}


def test_a_hostile_log_is_told_of_line_by_line(nights: Nights) -> None:
    """Each bad line with its file and number; the good ones count, and nothing breaks."""
    nights(SITTING, archive_of_questions(SITTING, QG=3))
    good = json.loads(nights.log.read_text("utf-8"))
    wrong = [json.dumps(good | {k: v}).encode() for k, values in WRONG.items() for v in values]
    lines = [*LINES, *wrong]
    nights.log.write_bytes(b"\n".join([*lines, json.dumps(good).encode()]))
    checks, findings = read_log(nights.log)
    assert len(checks) == 1 and len(findings) == len(lines)
    assert [f.where.line for f in findings] == [*range(1, len(lines) + 1)]
    assert all("\n" not in str(f) and len(str(f)) < 1000 for f in findings)
    told = nights(SITTING, archive_of_questions(SITTING, QG=2))
    assert len(told) == len(lines) + 1 and told[-1].startswith("has 2 QG since")


def test_days_far_apart_take_no_time(nights: Nights) -> None:
    nights(SITTING, archive_of_questions(SITTING, QG=3))
    good = json.loads(nights.log.read_text("utf-8"))
    days = {"checked": "9999-12-31", "modified": "0001-01-01", "until": "0001-01-01"}
    nights.log.write_text(json.dumps(good | days), "utf-8")
    assert nights.oddities() == [(Oddity.STILL, date.min)]


def test_the_command_warns_and_exits_0(tmp_path: Path) -> None:
    """What is strange stands on standard error; the last line says that the status is as it is."""
    today = date.today()
    bodies = [archive_of_questions(today, QG=3, QE=1), archive_of_questions(today, QG=2)]
    with running() as depot:
        for number, body in enumerate(bodies):
            depot.script = [serving(body)]
            asked = ("17", "--types", "qg", "--to", tmp_path, "--from", depot.base)
            done = lod("fetch", *asked)
            assert done.exit_code == 0
            assert done.stderr.count(f"warning: {tmp_path / ARCHIVE}: has ") == 2 * number
    assert done.stdout.splitlines()[-1] == (
        "1 fetched, 0 resumed, 0 unchanged, 0 failed, "
        f"2 warnings, exit status unchanged; {tmp_path}"
    )
    assert f"has no QE since {today}, it had 1; compare with" in done.stderr


def test_deputies_and_bodies_are_no_questions(nights: Nights) -> None:
    row = ArchiveRow(legislature="", type="amo30", forme="json", chemin="x/AMO30.zip", md5="")
    nights.depot.script = [saying(200, zipped(b'{"acteur": {"uid": "PA1"}}'))]
    [outcome] = fetch([row], nights.folder, nights.depot.base)
    assert isinstance(outcome, Fetched)
    assert [*watch(outcome, nights.folder, MUCH_LATER)] == []
    [check], _ = read_log(nights.folder / "amo" / LOG)
    assert (check.records, check.until, check.modified) == ({}, None, None)
