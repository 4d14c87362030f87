"""Statistics of all resources, a table for each axis; and ministers month by month."""

from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from pyoxigraph import Literal, Triple

from lod.base.tabular import csv_line
from lod.pipeline.questions.statistics import MEASURES, StatisticsCounter, components
from lod.publish.publication import CrossReferences, Workshop
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery, narrow
from lod.publish.tables.columns import column_name
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP, RDFS, XSD
from lod.website.pages.page_data import write_document
from lod.website.rendering.query_tables import QueryTable, csv_lines, query_table, table_of
from lod.website.rendering.templates import FRAME, render, write_translated

STATISTICS = "statistiques"  # of the page, and of the document of the data sets
HEADER = ("axe", "iri", "nom", "legislature", "type_question")
QUERIES_OF_SITTINGS = ("qui-repond-en-seance", "echanges-en-seance")
QUERIES_BY_AXIS = ("statistiques-ministeres", "statistiques-portefeuilles", "statistiques-groupes")


MONTHS = "ministres"  # of the index; a month is below it: ministres/2025-10
BY_MINISTER, BY_MONTH = "ministres-par-mois", "devenir-par-mois"  # queries; the first gives MONTHS
NOW = "en-attente-par-ministre"  # the query of what waits on the last day of the data


def statistics_tables(query_cache: QueryCache, base: str) -> list[QueryTable]:
    """Return the tables of the page: all legislatures, then each axis in the newest legislature,
    then sittings.
    """
    legislatures = query_table(query_cache, "statistiques-legislatures", base)
    newest = next((row["nom"].iri for row in legislatures.rows), "")
    clause = f"?o {QP.statistiqueLegislature} <{newest}> ." if newest else ""
    by_axis = (query_table(query_cache, name, base, clause=clause) for name in QUERIES_BY_AXIS)
    sittings = (query_table(query_cache, name, base) for name in QUERIES_OF_SITTINGS)
    return [legislatures, *by_axis, *(table for table in sittings if table.rows)]


def write_csv(path: Path, counted: StatisticsCounter, references: CrossReferences) -> None:
    """Write every observation as a row; columns have the names that they have in the tables."""
    with path.open("wb") as file:
        file.write(csv_line((*HEADER, *(column_name(measure.value) for measure in MEASURES))))
        for o in counted.observations():
            iri = o.entity.value
            cell = (o.axis, iri, references.name_of(iri), o.legislature, o.type)
            values = (o.measures[m].value if m in o.measures else None for m in MEASURES)
            file.write(csv_line((*cell, *values)))


def write_statistics(shop: Workshop, triples: list[Triple]) -> None:
    """Write the page; `triples` describe the data sets, and stand in its other forms."""
    publication = shop.site.publication
    shown = statistics_tables(shop.query_cache, publication.base)
    parts: dict[str, dict[str, str]] = {}  # fragment → language → name
    for t in triples:
        if t.predicate == RDFS.label and (fragment := str(t.subject)[1:-1].partition("#")[2]):
            assert isinstance(t.object, Literal)
            parts.setdefault(fragment, {})[t.object.language or ""] = t.object.value
    values = {"tableaux": shown, "parties": parts}
    page = partial(render, "statistiques.html", publication, STATISTICS, **values)
    write_document(shop.site, STATISTICS, ntriples((*triples, *components())), page)


def write_months(shop: Workshop, query: CatalogueQuery) -> None:
    """Write the index of the months, and each month: the query BY_MINISTER gives all of them."""
    site, publication, query_cache = shop.site, shop.site.publication, shop.query_cache
    base = publication.base
    totals = query_table(query_cache, BY_MONTH, base)
    months = [row["mois"].value for row in totals.rows]
    present = query_table(query_cache, NOW, base)
    site.tree.write(f"{MONTHS}.csv", b"".join(csv_lines(present)))
    index = {"table": totals, "presents": present}
    write_translated(site, MONTHS, partial(render, "ministres.html", publication, MONTHS, **index))
    by_month = groupby(query_cache.all_rows(query.text), itemgetter("mois"))
    for month, rows in by_month:
        text, path = narrow(query.text, _within(month)), f"{MONTHS}/{month}"
        table = table_of(query, text, list(rows), base)
        site.tree.write(f"{path}.csv", b"".join(csv_lines(table)))
        shown = replace(table, columns=table.columns[1:])  # without the month
        n = months.index(month)
        values = {
            "table": shown,
            "mois": month,
            "avant": months[n + 1] if n + 1 < len(months) else "",
            "apres": months[n - 1] if n else "",
            "cadre": f"{path}/{FRAME}",
        }
        page = partial(render, "ministres_mois.html", publication, path, **values)
        write_translated(site, path, page)
        place = f"{path}/{FRAME}"
        frame = partial(render, "ministres_cadre.html", publication, place, page=path, **values)
        write_translated(site, place, frame)


def _within(month: str) -> str:
    """Return the pattern of the days of a month.

    >>> _within("2025-12").count("2026-01-01")
    1
    """
    year, number = map(int, month.split("-"))
    after = f"{year + number // 12}-{number % 12 + 1:02}"
    first, end = (Literal(f"{m}-01", datatype=XSD.date) for m in (month, after))
    return f"FILTER(?jour >= {first} && ?jour < {end})"
