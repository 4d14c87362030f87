"""What a search offers beside its hits: suggestions, a feed with a page, an example to try."""

import csv
import io
import re
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from lxml import html
from werkzeug.test import Client

from lod.server.engine.reader import TemporarySpace
from lod.server.routes import search_page
from lod.server.routes.app import OF_CORE
from lod.server.routes.gates import gate_of
from tests.support.paths import BASE
from tests.support.patience import HANG, wait_for

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ATOM = "application/atom+xml"


def found(client: Client, **asked: str) -> Any:
    """What a search finds, as JSON."""
    return client.get("/recherche", query_string={"format": "json", **asked}).json


def table(client: Client, **asked: str) -> list[dict[str, str]]:
    """What a search finds, as rows of CSV."""
    text = client.get("/recherche", query_string={"format": "csv", **asked}).text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_field_suggests_what_is_found(client: Client) -> None:
    """Each search that the home page gives as an example names something, and has rows."""
    text = client.get("/index.html").text
    [said] = re.findall(r'id="q" name="q" .*placeholder="([^"]*)…"', text)
    for example in said.split(", "):
        seen = found(client, q=example)
        assert seen["choses"] and seen["total"] > 0 and seen["resultats"], example


def test_suggestions_are_one_list(client: Client) -> None:
    """JSON, as the script asks for it and as a program does, and the page list the same things."""
    args = {"q": "hau lo"}
    things = client.get("/recherche/suggestions.json", query_string=args).json["suggestions"]
    assert things[0]["nom"] == "Haute-Loire" and things[0]["chemin"] == "departement/43.html"
    asked = client.get("/recherche/suggestions", query_string=args)
    assert (asked.json["suggestions"], asked.mimetype) == (things, "application/json")
    page = client.get("/recherche/suggestions", query_string=args, headers=BROWSER)
    paths = re.findall(r'<span><a href="\.\./([\w/.-]+)">', page.text)
    assert paths == [one["chemin"] for one in things]
    assert "Accept" in page.vary and client.get(f"/{paths[0]}").status_code == 200


@pytest.mark.parametrize(
    "q", ["", " ", "zzyzx", '"><script>alert(1)</script>', "a" * 300, "\0", "é"]
)
def test_no_beginning_breaks_suggestions(client: Client, q: str) -> None:
    """It is answered; what was typed is shown, never run."""
    for path in ("suggestions", "suggestions.json", "suggestions.html"):
        got = client.get(f"/recherche/{path}", query_string={"q": q}, headers=BROWSER)
        assert (got.status_code == 200 and b"<script>" not in got.data) or got.is_json
    assert client.get(f"/recherche/suggestions?q={'a' * 301}").status_code == 400
    assert client.get("/recherche/suggestions?x=1").status_code == 400


def test_a_search_has_a_feed(client: Client) -> None:
    """A reader gets the events of its questions, the newest first, under a stable address."""
    got = client.get("/recherche.atom?q=sant%C3%A9&type=QG")
    assert got.mimetype == ATOM and "Accept" in got.vary
    feed = feedparser.parse(got.data)
    assert not feed.bozo and feed.feed.title == "Recherche\u00a0: santé, Question au Gouvernement"
    assert feed.feed.id == f"{BASE}recherche.atom?q=sant%C3%A9&type=QG"
    days = [entry.updated for entry in feed.entries]
    assert days == sorted(days, reverse=True) and 0 < len(days) <= 50
    uids = {row["uid"] for row in table(client, q="santé", type="QG")}
    about = {re.search(r"question/(\w+)#", entry.id)[1] for entry in feed.entries}  # type: ignore[index]
    assert about <= uids
    other = client.get("/recherche.atom?type=QG&q=sant%C3%A9").data  # another order, the same feed
    assert other == got.data


def test_a_feed_without_words_is_that_of_all(client: Client) -> None:
    """An empty request is no mistake, nor is one that finds nothing yet: it may one day."""
    for query, number in (("", 50), ("?q=zzyzx", 0)):
        feed = feedparser.parse(client.get(f"/recherche.atom{query}").data)
        assert not feed.bozo and len(feed.entries) == number
        assert feed.feed.id == f"{BASE}recherche.atom{query}"
    assert client.get("/recherche.atom?page=2").status_code == 400


