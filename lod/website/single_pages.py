"""The pages that are there once: home, downloads, quality, endpoint, and those on the model."""

from typing import Any

from lod.base.settings import Settings
from lod.pipeline.build_report import LISTED, BuildReport
from lod.pipeline.validation.validate import targets
from lod.publish.dataset_descriptions import first_day
from lod.publish.downloads import DownloadFile
from lod.publish.query_catalogue import query_text
from lod.website.charts.chart_writer import draw_charts, write_charts
from lod.website.charts.marks import Chart
from lod.website.documents import embedded
from lod.website.guides import write_guides
from lod.website.links_page import make_links_page
from lod.website.ontology_pages.ontology_writer import write_model_pages
from lod.website.query_cache import QueryCache
from lod.website.query_tables import query_table
from lod.website.rendering import PageContext, render, write_page
from lod.website.robots import dataset_jsonld
from lod.website.sparql_page import write_sparql_page

REPAIRS = {
    "numeric references": "Références numériques (&#339;) changées en lettres",
    "mojibake": "Texte UTF-8 lu comme windows-1252, relu (Ã© : é)",
    "windows-1252": "Guillemets et apostrophes de windows-1252 rétablis",
    "control characters": "Caractères de contrôle ôtés",
}
SEVERITY_NAMES = {"Violation": "Refus", "Warning": "Avertissement", "Info": "Information"}


def write_pages(
    context: PageContext,
    report: BuildReport,
    files: list[DownloadFile],
    settings: Settings,
    query_cache: QueryCache,
    version: str,
) -> int:
    """Write the single pages; return how many."""
    charts = draw_charts(query_cache, context)
    dates = {"data_until": context.data_until.isoformat(), "start": first_day(query_cache.store)}
    data = dataset_jsonld(settings, files, version=version, **dates)
    write_page(context, "index", embedded(home_page(context, charts, query_cache), data))
    pages: dict[str, dict[str, Any]] = {
        "licence": {},
        "telechargements/index": {"fichiers": files},
        "qualite": {"constats": shape_counts_of(report), "limite": LISTED,
                    "reparations": repairs_of(report), "foyers": focus_nodes_of(report),
                    "ecarts": list(report.control_rows.items()),
                    "couverture": query_table(query_cache, "couverture", context.base)},
    }  # fmt: skip
    for path, values in pages.items():
        template = "telechargements.html" if path.startswith("tele") else f"{path}.html"
        html = render(template, context, path, bilan=report, settings=settings, **values)
        write_page(context, path, html)
    write_page(context, "liens", make_links_page(context, report.reviewed_links, query_cache))
    write_charts(context, charts)
    write_sparql_page(context, query_cache.store)
    return len(pages) + 4 + write_guides(context) + write_model_pages(context, settings)


def home_page(context: PageContext, charts: dict[str, Chart], query_cache: QueryCache) -> bytes:
    """Return the home page: how much there is, in numbers and pictures, and what came last."""
    tables = {
        name: query_table(query_cache, name, context.base)
        for name in ("totaux", "types", "recentes")
    }
    first_query = query_text("vie-d-une-question")
    return render("index.html", context, "index", images=charts, exemple=first_query, **tables)


def repairs_of(report: BuildReport) -> list[tuple[str, int]]:
    """Return what had to be mended in the records, in words, and in how many values."""
    return [(name, report.repairs[kind]) for kind, name in REPAIRS.items() if report.repairs[kind]]


def focus_nodes_of(report: BuildReport) -> list[tuple[str, int]]:
    """Return each shape that has a target, and how many nodes it has looked at."""
    return [(shape.rpartition("#")[2], report.focus_nodes[shape]) for shape in sorted(targets())]


def shape_counts_of(report: BuildReport) -> list[dict[str, Any]]:
    """Return what SHACL found, by shape: the gravest first, then the most frequent."""
    order = list(SEVERITY_NAMES)
    found = sorted(
        report.shape_counts.items(),
        key=lambda item: (order.index(item[1].severity), -item[1].count),
    )
    return [
        {
            "severite": SEVERITY_NAMES[shape_count.severity],
            "message": shape_count.message,
            "nombre": shape_count.count,
            "exemples": shape_count.examples,
        }
        for _, shape_count in found
    ]
