"""What is due, as it is served and exported: a page for whom it concerns, and calendars."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import html
from werkzeug.test import Client

from lod.extensions.deadlines.due import FLAGGED, KINDS, LATER, TO_FLAG, DueQuestion, subjects
from lod.extensions.deadlines.files import SHOWN
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE
from tests.extensions.deadlines.support import events
from tests.support.paths import BASE
from tests.support.programs import need, output
from tests.support.server_data import client_of, serving
from tests.support.suites import VENV

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(sample: Path) -> Iterator[Client]:
    with serving(sample, workers=1) as server:
        yield client_of(server)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(data.decode().splitlines())]


def test_what_is_due_is_what_waits(client: Client, sample: Path) -> None:
    """All that the store says to be waiting with a due date, and nothing else, and once."""
    text = f"""PREFIX qp: <{NAMESPACE}> SELECT ?q ?limite {{
      ?q qp:dateLimite ?limite . FILTER NOT EXISTS {{ ?q qp:dateReponse ?r }}
      FILTER NOT EXISTS {{ ?q qp:dateRetrait ?t }}
      FILTER NOT EXISTS {{ ?q qp:statut qp:statut-sans-reponse }} }}"""
    waiting = {
        row["q"]: row["limite"] for row in select(open_store(current(sample) / "store"), text)
    }
    rows = rows_of(client.get("/echeances.csv").data)
    assert len(rows) == len(waiting) > 20
    assert {row["question"]: row["limite"] for row in rows} == waiting
    assert [row["echeance"] for row in rows] == sorted(row["echeance"] for row in rows)
    told = json.loads(client.get("/echeances.json").data)
    day = told["donnees_au"]
    assert [row["question"] for row in told["echeances"]] == [row["question"] for row in rows]
    for row in rows:
        assert (row["etat"] in (TO_FLAG, FLAGGED)) == (row["echeance"] < day)
    assert {TO_FLAG, LATER} <= {row["etat"] for row in rows}


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_has_a_page(client: Client, kind: str) -> None:
    """What is due of all, divided by ministry, group or deputy, and each part in all forms."""
    whole = [DueQuestion(**row) for row in rows_of(client.get("/echeances.csv").data)]
    parts = [*subjects(whole, kind)]
    assert len(parts) > 1
    for part in parts:
        mine = [row for row in whole if getattr(row, KINDS[kind][0]) == part.iri]
        assert part.due == mine
        told = client.get(f"/{part.path}.csv")
        assert told.mimetype == "text/csv"
        assert [row["question"] for row in rows_of(told.data)] == [row.question for row in mine]
        assert len(events(client.get(f"/{part.path}.ics").data)) == len(mine)
        for end, words in (("", "D’après les données|d’après les données"), (".en", "as of")):
            answer = client.get(f"/{part.path}{end}.html")
            assert answer.status_code == 200 and re.search(words, answer.text)
            page = html.document_fromstring(answer.text)
            links = page.xpath("//ol//a/@href")
            assert len(links) == len(mine) <= SHOWN
            numbers = page.xpath("//dl[@class='chiffres']//data/@value")
            assert [int(number) for number in numbers] == [*part.counts().values()]


def test_the_page_of_all_leads_to_each(client: Client) -> None:
    """By tables of ministries and of groups, whose numbers add up."""
    page = html.document_fromstring(client.get("/echeances.html").text)
    totals = [int(n) for n in page.xpath("//dl[@class='chiffres']//data/@value")]
    for kind in ("ministere", "groupe"):
        rows = page.xpath(f"//section[@id='par-{kind}']//tbody/tr")
        numbers = [[int(n) for n in row.xpath(".//data/@value")] for row in rows]
        with_subject = [sum(column) for column in zip(*numbers, strict=True)]
        assert with_subject == totals or kind == "groupe"  # some authors have no group
        for row in rows:
            [link] = row.xpath(".//a/@href")
            assert client.get(urljoin("/echeances.html", link)).status_code == 200


def test_pages_of_things_lead_there(client: Client) -> None:
    """If they have anything due, and else not."""
    whole = [DueQuestion(**row) for row in rows_of(client.get("/echeances.csv").data)]
    for kind in KINDS:
        part = next(subjects(whole, kind))
        text = client.get(f"{urlsplit(part.iri).path}.html").text
        assert f"../{part.path}.html" in text and f"../{part.path}.ics" in text
    assert "echeances/depute" not in client.get("/depute/PA718926.html").text
    empty = client.get("/echeances/depute/PA718926.html")
    assert empty.status_code == 200 and "Aucune réponse n’est attendue." in empty.text
    assert "Pierre Dharréville" in empty.text
    assert events(client.get("/echeances/depute/PA718926.ics").data) == []


def test_answers_can_be_kept(client: Client) -> None:
    """Type, language, tag, 304; the right address of what has none."""
    path = "/echeances/depute/PA1567"
    for form, media in (("ics", "text/calendar"), ("json", "application/json"),
                        ("atom", "application/atom+xml"), ("html", "text/html")):  # fmt: skip
        answer = client.get(f"{path}.{form}")
        assert (answer.status_code, answer.mimetype) == (200, media)
        known = client.get(f"{path}.{form}", headers={"If-None-Match": answer.headers["ETag"]})
        assert known.status_code == 304
    assert client.get(f"{path}.en.ics").headers["Content-Language"] == "en"
    assert client.get("/echeances.ics").mimetype == "text/calendar"
    led = client.get(path, headers={"Accept-Language": "en"})
    assert (led.status_code, led.headers["Location"]) == (302, f"{path}.en.html")
    assert not feedparser.parse(client.get(f"{path}.atom").data).bozo
    browser = client.get(f"{path}.atom", headers={"Accept": "text/html"})
    assert browser.mimetype == "text/html" and "feed:" in browser.text


@pytest.mark.parametrize(
    "path",
    ["depute/PA0.html", "ministere/PO0.ics", "depute/PA1567.en.csv", "depute/PA1567.en",
     "depute/PA1567/a-signaler/page-2.html", "depute/PA1567/a-signaler.ics", "rubrique/x.html",
     "a-signaler.csv", "page-2.html", "depute/..%2F..%2Fmanifest.html", "depute.html"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    """Neither a resource that is not there, nor a form or a page of a list."""
    assert client.get(f"/echeances/{path}").status_code == 404


def test_an_export_has_the_same_files(client: Client, sample_files: Path) -> None:
    """Each page and form to the byte; its links lead to files."""
    found = sorted(p for p in (sample_files / "echeances").rglob("*") if p.is_file())
    counted = Counter("".join(path.suffixes) for path in found)
    assert counted[".html"] == counted[".en.html"] == counted[".ics"] == counted[".csv"] > 10
    for path in found:
        place = path.relative_to(sample_files).as_posix()
        assert client.get(f"/{place}").data == path.read_bytes(), place
        if path.suffix == ".html":
            page = html.document_fromstring(path.read_bytes())
            for link in map(str, page.xpath("//main//a/@href")):
                parts = urlsplit(urljoin(f"{BASE}{place}", link))
                if link.startswith("#") or not parts.netloc.startswith("localhost"):
                    continue
                assert (sample_files / parts.path[1:]).is_file(), (place, link)


READ = """
import json, sys
from pathlib import Path
from icalendar import Calendar
told = []
for path in map(Path, sys.argv[1:]):
    calendar = Calendar.from_ical(path.read_bytes())
    for event in calendar.walk("VEVENT"):
        day = event.decoded("DTSTART").isoformat()
        told.append([path.name, event["UID"], day, event["SUMMARY"], len(event.errors)])
    assert not calendar.errors
