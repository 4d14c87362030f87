"""What is due: states, calendars, feeds and lists, of invented rows; served and exported."""

import csv
import json
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import html
from werkzeug.test import Client

from lod.extensions.deadlines.due import (
    FLAGGED,
    KINDS,
    LATER,
    STATES,
    TO_FLAG,
    WITHIN_DAYS,
    DueQuestion,
    due_questions,
    of_all,
    of_subject,
    subjects,
)
from lod.extensions.deadlines.due_calendar import MOST, calendar
from lod.extensions.deadlines.files import ENTRIES, PER_PAGE, SHOWN, feed_entries, list_parts
from lod.publish.publication import Publication
from lod.publish.release import current
from lod.rdf.store import Row, open_store, select
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering.language import written_in
from lod.website.rendering.static_pages import StaticTree
from tests.support.paths import BASE
from tests.support.programs import need, output
from tests.support.suites import VENV

DAY = date(2026, 7, 7)
PRINTED = Publication(BASE, "Éd.", DAY)
MINISTRY = f"{BASE}ministere/PO1"
CASES = [  # day of the deadline and of the flag, from the last day of the data on → state
    (0, None, WITHIN_DAYS), (7, None, WITHIN_DAYS), (8, None, LATER), (-1, None, TO_FLAG),
    (-400, None, TO_FLAG), (-30, 0, LATER), (-30, -3, WITHIN_DAYS), (-30, -10, WITHIN_DAYS),
    (-30, -11, FLAGGED),
]  # fmt: skip


def row(number: int, limit: int, flag: int | None = None, title: str = "Titre") -> Row:
    """A row of the query: days are counted from the last day of the data on."""

    def day(offset: int) -> str:
        return (DAY + timedelta(offset)).isoformat()

    flagged, until = ("", "") if flag is None else (day(flag), day(flag + 10))
    return {
        "question": f"{BASE}question/QANR5L17QE{number}", "titre": title,
        "parution": day(limit - 61), "limite": day(limit),
        "signalement": flagged, "limite_signalement": until,
        "auteur_iri": f"{BASE}depute/PA1", "auteur": "Jeanne Essai",
        "groupe_iri": f"{BASE}groupe/PO3", "groupe": "Groupe d’essai",
        "ministere_iri": MINISTRY, "ministere": "Mer",
    }  # fmt: skip


def due(*rows: Row) -> list[DueQuestion]:
    return due_questions(rows, DAY, lambda iri: f"{iri[-3:]} (2026)")


@pytest.mark.parametrize(("limit", "flag", "state"), CASES)
def test_states_follow_the_rules(limit: int, flag: int | None, state: str) -> None:
    """Two months, then ten days from the flag on; the last day of each is still in time."""
    [question] = due(row(1, limit, flag) | {"auteur": ""})
    assert question.etat == state
    expected = limit if flag is None else flag + 10
    assert question.echeance == (DAY + timedelta(expected)).isoformat()
    assert (question.ministere, question.groupe) == ("PO1 (2026)", "Groupe d’essai")
    [one] = subjects([question], "depute")  # whom no table knows is called as the site calls them
    assert (one.path, one.name, one.due) == ("echeances/depute/PA1", "PA1 (2026)", [question])


def test_lists_begin_with_what_is_nearest() -> None:
    everything = of_all(due(*(row(n, offset) for n, offset in enumerate((-9, -2, 3, 1, 20, 40)))))
    orders = {state: [d.echeance for d in everything.in_state(state)] for state in STATES}
    assert orders[TO_FLAG] == ["2026-07-05", "2026-06-28"]
    assert orders[WITHIN_DAYS] == ["2026-07-08", "2026-07-10"]
    assert orders[LATER] == ["2026-07-27", "2026-08-16"]
    assert everything.counts() == {WITHIN_DAYS: 2, TO_FLAG: 2, FLAGGED: 0, LATER: 2}


