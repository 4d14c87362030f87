"""Weeks recounted from the triples; their numbers lead to questions; picture, feed, frame."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import html
from msgspec.structs import replace
from werkzeug.test import Client

from lod.extensions.barometer.weeks import week_facts, week_of, weeks_of
from lod.model.question import JO, Reponse
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering.language import LANGUAGES
from tests.support.chantier import question, write_questions
from tests.support.paths import BASE

FACTS = f"""PREFIX qp: <{NAMESPACE}> SELECT ?q ?parution ?limite ?reponse ?retrait ?statut {{
  ?q qp:dateParution ?parution ; qp:uid ?uid . FILTER(CONTAINS(?uid, "L17Q"))
  OPTIONAL {{ ?q qp:dateLimite ?limite }} OPTIONAL {{ ?q qp:dateReponse ?reponse }}
  OPTIONAL {{ ?q qp:dateRetrait ?retrait }} OPTIONAL {{ ?q qp:statut ?statut }} }}"""
WEEKS = ("2025-W27", "2026-W10", "2026-W23")


def told(client: Client, path: str) -> dict[str, object]:
    return dict(json.loads(client.get(path).data))


def late_of(facts: dict[str, object]) -> set[str]:
    by_ministry = facts["en_retard"]
    assert isinstance(by_ministry, dict)
    return {iri for late in by_ministry.values() for iri in late}


def test_a_week_is_told_as_its_last_day_saw_it(client: Client, sample: Path) -> None:
    """What was asked, and what was late then, though it has been answered since."""
    rows = [*select(open_store(current(sample) / "store"), FACTS)]
    for name in WEEKS:
        monday, sunday = (date.fromisoformat(f"{name}-{n}").isoformat() for n in (1, 7))
        facts = told(client, f"/barometre/{name}.json")
        asked = {row["q"] for row in rows if monday <= row["parution"] <= sunday}
        late = {row["q"] for row in rows if "" < row["limite"] < sunday
                and not any("" < row[end] <= sunday for end in ("reponse", "retrait"))}  # fmt: skip
        assert late and ({*facts["posees"]}, late_of(facts)) == (asked, late), name  # type: ignore[misc]
    newest = told(client, "/barometre.json")
    overdue = {row["q"] for row in rows if row["statut"].endswith("en-attente-hors-delai")}
    assert late_of(newest) == overdue and newest["semaines"][-1] == newest["semaine"]  # type: ignore[index]


def test_a_week_has_what_was_published_in_it(tmp_path: Path) -> None:
    """Also on the last day of a legislature, and after it: they wait no more, but are there."""
    last, answered = date(2017, 6, 20), date(2017, 7, 4)
    reponse = Reponse(texte="Oui.", jo=JO(jour=answered), page_de_section=False)
    old = question(last.isoformat(), uid="QANR5L14QE1", legislature=14, numero=1)
    late = replace(old, uid="QANR5L14QE2", numero=2, reponses=(reponse,))
    write_questions(tmp_path, [old, late, question("2017-07-04")])
    assert weeks_of(tmp_path, answered) == ["2017-W25", "2017-W27"]
    first, then = (
        week_facts(tmp_path, BASE, week_of(day), answered, with_texts=False)
        for day in (last, answered)
    )
    assert [q.numero for q in first.asked] == [1, 2] and not first.waiting
    assert [q.numero for q in then.answered] == [2]
    assert [q.numero for q in then.asked] == [q.numero for q in then.waiting] == [90001]


def test_the_end_of_a_legislature_closes_what_waits(client: Client) -> None:
    """Questions that waited on the day before do not wait in the week after."""
    assert late_of(told(client, "/barometre/2022-W16.json"))
    assert not late_of(told(client, "/barometre/2024-W23.json"))


@pytest.mark.parametrize("end", LANGUAGES.values())
@pytest.mark.parametrize("path", ["barometre", "barometre/2026-W23"])
def test_each_number_leads_to_its_questions(client: Client, path: str, end: str) -> None:
    page = html.document_fromstring(client.get(f"/{path}{end}.html").text)
    links = page.xpath("//main//a[starts-with(@href, '#')][data]")
    assert len(links) > 8
    for link in links:
        [place] = page.xpath(f"//*[@id='{link.get('href')[1:]}']")
        number = int(link.xpath("data/@value")[0])
        if place.tag == "h3":  # of a ministry: its list follows
            assert len(place.xpath("following-sibling::*[position() < 3]//li")) >= min(number, 1)
        assert place.tag != "section" or len(place.xpath(".//li | .//tr")) >= min(number, 1)
    [table] = page.xpath("//section[@id='retards']/div/table")
    assert table.xpath("caption") and table.xpath("thead//th[@scope='col']")


def test_what_was_asked_before_leads_to_the_texts(vies_client: Client) -> None:
    path = "/barometre/2024-W45.html"
    page = html.document_fromstring(vies_client.get(path).text)
    [link] = page.xpath("//section[@id='deja']//li//span/a")
    assert link.text_content().split() == ["posée", "1", "fois", "avant"]
    assert vies_client.get(urljoin(path, link.get("href"))).status_code == 200


def test_the_feed_has_weeks_that_are_pages(client: Client) -> None:
    feed = feedparser.parse(client.get("/barometre.atom").data)
    assert not feed.bozo and len({entry.id for entry in feed.entries}) == len(feed.entries) > 20
    assert [e.updated for e in feed.entries] == sorted(e.updated for e in feed.entries)[::-1]
    for entry in feed.entries[:3]:
        assert client.get(urlsplit(entry.link).path).status_code == 200
    led = client.get(urlsplit(feed.entries[0].id).path, headers={"Accept-Language": "en"})
    assert led.headers["Location"].endswith(".en.html")
    assert client.get("/barometre/2026-W53.html").status_code == 404


def test_the_picture_is_that_of_the_week(client: Client, sample_files: Path) -> None:
    """An export has each week."""
    svg = client.get("/barometre/2026-W23.en.svg")
    assert svg.mimetype == "image/svg+xml" and "1 to 7 June 2026" in svg.text
    exported = sample_files / "barometre"
    assert (exported / "2026-W23.en.svg").read_text("utf-8") == svg.text
    weeks = told(client, "/barometre.json")["semaines"]
    assert isinstance(weeks, list) and all((exported / f"{w}.html").is_file() for w in weeks)
