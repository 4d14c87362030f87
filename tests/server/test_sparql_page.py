"""The HTML pages of `/sparql`: results, errors, and the editor in a browser."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from lxml import html
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from lod.base import packaged
from lod.publish.query_catalogue import query_text, standalone_queries, traps
from lod.publish.release import current
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES
from lod.server.common import csp
from lod.server.limits import (
    PREVIEW_COLUMNS,
    PREVIEW_ROWS,
    PREVIEW_SIZE,
    PREVIEW_VALUE,
    WorkerLimits,
)
from lod.website.pages.sparql_page import FACTS, staircase, write_sparql_page
from lod.website.rendering.templates import model_page
from tests.support import paths
from tests.support.live import live
from tests.support.paths import site_in
from tests.support.programs import HERE, MODULES, absent, browser, need, output
from tests.support.server_data import BASE, CROSS, Answer, Server, publish, serving

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OWN_SCRIPT = [b'<script src="static/suggestions.js" defer>']  # of the search field
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7777 }}"
XSD = PREFIXES["xsd"]
TITLE = f"{PREFIXES['qp']}titre"
IRIS = {  # IRI in the data → its link on the page
    f"{BASE}question/X": "./question/X",
    f"{BASE}javascript:alert(1)": "./javascript:alert(1)",
    f"{BASE}/evil.test/": ".//evil.test/",
    "https://ailleurs.test/?a=1&b=%22": "https://ailleurs.test/?a=1&b=%22",
    "http://ailleurs.test/'onclick='alert(3)": "http://ailleurs.test/'onclick='alert(3)",
    TITLE: f"./{model_page(TITLE)}" if model_page(TITLE) else TITLE,
    "javascript:alert(4)": "",
    "data:text/html,<script>alert(5)</script>".replace("<", "%3C").replace(">", "%3E"): "",
    "vbscript:x": "",
    "urn:isbn:1": "",
}


def data() -> list[Quad]:
    """Return numbers, texts that contain code, IRIs of many kinds, and a thing with its name."""
    quads = [(f"urn:n{i}", "urn:rang", Literal(str(i), datatype=NamedNode(f"{XSD}integer")))
             for i in range(PREVIEW_ROWS + 5)]  # fmt: skip
    quads += [("urn:s", "urn:texte", Literal(HOSTILE, language="fr")),
              (f"{BASE}question/X", "urn:nom", Literal("Nom & titre"))]  # fmt: skip
    told = [("urn:s", "urn:voir", NamedNode(iri)) for iri in IRIS]
    return [Quad(NamedNode(s), NamedNode(p), o) for s, p, o in [*quads, *told]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    publish(folder, quads=data())
    with serving(folder, limits=WorkerLimits(seconds=5, rows=PREVIEW_ROWS + 4)) as running:
        yield running


class Page:
    """The content of an HTML page, as a parser reads it; nothing in it runs."""

    def __init__(self, answer: Answer) -> None:
        self.text = answer.body.decode()
        tree = html.fromstring(self.text)
        assert not tree.xpath("//@*[name() = 'style' or starts-with(name(), 'on')]")
        self.tags = [str(element.tag) for element in tree.iter()]
        self.cells = [cell.text_content() for cell in tree.xpath("//td")]
        self.classes = [cell.get("class", "") for cell in tree.xpath("//td")]
        self.links = {link.text_content(): link.get("href") for link in tree.xpath("//td//a")}
        self.rel = {link.get("href"): link.get("rel", "") for link in tree.xpath("//a")}
        # addresses of the other forms
        self.forms = [a for a in self.rel if a.startswith("sparql?")]
        self.query = "".join(tree.xpath("//textarea/text()")).removeprefix("\n")
        self.method = "".join(tree.xpath("//*[@id = 'formulaire']/@method"))
        self.hidden = [(i.get("name"), i.get("value")) for i in tree.xpath("//*[@type = 'hidden']")]


def asked(server: Server, query: str, status: int = 200, **more: str) -> Page:
    """Return the page of a query, asked as a browser does; check that it contains no code."""
    got = server.ask(f"/sparql?{urlencode({'query': query, **more})}", Accept=BROWSER)
    assert (got.status, got.type) == (status, "text/html"), got.body[:300]
    assert got.headers["content-security-policy"] == csp.header_value(csp.PAGES)
    assert int(got.headers["content-length"]) == len(got.body)
    page = Page(got)
    assert re.findall(rb"<script[^>]*>", got.body) == OWN_SCRIPT
    assert page.tags.count("script") == 1 and "img" not in page.tags and "54439" not in page.text
    assert page.query == query.replace("\r\n", "\n")  # as HTML is read
    return page


def test_a_table(server: Server) -> None:
    page = asked(server, "SELECT ?s ?n { ?s <urn:rang> ?n } ORDER BY ?n LIMIT 3")
    assert page.cells == ["urn:n0", "0", "urn:n1", "1", "urn:n2", "2"]
    assert page.classes == ["", "n"] * 3
    assert "3 lignes." in page.text
    formats = [parse_qs(urlsplit(form).query)["format"] for form in page.forms]
    assert formats == [["csv"], ["json"], ["xml"], ["tsv"]]
    for form in page.forms:
        assert server.ask(f"/{form}").status == 200
    assert page.method == "get"


def test_no_more_than_a_person_reads(server: Server) -> None:
    """A thousand rows are shown, and counted up to the limit of rows."""
    page = asked(server, "SELECT ?s { ?s <urn:rang> ?n FILTER(?n < 1003) }")
    assert len(page.cells) == PREVIEW_ROWS and "1\u202f000 lignes sur 1\u202f003." in page.text
    page = asked(server, "SELECT ?s { ?s <urn:rang> ?n }")
    assert len(page.cells) == PREVIEW_ROWS and "sur plus de 1\u202f004." in page.text
    page = asked(server, "CONSTRUCT { ?s <urn:p> ?n } { ?s <urn:rang> ?n }")
    assert "1\u202f000 triplets sur plus de 1\u202f004." in page.text


def test_long_values(server: Server) -> None:
    """The page stays short for long values and many columns."""
    binds = [f"BIND(CONCAT({', '.join([f'?a{i}'] * 10)}) AS ?a{i + 1})" for i in range(5)]
    text = f"BIND('xxxxxxxxxx' AS ?a0) {' '.join(binds)}"
    page = asked(server, f"SELECT ?a5 {{ {text} }}")
    assert [len(cell) for cell in page.cells] == [PREVIEW_VALUE + 1] and page.cells[0].endswith("…")
    page = asked(server, f"CONSTRUCT {{ <urn:s> <urn:p> ?a5 , ?a6 }} {{ {text} "
                         f"BIND(CONCAT(?a5, ?a5) AS ?a6) }}")  # fmt: skip
    assert len(page.text) < 20_000 and "une valeur est trop longue\u00a0; il y a 2." in page.text
    names = " ".join(f"('x' AS ?c{i})" for i in range(PREVIEW_COLUMNS + 7))
    page = asked(server, f"SELECT {names} {{}}")
    assert len(page.cells) == PREVIEW_COLUMNS and "100 premières colonnes" in page.text
    rows = f"?s <urn:rang> ?n BIND('xxxxxxxxxx' AS ?a0) {' '.join(binds[:3])}"
    page = asked(server, f"SELECT ?a3 {{ {rows} }}")
    assert len(page.text) < 2.2 * PREVIEW_SIZE and len(page.cells) < PREVIEW_ROWS


def test_hostile_values(server: Server) -> None:
    """Values are escaped; an IRI is a link only if it is http(s) or below the base."""
    page = asked(server, "SELECT ?x { <urn:s> <urn:texte> ?x }")
    assert page.cells == [f"{HOSTILE} fr"] and page.links == {}
    page = asked(server, "SELECT ?x { <urn:s> <urn:voir> ?x }")
    found = {page.links.get(cell, cell) for cell in page.cells}
    assert found == {href or iri for iri, href in IRIS.items()}
    for href in page.links.values():
        assert ("nofollow" in page.rel[href]) == href.startswith("http"), href
        assert urlsplit(href).scheme in ("", "http", "https") and not href.startswith("/")
    page = asked(server, "CONSTRUCT WHERE { <urn:s> ?p ?o }")
    assert "&lt;script&gt;alert(1)" in page.text
    assert {"./javascript:alert(1)", ".//evil.test/"} < page.rel.keys()
    assert all(urlsplit(href).scheme in ("", "http", "https") for href in page.rel)
    asked(server, f"# {HOSTILE}\nASK {{}}")
    asked(server, f"\n\n# b {HOSTILE}\nSELECT * {{ ?s ?p {HOSTILE} }}", 400)
    asked(server, "SELECT ?x { BIND(STRLANG('a', 'en-x') AS ?x) }")


def test_labels(server: Server) -> None:
    for name in ("xLabel", "nomX", "x_nom", "nom"):
        for columns in (f"?x ?{name}", f"?{name} ?x"):
            page = asked(server, f"SELECT {columns} {{ ?x <urn:nom> ?{name} }}")
            assert page.links == {"question/X": "./question/X", "Nom & titre": "./question/X"}
    assert len(asked(server, "SELECT ?x ?autre { ?x <urn:nom> ?autre }").links) == 1


def test_truth_and_graph(server: Server) -> None:
    assert "<strong>oui</strong>\u00a0: il y a" in asked(server, "ASK { ?s <urn:nom> ?o }").text
    assert "<strong>non</strong>\u00a0: il n’y a" in asked(server, "ASK { ?s <urn:rien> ?o }").text
    page = asked(server, "CONSTRUCT { ?s a qp:Question } { ?s <urn:nom> ?o }")
    assert '<a href="./question/X">&lt;http://exemple.test/question/X&gt;</a> a qp:' in page.text
    assert "@prefix qp: " in page.text
    assert "1 triplet." in page.text and "@prefix owl" not in page.text
    for form in page.forms:
        assert server.ask(f"/{form}").status == 200
    assert "Aucune ligne" in asked(server, "SELECT ?s { ?s <urn:rien> ?o }").text
    assert "Aucun triplet" in asked(server, "DESCRIBE <urn:rien>").text


def test_the_staircase(sample: Path) -> None:
    """Each step has three to eight lines, and rows before and after its word is changed."""
    steps, store = staircase(), open_store(current(sample) / "store")
    page = (current(sample) / "site" / "sparql.html").read_text("utf-8")
    assert len(steps) == 5 == page.count('data-nom="marche-')
    for step in steps:
        assert 3 <= len(step.requete.splitlines()) <= 8
        assert step.requete.count(step.mot) == 1
        for text in (step.requete, step.changed):
            found = store.query(text, base_iri=f"{paths.BASE}sparql", prefixes=PREFIXES)
            assert isinstance(found, QuerySolutions) and list(found), text
    for one, two in pairwise(steps):
        old, new = ({line.strip(" ;.") for line in s.requete.splitlines()} for s in (one, two))
        assert len(old & new) >= 1, two.dit


@pytest.mark.slow
def test_a_mistake(server: Server) -> None:
    """The page of a syntax error shows its place, and keeps the query."""
    page = asked(server, "SELECT *\n{ ?s ?p }", 400)
    assert "Ligne 2, colonne 10" in page.text and "Erreur 400" in page.text
    assert "{ ?s ?p }<mark> </mark>" in page.text  # the column of the engine
    assert "Ligne 1, colonne 1" in asked(server, "", 400).text
    asked(server, "SELECT * {\r\n", 400)
    federated = asked(server, "ASK { SERVICE <http://127.0.0.1/> {} }", 403)
    assert "federation.html" in federated.text
    page = asked(server, "ASK { GRAPH <urn:g> {} } x", 400, **{"named-graph-uri": "urn:g"})
    assert ("named-graph-uri", "urn:g") in page.hidden
    assert "Délai dépassé" in asked(server, CROSS, 504).text


def test_a_long_query(server: Server) -> None:
    query = f"SELECT ?s {{ ?s <urn:nom> ?o }} # {'é' * 20_000}"
    body = urlencode({"query": query, "format": "html"}).encode()
    form = "application/x-www-form-urlencoded"
    got = server.ask("/sparql", "POST", body, Content_Type=form)
    page = Page(got)
    assert (got.status, got.type, page.query) == (200, "text/html", query)
    assert (page.method, page.forms) == ("post", [])


def test_the_policy_of_the_editor(server: Server) -> None:
    """Only the page of the editor may run scripts and connect, both to this site only."""
    for path in ("/sparql.html", "/sparql"):
        said = server.ask(path, Accept=BROWSER).headers["content-security-policy"]
        assert said == csp.header_value(csp.EDITOR)
        assert "unsafe" not in said and "script-src 'self';" in said
        assert "connect-src 'self'" in said and "http" not in said


def test_the_page_without_its_editor(sample: Path) -> None:
    """All examples are forms that work, and the page knows the terms of the ontology."""
    page = (current(sample) / "site" / "sparql.html").read_text("utf-8")
    forms = re.findall(r'<form class="exemple-sparql" data-nom="([\w-]+)"', page)
    steps = [f"marche-{n}" for n in range(1, 6)]
    right = [f"piege-{trap.nom}" for trap in traps()]
    assert sorted(forms) == sorted([*standalone_queries(), *steps, *right, FACTS])
    said = re.search(r'<script type="application/json" id="donnees">(.*?)</script>', page)
    assert said
    known = json.loads(said[1])
    assert known["prefixes"] == PREFIXES and known["service"].endswith("/sparql")
    assert f"{PREFIXES['qp']}Question" in known["classes"] == sorted(known["classes"])
    assert f"{PREFIXES['qp']}titre" in known["proprietes"] == sorted(known["proprietes"])
    assert '<option value="html">' in page.partition('<select id="format"')[2][:60]


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.slow
def test_scripts_of_others_are_part_of_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    monkeypatch.setattr(packaged, "VENDOR", tmp_path)
    before = packaged.published()
    rows = packaged.vendored() if is_there else []
    for row in rows:
        row.path.parent.mkdir(parents=True, exist_ok=True)
        row.path.write_text("x")
    names = [path.name for path in packaged.published()[len(before) :]]
    editor = ["yasgui.min.js", "yasgui.min.css", "yasgui.txt"]
    assert names == (editor if is_there else [])
    write_sparql_page(site_in(tmp_path / "site"), Store())
    here = sorted(path.name for path in (tmp_path / "site" / "static").rglob("*.*"))
    assert here == (["LICENCE.txt", "yasgui.min.css", "yasgui.min.js"] if is_there else [])
    page = (tmp_path / "site" / "sparql.html").read_text("utf-8")
    assert (("yasgui" in page), ('id="atelier"' in page)) == (is_there, is_there)
    assert 'id="formulaire"' in page and "static/sparql.js" in page


@pytest.mark.tool
def test_in_a_browser(sample: Path, sample_files: Path) -> None:
    """An example runs, a link opens it unrun, the keyboard works, nothing is sent elsewhere."""
    if not packaged.scripts():
        absent(".ci/vendor has not brought it: this was NOT tried")
    need(MODULES / "playwright-core")
    node, chromium = need("node"), browser()
    page = sample_files / "sparql.html"
    query = "SELECT ?question ?titre { ?question qp:titre ?titre } LIMIT 7"
    with live(sample) as running:
        said = output(node, HERE / "sparql.mjs", MODULES, running.url, page, query,
                      CHROMIUM=chromium)  # fmt: skip
    found = json.loads(said)
    example = query_text("types")
    assert (found["example"], found["rows"], found["table"]) == (example, 6, "Tableau")
    link = quote(example, safe="()*!'")  # as encodeURIComponent does
    assert found["link"] == f"{running.url}sparql#query={link}"
    assert (found["shared"], found["unasked"]) == ([example, 6], 0)
    assert found["download"].endswith(".json")
    assert (found["hints"], found["keyboard"], found["focus"]) == (["qp:dateParution"], 7, "BUTTON")
    assert found["refusal"].startswith("Erreur de syntaxe SPARQL")
    assert found["plain"] == [7, query] and found["mistake"] == [1, "SELECT * {"]
    assert found["disk"] == "http://localhost:8000/sparql"
    # no request goes to another origin, even if a link asks for it; only queries are stored
    assert found["origins"] == [running.url.rstrip("/"), "null"]  # null: files
    assert (found["elsewhere"], found["errors"], found["refusals"]) == (7, [], 2)
    assert found["stored"] < 5000 and found["cookies"] == []
    assert found["tabs"] == [2, 1]  # the second one is closed