print(json.dumps(told))
"""


@pytest.mark.tool
def test_a_reader_of_calendars_reads_ours(client: Client, sample_files: Path) -> None:
    """The package icalendar finds each question once, on its day, and no error."""
    python = need(VENV / "bin/python")
    found = sorted((sample_files / "echeances").rglob("*.ics"))
    told = json.loads(output(python, "-c", READ, sample_files / "echeances.ics", *found))
    assert all(errors == 0 for *_, errors in told)
    rows = {row["question"]: row for row in rows_of(client.get("/echeances.csv").data)}
    days = {uid: day for name, uid, day, *_ in told if name == "echeances.ics"}
    expected = {iri.rpartition("/")[2]: row["echeance"] for iri, row in rows.items()}
    assert {uid.partition("-")[0]: day for uid, day in days.items()} == expected
    # a ministry, a deputy, perhaps a group, in two languages
    subjects_of = [[*filter(None, (row[c] for c, _ in KINDS.values()))] for row in rows.values()]
    assert len(told) == len(rows) + 2 * sum(map(len, subjects_of))


def test_days_stand_in_their_order(client: Client) -> None:
    """Each day once in a list, the days of a list in order."""
    page = html.document_fromstring(client.get("/echeances.html").text)
    sections = page.xpath("//section[@class='jours']")
    assert len(sections) >= 2
    for section in sections:
        days = section.xpath("./h3/time/@datetime")
        is_late = section.get("id") in (TO_FLAG, FLAGGED)
        assert all((a > b) if is_late else (a < b) for a, b in pairwise(days))
