"""Every number of the site is what the query printed beside it gives, asked again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html
from pyoxigraph import Store

from lod.pipeline.questions.fact_queries import FactQueries
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.publication import CrossReferences, french_names
from lod.publish.query_catalogue import bind
from lod.publish.release import current
from lod.rdf.ontology import ontology
from lod.rdf.serialize import triples
from lod.rdf.store import open_store, select
from lod.website.pages.offices import MONTHS, OFFICES, Held, Offices
from lod.website.pages.question_lists import newest_first
from lod.website.pages.question_tables import FIGURES, TABLES, TableMaker, details_of
from lod.website.pages.resource_page import Resources
from lod.website.rendering.query_tables import queries_for_kind
from tests.support.paths import BASE, DAY

# kinds of page: a folder or a page of the site, and how many pages of it there are at least
PAGES = {
    "depute": 250, "ministere": 90, "groupe": 20, "rubrique": 100, "legislature": 3,
    "circonscription": 200, "portefeuille": 20, "question": 479, "deputes": 10, "ministeres": 5,
    "portefeuilles": 10, "rubriques": 10, "groupes": 3, "circonscriptions": 10,
    "departement": 90, "ministres": 130, "region": 13, "departements": 10,
    "index": 1, "statistiques": 1, "qualite": 1, "legislatures": 1, "liens": 1,
}  # fmt: skip
ENOUGH = 40  # pages of one kind
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


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("sample", 2000), ("vies", 450)])
def test_every_table_is_that_of_its_query(
    name: str, least: int, request: pytest.FixtureRequest
) -> None:
    """Row by row and column by column, of every resource, in the order of the query."""
    release = current(request.getfixturevalue(name))
    store, questions = open_store(release / "store"), PublishedQuestions(release)
    files = (release / file for file in ("reste.nt", "links.nt"))
    described = [t for file in files for t in triples(file.read_bytes())]
    resources, queries = Resources(described, BASE), FactQueries(questions)
    references = CrossReferences(french_names([*ontology(), *described]))
    offices = Offices(described, DAY.isoformat())
    maker, compared = TableMaker(queries, references, details_of(described)), Counter[str]()
    for iri in resources.documents():
        listed = queries.listed(iri)
        about = list(queries.facts(rank for rank, _ in listed))
        assert about == newest_first(about)
        assert [q.statut for q in about] == [statut for _, statut in listed]
        of_person = offices.of(iri)
        held = Held.of(of_person, offices.awaited(of_person), queries)
        for query in queries_for_kind(iri.removeprefix(BASE).partition("/")[0]):
            rows = maker.rows(query.name, iri, resources.about(iri), held)
            if rows is not None:
                text = bind(query.text, "entite", f"<{iri}>")
                asked = [[*row.items()] for row in select(store, text)]
                assert [[*row.items()] for row in rows] == asked, (iri, query.name)
                compared[query.name] += bool(rows)
    assert compared.keys() == {FIGURES, OFFICES, MONTHS, *TABLES}
    assert compared.total() > least, compared
