"""The questions of a resource: all of them, and those answered, waiting, late, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from markupsafe import Markup, escape

from lod.model.dates import dite
from lod.pipeline.mapping.question_triples import nom_du
from lod.publish.query_catalogue import query_text
from lod.rdf.vocab import NAMESPACE
from lod.website.query_tables import demandee
from lod.website.rendering import Contexte, page_of, typo

PER_PAGE = 100  # questions on a page
RANGEES = 2**16  # questions that a process remembers as lists print them: some 45 MB
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


class Ligne(NamedTuple):
    """A question in a list, as `questions-liees.rq` gives it: small, there may be 100,000."""

    question: str
    titre: str
    parution: str
    statut: str
    auteur: str
    ministere: str

    @property
    def nom(self) -> str:
        """What the question is called beside its title."""
        return nom_du(self.question.rpartition("/")[2])

    @property
    def etat(self) -> str:
        """Where the question stands, as the style sheet calls it."""
        return self.statut.removeprefix(STATUT)


class Rangee(NamedTuple):
    """A question as lists print it, escaped: who asks (`de`, and the name), whom (`a`), where it
    stands. `nom` is empty where it stands for a title.
    """

    page: str
    titre: Markup
    etat: str
    statut: Markup
    parution: str
    jour: Markup
    de: str
    auteur: Markup
    a: str
    ministere: Markup
    nom: Markup


class Rangees:
    """The questions as lists print them: one stands on a dozen pages, and is made ready once."""

    def __init__(self, contexte: Contexte) -> None:
        self._contexte = contexte
        self.de = lru_cache(RANGEES)(self._de)

    def _de(self, ligne: Ligne) -> Rangee:
        nom, nommer = typo(ligne.nom), self._contexte.nom
        return Rangee(
            page_of(self._contexte.path(ligne.question)),
            escape(ligne.titre or nom),
            ligne.etat,
            escape(nommer(ligne.statut)) if ligne.statut else Markup(),
            ligne.parution,
            escape(dite(ligne.parution)) if ligne.parution else Markup(),
            ligne.auteur,
            escape(nommer(ligne.auteur)) if ligne.auteur else Markup(),
            ligne.ministere,
            escape(typo(nommer(ligne.ministere))) if ligne.ministere else Markup(),
            escape(nom) if ligne.titre else Markup(),
        )


@dataclass(frozen=True, slots=True)
class Liste:
    """The questions of a resource that stand somewhere: path, the query, its rows."""

    etat: Etat
    path: str
    requete: str
    lignes: list[Ligne]


def listes(iri: str, path: str, lignes: list[Ligne]) -> list[Liste]:
    """Return the questions of a resource: all of them; and where these fill more than a page, those
    in each state that one of them is in; each with the query that gives it.
    """
    text = query_text(QUESTIONS)
    return [
        Liste(etat, f"{path}/{etat.cle}".rstrip("/"), demandee(text, iri, etat.clause), shown)
        for etat in ETATS
        if not etat.cle or len(lignes) > PER_PAGE
        if (shown := _en(etat, lignes)) or not etat.cle
    ]


def ligne(row: Sequence[str]) -> Ligne:
    """Return a row; what many rows have in common stands in memory once."""
    question, titre, *shared = row
    return Ligne(question, titre, *map(intern, shared))


def _en(etat: Etat, lignes: list[Ligne]) -> list[Ligne]:
    wanted = {STATUT + statut for statut in etat.statuts}
    return [ligne for ligne in lignes if ligne.statut in wanted] if wanted else lignes
