"""« Trouver mon député »: a field, a map of the departments that leads to each, and their list."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.website.charts.chart_writer import chart_drawn
from lod.website.charts.marks import Chart
from lod.website.charts.spec import ChartSpec
from lod.website.query_tables import QueryTable, query_table
from lod.website.rendering import render, write_page

PATH, QUERY = "trouver-mon-depute", "par-departement"
MAP = ChartSpec(
    kind="carte",
    categories=("departement",),
    series=("auteurs",),
    fact="Auteurs de questions élus dans chaque département ; maximum : {auteurs} ({nom}).",
)
LOWER = 9.0  # how much lower a code stands in its square without a number
LONGEST = 20  # letters of an example
_NUMBER = re.compile(r"\d+$", re.ASCII)


def write_finding_page(site: Site, query_cache: QueryCache) -> None:
    """Write the page."""
    table = query_table(query_cache, QUERY, site.publication.base)
    places = sorted(table.rows, key=lambda row: row["departement"].value)
    chart = _without_numbers(chart_drawn(table, MAP)) if places else None
    values = {"table": table, "lieux": places, "carte": chart}
    write_page(site, PATH, render("trouver_mon_depute.html", site.publication, PATH, **values))


def _without_numbers(chart: Chart) -> Chart:
    """Return a map whose squares say their codes only: here it leads to places."""
    words = (word for word in chart.drawing.words if "fort" not in word.css_class)
    placed = (replace(w, y=w.y + LOWER) if "code" in w.css_class else w for w in words)
    return replace(chart, drawing=replace(chart.drawing, words=tuple(placed)))


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
