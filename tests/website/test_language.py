"""The site in English to the end: words, numbers, links; which page a client gets."""

import ast
import json
import re
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from itertools import chain
from pathlib import Path
from string import ascii_lowercase
from urllib.parse import quote

import polib
import pytest
from jinja2 import nodes
from lxml import html
from werkzeug.test import Client

from lod.base import packaged
from lod.base.durable import read_only
from lod.base.tabular import rows
from lod.base.words import entries
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.questions.statistics import structure
from lod.publish.downloads import CONTENTS, DCAT, FOR_ALL, FOR_QLEVER, LEGISLATURE
from lod.publish.query_catalogue import (
    CatalogueQuery,
    all_queries,
    query_text,
    standalone_queries,
    traps,
)
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.tables.columns import tables
from lod.publish.tables.descriptions import FILES
from lod.publish.tables.output import ALL, OF_LEGISLATURE
from lod.rdf.ontology import labels
from lod.rdf.templates import FILE_FORMATS
from lod.rdf.vocab import RDFS
from lod.reference.link_tables import item_suggestions, reviewed_headings
from lod.reference.tables import departements, portefeuilles
from lod.server.routes import on_request
from lod.website.pages.changelog import TITLE
from lod.website.pages.kept_resources import ResourcePages, kept_documents
from lod.website.pages.lists import site_lists, views_of
from lod.website.pages.question_lists import FILTERS
from lod.website.pages.question_tables import PERIODS, counted_tables
from lod.website.pages.resource_page import TERM_NAMES
from lod.website.pages.single_pages import KIND_NAMES, REPAIRS, SEVERITY_NAMES
from lod.website.pages.sparql_page import FORMATS, staircase
from lod.website.rendering.language import (
    LANGUAGES,
    MONTHS,
    SHORT_MONTHS,
    catalogue,
    translated_guides,
)
from lod.website.rendering.query_tables import known_columns, table_of
from lod.website.rendering.static_pages import StaticTree
from lod.website.rendering.templates import environment
from tests.support.paths import BASE, ROOT, site_files, template_files
from tests.support.releases import site_of
from tests.support.server_data import serving

BROWSER = {"Accept": "text/html"}
EXAMPLE = "# Combien ?\n# How many?\nSELECT ?q { ?q qp:titr ?t }"
ENGLISH = {**BROWSER, "Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}
# what is given a French text that people read → which of its arguments that is
SAYING = {"translated": 0, "Sentence": 0, "SearchRequestError": 0, "Problem": 1, "RefusedError": 1,
          "_invalid": 1}  # fmt: skip
NOUN = re.compile(r'\b(?:compte|accord)\("([^"]+)"\)|counted\([^"]+"([^"]+)"\)')
CONSTANT = re.compile(r"{% set [A-Z]+ = ({.*?}) %}")
WORD = re.compile(r"[^\W\d_]+")
# what is no word of a language: forms of files, ends of numbers, names of things on the web
SIGNS = "bnf idref viaf BibTeX Turtle Triples Markdown Mme English Français st nd rd th Extending"
ADDRESS = re.compile(
    r"\S+://\S+|\S+\.(?:ttl|csv|nt|nq|json|gz|parquet|zip|sqlite)\S*|\b[\w.-]+\.fr\b|\bQleverfile\b"
)
ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")  # of a group
PEOPLE_AND_PLACES = ("auteur", "circonscription", "departement", "depute", "personne", "region")
# where no element can stand: names of the data are there as they are
WITHOUT_LANGUAGE = "//figcaption//text() | //*[local-name()='svg']//text()"
SHOWN = "//@title | //body//@aria-label | //body//@placeholder | //body//@alt | //body//@data-titre"
# pages whose sentences are no words of the list: remarks of the program, terms of the ontology
OWN_SENTENCES = ("colonnes", "qualite", "def", "formes")


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split(" "))


