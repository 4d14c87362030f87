"""The ministers month by month: what became of the written questions that the JO printed then.

A query about all months is asked once; each month has a page, the same table to be shown in a frame
of another site, and a CSV file.
"""

from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from pyoxigraph import Literal

from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import all_queries, narrow
from lod.rdf.vocab import term
from lod.website.query_tables import csv_lines, query_table, table_of
from lod.website.rendering import FRAME, render, write_page

PATH = "ministres"  # of the index; a month is below it: ministres/2025-10
BY_MINISTER, BY_MONTH = "ministres-par-mois", "devenir-par-mois"  # queries; the first gives PATH


def write_months(site: Site, query_cache: QueryCache) -> None:
    """Write the index of the months, and each month."""
    base, publication, query = site.publication.base, site.publication, all_queries()[BY_MINISTER]
    totals = query_table(query_cache, BY_MONTH, base)
    months = [row["mois"].value for row in totals.rows]
    write_page(site, PATH, render("ministres.html", publication, PATH, table=totals))
    found = groupby(query_cache.all_rows(query.text), itemgetter("mois"))
    for month, rows in found:
        text, path = narrow(query.text, _within(month)), f"{PATH}/{month}"
        table = table_of(query, text, list(rows), base)
        site.tree.write(f"{path}.csv", b"".join(csv_lines(table)))
        shown = replace(table, columns=table.columns[1:])  # without the month
        n = months.index(month)
        values = {
            "table": shown,
            "mois": month,
            "avant": months[n + 1] if n + 1 < len(months) else "",
            "apres": months[n - 1] if n else "",
            "cadre": f"{path}/{FRAME}",
        }
        write_page(site, path, render("ministres_mois.html", publication, path, **values))
        frame = render("ministres_cadre.html", publication, values["cadre"], page=path, **values)
        write_page(site, f"{path}/{FRAME}", frame)


def _within(month: str) -> str:
    """Return the pattern of the days of a month.

    >>> _within("2025-12").count("2026-01-01")
    1
    """
    year, number = map(int, month.split("-"))
    after = f"{year + number // 12}-{number % 12 + 1:02}"
    first, end = (Literal(f"{m}-01", datatype=term("xsd:date")) for m in (month, after))
    return f"FILTER(?jour >= {first} && ?jour < {end})"
