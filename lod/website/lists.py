"""The lists of resources: by number of questions, by name, and for one legislature or one group."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from lod.base import packaged
from lod.model.text import fold
from lod.publish.query_catalogue import narrow, query_text
from lod.rdf.vocab import NAMESPACE
from lod.website.pagination import ListPage, list_pages
from lod.website.query_cache import QueryCache
from lod.website.query_tables import QueryTable, TableRow, query_table
from lod.website.rendering import PageContext, render, write_page

LISTED = 300  # resources on a page of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteList:
    """A list of the site: its path, its title, the query that makes it, and by what it is narrowed.

    `mot` says from which word on a name is sorted: a family name comes second.
    """

    path: str
    titre: str
    accroche: str
    requete: str
    facettes: list[str]
    mot: int = 0
    aussi: str = ""


@dataclass(frozen=True, slots=True)
class ListView:
    """One way to see a list: its path, what it is called, the clause that narrows it, if it has
    letters.
    """

    path: str
    name: str
    clause: str = ""
    is_index: bool = False


@cache
def site_lists() -> tuple[SiteList, ...]:
    """Return the lists of `site/listes.toml`, in its order."""
    told = tomllib.loads(packaged.LISTS.read_text("utf-8"))
    return tuple(SiteList(path=path, **said) for path, said in told.items())


def list_titles() -> dict[str, str]:
    """Return path → title of the lists."""
    return {site_list.path: site_list.titre for site_list in site_lists()}


def views_of(site_list: SiteList, values: list[dict[str, str]]) -> dict[str, list[ListView]]:
    """Return the ways to see a list: its orders, then facet → values, the newest first."""
    orders = [
        ListView(site_list.path, "par nombre de questions"),
        ListView(f"{site_list.path}/par-nom", "par nom", is_index=True),
    ]
    found: dict[str, list[ListView]] = {"ordre": orders} | {
        facet: [] for facet in site_list.facettes
    }
    for row in values:
        facet = row["facette"].removeprefix(NAMESPACE)
        if facet in site_list.facettes:
            path = f"{site_list.path}/{facet}-{row['valeur'].rpartition('/')[2]}"
            name = row["nom"] if facet == "legislature" else f"{row['nom']} ({row['n']}e)"
            clause = f"?question <{row['facette']}> <{row['valeur']}> ."
            found[facet].append(ListView(path, name, clause))
    return found


def write_list(context: PageContext, site_list: SiteList, query_cache: QueryCache) -> int:
    """Write a list in each way that it can be seen; return the number of pages."""
    ways = views_of(site_list, query_cache.all_rows(query_text("facettes")))
    tables = {"": query_table(query_cache, site_list.requete, context.base)}
    if len(legislature := ways.get("legislature", [])) == 1:  # then it narrows nothing
        [view] = legislature
        text = narrow(query_text(site_list.requete), view.clause)
        tables[view.clause] = replace(tables[""], text=text)
    for view in (v for values in ways.values() for v in values):
        if view.clause not in tables:
            tables[view.clause] = query_table(
                query_cache, site_list.requete, context.base, clause=view.clause
            )
    shown = {name: [v for v in values if tables[v.clause].rows] for name, values in ways.items()}
    shown["ordre"] = ways["ordre"]  # a list with nothing in it has its page too
    return sum(
        _write_view(context, site_list, view, shown, tables[view.clause])
        for values in shown.values()
        for view in values
    )


def _write_view(
    context: PageContext,
    site_list: SiteList,
    view: ListView,
    ways: dict[str, list[ListView]],
    table: QueryTable,
) -> int:
    """Write one way to see a list, page by page; return how many pages."""
    lines = [("", row) for row in table.rows]
    if view.is_index:
        lines = sorted(_index(site_list, table), key=lambda pair: pair[0])
    parts = list(list_pages(view.path, lines, LISTED))
    where = {letter[:1]: part.path for part in reversed(parts) for letter, _ in part.rows[::-1]}
    for part in parts:
        html = render(
            "liste.html", context, part.path,
            liste=site_list, vue=view, vues=ways, table=table, feuillet=part,
            aussi=list_titles().get(site_list.aussi, ""),
            lettres=dict(sorted(where.items())) if view.is_index else {},
            groupes=list(_letter_groups(part)),
        )  # fmt: skip
        write_page(context, part.path, html)
    return len(parts)


def _index(site_list: SiteList, table: QueryTable) -> Iterator[tuple[str, TableRow]]:
    """Yield each row under the name that it is sorted by, a capital first."""
    for row in table.rows:
        words = row["nom"].value.split(" ")
        key = fold(" ".join(words[site_list.mot :] + words[: site_list.mot]))
        yield (key[:1].upper() if key[:1].isalpha() else "#") + key, row


def _letter_groups(part: ListPage[tuple[str, TableRow]]) -> Iterator[tuple[str, list[TableRow]]]:
    for letter, group in groupby(part.rows, lambda pair: pair[0][:1]):
        yield letter, [row for _, row in group]
