"""Draw the charts of the site, and write their page and their files, SVG and CSV.

The head of a query says how it is drawn; a chart shows the rows of the table that stands below it.
"""

from collections.abc import Callable

from lod.model.dates import french_date
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import standalone_queries
from lod.website.charts.bars import draw_bars
from lod.website.charts.columns import draw_columns
from lod.website.charts.heatmap import draw_heatmap
from lod.website.charts.map import draw_map
from lod.website.charts.marks import SMALL_SIZE, Chart, Drawing, wrap
from lod.website.charts.png import can_draw, png_of
from lod.website.charts.spec import ChartSpec, main_fact, read_spec, series
from lod.website.charts.style import inline_style
from lod.website.query_tables import QueryTable, csv_lines, query_table
from lod.website.rendering import FRAME, render, typeset, write_page

CHART_KINDS: dict[str, Callable[[QueryTable, ChartSpec], Drawing]] = {  # word of `# image:`
    "barres": draw_bars,
    "carte": draw_map,
    "colonnes": draw_columns,
    "grille": draw_heatmap,
}


def draw_chart(table: QueryTable) -> Chart | None:
    """Return the chart of a table; None if its query asks for none, or it has no row."""
    if not table.query.image or not table.rows:
        return None
    return chart_drawn(table, read_spec(table.query.image))


def chart_drawn(table: QueryTable, spec: ChartSpec) -> Chart:
    """Return the chart of a table that has rows."""
    drawing = CHART_KINDS[spec.kind](table, spec)
    return Chart(
        table=table,
        kind=spec.kind,
        fact=main_fact(table, spec, drawing),
        series=series(spec.series),
        drawing=drawing,
    )


def draw_charts(query_cache: QueryCache, site: Site) -> dict[str, Chart]:
    """Return name → chart, for every query about the whole dataset that asks for one."""
    names, base = (q.name for q in standalone_queries().values() if q.image), site.publication.base
    drawn = ((name, draw_chart(query_table(query_cache, name, base))) for name in names)
    return {name: chart for name, chart in drawn if chart}


def write_charts(site: Site, charts: dict[str, Chart]) -> None:
    """Write the page of all charts, and each by itself: SVG, PNG if the fonts are there, CSV, and a
    frame for other sites.
    """
    write_page(site, "images", render("images.html", site.publication, "images", images=charts))
    for name, chart in charts.items():
        svg = _standalone(chart, site)
        site.tree.write(f"images/{name}.svg", svg)
        if can_draw():
            site.tree.write(f"images/{name}.png", png_of(svg))
        frame = f"images/{name}/{FRAME}"
        write_page(site, frame, render("images_cadre.html", site.publication, frame, image=chart))
        site.tree.write(f"images/{name}.csv", b"".join(csv_lines(chart.table)))


def _standalone(chart: Chart, site: Site) -> bytes:
    """Return the SVG file of a chart, with its title, main fact, source and style."""
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
