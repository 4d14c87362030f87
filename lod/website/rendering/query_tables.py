"""Tables of the site: the rows of a query with headings in French, and the query as it was run.

A column of IRIs of the site is not shown: the values of the next column are links to them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from markupsafe import Markup

from lod.base.tabular import csv_line
from lod.publish.publication import years_of
from lod.publish.query_cache import Asked
from lod.publish.query_catalogue import CatalogueQuery, all_queries, columns_of, narrow
from lod.publish.tables.columns import Column, all_columns
from lod.rdf.vocab import NAMESPACE

YEARS = "annees-des-ministeres"  # the query of the days of each ministry
THINGS = "entite"  # the column of the things that rows are about


@dataclass(frozen=True, slots=True)
class TableCell:
    """A value of a row."""

    value: str  # as the query gives it; "" if it is absent
    iri: str = ""  # what it is a link to
    years: str = ""  # of a ministry, if the column has others of its name


TableRow = dict[str, TableCell]  # name of a column → value


@dataclass(frozen=True, slots=True)
class QueryTable:
    """The table that a query gives."""

    query: CatalogueQuery
    text: str  # the query as it was run, about one resource or narrowed; "" if none was
    columns: tuple[Column, ...]  # without the columns that are links of others
    rows: tuple[TableRow, ...]

    @property
    def too_few(self) -> int:
        """How many rows say too little to be compared; 0 if all do: then none is told apart."""
        few = sum(map(self.is_too_little, self.rows))
        return few if few < len(self.rows) else 0

    def is_too_little(self, row: TableRow) -> bool:
        if not self.query.minimum:
            return False
        least, column = self.query.minimum
        return int(row[column].value or 0) < least

    def whole_numbers(self, name: str) -> list[int]:
        """Return the values of a column of whole numbers, an absent one as 0."""
        return [int(row[name].value or 0) for row in self.rows]


def query_table(query_cache: Asked, name: str, base: str, clause: str = "") -> QueryTable:
    """Return the table of a query of the site, which a clause may narrow."""
    query = all_queries()[name]
    text = narrow(query.text, clause) if clause else query.text
    return with_years(table_of(query, text, query_cache.all_rows(text), base), query_cache)


def with_years(table: QueryTable, query_cache: Asked) -> QueryTable:
    """Return a table in which ministries of one name, in one column, have their years."""
    if not _ambiguous(table):
        return table
    known = query_cache.all_rows(all_queries()[YEARS].text)
    return dated(
        table, {row["entite"]: years_of(row["debut"][:4], row["fin"][:4]) for row in known}
    )


def _ambiguous(table: QueryTable) -> set[tuple[str, str]]:
    """Return (column, name) of the names that several ministries have."""
    iris: dict[tuple[str, str], set[str]] = {}  # column and value → IRIs
    for row in table.rows:
        for name, cell in row.items():
            if "/ministere/" in cell.iri:
                iris.setdefault((name, cell.value), set()).add(cell.iri)
    return {place for place, some in iris.items() if len(some) > 1}


def dated(table: QueryTable, years: Mapping[str, str]) -> QueryTable:
    """Return a table in which ministries of one name have their years, by IRI."""
    ambiguous = _ambiguous(table)

    def with_its(name: str, cell: TableCell) -> TableCell:
        is_alone = (name, cell.value) not in ambiguous
        return cell if is_alone else replace(cell, years=years.get(cell.iri, ""))

    rows = ({name: with_its(name, cell) for name, cell in row.items()} for row in table.rows)
    return replace(table, rows=tuple(rows)) if ambiguous else table


def table_of(query: CatalogueQuery, text: str, rows: list[dict[str, str]], base: str) -> QueryTable:
    """Return the table of the rows that a query gives, whose text is as it was run."""
    names = tuple(rows[0]) if rows else columns_of(query.text)
    return QueryTable(query, text, *arrange(names, rows, base))


def arrange(
    names: tuple[str, ...], rows: list[dict[str, str]], base: str
) -> tuple[tuple[Column, ...], tuple[TableRow, ...]]:
    """Return columns and rows; a column of IRIs of the site becomes the links of the next one."""
    links = {name for name in names[:-1] if _is_link(name, rows, base)}
    shown = [name for name in names if name not in links]
    before = dict(zip(names[1:], names, strict=False))
    cells = (
        {n: TableCell(row[n], row[before[n]] if before.get(n) in links else "") for n in shown}
        for row in rows
    )
    return tuple(table_column(name) for name in shown), tuple(cells)


def csv_lines(table: QueryTable) -> Iterator[bytes]:
    """Yield the lines of the CSV that the endpoint gives for the query, with its IRIs."""
    names = columns_of(table.query.text)
    shown = {column.nom for column in table.columns}
    after = dict(pairwise(names))  # an IRI stands in the cell of the next column
    yield csv_line(names)
    for row in table.rows:
        yield csv_line(row[n].value if n in shown else row[after[n]].iri for n in names)


def _is_link(name: str, rows: list[dict[str, str]], base: str) -> bool:
    """Say whether a column has IRIs of the site or of the ontology, and nothing else; that of the
    things that a list is of is one, even without any.
    """
    values = [row[name] for row in rows if row[name]]
    return all(value.startswith((base, NAMESPACE)) for value in values) and (
        bool(values) or name == THINGS
    )


@cache
def known_columns() -> dict[str, Column]:
    """Return the columns that `site/colonnes.csv` describes for queries, by name."""
    return {column.nom: column for column in all_columns()[""]}


def table_column(name: str) -> Column:
    """Return the column of a variable; one that is not described is a text headed by its name."""
    return known_columns().get(name) or Column(name, name, "texte")


Picture = Callable[[Callable[[str], str]], Markup]  # the function `url` of a page → HTML
Term = dict[str, str] | None  # as `lod/server/engine/preview.py` writes it, None if unbound


# rows → what is drawn of them, in the language in which pages are written now
Pictures = Callable[[QueryTable], list[Picture]]


def nothing_drawn(_: QueryTable) -> list[Picture]:
    """Return no picture."""
    return []
