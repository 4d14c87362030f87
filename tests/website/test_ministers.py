"""The pages of who held office: received, waiting, names; ministers month by month."""

import csv
import re
from pathlib import Path

import pytest
from lxml import html
from pyoxigraph import Store

from lod.publish.query_catalogue import query_text
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PREFIXES
from lod.website.pages.offices import DUE_LISTS, RECEIVED_LISTS, Office, Offices, headline
from lod.website.pages.statistics_page import BY_MINISTER, NOW
from tests.support.paths import BASE
from tests.support.releases import site_of

# Questions received, of these oral, answered in time, late, without due date, waiting, overdue,
# closed, of unknown outcome: counted from the days of `ministres.csv` and those of each question,
# without the program.
TEN = {
    "Bruno Le Maire": (26, 12, 5, 5, 12, 0, 0, 4, 0),
    "Catherine Vautrin": (14, 0, 1, 10, 0, 1, 1, 2, 0),
    "Jean-Yves Le Drian": (11, 0, 3, 7, 0, 0, 0, 1, 0),
    "Gérald Darmanin": (41, 30, 0, 3, 30, 0, 0, 8, 0),
    "Agnès Buzyn": (9, 0, 4, 4, 0, 0, 0, 1, 0),
    "Bruno Retailleau": (7, 0, 0, 3, 0, 4, 4, 0, 0),
    "Stéphanie Rist": (7, 0, 0, 1, 0, 6, 2, 0, 0),
    "Élisabeth Borne": (32, 27, 1, 2, 27, 1, 1, 1, 0),
    "Olivier Véran": (11, 8, 0, 2, 8, 0, 0, 1, 0),
    "Édouard Geffray": (2, 0, 0, 0, 0, 2, 0, 0, 0),
}
NAMES = "SELECT ?nom ?iri { ?iri <http://xmlns.com/foaf/0.1/name> ?nom }"


@pytest.fixture(scope="module")
def site(sample: Path) -> Path:
    return site_of(current(sample))


@pytest.fixture(scope="module")
def paths(sample: Path) -> dict[str, str]:
    """Name of a person → path."""
    store = open_store(current(sample) / "store")
    return {row["nom"]: row["iri"].removeprefix(BASE) for row in select(store, NAMES)}


def page_of(site: Path, path: str) -> html.HtmlElement:
    return html.parse(site / f"{path}.html").getroot()


def listed(site: Path, page: Path, address: str) -> int:
    """How many questions the list at an address has on all its pages."""
    first = (page.parent / address).resolve()
    pages = [first, *sorted(first.with_suffix("").glob("page-*.html"))]
    return sum(len(html.parse(one).xpath("//main//ol[@class='liste']/li")) for one in pages)


@pytest.mark.parametrize("name", TEN)
def test_figures_are_those_counted_apart(name: str, site: Path, paths: dict[str, str]) -> None:
    """Each is a link to as many questions; what is zero is not said."""
    page = page_of(site, paths[name])
    links = page.xpath("//section[@id='au-gouvernement']/dl//a")
    said = {a.get("href").rpartition("/")[2][:-5]: int(a.xpath("data/@value")[0]) for a in links}
    expected = dict(zip(RECEIVED_LISTS, TEN[name], strict=True))
    assert said == {key: number for key, number in expected.items() if number}
    for a in links:
        shown = int(a.xpath("data/@value")[0])
        assert listed(site, site / f"{paths[name]}.html", a.get("href")) == shown, a.get("href")


@pytest.mark.parametrize("name", TEN)
def test_months_add_up(name: str, site: Path, paths: dict[str, str]) -> None:
    rows = page_of(site, paths[name]).xpath("//*[@id='fiche-recues']//tbody/tr")
    columns = zip(*(row.xpath(".//data/@value") for row in rows), strict=True)
    assert tuple(sum(map(int, column)) for column in columns) == TEN[name]


def test_the_head_is_no_office_of_a_week(site: Path, paths: dict[str, str]) -> None:
    """The last office that lasted, with its days; who held short ones alone has the longest."""
    said = page_of(site, paths["Élisabeth Borne"]).xpath("string(//p[@class='sous'])")
    assert said.startswith("Ministre d") and said.endswith("24 décembre 2024 – 4 octobre 2025")
    week = Office("2025-10-05", "m", "", "2025-10-12")
    day = Office("2025-10-13", "m", "", "2025-10-13")
    assert headline([week, day]) == week
    assert headline([week, in_place := day._replace(end="")]) == in_place


def test_who_never_sat(site: Path, paths: dict[str, str]) -> None:
    assert paths["Édouard Geffray"].startswith("personne/")
    page = page_of(site, paths["Édouard Geffray"])
    assert page.xpath("string(//p[@class='genre'])") == "Ministre"
    assert not page.xpath("//*[@id='a-l-assemblee']")
    assert page.xpath("string(//meta[@name='description']/@content)").startswith(
        "Édouard Geffray, ministre"
    )


