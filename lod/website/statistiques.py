"""The statistics for people: a table on the page of each resource, a page and a CSV of all."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from lod.dump import csv_line
from lod.ontology import labels, types
from lod.statistiques import AXES, MEASURES, Observation
from lod.vocab import DCTERMS_TEMPORAL, DCTERMS_TYPE, QB_OBSERVATION, QP, RDF_TYPE, RDFS_LABEL
from lod.website.rendering import Contexte

HEADER = ("axe", "iri", "nom", "legislature", "typeQuestion")
PAGE = ("legislature", "ministere", "portefeuille", "groupe")  # the axes that fit on a page


TITRES = {
    QP.posees: "Posées",
    QP.repondues: "Répondues",
    QP.retirees: "Retirées",
    QP.enAttente: "En attente",
    QP.reponduesDansDelai: "Dans le délai",
    QP.reponduesHorsDelai: "Hors délai",
    QP.enAttenteHorsDelai: "En retard",
    QP.delaiMedian: "Délai médian",
    QP.delaiMoyen: "Délai moyen",
}


def local(term: NamedNode) -> str:
    """Return the name of a term in its namespace."""
    return term.value.rpartition("#")[2]


def tableau(triples: Iterable[Triple]) -> list[dict[str, Any]]:
    """Return the observations of one document as rows, the newest legislature first."""
    cells: dict[NamedNode, dict[NamedNode, str]] = {}
    for t in triples:
        if isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode | Literal):
            cells.setdefault(t.subject, {})[t.predicate] = t.object.value
    kinds = {iri.value: code for code, iri in types().items()}
    found: list[dict[str, Any]] = [
        {
            "legislature": int(said[DCTERMS_TEMPORAL].rpartition("/")[2]),
            "type": kinds[said[DCTERMS_TYPE]],
            **{local(measure): said.get(measure) for measure in MEASURES},
        }
        for said in cells.values()
        if said.get(RDF_TYPE) == QB_OBSERVATION.value
    ]
    return sorted(found, key=lambda row: (-row["legislature"], row["type"]))


def colonnes() -> list[dict[str, str]]:
    """Return the measures as columns of a table: name, heading, meaning."""
    names = labels(RDFS_LABEL)
    return [{"nom": local(m), "titre": TITRES[m], "sens": names[m.value]} for m in MEASURES]


def sections(observations: Iterable[Observation], contexte: Contexte) -> list[dict[str, Any]]:
    """Return what the page of statistics shows: a table an axis, of the newest legislature."""
    found = [o for o in observations if o.axe in PAGE and o.type == "QE"]
    newest = max((o.legislature for o in found), default=0)
    shown = [o for o in found if o.axe == "legislature" or o.legislature == newest]
    return [
        {
            "axe": axe,
            "nom": AXES[axe],
            "legislature": None if axe == "legislature" else newest,
            "lignes": [
                {"entite": o.entite.value, "nom": contexte.nom(o.entite.value)}
                | {local(m): o.mesures[m].value if m in o.mesures else None for m in MEASURES}
                for o in sorted(shown, key=_most)
                if o.axe == axe
            ],
        }
        for axe in PAGE
    ]


def _most(o: Observation) -> tuple[int, int, str]:
    return -o.legislature, -int(o.mesures[QP.posees].value), o.entite.value


def write_csv(path: Path, observations: Iterable[Observation], contexte: Contexte) -> None:
    """Write every observation as a row; headers are the names of the ontology."""
    with path.open("wb") as file:
        file.write(csv_line((*HEADER, *map(local, MEASURES))))
        for o in observations:
            named = (o.axe, o.entite.value, contexte.nom(o.entite.value), o.legislature, o.type)
            values = (o.mesures[m].value if m in o.mesures else None for m in MEASURES)
            file.write(csv_line((*named, *values)))
