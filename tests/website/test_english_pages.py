"""The site in English to the end: no French word that does not say so, no link into French where
there is an English page, and pages of resources that are made when they are asked for.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from string import ascii_lowercase

import pytest
from lxml import html
from werkzeug.test import Client

from lod.base.durable import read_only
from lod.base.words import entries
from lod.publish.query_catalogue import traps
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.rdf.ontology import labels
from lod.rdf.vocab import RDFS
from lod.reference.link_tables import reviewed_headings
from lod.reference.tables import departements
from lod.server.routes import on_request
from lod.website.pages.kept_resources import ResourcePages, kept_documents
from lod.website.rendering.language import (
    LANGUAGES,
    MONTHS,
    SHORT_MONTHS,
    catalogue,
    translated_guides,
)
from tests.support.paths import BASE
from tests.support.releases import site_of
from tests.support.server_data import client_of, serving

WORD = re.compile(r"[^\W\d_]+")
DATA = re.compile(rb'<script type="application/ld\+json">.*?</script>\n', re.S)
# what is no word of a language: forms of files, ends of numbers, names of things on the web
SIGNS = "BibTeX Turtle Triples Markdown Mme English Français st nd rd th Extending"
ADDRESS = re.compile(
    r"\S+://\S+|\S+\.(?:ttl|csv|nt|nq|json|gz|parquet|zip|sqlite)\S*|\b[\w.-]+\.fr\b|\bQleverfile\b"
)
ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")  # of a group
PEOPLE_AND_PLACES = ("auteur", "circonscription", "departement", "depute", "personne", "region")
# where no element can stand: names of the data are there as they are
WITHOUT_LANGUAGE = "//figcaption//text() | //*[local-name()='svg']//text()"
SHOWN = "//@title | //body//@aria-label | //body//@placeholder | //body//@alt | //body//@data-titre"
# pages whose sentences are no words of the list: remarks of the program, terms of the ontology
OWN_SENTENCES = ("qualite", "def", "formes")


def words_of(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(ABBREVIATION.sub("", ADDRESS.sub("", text)))}


@cache
def english_words() -> frozenset[str]:
    """Every word of the lists of words, of the ontology, of months and of English headings."""
    found = words_of(f"{SIGNS} {MONTHS['en']} {SHORT_MONTHS['en']}")
    for entry in entries("en"):
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            element = html.fragment_fromstring(f"<div>{text}</div>")
            for french in element.xpath(".//*[@lang='fr']"):
                french.drop_tree()
            found |= words_of(" ".join([element.text_content(), *element.xpath(".//@title")]))
    for name in (*labels(RDFS.label, "en").values(), *catalogue("en").concepts.values()):
        found |= words_of(name)
    found |= {*ascii_lowercase, *(w for trap in traps() for w in words_of(trap.dit_en))}
    return frozenset(found.union(*(words_of(heading.anglais) for heading in reviewed_headings())))


def names_in(folder: Path, kinds: tuple[str, ...] = ()) -> set[str]:
    """Words of the names of the things of a release and of some kinds or of all."""
    with closing(sqlite3.connect(read_only(folder / INDEX_FILE), uri=True)) as disk:
        rows = list(disk.execute("SELECT genre, nom FROM chose"))
    return {w for kind, name in rows if not kinds or kind in kinds for w in words_of(name)}


def english_pages(files: Path) -> Iterator[tuple[str, html.HtmlElement]]:
    """Path without extension and language, and tree, of each English page that is no guide."""
    for path in sorted(files.rglob("*.en.html")):
        name = str(path.relative_to(files)).removesuffix(".en.html")
        if name not in translated_guides():
            tree = html.document_fromstring(path.read_bytes(), html.HTMLParser(encoding="utf-8"))
            if not tree.xpath("//article[@class='guide']"):
                yield name, tree


def test_no_french_word_is_left_unmarked(sample: Path, sample_files: Path) -> None:
    """Each text is in an element that says that it is French, or its words are English ones, of
    people or of places; in what is said of a picture, also of other data.
    """
    named = names_in(current(sample), PEOPLE_AND_PLACES)
    all_named = names_in(current(sample)).union(*(words_of(d.nom) for d in departements().values()))
    looked_at, left = 0, Counter[str]()
    for name, tree in english_pages(sample_files):
        if name in OWN_SENTENCES:
            continue
        for element in tree.xpath("//*[@lang='fr'] | //script | //code | //textarea | //pre"):
            element.drop_tree()
        texts = [(str(text), all_named) for text in tree.xpath(WITHOUT_LANGUAGE)]
        for element in tree.xpath("//head | //svg | //figcaption"):
            element.drop_tree()
        texts += [(str(text), named) for text in tree.xpath(f"//body//text() | //body{SHOWN}")]
        looked_at += 1
        for text, also in texts:
            if words_of(text) - english_words() - also:
                left[f"{name}: {' '.join(text.split())[:80]}"] += 1
    assert looked_at > 1500
    assert not left, (len(left), left.most_common(20))


def test_english_leads_to_english(sample_files: Path) -> None:
    """No link of an English page leads to a French one that is there in English; what is French
    alone is said to be.
    """
    wrong, looked_at = Counter[tuple[str, str]](), 0
    for name, tree in english_pages(sample_files):
        here = sample_files / f"{name}.en.html"
        for link in tree.xpath("//a[@href][not(@hreflang='fr')]"):
            place = re.match(r"(?![a-z]+:)([^?#]+)\.html", link.get("href"))
            if not place or place[1].endswith(".en"):
                continue
            looked_at += 1
            is_translated = (here.parent / f"{place[1]}.en.html").resolve().is_file()
            wrong[name, link.get("href")] += is_translated or not link.xpath("ancestor::nav")
    assert not +wrong, (len(+wrong), wrong.most_common(20))


@pytest.fixture(scope="module")
def client(vies: Path) -> Iterator[Client]:
    with serving(vies) as server:
        yield client_of(server)


def test_a_resource_in_english(client: Client, vies: Path) -> None:
    """It is served as a page of a question is, and there is none of what has no French page."""
    site = site_of(current(vies))
    french = next(path for path in sorted(site.glob("ministere/*.html")))
    path = f"ministere/{french.name.removesuffix('.html')}"
    seen = client.get(f"/{path}.en.html")
    assert (seen.status_code, seen.mimetype) == (200, "text/html")
    assert seen.headers["Content-Language"] == "en"
    assert "public" in seen.headers["Cache-Control"] and "canonical" in seen.headers["Link"]
    assert html.fromstring(seen.data).get("lang") == "en"
    again = client.get(f"/{path}.en.html", headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for headers, end in (({"Accept-Language": "en"}, ".en"), ({}, "")):
        thing = client.get(f"/{path}", headers={"Accept": "text/html", **headers})
        assert (thing.status_code, thing.location) == (303, f"/{path}{end}.html")
        assert "Accept-Language" in thing.headers["Vary"]
    for missing in ("ministere/personne", f"{path}/page-99", f"{path}/rien", "depute/PA0"):
        for end in ("", *(f"{end}.html" for end in LANGUAGES.values())):
            assert client.get(f"/{missing}{end}").status_code == 404, (missing, end)


def test_a_further_page_of_a_list(client: Client, vies: Path) -> None:
    """It has an address in each language; without one it leads to that which is preferred."""
    site = site_of(current(vies))
    path = next(str(p.relative_to(site)) for p in sorted(site.glob("*/*/page-2.html")))
    path = path.removesuffix(".html")
    for headers, end in (({"Accept-Language": "en"}, ".en"), ({}, "")):
        found = client.get(f"/{path}", headers=headers)
        assert (found.status_code, found.location) == (302, f"/{path}{end}.html")
        assert client.get(f"/{path}{end}.html").status_code == 200


def test_a_page_about_a_resource_is_made_once(
    client: Client, vies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each language, whatever is added to its address: one may take as long as fifty others."""
    made: list[str] = []

    class Counted(ResourcePages):
        def page(self, path: str) -> bytes | None:
            made.append(path)
            return super().page(path)

    monkeypatch.setattr(on_request, "ResourcePages", Counted)
    iri = next(i for i in kept_documents(current(vies)) if "/legislature/" in i)
    path = iri.removeprefix(BASE)
    for number in range(3):
        for end in LANGUAGES.values():
            assert client.get(f"/{path}{end}.html?n={number}").status_code == 200
    assert made == [path] * len(LANGUAGES)
