"""The statistics for people: a table on the page of each resource, a page and a CSV of all."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode

from lod.base.tabular import csv_line
from lod.pipeline.statistics import MEASURES, Observation
from lod.rdf.vocab import DCTERMS_TEMPORAL
from lod.website.query_cache import QueryCache
from lod.website.query_tables import QueryTable, query_table
from lod.website.rendering import PageContext

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


def write_csv(path: Path, observations: Iterable[Observation], context: PageContext) -> None:
    """Write every observation as a row; headers are the names of the ontology."""
    with path.open("wb") as file:
        file.write(csv_line((*HEADER, *map(local, MEASURES))))
        for o in observations:
            named = (o.axis, o.entity.value, context.name_of(o.entity.value), o.legislature, o.type)
            values = (o.measures[m].value if m in o.measures else None for m in MEASURES)
            file.write(csv_line((*named, *values)))
