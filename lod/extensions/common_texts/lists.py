"""The lists of common texts, by size, month, heading and ministry, and their feed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from lod.extensions.common_texts.triples import METHOD, TOLD
from lod.extensions.common_texts.views import CommonTextView
from lod.model.dates import iso_in_french, midnight_utc
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.website.feeds import FeedEntry, feed
from lod.website.pagination import list_pages
from lod.website.query_tables import query_table
from lod.website.rendering import render, write_forms, write_page

PATH, TITLE = "textes-communs", "Textes communs"  # of the list, and of the feed
LISTED, NEWEST = 200, 50  # groups on a page of a list, entries of the feed
# the queries of the tables below the list
BY_GROUP, ELSEWHERE = "textes-communs-par-groupe", "textes-exterieurs"


@dataclass(frozen=True, slots=True)
class ListOrder:
    """A way to list the groups."""

    path: str
    name: str
    part: Callable[[CommonTextView], str]  # groups of one part stand below one heading
    heading: Callable[[str], str] = str  # of a part
    is_newest_first: bool = False

    def sorted(self, views: list[CommonTextView]) -> list[CommonTextView]:
        """Return the groups in this order; in each part the largest first."""
        by_size = sorted(views, key=lambda one: (-len(one.texts), one.iri))
        return sorted(by_size, key=self.part, reverse=self.is_newest_first)


ORDERS = (
    ListOrder(PATH, "par nombre de textes", lambda one: ""),
    ListOrder(
        f"{PATH}/par-mois",
        "par mois",
        lambda one: one.first.day[:7],
        lambda month: iso_in_french(month).capitalize() if month else "Sans date",
        is_newest_first=True,
    ),
    ListOrder(
        f"{PATH}/par-rubrique",
        "par rubrique",
        lambda one: one.first.heading[1],
        lambda name: name or "Sans rubrique",
    ),
    ListOrder(
        f"{PATH}/par-ministere",
        "par ministère",
        lambda one: one.first.ministry[1],
        lambda name: name or "Sans ministère",
    ),
)


def write_lists(site: Site, views: list[CommonTextView], query_cache: QueryCache) -> None:
    """Write the list of all groups in each of its orders."""
    tables = [query_table(query_cache, it, site.publication.base) for it in (ELSEWHERE, BY_GROUP)]
    common: dict[str, Any] = {
        "ordres": ORDERS,
        "methode": METHOD.partition("#")[2],
        "regle": TOLD,
        "nombre": len(views),
    }
    for order in ORDERS:
        for part in list_pages(order.path, order.sorted(views), LISTED):
            html = render(
                "textes_communs.html",
                site.publication,
                part.path,
                ordre=order,
                feuillet=part,
                groupes=[
                    (order.heading(it), [*some]) for it, some in groupby(part.rows, order.part)
                ],
                tableaux=tables if part.path == PATH else [],
                **common,
            )
            write_page(site, part.path, html)


def write_feed(site: Site, views: list[CommonTextView]) -> None:
    """Write the feed of the groups with the newest texts."""
    undated = site.publication.data_until.isoformat()
    newest = sorted(views, key=lambda one: (one.last_day, one.iri), reverse=True)[:NEWEST]
    entries = [_entry(one, one.last_day or undated) for one in newest]
    write_forms(site.tree, PATH, atom=feed(site.publication, PATH, TITLE, entries))


def _entry(view: CommonTextView, day: str) -> FeedEntry:
    """Return the entry of a group: it is as new as the last of its texts."""
    iri, name = view.first.ministry
    scheme, slash, term = iri.rpartition("/")
    return FeedEntry(
        view.iri,
        view.name,
        midnight_utc(date.fromisoformat(day)),
        f"{view.iri}.html",
        f"{view.name}. Paraître le premier n’est pas être la source.",
        "TexteCommun",
        "Texte commun",
        scheme + slash,
        term,
        name,
    )