def test_who_sat_and_held_office(site: Path, paths: dict[str, str]) -> None:
    """Those who asked have a section more; nothing is said to be zero."""
    page = page_of(site, paths["Bruno Le Maire"])
    assert page.xpath("string(//p[@class='genre'])") == "Ministre, député"
    assert not page.xpath("//*[@id='questions']")
    orders = set()
    for path in (site / "depute").glob("*.html"):
        tree = html.parse(path)
        sections = tree.xpath("//*[@id='au-gouvernement' or @id='questions']/@id")
        if len(sections) > 1:
            figures = tree.xpath("//*[@id='au-gouvernement']//data[@value]")
            orders.add((sections[0], bool(figures), bool(tree.xpath("//*[@id='a-l-assemblee']"))))
    assert orders == {("au-gouvernement", True, True), ("questions", False, False)}


def test_who_never_held_office(site: Path) -> None:
    page = page_of(site, "depute/PA718926")
    assert page.xpath("string(//p[@class='genre'])") == "Député"
    assert not page.xpath("//*[@id='au-gouvernement']") and page.xpath("//*[@id='questions']")


def test_nobody_is_said_to_have_asked_nothing(site: Path) -> None:
    pages = [p for kind in ("depute", "auteur", "personne") for p in (site / kind).rglob("*.html")]
    assert len(pages) > 300
    for path in pages:
        assert "Aucune question ici" not in path.read_text("utf-8"), path


def test_who_is_late_today(sample: Path, site: Path) -> None:
    """Each number leads to its questions; no ministry that is known by its name alone is there."""
    rows = list(select(open_store(current(sample) / "store"), query_text(NOW)))
    shown = page_of(site, "ministres").xpath("//section[@id='aujourdhui']//tbody/tr")
    assert len(shown) == len(rows) > 5
    for row, line in zip(rows, shown, strict=True):
        for td, of_list in zip(line.xpath("./td[@class='n']"), DUE_LISTS, strict=True):
            for address in td.xpath("a/@href") if row["entite"] else ():
                assert address.endswith(f"/{of_list}.html")
                number = int(td.xpath("string(.//data/@value)"))
                assert listed(site, site / "ministres.html", address) == number


def test_how_many_wait_today(vies: Path) -> None:
    """Each once, whoever has to answer: also of ministries that are known by their names alone."""
    query = """PREFIX qp: <https://w3id.org/questions-parlementaires/def#> SELECT ?statut {
      VALUES ?statut { qp:statut-en-attente qp:statut-en-attente-dans-delai
        qp:statut-en-attente-hors-delai }
      ?question qp:statut ?statut }"""
    waiting = [row["statut"] for row in select(open_store(current(vies) / "store"), query)]
    late = [statut for statut in waiting if statut.endswith("hors-delai")]
    said = page_of(current(vies) / "site", "ministres").xpath("string(//p[@class='accroche'])")
    numbers = re.findall(r"(\d+) questions en attente, dont (\d+) en retard", said)
    assert waiting and numbers == [(str(len(waiting)), str(len(late)))]


def test_the_search_calls_them_ministers(sample: Path) -> None:
    index = SearchIndex(current(sample) / INDEX_FILE)
    things = {t.name: t for t, *_ in index.things.in_order() if t.kind in ("depute", "personne")}
    assert things["Bruno Le Maire"].label == "ministre"
    assert things["Bruno Le Maire"].detail.startswith("Ministre de l")
    assert things["Édouard Geffray"].label == "personne"
    assert things["Pierre Dharréville"].label == "depute"


@pytest.fixture(scope="module")
def rows(sample: Path) -> list[dict[str, str]]:
    store = open_store(current(sample) / "store")
    return [dict(row) for row in select(store, query_text(BY_MINISTER))]


def test_files_have_the_rows_of_the_query(site: Path, rows: list[dict[str, str]]) -> None:
    """The CSV of each month; together they are all rows, in their order."""
    found = []
    for path in sorted((site / "ministres").glob("*.csv"), reverse=True):
        with path.open(encoding="utf-8", newline="") as file:
            found += csv.DictReader(file)
    assert len(found) > 140 and found == rows


def test_where_no_minister_is_known(site: Path, rows: list[dict[str, str]]) -> None:
    """The ministry stands alone, and the page says so."""
    alone = [row for row in rows if not row["entite"]]
    assert alone
    for row in alone:
        assert row["ministre"] == "non connu des données" and row["ministere_nom"]
        page = (site / "ministres" / f"{row['mois']}.html").read_text("utf-8")
        assert '<td data-titre="Ministre">non connu des données</td>' in page


SPLIT = Path(__file__).with_name("ministere-scinde.ru").read_text("utf-8")


def test_nobody_is_waited_for_at_a_ministry_that_was_split() -> None:
    """The question of it stands under its name; that of a renamed one waits for who holds it."""
    store = Store()
    store.update(SPLIT, base_iri=BASE, prefixes=PREFIXES)
    late = {(row["entite"], row["ministere_nom"]) for row in select(store, query_text(NOW))}
    assert late == {("", "entier"), (f"{BASE}nouveau/nom", "nouveau")}
    due = list(select(store, query_text("questions-a-repondre")))
    assert [row["question"] for row in due] == [f"{BASE}ancien/question"]
    offices = Offices([quad.triple for quad in store], "2026-01-31")
    waited = {n: offices.awaited(offices.of(f"{BASE}{n}/nom")) for n in ("un", "autre", "nouveau")}
    own = [f"{BASE}{name}" for name in ("ancien", "nouveau")]
    assert waited == {"un": [f"{BASE}un"], "autre": [f"{BASE}autre"], "nouveau": own}
