"""The statistics of all resources: a page with a table for each axis, and a CSV file."""

from pathlib import Path

from pyoxigraph import Triple

from lod.base.tabular import csv_line
from lod.pipeline.by_resource import MEASURES, StatisticsCounter, components
from lod.publish.publication import CrossReferences, Site
from lod.publish.query_cache import QueryCache
from lod.publish.tables.columns import column_name
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP
from lod.website.documents import write_document
from lod.website.query_tables import QueryTable, query_table
from lod.website.rendering import render

PATH = "statistiques"  # of the page, and of the document of the data sets
HEADER = ("axe", "iri", "nom", "legislature", "type_question")
QUERIES_BY_AXIS = ("statistiques-ministeres", "statistiques-portefeuilles", "statistiques-groupes")


def statistics_tables(query_cache: QueryCache, base: str) -> list[QueryTable]:
    """Return the tables of the page: all legislatures, then each axis in the newest legislature."""
    legislatures = query_table(query_cache, "statistiques-legislatures", base)
    newest = next((row["nom"].iri for row in legislatures.rows), "")
    clause = f"?o {QP.statistiqueLegislature} <{newest}> ." if newest else ""
    by_axis = (query_table(query_cache, name, base, clause=clause) for name in QUERIES_BY_AXIS)
    return [legislatures, *by_axis]


def write_csv(path: Path, counted: StatisticsCounter, references: CrossReferences) -> None:
    """Write every observation as a row; columns are named as those of the tables."""
    with path.open("wb") as file:
        file.write(csv_line((*HEADER, *(column_name(measure.value) for measure in MEASURES))))
        for o in counted.observations():
            iri = o.entity.value
            cell = (o.axis, iri, references.name_of(iri), o.legislature, o.type)
            values = (o.measures[m].value if m in o.measures else None for m in MEASURES)
            file.write(csv_line((*cell, *values)))


def write_statistics(site: Site, triples: list[Triple], query_cache: QueryCache) -> None:
    """Write the page; `triples` describe the data sets, and stand in its other forms."""
    shown = statistics_tables(query_cache, site.publication.base)
    html = render("statistiques.html", site.publication, PATH, tableaux=shown)
    write_document(site, PATH, ntriples((*triples, *components())), lambda: html)
