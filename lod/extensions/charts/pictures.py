"""Draw the tables of the site, and write the page of charts and their files, SVG, PNG and CSV.

The head of a query says how it is drawn; a chart shows the rows of the table that stands below it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from lod.extensions.charts.bars import draw_bars
from lod.extensions.charts.columns import draw_columns
from lod.extensions.charts.files import png_of, svg_of
from lod.extensions.charts.heatmap import draw_heatmap
from lod.extensions.charts.map import draw_map
from lod.extensions.charts.marks import Chart, Drawing, fonts
from lod.extensions.charts.spec import ChartSpec, main_fact, read_spec, series
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery, standalone_queries
from lod.website.pictures import Picture
from lod.website.query_tables import QueryTable, csv_lines, query_table
from lod.website.rendering import FRAME, load_template, render, write_page

CHART_KINDS: dict[str, Callable[[QueryTable, ChartSpec], Drawing]] = {  # word of `# image:`
    "barres": draw_bars,
    "carte": draw_map,
    "colonnes": draw_columns,
    "grille": draw_heatmap,
}
LEAST = 3  # rows of a table about one resource; a shorter one is not drawn
# queries that are drawn where their tables stand, but are no chart by themselves
LEADING = {
    "par-departement": "carte | departement | auteurs | nombres: non | fait: Auteurs de questions "
    "élus dans chaque département ; maximum : {auteurs} ({nom})."
}


def draw_chart(table: QueryTable) -> Chart | None:
    """Return the chart of a table; None if its query asks for none, or it has too few rows."""
    query = table.query
    image = query.image or LEADING.get(query.name)
    least = LEAST if query.page_kinds else 1
    return chart_drawn(table, read_spec(image)) if image and len(table.rows) >= least else None


def chart_drawn(table: QueryTable, spec: ChartSpec) -> Chart:
    """Return the chart of a table that has rows."""
    drawing = CHART_KINDS[spec.kind](table, spec)
    return Chart(table, spec.kind, main_fact(table, spec, drawing), series(spec.series), drawing)


def picture_of(table: QueryTable) -> Iterator[Picture]:
    """Yield the chart of a table, if it has one; with a title and links if it has files."""
    if chart := draw_chart(table):
        macros: Any = load_template("images_macros.html").module
        alone = _has_files(table.query)
        yield lambda url: macros.image(chart, f"image-{chart.name}", url, alone, alone)


def _has_files(query: CatalogueQuery) -> bool:
    return bool(query.image) and not query.page_kinds


def draw_charts(query_cache: QueryCache, site: Site) -> dict[str, Chart]:
    """Return name → chart, for every query about the whole dataset that asks for one."""
    names = (query.name for query in standalone_queries().values() if _has_files(query))
    tables = (query_table(query_cache, name, site.publication.base) for name in names)
    return {chart.name: chart for chart in map(draw_chart, tables) if chart}


def write_charts(site: Site, query_cache: QueryCache) -> None:
    """Write the page of all charts, and each by itself: SVG, PNG if the fonts are there, CSV, and a
    frame for other sites.
    """
    charts = draw_charts(query_cache, site)
    write_page(site, "images", render("images.html", site.publication, "images", images=charts))
    for name, chart in charts.items():
        svg = svg_of(chart, site.publication)
        site.tree.write(f"images/{name}.svg", svg)
        if fonts():
            site.tree.write(f"images/{name}.png", png_of(svg))
        frame = f"images/{name}/{FRAME}"
        write_page(site, frame, render("images_cadre.html", site.publication, frame, image=chart))
        site.tree.write(f"images/{name}.csv", b"".join(csv_lines(chart.table)))
