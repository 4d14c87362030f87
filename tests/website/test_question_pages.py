"""What stands on the page of a question beside its facts, and how it is cited."""

import gc
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import html
from msgspec.structs import replace
from werkzeug.test import Client

from lod.model.question import JO, Intervention, Organe
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.convert import Accepted
from lod.publish.publication import Publication
from lod.publish.release import current
from lod.rdf import deadlines
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PREFIXES
from lod.website.indexes.feeds import bibtex, ris
from lod.website.pages.question_page import days_after_deadline, short_group
from lod.website.rendering.templates import load_template, whole_number
from tests.support.paths import BASE
from tests.support.releases import page_of, pages_of

PRINTED = Publication(BASE, "", date(2026, 1, 1))
HELD = """SELECT ?q ?n WHERE {
  ?q qp:reponse/qp:date ?jour ; qp:ministereAttributaire ?m .
  ?f org:organization ?m ; a org:Membership ; org:member/foaf:name ?n ; schema:startDate ?debut .
  OPTIONAL { ?f schema:endDate ?fin }
  FILTER(?debut <= ?jour && (!BOUND(?fin) || ?jour <= ?fin))
}"""
DECLARED = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def trees(sample: Path) -> dict[str, html.HtmlElement]:
    """The page of each question of the sample, in their order."""
    found = pages_of(current(sample))
    return {Path(path).stem: html.document_fromstring(page.decode()) for path, page in found}


def text_of(tree: html.HtmlElement) -> str:
    return str(tree.text_content()).replace("\u00a0", " ").replace("\u202f", " ")


def test_pages_are_freed_without_the_collector(sample: Path) -> None:
    """They hold no circle, as a macro on the page would: an export has tens of thousands."""
    uids = [uid for _, uid in PublishedQuestions(current(sample)).uids(1, 100)]
    assert len([*pages_of(current(sample), *uids)]) == 100  # templates are compiled
    gc.collect()
    gc.disable()
    try:
        assert len([*pages_of(current(sample), *uids)]) == 100
        assert gc.collect() < 100
    finally:
        gc.enable()


def test_who_asks_whom_stands_below_the_title(
    sample: Path, trees: dict[str, html.HtmlElement]
) -> None:
    """Author, ministry, day and status come before any text."""
    questions = PublishedQuestions(current(sample))
    for uid, tree in trees.items():
        stored = questions.of_uid(uid)
        assert stored
        q, (header,) = stored.question, tree.xpath("//article/header")
        links = header.xpath("p[@class='fil']/a")
        assert links[0].text == (q.auteur.nom or q.auteur.acteur_ref)
        assert ("ministere/" in links[-1].get("href")) == bool(
            q.ministere_attributaire or q.ministere_interroge
        )
        days = [q.parution.jour.isoformat()] if q.parution else []
        assert header.xpath("p[@class='fil']/time/@datetime") == days
        assert bool(header.xpath(".//span[starts-with(@class, 'etat')]")) == bool(
            deadlines.statut(q)
        )
    assert len(trees) > 150


def test_the_head_tells_what_is_deduced_from_what_is_printed(
    vies: Path, mixture: tuple[Path, BuildReport]
) -> None:
    """An end of which no record speaks, a title that no heading gives; why one was withdrawn."""
    deduced, printed = page_of(vies, "QANR5L9QE90001"), page_of(mixture[0], "QANR5L7QE90301")
    withdrawn = page_of(vies, "QANR5L15QE43349")
    assert "c’est déduit" in deduced and "c’est déduit" not in printed
    assert "Titre tiré du texte" in deduced and "Titre tiré du texte" not in withdrawn
    [head] = html.document_fromstring(withdrawn).xpath("//header//p[@class='resume']")
    assert re.search(r"motif\s: \w+", head.text_content())


def test_the_head_names_the_group_of_the_day(publie: Accepted) -> None:
    """Before the one that was printed, which may be that of another day."""
    q = replace(publie.question, groupe=Organe(libelle="A"), groupe_imprime=Organe(libelle="B"))
    assert [short_group(q), short_group(replace(q, groupe=None))] == ["A", "B"]


def test_the_status_is_in_the_description_and_no_ministry_twice(
    trees: dict[str, html.HtmlElement],
) -> None:
    """A shared address says whether there is an answer; who was asked and answers is named once."""
    for uid, tree in trees.items():
        description = tree.xpath("string(//meta[@name='description']/@content)")
        assert tree.xpath("string(//header//span[starts-with(@class, 'etat')])") in description, uid
        named = tree.xpath("//dt[starts-with(., 'Ministère')]/following-sibling::dd")
        assert len({dd.text_content().strip() for dd in named}) == len(named), uid


def test_who_held_the_ministry_when_it_answered(
    sample: Path, trees: dict[str, html.HtmlElement]
) -> None:
    """The person that the triples name for the ministry in charge on the day of the answer."""
    found = 0
    for row in select(open_store(current(sample) / "store"), DECLARED + HELD):
        text = text_of(trees[row["q"].rpartition("/")[2]])
        assert f"chargé de répondre était dirigé par {row['n']}." in text, row
        found += 1
    assert found > 200


