"""The ministers month by month: pages, files, and what is said where no minister is known."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from lxml import html

from lod.publish.query_catalogue import query_text
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.website.pages.statistics_page import BY_MINISTER, BY_MONTH

COUNTS = ("posees", "dans_le_delai", "hors_delai", "attendues", "en_retard", "closes")


@pytest.fixture(scope="module")
def site(sample: Path) -> Path:
    return current(sample) / "site"


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


def test_each_question_has_one_outcome(rows: list[dict[str, str]]) -> None:
    """Those asked are those answered in time, late, waiting, or closed."""
    for row in rows:
        asked, in_time, late, waiting, overdue, closed = (int(row[name]) for name in COUNTS)
        assert asked == in_time + late + waiting + closed and overdue <= waiting, row


def test_the_ministers_of_a_month_add_up(sample: Path, rows: list[dict[str, str]]) -> None:
    """Nobody is counted twice: to what the index says of the month, in all but some questions
    without a ministry.
    """
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows:
        sums.update({(row["mois"], name): int(row[name]) for name in COUNTS})
    months = list(select(open_store(current(sample) / "store"), query_text(BY_MONTH)))
    assert len(months) > 60
    for month in months:
        assert [sums[month["mois"], name] for name in COUNTS] == [int(month[n]) for n in COUNTS]


def test_where_no_minister_is_known(site: Path, rows: list[dict[str, str]]) -> None:
    """The ministry stands alone, and the page says so."""
    alone = [row for row in rows if not row["entite"]]
    assert alone
    for row in alone:
        assert row["ministre"] == "non connu des données" and row["ministere_nom"]
        page = (site / "ministres" / f"{row['mois']}.html").read_text("utf-8")
        assert '<td data-titre="Ministre">non connu des données</td>' in page


def test_months_lead_to_one_another(site: Path) -> None:
    """From the newest to the oldest, each once."""
    first, seen = sorted(p.stem for p in (site / "ministres").glob("*.html"))[-1], []
    while first:
        seen.append(first)
        page = html.parse(site / "ministres" / f"{first}.html")
        before = page.xpath("//nav[@class='pages']/a[@rel='prev']/@href")
        first = Path(before[0]).stem if before else ""
    assert seen == sorted(seen, reverse=True) and len(seen) > 60
