"""The statistics for people: a table on the page of each resource, a page and a CSV of all."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode

from lod.base.tabular import csv_line
from lod.pipeline.statistics import MEASURES, Observation
from lod.rdf.vocab import DCTERMS_TEMPORAL
from lod.website.query_cache import Guichet
from lod.website.query_tables import Tableau, tableau
from lod.website.rendering import Contexte

HEADER = ("axe", "iri", "nom", "legislature", "typeQuestion")
PAR_AXE = ("statistiques-ministeres", "statistiques-portefeuilles", "statistiques-groupes")


def local(term: NamedNode) -> str:
    """Return the name of a term in its namespace."""
    return term.value.rpartition("#")[2]


def tableaux(guichet: Guichet, base: str) -> list[Tableau]:
    """Return what the page of statistics shows: a table an axis, of the newest legislature."""
    legislatures = tableau(guichet, "statistiques-legislatures", base)
    newest = next((ligne["nom"].iri for ligne in legislatures.lignes), "")
    clause = f"?o {DCTERMS_TEMPORAL} <{newest}> ." if newest else ""
    return [legislatures, *(tableau(guichet, name, base, clause=clause) for name in PAR_AXE)]


def write_csv(path: Path, observations: Iterable[Observation], contexte: Contexte) -> None:
    """Write every observation as a row; headers are the names of the ontology."""
    with path.open("wb") as file:
        file.write(csv_line((*HEADER, *map(local, MEASURES))))
        for o in observations:
            named = (o.axe, o.entite.value, contexte.nom(o.entite.value), o.legislature, o.type)
            values = (o.mesures[m].value if m in o.mesures else None for m in MEASURES)
            file.write(csv_line((*named, *values)))
