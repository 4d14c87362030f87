"""Every number of the site is what the query printed beside it gives, asked again; the tables that
no query gives have the rows that one has given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html
from pyoxigraph import Store

from lod.base.tabular import csv_line
from lod.pipeline.questions.fact_queries import FactQueries
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.query_catalogue import standalone_queries
from lod.publish.release import current
from lod.rdf.serialize import triples
from lod.rdf.store import open_store, select
from lod.website.pages.kept_resources import kept_documents, shared
from lod.website.pages.offices import MONTHS, OFFICES, Held, Offices
from lod.website.pages.question_lists import newest_first
from lod.website.pages.question_tables import TABLES, TableMaker, counted_tables
from tests.support.paths import BASE, DAY, DEPUTE, LOMBARD, MINISTERE

# kinds of page: a folder or a page of the site, and how many pages of it there are at least
PAGES = {
    "depute": 250, "ministere": 90, "groupe": 20, "rubrique": 100, "legislature": 3,
    "circonscription": 200, "portefeuille": 20, "question": 479, "deputes": 10, "ministeres": 5,
    "portefeuilles": 10, "rubriques": 10, "groupes": 3, "circonscriptions": 10,
    "departement": 90, "ministres": 130, "region": 13, "departements": 10,
    "index": 1, "statistiques": 1, "qualite": 1, "legislatures": 1, "liens": 1,
}  # fmt: skip
ENOUGH = 40  # pages of one kind
# table that no query gives → a resource that has it
COUNTED = {
    "fiche-annees": "rubrique/sante", "fiche-auteurs": MINISTERE,
    "fiche-circonscriptions": "departement/13", "fiche-delais": MINISTERE,
    "fiche-elus": "departement/13", "fiche-fonctions": LOMBARD, "fiche-groupes": MINISTERE,
    "fiche-ministeres": "rubrique/sante", "fiche-parcours": DEPUTE, "fiche-recues": LOMBARD,
    "fiche-retard": "ministere/PO990005", "fiche-retraits": "legislature/15",
    "fiche-sujets": MINISTERE,
}  # fmt: skip
SIGNS = str.maketrans({"\u202f": "", "\u00a0": " ", ",": ".", "–": ""})


@dataclass(slots=True)
class Asked:
    """Queries already asked of the store; how many tables, rows and numbers were compared."""

    store: Store
    found: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    tables: int = 0
    nombres: int = 0

    def rows(self, query: str) -> list[dict[str, str]]:
        if query not in self.found:
            self.found[query] = list(select(self.store, query))
        return self.found[query]


@pytest.fixture(scope="module")
def asked(sample: Path) -> Asked:
    return Asked(open_store(current(sample) / "store"))


def pages(site: Path, kind: str) -> Iterator[Path]:
    found = [site / f"{kind}.html", *(site / kind).rglob("*.html")]
    yield from sorted(p for p in found if p.is_file() and not p.name.endswith(".en.html"))


def printed(cell: html.HtmlElement) -> list[str]:
    """The numbers of an element, as a query gives them; each is printed as its value says."""
    found = []
    for data in cell.iter("data"):
        value, text = data.get("value"), data.text_content()
        assert text.translate(SIGNS) == value.removesuffix(".0"), (value, text)
        found.append(value)
    return found


def query_of(part: html.HtmlElement, page: Path) -> str:
    """Return the query that a part of a page states, or leads to with what it is about."""
    texts = [text.text_content() for text in part.iter("textarea")]
    for link in part.xpath(".//a[contains(@href, 'chose=')]/@href"):
        address = urlsplit(str(link))
        there = html.fromstring((page.parent / address.path).read_bytes())
        model = there.get_element_by_id(address.fragment)
        [text] = [text.text_content() for text in model.iter("textarea")]
        about = BASE + parse_qs(address.query)["chose"][0]
        texts.append(text.replace(f"<{model.get('data-chose')}>", f"<{about}>"))
    [query] = texts
    return query


def check(page: Path, asked: Asked) -> None:
    """Compare each part of a page that names a query with what its text gives."""
    tree = html.fromstring(page.read_bytes())
    parts = tree.xpath("//*[@data-requete]")
    for part in parts:
        rows = asked.rows(query_of(part, page))
        values = [value for row in rows for value in row.values()]
        tables = list(part.iter("table"))
        for table in tables:
            asked.tables += 1
            lines = table.xpath("./tbody/tr")
            assert lines and len(lines) <= len(rows)
            wanted = sorted([v for v in row.values() if v] for row in rows)
            for line in lines:
                shown = printed(line)
                asked.nombres += len(shown)
                assert any(contains(row, shown) for row in wanted), (page, shown)
        if tables and not tree.xpath("//nav[@class='pages']"):  # a table may be in two, one folded
            assert len(part.xpath(".//table/tbody/tr")) == len(rows), page
        if not tables:
            for data in part.iter("data"):
                asked.nombres += 1
                value = str(len(rows)) if data.get("class") == "total" else data.get("value")
                assert data.get("value") == value and (value in values or data.get("class"))
                printed(part)
    naked = tree.xpath("//td[@class='n'][not(.//data)][not(.//*[@class='rien'])]")
    assert not naked or page.stem in ("qualite", "exemples"), (page, naked[0].text_content())


def contains(row: list[str], shown: list[str]) -> bool:
    """Say whether the numbers stand in a row, in their order."""
    rest = iter(row)
    return all(any(value == other for other in rest) for value in shown)


@pytest.mark.parametrize("kind", PAGES)
def test_the_numbers_of_a_kind_of_page(kind: str, sample_files: Path, asked: Asked) -> None:
    """Tables and counts; some pages of the sample of that kind, at equal distances."""
    found = list(pages(sample_files, kind))
    assert len(found) >= PAGES[kind]
    before = asked.nombres
    for page in found[:: 1 + len(found) // ENOUGH]:
        check(page, asked)
    assert asked.nombres > before


@pytest.mark.parametrize("name", COUNTED)
def test_the_tables_that_no_query_gives(
    name: str, vies: Path, request: pytest.FixtureRequest
) -> None:
    release, iri = current(vies), BASE + COUNTED[name]
    queries = FactQueries(PublishedQuestions(release))
    offices = Offices(triples((release / "reste.nt").read_bytes()), DAY.isoformat()).of(iri)
    held = Held.of(offices, (), queries)
    rows = TableMaker(queries, *shared(release)).rows(name, iri, held)
    assert rows
    outcome = b"".join(csv_line(row) for row in (rows[0], *(row.values() for row in rows))).decode()
    expected = Path(__file__).parent / "tables" / f"{name}.csv"
    if request.config.getoption("--accept"):
        expected.write_text(outcome, "utf-8", newline="")
    with expected.open(encoding="utf-8", newline="") as file:
        assert outcome == file.read()


def test_each_table_is_tried_and_has_its_link() -> None:
    assert {OFFICES, MONTHS, *TABLES} == COUNTED.keys()
    assert [table.name for table in counted_tables()] == sorted(COUNTED)
    assert all(table.near in standalone_queries().values() for table in counted_tables())


def test_the_questions_of_a_resource_stand_by_their_days(vies: Path) -> None:
    queries = FactQueries(PublishedQuestions(current(vies)))
    for iri in kept_documents(current(vies)):
        listed = queries.listed(iri)
        about = list(queries.facts(rank for rank, _ in listed))
        assert about == newest_first(about)
        assert [q.statut for q in about] == [statut for _, statut in listed]
