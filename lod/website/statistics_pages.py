"""The statistics for people: a table on the page of each resource, a page and a CSV of all."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from lod.base.tabular import csv_line
from lod.pipeline.statistics import MEASURES, Observation
from lod.publish.publication import CrossReferences, Site
from lod.publish.query_cache import QueryCache
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import DCTERMS_TEMPORAL
from lod.website.documents import write_document
from lod.website.query_tables import QueryTable, query_table
from lod.website.rendering import render

HEADER = ("axe", "iri", "nom", "legislature", "typeQuestion")
QUERIES_BY_AXIS = ("statistiques-ministeres", "statistiques-portefeuilles", "statistiques-groupes")


def local(term: NamedNode) -> str:
    """Return the name of a term in its namespace."""
    return term.value.rpartition("#")[2]


def statistics_tables(query_cache: QueryCache, base: str) -> list[QueryTable]:
    """Return what the page of statistics shows: a table an axis, of the newest legislature."""
    legislatures = query_table(query_cache, "statistiques-legislatures", base)
    newest = next((row["nom"].iri for row in legislatures.rows), "")
    clause = f"?o {DCTERMS_TEMPORAL} <{newest}> ." if newest else ""
    return [
        legislatures,
        *(query_table(query_cache, name, base, clause=clause) for name in QUERIES_BY_AXIS),
    ]


def write_csv(path: Path, observations: Iterable[Observation], references: CrossReferences) -> None:
    """Write every observation as a row; headers are the names of the ontology."""
    with path.open("wb") as file:
        file.write(csv_line((*HEADER, *map(local, MEASURES))))
        for o in observations:
            named = (
                o.axis,
                o.entity.value,
                references.name_of(o.entity.value),
                o.legislature,
                o.type,
            )
            values = (o.measures[m].value if m in o.measures else None for m in MEASURES)
            file.write(csv_line((*named, *values)))


def write_statistics(site: Site, triples: list[Triple], query_cache: QueryCache) -> None:
    """Write the page with the numbers of all, and what their sets are made of."""
    shown = statistics_tables(query_cache, site.publication.base)
    html = render("statistiques.html", site.publication, "statistiques", tableaux=shown)
    write_document(site, f"{site.publication.base}statistiques", ntriples(triples), [], html)
