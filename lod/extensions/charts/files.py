"""A chart as a file of its own."""

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from lod.base import packaged
from lod.extensions.charts.bars import draw_bars, draw_columns
from lod.extensions.charts.map import draw_map
from lod.extensions.charts.marks import SMALL_SIZE, Chart, Drawing, wrap
from lod.extensions.charts.spec import DATA, ChartSpec, main_fact, read_spec, series
from lod.model.dates import french_date
from lod.publish.publication import Publication, Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery, standalone_queries
from lod.website.rendering.query_tables import Picture, QueryTable, csv_lines, query_table
from lod.website.rendering.templates import FRAME, load_template, render, typeset, write_translated

START = "/* images:"  # begins the rules for pictures in the stylesheet; they end at the next @media
CHART_KINDS: dict[str, Callable[[QueryTable, ChartSpec], Drawing]] = {  # word of `# image:`
    "barres": draw_bars,
    "carte": draw_map,
    "colonnes": draw_columns,
}
LEAST = 3  # rows of a table about one resource; a shorter one is not drawn
# name of a query that is drawn only beside its table, without files of its own → its `# image:`
LEADING = {
    "par-departement": "carte | departement | auteurs | nombres: non | fait: Auteurs de questions "
    "élus dans chaque département ; maximum : {auteurs} ({nom})."
}


def svg_of(chart: Chart, publication: Publication) -> bytes:
    """Return the SVG file of a chart, with its title, main fact, source and style."""
    width = chart.drawing.width
    day = french_date(publication.data_until)
    source = f"Source : Assemblée nationale, Licence Ouverte ; données jusqu’au {day}"
    return render(
        "images/seul.svg",
        publication,
        f"images/{chart.name}",
        image=chart,
        titre=wrap(typeset(chart.title), width, 16),
        texte=wrap(f"{chart.fact} {chart.drawing.note}".strip(), width),
        source=wrap(typeset(source), width, SMALL_SIZE),
        habit=inline_style(),
    )


@cache
def inline_style() -> str:
    """Return the rules for pictures of the stylesheet in light colours, then in dark ones for
    readers who prefer these; without `var()` and `light-dark()`, which few programs but browsers
    know.
    """
    css = (packaged.STATIC / "style.css").read_text("utf-8")
    declared = dict(re.findall(r"--([\w-]+): ([^;]+);", css))
    own = css[css.index(START) :]
    rules = "\n".join(re.findall(r"(?m)^\.image [^{]+\{[^}]+\}", own.partition("\n@media")[0]))

    def filled(side: int) -> str:
        """Return the rules with values for variables; `side` of `light-dark()` is 0 or 1."""

        def value(variable: re.Match[str]) -> str:
            pair = re.fullmatch(r"light-dark\((.+), (.+)\)", declared[variable[1]])
            return pair[side + 1] if pair else declared[variable[1]]

        return re.sub(r"var\(--([\w-]+)\)", value, rules)

    return f"{filled(0)}\n@media (prefers-color-scheme: dark) {{\n{filled(1)}\n}}"


def draw_chart(table: QueryTable) -> Chart | None:
    """Return the chart of a table; None if its query asks for none, or it has too few rows."""
    query = table.query
    image = query.image or LEADING.get(query.name)
    if not image or len(table.rows) < (LEAST if query.page_kinds else 1):
        return None
    spec = read_spec(image)
    drawing = CHART_KINDS[spec.kind](table, spec)
    fact = main_fact(table, spec, drawing)
    return Chart(table, spec.kind, fact, series(spec.series), drawing, spec.yearly)


def picture_of(table: QueryTable) -> Iterator[Picture]:
    """Yield the chart of a table, if it has one; with a title and links if it has files."""
    if chart := draw_chart(table):
        macros: Any = load_template("images_macros.html").module
        has_files = _has_files(table.query)
        yield lambda url: macros.image(chart, f"image-{chart.name}", url, has_files, has_files)


def _has_files(query: CatalogueQuery) -> bool:
    return bool(query.image) and not query.page_kinds


def draw_charts(query_cache: QueryCache, site: Site) -> dict[str, Chart]:
    """Return name → chart, for every query about the whole dataset that asks for one."""
    names = (query.name for query in standalone_queries().values() if _has_files(query))
    tables = (query_table(query_cache, name, site.publication.base) for name in names)
    return {chart.name: chart for chart in map(draw_chart, tables) if chart}


def _page_of_charts(site: Site, query_cache: QueryCache) -> bytes:
    charts = draw_charts(query_cache, site)
    return render("images.html", site.publication, "images", images=charts)


def _frame(publication: Publication, path: str, table: QueryTable) -> bytes:
    return render("images_cadre.html", publication, path, image=draw_chart(table))


def write_charts(site: Site, query_cache: QueryCache) -> None:
    """Write the page of all charts with its script, and the files of each: SVG, CSV, and a frame
    for other sites.
    """
    charts = draw_charts(query_cache, site)
    site.tree.copy(DATA / "static", "static")
    write_translated(site, "images", partial(_page_of_charts, site, query_cache))
    for name, chart in charts.items():
        site.tree.write(f"images/{name}.svg", svg_of(chart, site.publication))
        frame = f"images/{name}/{FRAME}"
        write_translated(site, frame, partial(_frame, site.publication, frame, chart.table))
        site.tree.write(f"images/{name}.csv", b"".join(csv_lines(chart.table)))