def unfolded(data: bytes) -> list[tuple[str, str]]:
    """Name, with its parameters, and value of each line, read as RFC 5545 (3.1) says."""
    assert data.endswith(b"\r\n") and b"\r\n\r\n" not in data
    lines = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\r" not in line and b"\n" not in line for line in lines)
    for line in lines:
        line.decode()  # no character is cut
    text = data.decode().replace("\r\n ", "")
    return [(name, value) for name, _, value in (line.partition(":") for line in text.splitlines())]


def events(data: bytes) -> list[dict[str, str]]:
    """The events of a calendar, each property at most once."""
    found: list[dict[str, str]] = []
    for name, value in unfolded(data):
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found:
            assert name not in found[-1] or name == "END", name
            found[-1][name] = value
    return found


def test_a_calendar_is_one_of_rfc_5545() -> None:
    """An event lasts its day; texts are escaped; the same data gives the same bytes."""
    title = "Eau, air ; sol\\terre\nété " + "é" * 90
    question = due(row(1, 3, title=title), row(2, -30, -3))
    data = calendar(of_all(question), "Échéances", PRINTED)
    assert data == calendar(of_all(question), "Échéances", PRINTED)
    head = dict(unfolded(data)[:9])
    assert head["BEGIN"] == "VCALENDAR" and head["VERSION"] == "2.0" and head["PRODID"]
    assert head["SOURCE;VALUE=URI"] == f"{BASE}echeances.ics"
    first, second = events(data)
    assert first["DTSTART;VALUE=DATE"] == "20260710" and "DTEND" not in first
    said = "Réponse attendue\u00a0: Eau\\, air \\; sol\\\\terre été éé"  # on one line
    assert first["SUMMARY"].startswith(said) and first["DESCRIPTION"].count("\\n") == 2
    assert first["UID"] == "QANR5L17QE1-echeance@localhost" and first["SEQUENCE"] == "0"
    assert first["DTSTAMP"] == second["DTSTAMP"] == "20260707T000000Z"
    # a flag has moved this one: programs move the event, and do not add another one
    assert second["DTSTART;VALUE=DATE"] == "20260714" and second["SEQUENCE"] == "1"
    assert second["UID"] == "QANR5L17QE2-echeance@localhost"
    with written_in("en"):
        english = calendar(of_all(question), "Deadlines", PRINTED)
    texts = [event["SUMMARY"] for event in events(english)]
    assert texts[1] == "Answer due: Titre"
    assert [e["UID"] for e in events(english)] == [first["UID"], second["UID"]]


READ = """
import json, sys
from pathlib import Path
from icalendar import Calendar
told = []
for path in map(Path, sys.argv[1:]):
    calendar = Calendar.from_ical(path.read_bytes())
    for event in calendar.walk("VEVENT"):
        told.append([path.name, event["UID"], str(event.decoded("DTSTART")), len(event.errors)])
    assert not calendar.errors
print(json.dumps(told))
"""


def test_a_calendar_is_bounded() -> None:
    rows = [row(n, 1 + n % 50) for n in range(1, 601)]
    rows += [row(n, -1 - n) for n in range(601, 1400)]
    found = events(calendar(of_all(due(*rows)), "É", PRINTED))
    assert len(found) == MOST
    numbers = {int(re.findall(r"QE(\d+)", event["UID"])[0]) for event in found}
    assert numbers == set(range(1, 1001))


def test_the_feed_tells_what_becomes_near_and_what_is_past() -> None:
    """On the day on which it does; never a day to come; a flag makes another entry."""
    question = due(row(1, 5), row(2, -1), row(3, -30, -3), row(4, -30, -20), row(5, 30))
    entries = feed_entries(of_all(question), PRINTED)
    told = {entry.iri.rpartition("/")[2]: entry.updated[:10] for entry in entries}
    assert told == {
        "QANR5L17QE1#echeance-2026-07-12-sous-sept-jours": "2026-07-05",
        "QANR5L17QE2#echeance-2026-07-06-a-signaler": "2026-07-07",
        "QANR5L17QE3#echeance-2026-07-14-sous-sept-jours": "2026-07-07",
        "QANR5L17QE4#echeance-2026-06-27-signalees": "2026-06-28",
    }
    assert max(told.values()) <= DAY.isoformat()
    many = due(*(row(n, -n) for n in range(1, 99)))
    assert len(feed_entries(of_all(many), PRINTED)) == ENTRIES


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(SHOWN, []), (SHOWN + 1, [SHOWN + 1]), (3 * PER_PAGE + 1, [PER_PAGE] * 3 + [1])],
)
def test_long_lists_have_pages(count: int, sizes: list[int]) -> None:
    about = of_subject(due(*(row(n, -n) for n in range(1, count + 1))), "ministere", MINISTRY)
    parts = [*list_parts(about, TO_FLAG)]
    assert [len(part.rows) for part in parts] == sizes
    assert len(parts) < 2 or parts[1].path == "echeances/ministere/PO1/a-signaler/page-2"