@pytest.mark.parametrize(
    "path",
    ["recherche.atom?q=sant%C3%A9", "question/QANR5L15QE43349.atom", "depute/PA2150.atom",
     "departement/43.atom", "circonscription/43-1.atom", "region/84.atom",
     "portefeuille/sante.atom", "groupe/PO800490.atom", "legislature/16.atom", "flux.atom",
     "changements.atom"],
)  # fmt: skip
def test_a_browser_gets_a_page_about_a_feed(client: Client, path: str) -> None:
    """With its address to copy and its news; whatever else asks gets the feed itself."""
    feed = feedparser.parse(client.get(f"/{path}").data)
    page = client.get(f"/{path}", headers=BROWSER)
    assert page.mimetype == "text/html" and "Accept" in page.vary
    address = f"{BASE}{path}"
    assert f'readonly value="{address}"' in page.text.replace("&amp;", "&")
    assert quote(address, safe="") in page.text and "feed:http" not in page.text
    assert page.text.count("<li><a href=") >= len(feed.entries)
    for accept in (ATOM, "*/*", "application/rss+xml, application/xml", ""):
        assert client.get(f"/{path}", headers={"Accept": accept}).mimetype == ATOM
    known = client.get(f"/{path}", headers={"If-None-Match": page.headers["ETag"]})
    assert known.status_code == 200  # the page is not the feed


@pytest.mark.parametrize(
    ("route", "query", "accept", "gate"),
    [("/recherche", "q=x", "text/html", "search"), ("/recherche", "format=csv", "", "tables"),
     ("/recherche", "q=x", "text/csv", "tables"), ("/recherche.atom", "q=x", "", "tables"),
     ("/recherche/suggestions.json", "q=x", "", "search"),
     ("/recherche.html", "format=json", "", "search"), ("/recherche.en", "q=x", "", "search"),
     ("/question/QANR5L15QE1.en.html", "", "", "pages"),
     ("/question/QANR5L15QE1.html", "", "", "pages"),
     ("/depute/PA1.html", "", "", "resources"),
     ("/legislature/17/page-2.en.html", "", "", "resources"),
     ("/depute/PA1.ttl", "", "", "pages"), ("/depute/PA1", "", "", "files"),
     ("/question/QANR5L15QE1", "", "", "files"), ("/api/", "", "", "files"),
     ("/api/questions.csv", "type=QE", "", "tables"), ("/sparql", "format=html", "", "files"),
     ("/sparql", "query=x", "", "store"), ("/static/style.css", "", "", "files"),
     ("/sante", "", "", None)],
)  # fmt: skip
def test_what_has_all_results_holds_up_no_search(
    route: str, query: str, accept: str, gate: str | None
) -> None:
    """A whole CSV and a feed pass a gate of their own, and so do pages of questions."""
    assert gate_of(OF_CORE, route, query, accept, has_body=False) == gate


@pytest.mark.parametrize(
    ("form", "start"), [("ris", "TY  - GOVDOC"), ("bib", "@misc{QANR5L")], ids=["ris", "bib"]
)
def test_what_is_found_is_cited(client: Client, form: str, start: str) -> None:
    """Each question as its own page cites it, in the order of the results; the page links it."""
    asked = {"q": "santé", "tri": "date"}
    uids = [row["uid"] for row in table(client, **asked)]
    got = client.get("/recherche", query_string=asked | {"format": form})
    each = [client.get(f"/question/{uid}.{form}").data for uid in uids]
    assert 10 < len(uids) == got.text.count(start) and got.data == b"".join(each)
    assert got.mimetype == client.get(f"/question/{uids[0]}.{form}").mimetype
    assert got.headers["Content-Disposition"] == f"attachment; filename=recherche.{form}"
    page = client.get("/recherche.html", query_string=asked, headers=BROWSER).text
    [address] = re.findall(rf'href="(recherche\?[^"]*format={form})"', page)
    assert client.get(f"/{address.replace('&amp;', '&')}").data == got.data