def test_days_after_the_deadline(
    publie: Accepted, sample: Path, trees: dict[str, html.HtmlElement]
) -> None:
    """Below 0 before it; each page of an answered question says so in words."""
    q = publie.question
    due = deadlines.date_limite(q)
    assert due and q.reponses
    for days in (-3, 0, 43):
        answer = replace(q.reponses[0], jo=JO(jour=due + timedelta(days)))
        assert days_after_deadline(replace(q, reponses=(answer,))) == days
    assert days_after_deadline(replace(q, reponses=())) is None
    said = 0
    for stored in PublishedQuestions(current(sample)).questions():
        days_after = days_after_deadline(stored.question)
        if days_after is not None:
            side, words = "après" if days_after > 0 else "avant", "le jour de l’échéance"
            if days_after:
                number = whole_number(abs(days_after)).replace("\u202f", " ")
                words = f"{number} jours? {side} l’échéance"
            assert re.search(words, text_of(trees[stored.uid]))
            said += 1
    assert said > 100


def test_neighbours_are_those_beside_by_number(trees: dict[str, html.HtmlElement]) -> None:
    """Of the same legislature and type; the way back is the same."""
    after: dict[str, str] = {}
    for uid, tree in trees.items():
        links = {
            a.get("rel"): Path(a.get("href")).stem for a in tree.xpath("//nav[@class='pages']/a")
        }
        kind = re.match(r"\D+\d+L?\d*\D+", uid)[0]  # type: ignore[index]  # all do
        assert all(other.startswith(kind) for other in links.values())
        if "prev" in links:
            assert after[links["prev"]] == uid
        after[uid] = links.get("next", "")
    assert sum(bool(following) for following in after.values()) > len(trees) - 15


def test_citations(publie: Accepted) -> None:
    """The family name first; what TeX takes for commands is escaped; RIS breaks no line."""
    auteur = replace(publie.question.auteur, nom="Jean Valjean du Pont")
    q = replace(publie.question, titre="50 % & x}_\\ a\nTY  - JOUR", auteur=auteur)
    entry, record = bibtex(q, PRINTED).decode(), ris(q, PRINTED).decode()
    assert entry.startswith(f"@misc{{{q.uid},\n  author = {{Valjean du Pont, Jean}},\n")
    assert r"50 \% \& x\textbraceright{}\_\textbackslash{} a" in entry
    assert entry.count("{") == entry.count("}")  # BibTeX counts those that are escaped, too
    lines = record.split("\r\n")
    assert lines[0] == "TY  - GOVDOC" and lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    assert f"UR  - {BASE}question/{q.uid}" in lines and sum("TY  - " in x[:6] for x in lines) == 1


def test_a_citation_of_an_exchange_names_who_answers(publie: Accepted) -> None:
    """The author of the question has not said all of it; where nobody is known, it says so."""
    turn = Intervention(libelle="Mme Ève Petit", qualite="ministre", debut=0, fin=4, type="reponse")
    [answer] = publie.question.reponses
    exchange = replace(answer, interventions=(turn, replace(turn, qualite=None)))
    for r, told in (
        (exchange, "échange, réponse de Mme Ève Petit, ministre"),
        (answer, "compte rendu"),
    ):
        q = replace(publie.question, type="QG", reponses=(r,))
        assert f"; {told}}}" in bibtex(q, PRINTED).decode()
        assert f"; {told}\r\n" in ris(q, PRINTED).decode()


def test_similar_questions(client: Client) -> None:
    """A search for rare words of its title, of its heading; the question is among what it finds."""
    found = client.get("/recherche.html?comme=QANR5L15QE43349&q=x")
    assert found.status_code == 303
    assert "rubrique=numerique" in found.location and "q=" in found.location
    assert b"QANR5L15QE43349" in client.get(found.location).data
    assert client.get("/recherche.html?comme=QANR5L15QE0").status_code == 404


def test_every_part_of_a_question_has_its_place(vies: Path) -> None:
    """Its IRI leads to an element of the page, one alone."""
    parts: dict[str, set[str]] = {}
    for quad in open_store(current(vies) / "store"):
        document, _, part = getattr(quad.subject, "value", "").partition("#")
        if part and document.startswith(f"{BASE}question/"):
            parts.setdefault(f"{document.rpartition('/')[2]}.html", set()).add(part)
    kinds = {part.rpartition("-")[0] for some in parts.values() for part in some}
    assert {"parution", "signalement", "renouvellement", "erratum", "retrait",
            "attribution", "source"} <= kinds  # fmt: skip
    for path, page in pages_of(current(vies)):
        ids = [str(i) for i in html.document_fromstring(page.decode()).xpath("//@id")]
        assert len(ids) == len({*ids}), path
        assert parts.get(Path(path).name, set()) <= {*ids}, path


@pytest.mark.parametrize(
    ("report", "begins"),
    [("m@example.org", "mailto:m@example.org?subject="), ("https://x.org/f", "https://x.org/f?page="),
     ("https://x.org/f?a=1", "https://x.org/f?a=1&page=")],
)  # fmt: skip
def test_an_error_is_reported_in_one_click(report: str, begins: str) -> None:
    """To a mail address or a form, with the number and the page; to nobody if none is given."""
    macros: Any = load_template("macros.html").module
    published = Publication(BASE, "", date(2026, 1, 1), report=report)
    link = html.fromstring(str(macros.signaler(published, "question/X", "Question n° 1")))
    assert link.get("href").startswith(begins)
    said = unquote(link.get("href"))
    assert f"{BASE}question/X.html" in said and "Question n° 1" in said
    nobody = Publication(BASE, "", date(2026, 1, 1))
    assert not str(macros.signaler(nobody, "question/X", "")).strip()
