"""« Trouver mon député »: a field, a map of the departments if there is one, and their list."""

import re
from collections.abc import Iterator

from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.website.pictures import Pictures
from lod.website.query_tables import QueryTable, query_table
from lod.website.rendering import render, write_page

PATH, QUERY = "trouver-mon-depute", "par-departement"
LONGEST = 20  # letters of an example
_NUMBER = re.compile(r"\d+$", re.ASCII)


def write_finding_page(site: Site, query_cache: QueryCache, pictures: Pictures) -> None:
    """Write the page."""
    table = query_table(query_cache, QUERY, site.publication.base)
    places = sorted(table.rows, key=lambda row: row["departement"].value)
    values = {"table": table, "lieux": places, "images": pictures(table)}
    write_page(site, PATH, render("trouver_mon_depute.html", site.publication, PATH, **values))


def search_examples(query_cache: QueryCache, recent: QueryTable, base: str) -> Iterator[str]:
    """Yield what the field of the home page suggests, each of which finds something: the commonest
    heading and deputy with a short name, and the number of the newest question.
    """
    names = {
        name: [row["nom"].value for row in query_table(query_cache, name, base).rows]
        for name in ("rubriques", "deputes")
    }
    surnames = [name.partition(" ")[2] for name in names["deputes"]]
    for some in (names["rubriques"], surnames):
        yield from [name for name in some if name.isalpha() and len(name) <= LONGEST][:1]
    numbers = (_NUMBER.search(row["nom"].iri) for row in recent.rows[:1])
    yield from (number[0] for number in numbers if number)