def test_a_list_of_citations_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_page, "SEARCH_VALUES", 3)
    assert client.get("/recherche?format=ris").text.count("ER  - ") == 3


def test_ministries_before_are_beneath_that_of_today(client: Client) -> None:
    """On the page as a list that opens, in JSON as things with their years."""
    asked = {"q": "ministre de la santé"}
    first = found(client, **asked)["choses"][0]
    names = [before["nom"] for before in first["avant"]]
    assert first["nom"].endswith("(depuis 2025)") and len(names) > 3
    for path, summary in (("recherche.html", "Avant"), ("recherche.en.html", "Before")):
        page = client.get(f"/{path}", query_string=asked, headers=BROWSER).text
        [folded] = re.findall(rf"<summary>{summary} .*?</ul>", page, re.S)
        paths = re.findall(r'href="(ministere/\w+)(?:\.\w+)*"', folded)
        assert paths == [before["chemin"].partition(".")[0] for before in first["avant"]]


def test_an_english_page_names_headings_in_english(client: Client) -> None:
    """Beside their French names, among the things and the filters; nowhere on a French page."""
    asked = {"q": "rail transport"}
    assert "rail transport</span>" in client.get("/recherche.en.html", query_string=asked).text
    assert "rail transport</span>" not in client.get("/recherche.html", query_string=asked).text
    page = client.get("/recherche.en.html?q=ferroviaires").text
    assert '<span class="detail">rail transport</span>' in page
    page = client.get("/recherche/suggestions.en.html?q=zzyzx").text  # its links stay English
    assert 'action="../recherche/suggestions.en.html"' in page
    assert 'href="../recherche.en?q=zzyzx"' in page


def test_a_result_that_waits_says_until_when(client: Client) -> None:
    """On the page, in JSON and CSV; in the order asked for, those due first."""
    asked = {"statut": "en-attente", "tri": "echeance"}
    hits = found(client, **asked)["resultats"]
    days = [hit["echeance"] for hit in hits if hit["echeance"]]
    assert len(days) > 2 and days == sorted(days)
    assert [row["echeance"] for row in table(client, **asked)][: len(days)] == days
    for path, words in (("recherche.html", "attendue pour le"), ("recherche.en.html", "due by")):
        page = client.get(f"/{path}", query_string=asked).text
        assert page.count(words) == len(days)
        assert '</span><span class="echeance">' not in page  # who listens hears one word


@pytest.mark.parametrize("path", ["depute/PA1567", "legislature/17"])
def test_the_questions_of_a_page_are_searched(client: Client, path: str) -> None:
    """By a form beside a long list of them, which asks for no others."""
    page = html.document_fromstring(client.get(f"/{path}.html").data)
    [form] = page.xpath("//*[@id='questions']/form")
    asked = {field.get("name"): field.get("value") or "" for field in form.xpath(".//input")}
    assert asked.pop("q") == "" and form.get("action") == "../recherche.html"
    assert found(client, **asked)["total"] == int(
        page.xpath("string(//*[@id='questions']//data[@class='total']/@value)")
    )
    few = html.document_fromstring(client.get("/departement/43.html").data)
    assert not few.xpath("//*[@id='questions']/form")


def test_a_long_table_takes_the_space_that_it_needs(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file, whose space is given back, it has the same rows as in memory."""
    short = client.get("/recherche?format=csv")
    taken: list[int] = []
    take = TemporarySpace.take
    monkeypatch.setattr(TemporarySpace, "take", lambda *a: (taken.append(a[2]), take(*a)))
    monkeypatch.setattr(TemporarySpace, "give_back", lambda *a: taken.append(-a[2]))
    monkeypatch.setattr(search_page, "CSV_ROW_BYTES", 10**9)  # more than anybody's share
    long = client.get("/recherche?format=csv&q=")  # the other address is in the cache
    assert long.status_code == 200 and long.data == short.data
    long.close()
    assert long.content_length == len(long.data) > max(taken) > 0
    wait_for(lambda: sum(taken) == 0, HANG, lambda: str(taken))  # once the answer is sent
