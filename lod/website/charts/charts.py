"""Pictures: the rows of a query as SVG that can be read, read aloud, printed and taken away.

The head of a query says how it is drawn; a picture is made from the rows of the table below it.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from lod.base.tabular import csv_line
from lod.model.dates import french_date
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import all_queries
from lod.website.charts.bars import draw_bars
from lod.website.charts.columns import draw_columns
from lod.website.charts.heatmap import draw_heatmap
from lod.website.charts.map import draw_map
from lod.website.charts.marks import SMALL_SIZE, Chart, Drawing, wrap
from lod.website.charts.spec import ChartSpec, main_fact, read_spec, series
from lod.website.charts.style import inline_style
from lod.website.query_tables import QueryTable, query_table, variables
from lod.website.rendering import render, typeset, write_page

__all__ = ["CHART_KINDS", "Chart", "draw_chart", "draw_charts", "write_charts"]
CHART_KINDS: dict[str, Callable[[QueryTable, ChartSpec], Drawing]] = {
    "barres": draw_bars,
    "carte": draw_map,
    "colonnes": draw_columns,
    "grille": draw_heatmap,
}


def draw_chart(rows: QueryTable) -> Chart | None:
    """Return the picture of a table; None if its query asks for none, or there is no row."""
    if not rows.query.image or not rows.rows:
        return None
    asked = read_spec(rows.query.image)
    drawn = CHART_KINDS[asked.kind](rows, asked)
    return Chart(
        table=rows,
        kind=asked.kind,
        fact=main_fact(rows, asked, drawn),
        series=series(asked.series),
        drawing=drawn,
    )


def draw_charts(query_cache: QueryCache, site: Site) -> dict[str, Chart]:
    """Return name → picture, for every query about the whole dataset that asks to be drawn."""
    asked = (r.name for r in all_queries().values() if r.image and not r.page_kinds)
    drawn = (
        (name, draw_chart(query_table(query_cache, name, site.publication.base))) for name in asked
    )
    return {name: chart for name, chart in drawn if chart}


def write_charts(site: Site, found: dict[str, Chart]) -> int:
    """Write the page with all pictures, and each as a file of its own, SVG and CSV; return 1."""
    write_page(site, "images", render("images.html", site.publication, "images", images=found))
    for name, chart in found.items():
        site.tree.write(f"images/{name}.svg", _standalone(chart, site))
        site.tree.write(f"images/{name}.csv", b"".join(_csv(chart.table)))
    return 1


def _standalone(chart: Chart, site: Site) -> bytes:
    """Return a picture as a file of its own: with what it answers, its source, its style."""
    width = chart.drawing.width
    day = french_date(site.publication.data_until)
    source = f"Source : Assemblée nationale, Licence Ouverte ; données jusqu’au {day}"
    return render(
        "images/seul.svg",
        site.publication,
        f"images/{chart.name}",
        image=chart,
        titre=wrap(typeset(chart.title), width, 16),
        texte=wrap(f"{chart.fact} {chart.drawing.note}".strip(), width),
        source=wrap(typeset(source), width, SMALL_SIZE),
        habit=inline_style(),
    )


def _csv(rows: QueryTable) -> Iterator[bytes]:
    """Yield what the query gives, IRIs too, as the endpoint would."""
    names = variables(rows.query.body)
    shown = {column.nom for column in rows.columns}
    after = dict(pairwise(names))
    yield csv_line(names)
    for row in rows.rows:
        yield csv_line(row[n].value if n in shown else row[after[n]].iri for n in names)