def translatable_templates() -> list[str]:
    """Return the sources of the templates that have words to translate."""
    sources = (path.read_text("utf-8") for path in template_files("*.html"))
    return [source for source in sources if re.search(r'{% trans|\b_\("', source)]


def words_of_templates() -> Iterator[str]:
    for source in translatable_templates():
        found = environment().extract_translations(source)  # type: ignore[attr-defined]  # of an extension
        yield from (text for _, _, text in found if isinstance(text, str))
        for table in CONSTANT.findall(source):
            yield from re.findall(r': "([^"]+)"', table)


def words_of_program() -> Iterator[str]:
    yield from ("o", "ko", "Mo", "Go")
    for path in sorted((ROOT / "lod").rglob("*.py")):
        text = path.read_text("utf-8")
        yield from said(ast.parse(text))
        yield from re.findall(r'\bcontent="([^"{]+)"', text)  # of a file to download
    life = (ROOT / "lod" / "website" / "pages" / "question_page.py").read_text("utf-8")
    yield from re.findall(r'(?:\.jour, |_printed\()"(\w+)"', life)
    yield "sans motif"
    yield from (*TERM_NAMES.values(), *(name for _, name in PERIODS))
    for chosen in FILTERS:
        yield chosen.name
        yield from (f"{word} {chosen.name}" for word in ("Questions", "questions") if chosen.key)
    yield from re.findall(r'"([^"\n{}]{4,})"', query_text("liens-entrants"))
    yield from (item.regle for item in item_suggestions())
    yield from re.findall(r'COALESCE\(\?nom, "(.+?)"\)', query_text("ministres-par-mois"))


