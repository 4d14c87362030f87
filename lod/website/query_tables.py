"""Tables of the site: what a query gives, with headings for people, and the query as it was run.

An IRI below the base is never shown by itself: it is where the next column leads to.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lod.base import packaged
from lod.publish.query_catalogue import CatalogueQuery, all_queries, bind, narrow
from lod.rdf.vocab import NAMESPACE
from lod.website.query_cache import QueryCache

ColumnKind = Literal["texte", "nombre", "jour"]
RESOURCE_SCOPE = "ressource"  # of a query that reads only what `is_self_contained` says


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: the variable, its heading, how its values are printed."""

    nom: str
    titre: str
    genre: ColumnKind


@dataclass(frozen=True, slots=True)
class TableCell:
    """A value as the query gives it, and the IRI that it leads to, or ""."""

    value: str
    iri: str = ""


TableRow = dict[str, TableCell]  # name of a column → value


@dataclass(frozen=True, slots=True)
class QueryTable:
    """What a query gives; `text` is the query that was run, letter by letter."""

    query: CatalogueQuery
    text: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]

    def whole_numbers(self, name: str) -> list[int]:
        """Return the values of a column of whole numbers, an absent one as 0."""
        return [int(row[name].value or 0) for row in self.rows]


def query_table(
    query_cache: QueryCache, name: str, base: str, entity: str = "", clause: str = ""
) -> QueryTable:
    """Return what a query of the site gives; about one resource, or of fewer questions."""
    query = all_queries()[name]
    text = narrow(query.text, clause) if clause else query.text
    text = bind(text, "entite", f"<{entity}>") if entity else text
    found = query_cache.rows(text) if entity else query_cache.all_rows(text)
    names = tuple(found[0]) if found else variables(text)
    return QueryTable(query, text, *arrange(names, found, base))


def variables(text: str) -> tuple[str, ...]:
    """Return the columns of a SELECT, where no row tells them.

    >>> variables("SELECT DISTINCT ?a (COUNT(?b) AS ?n) WHERE { ?a ?c ?b }")
    ('a', 'n')
    """
    head = re.sub(r"\([^?]*\?.*?AS\s+(\?\w+)\)", r"\1", text.partition("WHERE")[0])
    return tuple(re.findall(r"\?(\w+)", head.rpartition("SELECT")[2]))


def arrange(
    names: tuple[str, ...], rows: list[dict[str, str]], base: str
) -> tuple[tuple[TableColumn, ...], tuple[TableRow, ...]]:
    """Return columns and rows, each IRI below the base put behind the column that follows it."""
    links = {name for name in names[:-1] if _leads(name, rows, base)}
    shown = [name for name in names if name not in links]
    before = dict(zip(names[1:], names, strict=False))
    cells = (
        {n: TableCell(row[n], row[before[n]] if before.get(n) in links else "") for n in shown}
        for row in rows
    )
    return tuple(table_column(name) for name in shown), tuple(cells)


def _leads(name: str, rows: list[dict[str, str]], base: str) -> bool:
    """Say whether a column has addresses of ours, and nothing else."""
    values = [row[name] for row in rows if row[name]]
    return all(value.startswith((base, NAMESPACE)) for value in values) and bool(values)


@cache
def known_columns() -> dict[str, TableColumn]:
    """Return name → column of `site/colonnes.csv`."""
    with packaged.COLUMNS.open(encoding="utf-8", newline="") as file:
        return {row["nom"]: TableColumn(**row) for row in csv.DictReader(file)}  # type: ignore[arg-type]  # a test holds the kinds


def table_column(name: str) -> TableColumn:
    """Return the column of a variable; one that the table does not have is called by its name."""
    return known_columns().get(name) or TableColumn(name, name, "texte")


@cache
def is_self_contained(kind: str) -> bool:
    """Say whether all tables about a kind of resource change only with it and its questions."""
    return all(query.scope == RESOURCE_SCOPE for query in queries_for_kind(kind))


def queries_for_kind(kind: str) -> Iterator[CatalogueQuery]:
    """Yield the queries whose tables stand on the page of a kind of resource, in their order."""
    found = (r for r in all_queries().values() if kind in r.page_kinds)
    yield from sorted(found, key=lambda r: (r.rank, r.name))
