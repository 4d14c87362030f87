"""The questions of a resource: all of them, and those answered, waiting, late, withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Store

from lod.rdf import nom_du
from lod.store import select
from lod.vocab import NAMESPACE
from lod.website.requetes import query_text
from lod.website.tableaux import demandee

STATUT = f"{NAMESPACE}statut-"
QUESTIONS = "questions-liees"


@dataclass(frozen=True, slots=True)
class Etat:
    """Where questions stand: as a path names it, in words, and which status they have then."""

    cle: str
    nom: str
    statuts: tuple[str, ...] = ()

    @property
    def clause(self) -> str:
        """Return what narrows a query to these questions."""
        terms = " ".join(f"qp:statut-{statut}" for statut in self.statuts)
        return f"VALUES ?statut {{ {terms} }}" if terms else ""


REPONDUES = ("repondue", "repondue-dans-delai", "repondue-hors-delai")
EN_ATTENTE = ("en-attente", "en-attente-dans-delai", "en-attente-hors-delai")
ETATS = (
    Etat("", "toutes"),
    Etat("repondues", "répondues", REPONDUES),
    Etat("en-attente", "en attente", EN_ATTENTE),
    Etat("en-retard", "en retard", EN_ATTENTE[-1:]),
    Etat("retirees", "retirées", ("retiree",)),
)


@dataclass(frozen=True, slots=True)
class Liste:
    """The questions of a resource that stand somewhere: path, the query, its rows."""

    etat: Etat
    path: str
    requete: str
    lignes: list[dict[str, str]]


def listes(store: Store, iri: str, path: str) -> list[Liste]:
    """Return the questions of a resource in each state that one of them is in, all of them first.

    The store is asked once: a narrower list is what its query would give.
    """
    text = query_text(QUESTIONS)
    found = [
        {**row, "nom": nom_du(row["question"].rpartition("/")[2])}
        for row in select(store, demandee(text, iri))
    ]
    return [
        Liste(etat, f"{path}/{etat.cle}".rstrip("/"), demandee(text, iri, etat.clause), rows)
        for etat in ETATS
        if (rows := list(_en(etat, found))) or not etat.cle
    ]


def _en(etat: Etat, lignes: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    wanted = {STATUT + statut for statut in etat.statuts}
    yield from (ligne for ligne in lignes if not wanted or ligne["statut"] in wanted)
