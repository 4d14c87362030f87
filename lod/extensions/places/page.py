"""The page that leads from a map or a list of departments to a deputy."""

from datetime import date
from functools import partial

from lod.extensions import pictures
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.website.rendering.query_tables import query_table
from lod.website.rendering.templates import render, write_translated

PATH, QUERY = "trouver-mon-depute", "par-departement"


def write_page(as_of: date | None, site: Site, query_cache: QueryCache) -> None:
    """Write the page; `as_of` is the day on which it is known who sits."""
    table = query_table(query_cache, QUERY, site.publication.base)
    places = sorted(table.rows, key=lambda row: row["departement"].value)
    values = {"table": table, "lieux": places, "au": as_of.isoformat() if as_of else ""}
    page = partial(render, "trouver_mon_depute.html", site.publication, PATH)
    write_translated(site, PATH, lambda: page(**values, images=pictures(table)))
