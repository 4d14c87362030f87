"""No record stops a build or moves the day of the data; what is withheld is gone at once."""

import json
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from msgspec.structs import replace

from lod.base.errors import UsageError
from lod.base.inputs import Record
from lod.base.settings import Settings
from lod.model.question import JO
from lod.pipeline.reading.given import given
from lod.pipeline.reading.intake import ENOUGH_TO_COMPARE, IntakeRecord, RecordFacts
from lod.pipeline.reading.reference_data import ReferenceData, read_reference_data
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.report.setbacks import misprints, setbacks
from lod.publish.release import least_persons
from lod.rdf.deadlines import RECESS
from lod.reference.tables import latest_day, legislature_end
from lod.sources.forms import read_record
from tests.support.chantier import D, question
from tests.support.paths import GOOD
from tests.support.server_data import point, publish, serving

DAY = timedelta(days=1)
LAST = date(2025, 7, 1)


def facts_of(*days: date, legislature: int = 17) -> RecordFacts:
    """Facts of enough questions of LAST and the day before, and of one for each of these days."""
    before = [LAST - DAY * (n % 2) for n in range(ENOUGH_TO_COMPARE)]
    facts = RecordFacts()
    for number, day in enumerate([*before, *days], start=1):
        uid = f"QANR5L{legislature}QE{number}"
        facts.add(IntakeRecord("x", "x", 1, "", uid, legislature=legislature, last_day=day))
    facts.leave_out_misprints()
    return facts


@pytest.mark.parametrize(
    ("days", "legislature", "until"),
    [
        ([LAST + RECESS], 17, LAST + RECESS),  # a recess may be so long
        ([LAST + RECESS + DAY], 17, LAST),
        ([date(2028, 3, 1), date(2027, 3, 1)], 17, LAST),  # each is alone
        ([date(2028, 3, 1)] * 2, 17, date(2028, 3, 1)),  # two of one day are no misprint
        ([date(2028, 3, 1)], 16, date(2028, 3, 1)),  # it has ended: nothing waits for this day
    ],
)
def test_one_question_far_ahead_does_not_say_how_far_the_data_goes(
    days: list[date], legislature: int, until: date
) -> None:
    """It is told, so that `--strict` fails; of fewer questions, nobody can tell."""
    facts = facts_of(*days, legislature=legislature)
    assert facts.dated(ReferenceData()).data_until == {legislature: until}
    left_out = {str(day) for day in days if day > until}
    told = [*misprints(BuildReport(ahead=facts.ahead))]
    assert len(told) == len(left_out) and all(any(day in line for line in told) for day in left_out)


def test_an_answer_just_after_the_end_of_a_legislature_counts() -> None:
    """The Journal officiel prints some for days after it; one of years later is a misprint."""
    end = legislature_end(16)
    assert end == D("2024-06-09")
    for day, latest in (("2024-06-11", "2024-06-11"), ("2028-03-01", "2024-05-07")):
        q = question("2024-05-07", legislature=16, parutions=(JO(jour=D("2024-05-07")),))
        flagged = replace(q, renouvellements=(JO(jour=D(day)),))
        assert latest_day(flagged) == D(latest)


def test_a_title_of_a_thousand_accents_is_refused_when_it_is_read() -> None:
    """By value and line: later it would end a build, and take every other record with it."""
    record = json.loads(GOOD.read_text("utf-8"))
    title = "a" * 4100 + "e" + "\u0301" * 1000
    record["question"]["indexationAN"]["analyses"]["analyse"] = title
    [remark] = read_record(Record("x.json", "x.json", json.dumps(record).encode())).reasons
    assert "analyse: a letter with more than 1000 accents" in str(remark)


def test_archives_without_persons_are_refused(tmp_path: Path) -> None:
    """With bodies alone, groups of the day would come from older tables, and nobody would know."""
    organe = {"organe": {"uid": "PO800538", "codeType": "GP", "libelle": "Groupe", "viMoDe": {}}}
    with ZipFile(tmp_path / "amo.zip", "w") as archive:
        archive.writestr("json/organe/PO800538.json", json.dumps(organe))
    with pytest.raises(UsageError, match="no acteur"):
        read_reference_data(Settings(), given([], [tmp_path / "amo.zip"]))


def test_far_fewer_persons_than_before_are_told(tmp_path: Path) -> None:
    told = {"id": "a", "base": "http://x/", "donnees_au": "2025-01-01", "acteurs": 600}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    assert (least_persons(tmp_path), least_persons(None)) == (540, 0)
    [line] = setbacks(BuildReport(fewer_persons=20), date.max)
    assert line.startswith("the archives of deputies have 20 persons")


def test_what_is_withheld_is_gone_at_the_first_request(tmp_path: Path) -> None:
    """The server looks at `current` before it answers, and waits while the release is opened."""
    manifest = publish(tmp_path, "r2") / "manifest.json"
    withheld = {"retenues": {"QANR5L15QE43349": "demande"}}
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | withheld))
    publish(tmp_path)
    with serving(tmp_path) as server:
        path = "/question/QANR5L15QE43349.html"
        assert [server.ask(path).status for _ in range(2)] == [200, 200]
        point(tmp_path, "r2")
        server.front.look()  # begins to open it
        assert server.ask(path).status == 410


def test_a_release_that_does_not_open_is_told_from_none(tmp_path: Path) -> None:
    """The operator is led to the remedy; before the first publication there is nothing to mend."""
    with serving(tmp_path / "nothing") as server:
        assert b"aucune-version" in server.ask("/api/", Accept="application/json").body
    (publish(tmp_path) / "store" / "CURRENT").write_bytes(b"")
    with serving(tmp_path) as server:
        assert b"version-fermee" in server.ask("/api/", Accept="application/json").body