def rows_of(data: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(data.decode().splitlines())]


def test_what_is_due_is_what_waits(client: Client, sample: Path) -> None:
    text = f"""PREFIX qp: <{NAMESPACE}> SELECT ?q ?limite {{
      ?q qp:dateLimite ?limite . FILTER NOT EXISTS {{ ?q qp:dateReponse ?r }}
      FILTER NOT EXISTS {{ ?q qp:dateRetrait ?t }}
      FILTER NOT EXISTS {{ ?q qp:statut qp:statut-sans-reponse }} }}"""
    found = select(open_store(current(sample) / "store"), text)
    waiting = {row["q"]: row["limite"] for row in found}
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
    for section in page.xpath("//section[@class='jours']"):  # each day once, in order
        days = section.xpath("./h3/time/@datetime")
        is_late = section.get("id") in (TO_FLAG, FLAGGED)
        assert days and days == sorted({*days}, reverse=is_late)


def test_pages_of_things_lead_there(client: Client) -> None:
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
    assert browser.mimetype == "text/html" and f"{path}.atom" in browser.text


@pytest.mark.parametrize(
    "path",
    ["depute/PA0.html", "ministere/PO0.ics", "depute/PA1567.en.csv", "depute/PA1567.en",
     "depute/PA1567/a-signaler/page-2.html", "depute/PA1567/a-signaler.ics", "rubrique/x.html",
     "a-signaler.csv", "page-2.html", "depute/..%2F..%2Fmanifest.html", "depute.html"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/echeances/{path}").status_code == 404


MENU = re.compile(rb'<a class="marque".*?</nav>|<footer.*</footer>', re.DOTALL)  # short in a copy


def test_an_export_has_the_same_files(client: Client, sample_files: Path) -> None:
    """Each page and form to the byte, but for where forms lead, and the menu."""
    found = sorted(p for p in (sample_files / "echeances").rglob("*") if p.is_file())
    counted = Counter("".join(path.suffixes) for path in found)
    assert counted[".html"] == counted[".en.html"] == counted[".ics"] == counted[".csv"] > 10
    copy = StaticTree(sample_files, base=BASE, server=BASE)
    for path in found:
        place = path.relative_to(sample_files).as_posix()
        served = client.get(f"/{place}").data
        is_page = path.suffix == ".html"
        told = copy.answerable(place, served) if is_page else served
        assert MENU.sub(b"", told) == MENU.sub(b"", path.read_bytes()), place


@pytest.mark.tool
def test_a_reader_of_calendars_reads_ours(client: Client, sample_files: Path) -> None:
    """The package icalendar finds each question once, on its day, and no error."""
    python = need(VENV / "bin/python")
    found = sorted((sample_files / "echeances").rglob("*.ics"))
    told = json.loads(output(python, "-c", READ, sample_files / "echeances.ics", *found))
    assert all(errors == 0 for *_, errors in told)
    rows = {row["question"]: row for row in rows_of(client.get("/echeances.csv").data)}
    days = {uid.partition("-")[0]: day for name, uid, day, _ in told if name == "echeances.ics"}
    assert days == {iri.rpartition("/")[2]: row["echeance"] for iri, row in rows.items()}
    # a ministry, a deputy, perhaps a group, in two languages
    subjects_of = [[*filter(None, (row[c] for c, _ in KINDS.values()))] for row in rows.values()]
    assert len(told) == len(rows) + 2 * sum(map(len, subjects_of))
