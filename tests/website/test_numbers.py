"""Every number of the site is what the query printed beside it gives, asked again of the store."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import html
from pyoxigraph import Store

from lod.publish.release import current
from lod.rdf.store import open_store, select

# kinds of page: a folder or a page of the site, and how many pages of it there are at least
PAGES = {
    "depute": 250, "ministere": 90, "groupe": 20, "rubrique": 100, "legislature": 3,
    "circonscription": 200, "portefeuille": 20, "question": 479, "deputes": 10, "ministeres": 5,
    "portefeuilles": 10, "rubriques": 10, "groupes": 3, "circonscriptions": 10,
    "departement": 90, "ministres": 130, "region": 13, "departements": 10,
}  # fmt: skip
UNIQUE = ("index", "statistiques", "qualite", "legislatures", "liens")
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
def site(sample_files: Path) -> Path:
    return sample_files


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


def check(page: Path, asked: Asked) -> None:
    """Compare each part of a page that names a query with what its text gives."""
    tree = html.fromstring(page.read_bytes())
    parts = tree.xpath("//*[@data-requete]")
    for part in parts:
        [query] = [t.text_content() for t in part.iter("textarea")]
        rows = asked.rows(query)
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
def test_the_numbers_of_a_kind_of_page(kind: str, site: Path, asked: Asked) -> None:
    """Tables and counts; every page of the sample of that kind."""
    found = list(pages(site, kind))
    assert len(found) >= PAGES[kind]
    before = asked.nombres
    for page in found:
        check(page, asked)
    assert asked.nombres > before


@pytest.mark.parametrize("name", UNIQUE)
def test_the_numbers_of_a_page(name: str, site: Path, asked: Asked) -> None:
    """The home page, statistics, quality, legislatures."""
    before = asked.nombres
    check(site / f"{name}.html", asked)
    assert asked.nombres > before


def test_that_a_wrong_number_would_be_found(site: Path, asked: Asked, tmp_path: Path) -> None:
    """One more in a table, or in the count of a list, fails."""
    text = (site / "deputes.html").read_text("utf-8")
    wrong = tmp_path / "deputes.html"
    start = text.index('<data value="')
    end = text.index("</data>", start)
    wrong.write_text(text[:start] + '<data value="987">987' + text[end:], "utf-8")
    with pytest.raises(AssertionError):
        check(wrong, asked)
