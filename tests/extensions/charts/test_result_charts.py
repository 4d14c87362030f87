"""The result of a query as a chart or a map, where its columns allow it: with its numbers."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from lxml import html
from pyoxigraph import Literal, NamedNode, Quad
from werkzeug.test import Client

from lod.extensions.charts.bars import MOST_BARS
from lod.publish.query_catalogue import query_text
from tests.support.server_data import client_of, publish, serving

ACCEPT = {"Accept": "text/html"}
MARKUP = "<script>alert(1)</script> & \"deux\" 'fois' ]]> --> {{ 7 }}"
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
ONE = 'SELECT ?nom ?n { VALUES (?nom ?n) { ("a" %s) ("b" 1) } }'


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("dessins")
    said = [(NamedNode(f"urn:{n}"), NamedNode("urn:nom"), Literal(f"{n} {MARKUP} {'x' * 4000}"))
            for n in range(1_200)]  # fmt: skip
    publish(folder, quads=[Quad(*triple) for triple in said])
    with serving(folder) as server:
        yield client_of(server)


def seen(client: Client, query: str, vue: str = "", **more: str) -> html.HtmlElement:
    asked = {"query": query, "format": "html", **({"vue": vue} if vue else {}), **more}
    found = client.get("/sparql", query_string=asked, headers=ACCEPT)
    assert found.status_code == 200, found.data[:400]
    return html.fromstring(found.data.decode())


def marks(tree: html.HtmlElement) -> list[str]:
    """Return what is told of the rectangles of the drawing, whose titles a parser of HTML moves."""
    [drawing] = re.findall(r"<svg.*</svg>", html.tostring(tree, encoding="unicode"), re.DOTALL)
    return re.findall(r"<rect[^>]*><title>([^<]+)</title>", drawing)


def offered(tree: html.HtmlElement) -> list[str]:
    return [link.text for link in tree.xpath("//nav[@aria-label='Vue']//a")]


@pytest.mark.parametrize(
    ("name", "views", "kind"),
    [("par-departement", "Tableau Graphique Carte", "barres"),
     ("par-mois", "Tableau Graphique", "colonnes"), ("types", "Tableau Graphique", "barres"),
     ("ministeres", "Tableau Graphique", "barres"), ("recentes", "", "")],
)  # fmt: skip
def test_what_can_be_drawn_is_offered(client: Client, name: str, views: str, kind: str) -> None:
    """Links lead to the drawing and back, which need no script; the numbers stand below it."""
    tree = seen(client, query_text(name))
    assert offered(tree) == views.split() and not tree.xpath("//svg")
    drawn = seen(client, query_text(name), "graphique")
    assert bool(drawn.xpath("//figure")) == bool(kind)
    assert ("ne se dessinent pas" in drawn.text_content()) != bool(kind)
    if kind:
        assert drawn.xpath(f"//figure[@class='planche {kind}']//*[local-name()='rect']")
        assert drawn.xpath("//nav[@aria-label='Vue']//a[@aria-current]")[0].text == "Graphique"
        back = drawn.xpath("//nav[@aria-label='Vue']//a")[0].get("href")
        assert parse_qs(back.partition("?")[2])["query"] == [query_text(name)]
    cells = "//table[@class='resultats']//td/text()"
    assert drawn.xpath(cells) == tree.xpath(cells)


def test_bars_and_columns_are_the_rows(client: Client) -> None:
    """Each value is that of a row: all that there is room for, then what the rest comes to."""
    query = query_text("ministeres")
    tree, drawn = seen(client, query), seen(client, query, "graphique", nombre="repondues")
    place = [th.text for th in tree.xpath("//th")].index("repondues")
    cells = [int(row.xpath("td")[place].text_content()) for row in tree.xpath("//tbody/tr")]
    told = [mark.rpartition("\u00a0: ")[2] for mark in marks(drawn)]
    best = sorted((n for n in cells if n), reverse=True)[:MOST_BARS]
    assert [int(n) for n in told] == best and "autres" in drawn.xpath("string(//figure)")
    chosen = drawn.xpath("//nav[@aria-label='Nombre dessiné']//a[@aria-current]")
    assert [link.text for link in chosen] == ["repondues"]


def test_days_are_added_up_by_month(client: Client) -> None:
    days = "SELECT ?jour (COUNT(?q) AS ?n) { ?q qp:dateParution ?jour } GROUP BY ?jour"
    drawn = seen(client, days, "graphique")
    total = sum(int(td.text) for td in drawn.xpath("//td[@class='n']"))
    assert sum(int(mark.rpartition("\u00a0: ")[2]) for mark in marks(drawn)) == total
    assert drawn.xpath("//figure[@class='planche colonnes']")


def test_a_map_needs_departments(client: Client) -> None:
    """By their IRIs, codes or names, each once; the squares have the numbers of the rows."""
    named = 'SELECT ?d ?n { VALUES (?d ?n) { ("Haute-Loire"@fr 1) ("nord" 2) } }'
    assert any(one == "Haute-Loire (43)\u00a0: 1" for one in marks(seen(client, named, "carte")))
    text = query_text("par-departement")
    for column in ("?adresse", "?departement"):
        query = text.replace("SELECT ?departement ?adresse", f"SELECT {column}")
        drawn = seen(client, query, "carte")
        assert drawn.xpath("//figure[@class='planche carte']"), column
        assert any(one.startswith("Bouches-du-Rhône (13)") for one in marks(drawn)), column
    twice = 'SELECT ?c ?n { VALUES (?c ?n) { ("13" 1) ("13" 2) } }'
    assert offered(seen(client, twice)) == ["Tableau", "Graphique"]


@pytest.mark.parametrize(
    "number",
    ["-1", "1e300", "1e-300", '"INF"^^xsd:double', '"NaN"^^xsd:double', '"x"^^xsd:integer',
     '"1"', "9999999999999999999", "<urn:x>"],
)  # fmt: skip
def test_what_is_no_number_from_zero_on_is_not_drawn(client: Client, number: str) -> None:
    tree = seen(client, XSD + ONE % number, "graphique")
    assert not offered(tree) and not tree.xpath("//figure") and len(tree.xpath("//tbody/tr")) == 2


DAYS = ("2024", "2024-99-01", "2024-00-01", "2024/05/01", "2024-xx", "2024-5-1", "-0044-03-15", "x")
STRANGE = [
    "SELECT ?annee ?n { VALUES (?annee ?n) { (1000 1) (2999 2) } }",
    "SELECT ?annee ?mois ?n { VALUES (?annee ?mois ?n) { (2020 13 1) (2021 1 2) } }",
    *(f'SELECT ?j ?n {{ VALUES (?j ?n) {{ ("{day}"^^xsd:date 1) }} }}' for day in DAYS),
    "SELECT ?n { VALUES ?n { 1 2 3 } }",
    "SELECT ?a ?n { VALUES (?a ?n) { (UNDEF 1) (UNDEF 2) } }",
    "SELECT ?a ?n { VALUES (?a ?n) { (UNDEF 0) } }",
    "SELECT ?a ?n { }",
    "SELECT (1 AS ?nombre) { FILTER(false) }",
    "ASK { }",
    "CONSTRUCT { <urn:a> <urn:b> 1 } { }",
]


@pytest.mark.parametrize("query", STRANGE)
def test_nothing_that_is_strange_fails(client: Client, query: str) -> None:
    """A page, whatever the columns; a view that there is not is the table."""
    for vue in ("graphique", "carte", "%3Cscript%3E"):
        seen(client, XSD + query, vue, nombre="rien")


def test_markup_is_text_and_long_rows_are_said(other: Client) -> None:
    """Names are cut, no markup comes through, and so many rows as are drawn are told."""
    query = "SELECT ?nom (STRLEN(?nom) AS ?n) { ?s <urn:nom> ?nom }"
    tree = seen(other, query, "graphique")
    assert not tree.xpath("//main//script") and "<script>" in tree.xpath("string(//figure)")
    assert "premières lignes sont montrées" in tree.text_content()
    texts = [text.text_content() for text in tree.xpath("//figure//*[local-name()='text']")]
    assert max(map(len, texts)) < 500


def test_a_view_has_a_tag_of_its_own(client: Client) -> None:
    """A cache does not give a chart for a table, and data is the same in each view."""
    query, tags = {"query": query_text("types"), "format": "html"}, set()
    for vue in ("tableau", "graphique", "carte"):
        asked = {**query, "vue": vue}
        tags.add(tag := client.get("/sparql", query_string=asked, headers=ACCEPT).headers["ETag"])
        again = client.get("/sparql", query_string=asked, headers=ACCEPT | {"If-None-Match": tag})
        assert again.status_code == 304
    assert len(tags) == 3
