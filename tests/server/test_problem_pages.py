"""Problems are told in the language of who asks, on pages with a head; light where many ask."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from lxml import html
from werkzeug.test import Client

from lod.server.common.details import DEEPEST, in_english
from lod.server.common.problems import Problem, problem_response
from lod.server.front.gate import FULL, LATE
from tests.support.paths import ROOT

RAISED = {"Problem", "RefusedError", "SearchRequestError", "_unsupported", "_invalid", "broken"}
# what is said in the words of others: an engine, a library, the publisher
OF_OTHERS = {
    "str(error)", "str(error.body)", "reason", "' ; '.join(dict.fromkeys(reasons))",
    "header['detail']", "problem.detail", "LATE if is_late else FULL",
}  # fmt: skip
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


def details() -> Iterator[tuple[str, str]]:
    """Yield place and text of each detail of the program; a value in it is « 7 »."""
    for path in sorted((ROOT / "lod").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        assigned = defaultdict(list)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned[node.targets[0].id].append(node.value)
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "id", "")
            if not isinstance(node, ast.Call) or name not in RAISED:
                continue
            if path.name == "messages.py":  # of a protocol of its own
                continue
            told = node.args[-1] if name != "Problem" else node.args[1]
            for value in assigned[told.id] if isinstance(told, ast.Name) else [told]:
                text = worded(value)
                if name == "_invalid":
                    text = f"q0 : {text}"
                if name == "broken":
                    text = f"moteur distant : {text}"
                yield f"{path.name}:{node.lineno}", text


def worded(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.JoinedStr):
        return "".join(worded(v) if isinstance(v, ast.Constant) else "7" for v in value.values)
    return ast.unparse(value)


def test_every_detail_has_english_words() -> None:
    """Wherever a problem is raised; what others say is quoted."""
    told = [(place, text) for place, text in details() if text not in OF_OTHERS]
    told = [(place, text) for place, text in told if re.search("[a-z]", text)]  # « 7 : 7 »
    assert len(told) > 60
    told += [("gate.py", LATE), ("gate.py", FULL)]
    assert not [(place, text) for place, text in told if in_english(text) == text]


def test_what_a_client_repeats_is_not_translated() -> None:
    """Long details, and sentences within sentences: the more somebody sends, the more they cost."""
    french, english = "ligne 1, colonne 1 : ", "line 1, column 1: "
    assert in_english(french * 5_000) == french * 5_000
    assert in_english(french * 50) == english * DEEPEST + french * (50 - DEEPEST)


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
