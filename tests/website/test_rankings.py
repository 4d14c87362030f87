"""Rankings: what is too little stands after the rest, equal names have their years."""

import csv
import re
from itertools import groupby
from pathlib import Path
from urllib.parse import urljoin

import pytest
from lxml import html

from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery, all_queries
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.website.rendering.query_tables import QueryTable, TableCell, table_column, with_years
from tests.support.paths import BASE

WITH_MINIMUM = {name: q for name, q in all_queries().items() if q.minimum}


def test_the_rankings_are_known() -> None:
    assert WITH_MINIMUM.keys() == {
        "delais-par-ministre", "echanges-en-seance", "ministeres", "qui-repond-en-seance",
        "statistiques-groupes", "statistiques-ministeres", "statistiques-portefeuilles",
    }  # fmt: skip


@pytest.mark.parametrize("name", WITH_MINIMUM)
def test_the_order_is_that_of_the_head(name: str, sample: Path) -> None:
    """The query sorts by the number that its head states; small rows come last in each part."""
    query = WITH_MINIMUM[name]
    assert query.minimum
    least, column = query.minimum
    assert f"DESC(?{column} >= {least})" in query.text.rpartition("ORDER BY")[2]
    rows = list(select(open_store(current(sample) / "store"), query.text))
    key = "legislature" if name.startswith("statistiques") else "nothing"
    known = [row for row in rows if row["entite"]]
    for _, part in groupby(known, lambda row: row.get(key)):
        is_small = [int(row[column]) < least for row in part]
        assert is_small == sorted(is_small)


def table_of_counts(*counts: int) -> QueryTable:
    query = CatalogueQuery(name="x", title="X ?", text="", minimum=(20, "posees"))
    cells = tuple({"posees": TableCell(str(count))} for count in counts)
    return QueryTable(query, "", (table_column("posees"),), cells)


def test_nothing_is_grey_where_all_is() -> None:
    table = table_of_counts(30, 20, 19, 1)
    assert [table.is_too_little(row) for row in table.rows] == [False, False, True, True]
    assert table.too_few == 2 and table_of_counts(1, 2).too_few == 0


def test_ministries_of_one_name_have_their_years(sample: Path, tmp_path: Path) -> None:
    rows = tuple(
        {"ministere": TableCell(name, f"{BASE}ministere/{code}")}
        for name, code in (("Intérieur", "PO855077"), ("Intérieur", "PO873643"), ("Mer", "PO1"))
    )
    query = CatalogueQuery(name="x", title="X ?", text="")
    table = QueryTable(query, "", (table_column("ministere"),), rows)
    cache = QueryCache(current(sample) / "store", tmp_path)
    cells = [row["ministere"] for row in with_years(table, cache).rows]
    assert [cell.years for cell in cells] == ["2024–2025", "depuis 2025", ""]
    assert [cell.value for cell in cells] == ["Intérieur", "Intérieur", "Mer"]


def test_constituencies_stand_by_their_numbers(sample: Path) -> None:
    """In the list by name, and on the page of a department."""
    site = current(sample) / "site"
    pages = sorted((site / "circonscriptions").glob("par-nom*.html"))
    names = [n for p in pages for n in html.parse(p).xpath("//main//tbody/tr/td[1]/a/text()")]
    places = [re.fullmatch(r"(.+) \((\d+)\S+ circonscription\)", name) for name in names]
    numbered = [(place[1], int(place[2])) for place in places if place]
    assert len(numbered) > 100
    for _, part in groupby(numbered, lambda one: one[0]):
        some = [number for _, number in part]
        assert some == sorted(some)


def test_invented_ministries_are_not_ranked(sample: Path) -> None:
    """The picture counts only those that are known with their days."""
    path = current(sample) / "site" / "images" / "suites-par-ministere.csv"
    with path.open(encoding="utf-8", newline="") as file:
        codes = [row["entite"].rpartition("/")[2] for row in csv.DictReader(file)]
    assert len(codes) > 10 and all(code.startswith("PO") for code in codes)


def test_a_deputy_stands_where_the_last_question_was_asked(sample: Path) -> None:
    """In all and in one legislature; a share is shown of twenty questions and more."""
    facts = PublishedQuestions(current(sample)).rows(
        "SELECT auteur, legislature, groupe, circonscription FROM fait ORDER BY parution, iri"
    )
    seats = {(a, n): [g, c] for a, number, g, c in facts for n in (0, number)}
    for number, name in ((0, "deputes"), (16, "deputes/legislature-16")):
        rows = html.parse(current(sample) / f"site/{name}.html").xpath("//main//tbody/tr")
        assert len(rows) > 50
        for row in rows:
            author, *seat = (urljoin(f"{BASE}{name}", a)[:-5] for a in row.xpath("td/a/@href"))
            assert seat == [iri for iri in seats[author, number] if iri]
            assert bool(row.xpath(".//meter")) == (int(row.xpath("td/data/@value")[0]) >= 20)