def said(tree: ast.Module) -> Iterator[str]:
    """Yield the texts that a module gives to SAYING, or names `detail` before; of one that has its
    values in it already, its source, which no list has.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=[*texts]):
                texts = texts[SAYING[name] :][:1] if name in SAYING else []
            case ast.Assign(targets=[ast.Name("detail")], value=text):
                texts = [text]
            case _:
                texts = []
        for text in texts:
            if isinstance(text, ast.Constant | ast.JoinedStr):
                yield text.value if isinstance(text, ast.Constant) else ast.unparse(text)


def words_of_query(query: CatalogueQuery) -> tuple[str, ...]:
    told = (query.title, query.theme, query.audience, query.caveat, query.why_costly)
    return *told, query.heading


def words_of_files() -> Iterator[str]:
    """Yield what queries, columns, downloads and the model say on English pages."""
    for query in standalone_queries().values():
        yield from words_of_query(query)
        columns = table_of(query, query.text, [], BASE).columns
        yield from (column.titre for column in columns if column.nom in known_columns())
    yield from (row["nom"] for row in rows(packaged.THING_KINDS))
    yield from (step.dit for step in staircase())
    yield from (name for name in FORMATS.values() if not name.isupper())
    yield from (*SEVERITY_NAMES.values(), *REPAIRS.values(), TITLE)
    for site_list in site_lists():
        yield from (site_list.titre, site_list.accroche)
    yield from (view.name for view in views_of(site_lists()[0], [])["ordre"])
    yield from (*CONTENTS.values(), FOR_QLEVER, FOR_ALL, DCAT, LEGISLATURE)
    yield from (form.name for form in FILE_FORMATS.values() if form.code in ("TXT", "BIN"))
    yield from (ALL, OF_LEGISLATURE, *FILES.values(), *KIND_NAMES.values())
    for table in tables().values():
        yield from (table.titre, table.sens, *(column.stated for column in table.columns))
    for path in site_files("templates", "mots.toml"):
        for value in tomllib.loads(path.read_text("utf-8")).values():
            yield from value.values() if isinstance(value, dict) else (value,)


def test_each_block_of_a_page_is_printed() -> None:
    """A template that extends another one fills blocks that this one has: all others are lost."""
    loader = environment().loader
    assert loader

    def blocks(name: str) -> set[str]:
        tree = environment().parse(loader.get_source(environment(), name)[0])
        own = [*tree.find_all(nodes.Block)]
        inner = {each.name for block in own for each in block.find_all(nodes.Block)}
        bases = [
            c.value for each in tree.find_all(nodes.Extends) for c in each.find_all(nodes.Const)
        ]
        above = set[str]().union(*map(blocks, bases))
        lost = {block.name for block in own} - above - inner if bases else set()
        assert not lost, f"{name}: {', '.join(bases)} has none of the blocks {sorted(lost)}"
        return above | {block.name for block in own}

    assert len([blocks(path.name) for path in site_files("templates", "*.html")]) > 40


def test_the_list_has_all_words_and_no_other() -> None:
    """Every French word of the translated pages is in the list, and all of it stands somewhere."""
    known = catalogue("en").words
    needed = {plain(w) for w in (*words_of_templates(), *words_of_program(), *words_of_files())}
    needed -= {""}
    assert len(needed) > 450  # of the core alone
    assert not sorted(needed - set(known))
    queries = (*all_queries().values(), *counted_tables())
    others = {plain(text) for query in queries for text in words_of_query(query)}
    others |= {column.titre for column in known_columns().values()}
    # an extension has a list of its own
    entries = polib.pofile(str(packaged.SITE / "locale/en.po"))
    listed = {entry.msgid for entry in entries if not entry.msgid_plural}
    assert not sorted(listed - needed - others - {""})


def test_the_nouns_that_are_counted() -> None:
    sources = [
        *translatable_templates(),
        *(path.read_text("utf-8") for path in sorted((ROOT / "lod/extensions").rglob("*.py"))),
    ]
    nouns = {one or other for source in sources for one, other in NOUN.findall(source)}
    assert "question trouvée" in nouns
    assert nouns <= {*catalogue("en").counted, "autre {heading}"}


def test_the_list_keeps_places_and_markup() -> None:
    """Values, addresses and elements are in both texts; a text has one English."""
    entries = [e for path in site_files("locale", "en.po") for e in polib.pofile(str(path))]
    singular = [entry for entry in entries if not entry.msgid_plural]
    assert len(singular) > 450
    assert not [text for text, n in Counter(e.msgid for e in singular).items() if n > 1]
    for entry in singular:
        for pattern in (r"%\(\w+\)s", r"\{[\w ]*\}", r"<code>.*?</code>"):
            found = (
                sorted(set(re.findall(pattern, str(text)))) for text in (entry.msgid, entry.msgstr)
            )
            french, english = ([w.replace("-mot", "-word") for w in f] for f in found)
            assert french == english, entry.msgid
        assert html.fragment_fromstring(f"<div>{entry.msgstr}</div>") is not None
        assert "\u00a0" not in f"{entry.msgid}{entry.msgstr}"


@pytest.mark.parametrize(("name", "least"), [("mixture", 400), ("vies", 40)])
def test_the_page_of_a_question_is_exported_as_it_is_served(
    name: str, least: int, request: pytest.FixtureRequest
) -> None:
    """Of every question, in each language: all that is said of it, and where each link leads. Its
    query stands on another page there, triples and head are those of a copy.
    """
    made, files = (request.getfixturevalue(f"{name}{end}") for end in ("", "_files"))
    folder = made[0] if isinstance(made, tuple) else made
    uids = [uid for _, uid in PublishedQuestions(current(folder)).uids()]
    assert len(uids) > least
    names = [f"question/{uid}{end}.html" for uid in uids for end in LANGUAGES.values()]
    assert {str(page.relative_to(files)) for page in files.glob("question/*.html")} == {*names}
    copy = StaticTree(files, base=BASE, server=BASE)
    with serving(folder, workers=2) as server:
        for path in names:
            served = copy.answerable(path, server.ask(f"/{path}").body)
            assert told(served) == told((files / path).read_bytes()), path


def told(page: bytes) -> list[bytes]:
    """Return the parts of the body of a page about a question, but for its query."""
    [main] = html.fromstring(page).xpath("//main")
    for query in main.xpath(".//*[contains(@class, 'requete') or contains(@class, 'formes')]"):
        query.drop_tree()
    return [html.tostring(part) for part in main]


def numbers(page: html.HtmlElement) -> list[str]:
    return [str(value) for value in page.xpath("//data/@value | //time/@datetime")]


def test_english_pages_have_the_same_numbers(sample_files: Path) -> None:
    hold_numbers(sample_files)


def test_english_pages_of_the_cases_have_the_same_numbers(mixture_files: Path) -> None:
    """At night."""
    hold_numbers(mixture_files)


def hold_numbers(files: Path) -> None:
    """English pages have the numbers, days and queries of the French ones; each page names both by
    their absolute addresses.
    """
    pages = [*files.rglob("*.en.html")]
    pairs = [(p, p.with_name(f"{p.name.removesuffix('.en.html')}.html")) for p in sorted(pages)]
    pairs = [(english, french) for english, french in pairs if french.is_file()]
    assert len(pairs) > 500
    for english, french in pairs:
        one, other = (html.fromstring(path.read_bytes()) for path in (english, french))
        assert (one.get("lang"), other.get("lang")) == ("en", "fr")
        assert numbers(one) == numbers(other), english
        queries = "//textarea[@name='query']/text()"
        assert one.xpath(queries) == other.xpath(queries), english
        own = dict[str, str]()
        for page in (one, other):
            [own[page.get("lang")]] = page.xpath("/html/head/link[@rel='canonical']/@href")
        expected = own | {"x-default": own["fr"]}
        for page in (one, other):
            links = page.xpath("/html/head/link[@rel='alternate'][@hreflang]")
            assert {a.get("hreflang"): a.get("href") for a in links} == expected
            assert len(links) == len(expected)
        assert own["en"] == f"{BASE}{english.relative_to(files)}"


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
    cube = (t.object.value for t in structure(BASE) if getattr(t.object, "language", "") == "en")
    for name in (*labels(RDFS.label, "en").values(), *catalogue("en").concepts.values(), *cube):
        found |= words_of(name)
    found |= {*ascii_lowercase, *(w for trap in traps() for w in words_of(trap.dit_en))}
    for named in (*reviewed_headings(), *portefeuilles().values()):
        found |= words_of(named.anglais)
    return frozenset(found)


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
    """It is in an element that says so, or its words are English, or of people or places."""
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
    assert not left, "\n".join(f"{n} {t}" for t, n in left.most_common(200))


def test_what_the_site_adds_to_names_is_english(sample_files: Path) -> None:
    """Names of questions, ordinals, years, kinds; and colons have no space before them."""
    wrong, looked_at = Counter[str](), 0
    for name, tree in english_pages(sample_files):
        elements = tree.xpath("//a | //td | //main//span | //*[local-name()='title']")
        parts = [*tree.xpath("//meta/@content"), *(e.text_content() for e in elements)]
        told = " | ".join(parts)
        looked_at += told.count("(since 20") + told.count(", 17th)")
        for found in re.findall(
            r"\b\d+e(?: législature)?\)|\(depuis|Government Gouv|Legislature \d", told
        ):
            wrong[f"{name}: {found}"] += 1
        for text in tree.xpath("//*[local-name()='svg']//*[local-name()='title']/text()"):
            wrong[f"{name}: {text}"] += "\u00a0:" in text
    assert looked_at > 200
    assert not +wrong, (len(+wrong), wrong.most_common(20))


def test_pages_of_the_program_speak_their_language(sample_files: Path) -> None:
    """What shapes and controls say, which evidence waits, and who is not known."""

    def told_by_pages(end: str) -> str:
        paths = (sample_files / f"{name}{end}.html" for name in ("qualite", "liens", "ministres"))
        trees = (html.fromstring(path.read_bytes()) for path in paths)
        texts = (tree.xpath("//main//*[not(self::textarea)]/text()") for tree in trees)
        return plain(" ".join(chain.from_iterable(texts)))

    french, english = map(told_by_pages, LANGUAGES.values())
    for told, said in (
        ("le ministère n’est connu que par son nom", "the ministry is known by name only"),
        ("un jour où il n’existait pas", "on a day on which it did not exist"),
        ("Nom et année : 6", "Name and year: 6"),
        ("non connu des données", "not known from the data"),
    ):
        assert told in french and told not in english, told
        assert said in english and said not in french, said


def test_english_leads_to_english(sample_files: Path) -> None:
    """Where there is an English page; what is French alone is said to be."""
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
def client(vies_client: Client) -> Client:
    return vies_client


@pytest.fixture(scope="module")
def made(vies: Path) -> tuple[str, str]:
    """The paths of a question and of a ministry, whose pages are made when they are asked for."""
    _, uid = next(PublishedQuestions(current(vies)).uids())
    ministry = next(iri for iri in kept_documents(current(vies)) if "/ministere/" in iri)
    return f"question/{uid}", ministry.removeprefix(BASE)


def test_a_result_and_a_refusal_speak_english(client: Client) -> None:
    """The title of an example in the second line of its text, the problem, the notice of a term."""
    seen = client.get("/sparql", query_string={"query": EXAMPLE}, headers=ENGLISH).text
    assert "<h1>How many?</h1>" in seen and "No row: the query is right" in seen
    assert "qp:titr is no term; did you mean qp:titre?" in seen and "La requête" not in seen
    seen = client.get("/sparql?query=SELEC", headers=ENGLISH).text
    assert "Line 1, column 6: “SELEC” is not expected here; did you mean SELECT?" in seen
    for query in standalone_queries().values():
        assert query.text.startswith(f"# {query.title}\n# {query.title_en}\n"), query.name
        assert "\n# " not in query.text.removeprefix(f"# {query.title}\n"), query.name


def test_the_language_is_negotiated_where_an_address_names_none(
    client: Client, vies: Path, made: tuple[str, str]
) -> None:
    """Where an extension names none: the home page, a thing, a page, a page of a list."""
    asked, mistaken = (f"/sparql?query={quote(text)}" for text in (EXAMPLE, "SELEC"))
    for path in ("/", "/sparql", asked, mistaken, "/telechargements/", "/recherche?q=a"):
        pages = [client.get(path, headers=headers) for headers in (BROWSER, ENGLISH)]
        for page, code in zip(pages, LANGUAGES, strict=True):
            assert f'<html lang="{code}">'.encode() in page.data, path
            assert page.headers["Content-Language"] == code
            assert "Accept-Language" in page.headers["Vary"], path
        tags = {page.headers.get("ETag") for page in pages}
        assert len(tags) == 2 or path == mistaken, path  # what caches tell apart
    site, question = site_of(current(vies)), made[0]
    further = min(str(path.relative_to(site)) for path in site.glob("*/*/page-2.html"))
    for headers, end in ((ENGLISH, ".en"), (BROWSER, "")):
        for path in made:
            seen = client.get(f"/{path}", headers=headers)
            assert (seen.status_code, seen.location) == (303, f"/{path}{end}.html")
            assert "Accept-Language" in seen.headers["Vary"]
        for path in ("donnees", further.removesuffix(".html")):
            seen = client.get(f"/{path}", headers=headers)
            assert (seen.status_code, seen.location) == (302, f"/{path}{end}.html")
            assert client.get(f"/{path}{end}.html").status_code == 200
        page = client.get(f"/{question}.html", headers=headers)
        assert b'<html lang="fr">' in page.data
    data = client.get(f"/{question}", headers={**ENGLISH, "Accept": "text/turtle"})
    assert data.location == f"/{question}.ttl"
    missing = client.get("/rien", headers=ENGLISH)
    assert missing.status_code == 404 and b'<html lang="en">' in missing.data


@pytest.mark.parametrize(("language", "end"), LANGUAGES.items())
@pytest.mark.parametrize("number", [0, 1], ids=["question", "ministry"])
def test_a_page_in_a_language(
    client: Client, made: tuple[str, str], number: int, language: str, end: str
) -> None:
    """It is cached as any answer, and there is none of what is not published."""
    path = f"/{made[number]}{end}.html"
    seen = client.get(path)
    assert (seen.status_code, seen.mimetype) == (200, "text/html")
    assert seen.headers["Content-Language"] == language
    assert "public" in seen.headers["Cache-Control"] and seen.headers["Last-Modified"]
    assert "canonical" in seen.headers["Link"]
    page = html.fromstring(seen.data)
    assert page.get("lang") == language
    if path.startswith("/question/"):
        assert page.xpath("//h1/@lang") == ([] if language == "fr" else ["fr"])
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Content-Language", "Content-Type", "Link"):
        assert head.headers.get(name) == seen.headers.get(name), name
    assert client.get(f"/{made[number]}.xx.html").status_code == 404


def test_what_is_not_there_has_no_page_in_any_language(
    client: Client, made: tuple[str, str]
) -> None:
    """Nor has a page beyond the last one of a list."""
    ministry = made[1]
    for missing in ("question/QANR5L17QE1", "ministere/personne", "depute/PA0",
                    f"{ministry}/page-99", f"{ministry}/rien"):  # fmt: skip
        for end in ("", *(f"{end}.html" for end in LANGUAGES.values())):
            assert client.get(f"/{missing}{end}").status_code == 404, (missing, end)


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


def test_the_search_in_english(client: Client) -> None:
    """It is the same search, with the words of the page in English; its links stay English."""
    pages = [client.get(f"/recherche{end}?q=2", headers=BROWSER) for end in LANGUAGES.values()]
    french, english = (html.fromstring(page.data) for page in pages)
    assert english.get("lang") == "en"
    path = "//ol[@class='liste']/li/a/@href"
    expected = [
        link.replace("#", ".en.html#") if "#" in link else f"{link}.en.html"
        for link in french.xpath(path)
    ]
    assert english.xpath(path) == expected and expected
    for link in english.xpath("//aside[@class='facettes']//a/@href"):
        assert link.startswith("recherche.en?"), link
    assert client.get("/recherche.en.html?comme=QANR5L17QE1").status_code == 404
    assert json.loads(client.get("/recherche.en?q=2&format=json").data)["resultats"]
    client.get("/", headers=ENGLISH)  # the language of a request is not that of the next
    assert b'<html lang="fr">' in client.get("/recherche", headers=BROWSER).data


def test_what_an_english_search_names_is_english_where_it_can_be(client: Client) -> None:
    """A question leads to its English page, the questions that cite a law to the English search."""
    told = json.loads(client.get("/recherche/suggestions.en.json?q=loi+201").data)["suggestions"]
    assert told and all(one["genre_en_clair"] == "Cited text" for one in told)
    assert all(one["chemin"].startswith("recherche.en.html?texte=loi") for one in told)
    question = json.loads(client.get("/recherche/suggestions.en.json?q=QE+1").data)["suggestions"]
    assert any(re.fullmatch(r"question/\w+\.en\.html", one["chemin"]) for one in question)


def test_a_heading_has_its_english_name_beside_it(sample_files: Path) -> None:
    """That of EuroVoc, on the English page of a question alone."""
    for end, told in (("", False), (".en", True)):
        page = html.fromstring((sample_files / f"question/QANR5L16QG4{end}.html").read_bytes())
        [fact] = page.xpath("//dd[a[contains(@href, 'rubrique/')]]")
        assert ("(" in fact.text_content()) is told
