"""Problems are told in the language of who asks, on pages with a head; light where many ask."""

import json

import pytest
from lxml import html
from werkzeug.test import Client

from lod.base.words import Sentence
from lod.server.common.problems import Problem, problem_response
from lod.website.rendering.language import translated, written_in

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}


def test_programs_are_answered_in_their_language(client: Client) -> None:
    """English words where English is preferred; French otherwise."""
    asked = {"Accept": "application/json"}
    english, french = (client.get("/nulle-part", headers=asked | h) for h in (ENGLISH, {}))
    body = json.loads(english.data)
    assert (body["title"], body["status"]) == ("No page at this address", 404)
    assert body["advice"].startswith("Check the address")
    assert body["detail"] == "nothing at the address “nulle-part”"
    assert json.loads(french.data)["title"] == "Aucune page à cette adresse"
    for answer, code in ((english, "en"), (french, "fr")):
        assert answer.headers["Content-Language"] == code
        assert "Accept-Language" in answer.headers["Vary"]


def test_a_sentence_is_told_with_its_values() -> None:
    """Those that are sentences themselves in the same language, those of others as they are."""
    inner = Sentence("la requête s’arrête avant sa fin ; il manque « } »")
    whole = Sentence("{} ; vouliez-vous dire {} ?", inner, "Chercher")
    assert whole == translated(whole) == f"{inner} ; vouliez-vous dire Chercher ?"
    with written_in("en"):
        told = "the query stops before its end; “}” is missing; did you mean Chercher?"
        assert translated(whole) == told


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"query": "SELECT * {"}, "line 1, column 11: the query stops before its end; “}” is "),
        ({"query": "ASK {}", "default-graph-uri": "a b"}, "IRI of a graph: "),
        ({"query": ""}, "line 1, column 1: the query is empty"),
    ],
)
def test_what_a_reader_says_is_told_in_english(
    client: Client, query: dict[str, str], said: str
) -> None:
    """Though it says it in another process; what the engine says is quoted."""
    answer = client.get("/sparql", query_string=query, headers=ENGLISH)
    assert answer.status_code == 400
    assert json.loads(answer.data)["detail"].startswith(said)


@pytest.mark.parametrize(
    ("language", "said", "link"),
    [({}, "Requête mal formée", "deputes.html"), (ENGLISH, "Malformed request", "index.en.html")],
)
def test_a_bad_request_has_the_head_of_a_page(
    client: Client, language: dict[str, str], said: str, link: str
) -> None:
    """Navigation, a title with the name of the site, and a search, as on other pages."""
    answer = client.get("/recherche?du=hier", headers=BROWSER | language)
    tree = html.fromstring(answer.data.decode())
    assert answer.status_code == 400 and said in tree.xpath("string(//h1)")
    assert tree.xpath("string(//title)").startswith(f"{said} – ")
    assert any(href.endswith(link) for href in tree.xpath("//header//a/@href"))
    assert tree.xpath("//form[@role='search']")


def test_a_bad_request_leads_to_its_translation(client: Client) -> None:
    """An address that names its language keeps it; the link leads to the same request."""
    answer = client.get("/recherche.html?q=a%26b&du=hier", headers=BROWSER | ENGLISH)
    [link] = html.fromstring(answer.data.decode()).xpath("//header//a[@class='langue']")
    assert (answer.status_code, answer.headers["Content-Language"]) == (400, "fr")
    assert (link.get("href"), link.text) == ("/recherche.en.html?q=a%26b&du=hier", "English")
    there = client.get(link.get("href"), headers=BROWSER)
    assert (there.status_code, there.headers["Content-Language"]) == (400, "en")


@pytest.mark.parametrize("slug", ["part-prise", "occupe"])
def test_too_much_is_answered_lightly(slug: str) -> None:
    """Pages of who asks too much, or of a busy server, have a head too, and stay small."""
    response = problem_response(Problem(slug, "attendez"), "text/html", "http://x/", languages="en")
    tree = html.fromstring(response.get_data(as_text=True))
    assert tree.get("lang") == "en" and len(tree.xpath("//header//nav//a")) == 4
    assert len(response.get_data()) < 2500 and "Error" in tree.text_content()
