"""The lists of resources: by number of questions, by name, for one legislature or one group."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain, groupby
from typing import Any

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.model.text import natural_key
from lod.pipeline.questions.fact_queries import FactQueries, Seat
from lod.publish.publication import Site, Workshop
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import divide, narrow, query_text
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering.query_tables import (
    QueryTable,
    TableCell,
    TableRow,
    csv_lines,
    query_table,
    table_column,
    table_of,
    with_years,
)
from lod.website.rendering.templates import list_pages, render, write_translated

LISTED = 300  # resources on a page of a list
SEAT = "groupe", "circonscription"  # the columns that say where an author sits
Lines = list[tuple[str, TableRow]]  # (name by which the row is sorted, or "", row)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteList:
    """A list of the site, as `site/listes.toml` describes it."""

    path: str
    titre: str
    accroche: str  # the sentence below the title
    requete: str  # the name of its query
    facettes: list[str]  # by what it can be narrowed: legislature, groupe
    mot: int = 0  # from which word on a name is sorted: a family name comes second
    aussi: str = ""  # the path of a list that readers may look for instead
    triable: bool = False  # whether it has all rows on one page, to be sorted, and as CSV
    sieges: bool = False  # whether it says where each author sat at the last question


@dataclass(frozen=True, slots=True)
class ListView:
    """One way to see a list: an order of it, or the part of one legislature or group."""

    path: str
    name: str
    clause: str = ""  # added to the query, so that it counts fewer questions
    value: str = ""  # IRI of the legislature or group that the clause is about
    is_index: bool = False  # sorted by name, with a heading for each letter


@cache
def site_lists() -> tuple[SiteList, ...]:
    described = tomllib.loads(packaged.LISTS.read_text("utf-8"))
    return tuple(SiteList(path=path, **values) for path, values in described.items())


def views_of(site_list: SiteList, values: list[dict[str, str]]) -> dict[str, list[ListView]]:
    """Return the views of a list: its orders, then for each facet its values, the newest first.

    `values` are the rows of the query `facettes`.
    """
    orders = [
        ListView(site_list.path, "par nombre de questions"),
        ListView(f"{site_list.path}/par-nom", "par nom", is_index=True),
    ]
    views = {"ordre": orders} | {facet: list[ListView]() for facet in site_list.facettes}
    for row in values:
        facet = row["facette"].removeprefix(NAMESPACE)
        if facet in site_list.facettes:
            path = f"{site_list.path}/{facet}-{row['valeur'].rpartition('/')[2]}"
            name = row["nom"] if facet == "legislature" else f"{row['nom']} ({row['n']}e)"
            clause = f"?question <{row['facette']}> <{row['valeur']}> ."
            views[facet].append(ListView(path, name, clause, row["valeur"]))
    return views


def write_list(shop: Workshop, site_list: SiteList) -> None:
    """Write the pages of each view of a list; of a facet, only the views that have rows."""
    site, query_cache = shop.site, shop.query_cache
    views = views_of(site_list, query_cache.all_rows(query_text("facettes")))
    tables = tables_of(site_list, views, query_cache, site.publication.base)
    shown = {facet: [v for v in some if tables[v.clause].rows] for facet, some in views.items()}
    shown["ordre"] = views["ordre"]
    titles = {other.path: other.titre for other in site_lists()}
    common = {
        "liste": site_list,
        "vues": shown,
        "aussi": titles.get(site_list.aussi, ""),
        "annotations": site.references.annotations,
    }
    seats = FactQueries(shop.questions).seats() if site_list.sieges else []
    for view in chain.from_iterable(shown.values()):
        table = tables[view.clause]
        if site_list.sieges:
            table = seated(site, seats, view, table)
        lines = [("", row) for row in table.rows]
        if view.is_index:
            lines = sorted(_index(site_list, table), key=lambda line: line[0])
        _write_view(site, view, lines, common | {"table": table})


def tables_of(
    site_list: SiteList, views: dict[str, list[ListView]], query_cache: QueryCache, base: str
) -> dict[str, QueryTable]:
    """Return the table of each clause of the views; the query is asked once for each facet."""
    whole = query_table(query_cache, site_list.requete, base)
    tables = {"": whole}
    for facet in site_list.facettes:
        some = views[facet]
        if facet == "legislature" and len(some) == 1:  # it has all questions
            rows_of = {some[0].value: tuple(query_cache.all_rows(whole.text))}
        else:
            divided = query_cache.rows(divide(whole.text, f"{NAMESPACE}{facet}"))
            rows_of = group_by_key((row.pop("part"), row) for row in divided)
        for view in some:
            text, rows = narrow(whole.text, view.clause), [*rows_of.get(view.value, ())]
            table = table_of(whole.query, text, rows, base)
            tables[view.clause] = with_years(table, query_cache)
    return tables


def seated(site: Site, seats: list[Seat], view: ListView, table: QueryTable) -> QueryTable:
    """Return the table of a view with group and constituency of each author, after the name: those
    of the last question of all, of the legislature or of the group of the view.
    """
    base, name_of = site.publication.base, site.references.name_of
    last = {
        seat.auteur: (seat.groupe, seat.circonscription)
        for seat in seats
        if view.value in ("", seat.groupe, f"{base}legislature/{seat.legislature}")
    }

    def row_of(row: TableRow) -> TableRow:
        seat = zip(SEAT, last.get(row["nom"].iri, ("", "")), strict=True)
        cells = {name: TableCell(name_of(iri) if iri else "", iri) for name, iri in seat}
        return {"nom": row["nom"]} | cells | row

    name, *counts = table.columns
    return replace(
        table,
        columns=(name, *map(table_column, SEAT), *counts),
        rows=tuple(map(row_of, table.rows)),
    )


def _write_view(site: Site, view: ListView, lines: Lines, common: Mapping[str, Any]) -> None:
    """Write one view of a list, page by page; `common` is what all its pages show."""
    site_list, table = common["liste"], common["table"]
    parts = list(list_pages(view.path, lines, max(len(lines), 1) if site_list.triable else LISTED))
    if site_list.triable:
        site.tree.write(f"{view.path}.csv", b"".join(csv_lines(table)))
    where = {letter[:1]: part.path for part in reversed(parts) for letter, _ in part.rows[::-1]}
    letters = dict(sorted(where.items())) if view.is_index else {}
    for part in parts:
        groups = groupby(part.rows, lambda line: line[0][:1])
        values: dict[str, Any] = {
            **common,
            "vue": view,
            "feuillet": part,
            "lettres": letters,
            "groupes": [(letter, [row for _, row in group]) for letter, group in groups],
        }
        page = partial(render, "liste.html", site.publication, part.path, **values)
        write_translated(site, part.path, page)


def _index(site_list: SiteList, table: QueryTable) -> Iterator[tuple[str, TableRow]]:
    """Yield each row with the name that it is sorted by, which begins with a capital or "#"."""
    for row in table.rows:
        words = row["nom"].value.split(" ")
        key = natural_key(" ".join(words[site_list.mot :] + words[: site_list.mot]))
        yield (key[:1].upper() if key[:1].isalpha() else "#") + key, row
