"""The queries of the site: each is a file, an example of the endpoint, a table, and a test."""

from dataclasses import dataclass

from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery

SHOWN = 10  # rows of a result on the page of examples


@dataclass(frozen=True, slots=True)
class QueryRows:
    """The rows of a query in one release: names of the columns, the first rows, how many."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def query_rows(query_cache: QueryCache, query: CatalogueQuery) -> QueryRows | None:
    """Return what a query gives in this release; None if it costs too much to run for a page."""
    if query.why_costly:
        return None
    found = query_cache.answer(query.text)
    shown = found.rows[:SHOWN]
    columns = tuple(shown[0]) if shown else ()
    return QueryRows(columns, tuple(tuple(row.values()) for row in shown), found.total)
