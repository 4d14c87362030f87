"""Deadlines, delays and status of a question, by the rules that `ontology/qp.ttl` states.

Date arithmetic is not portable in SPARQL, so that its results are published. A civil day plus two
months is the same day of the month, or its last day where there is none.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pyoxigraph import Literal, NamedNode

from lod.model.question import Question
from lod.rdf.ontology import described
from lod.rdf.vocab import QP, SCHEMA_END_DATE, SCHEMA_START_DATE, qp

MEASURED = ("QE", "QOSD")  # a question au Gouvernement is answered in the sitting
DURATION = re.compile(r"P(?:(\d+)M)?(?:(\d+)D)?")


@dataclass(frozen=True, slots=True)
class Duree:
    """A time that a rule gives: whole months, then days."""

    mois: int
    jours: int

    def apres(self, jour: date) -> date:
        """Return the last day of this time, counted from `jour`.

        >>> Duree(2, 0).apres(date(2020, 12, 31)), Duree(0, 10).apres(date(2021, 4, 6))
        (datetime.date(2021, 2, 28), datetime.date(2021, 4, 16))
        """
        year, month = divmod(jour.year * 12 + jour.month - 1 + self.mois, 12)
        day = min(jour.day, monthrange(year, month + 1)[1])
        try:
            return date(year, month + 1, day) + timedelta(days=self.jours)
        except (ValueError, OverflowError):  # a misprint may name the last days of the calendar
            return date.max


@dataclass(frozen=True, slots=True)
class Regle:
    """A rule: in force for questions published from `debut` to `fin`, and the times it gives."""

    iri: NamedNode
    debut: date
    fin: date
    reponse: Duree | None
    signalement: Duree | None


@cache
def regles() -> tuple[Regle, ...]:
    """Return the rules of the ontology, in its order."""
    return tuple(_regle(iri, said) for iri, said in described(QP.regles).items())


def _regle(iri: NamedNode, said: dict[NamedNode, Literal]) -> Regle:
    def day(term: NamedNode, default: date) -> date:
        return date.fromisoformat(said[term].value) if term in said else default

    return Regle(
        iri,
        day(SCHEMA_START_DATE, date.min),
        day(SCHEMA_END_DATE, date.max),
        _duree(said.get(QP.delaiReponse)),
        _duree(said.get(QP.delaiSignalement)),
    )


def _duree(literal: Literal | None) -> Duree | None:
    match = DURATION.fullmatch(literal.value) if literal else None
    return Duree(int(match[1] or 0), int(match[2] or 0)) if match else None


def regle(q: Question) -> Regle | None:
    """Return the rule for a written question, by the day of its publication."""
    if q.type != "QE" or not q.parution:
        return None
    return next(r for r in regles() if r.debut <= q.parution.jour <= r.fin)


def date_limite(q: Question) -> date | None:
    """Return the last day for an answer, where the rule publishes one."""
    found = regle(q)
    return found.reponse.apres(q.parution.jour) if found and found.reponse and q.parution else None


def date_limite_signalement(q: Question) -> date | None:
    """Return the last day for an answer after the first flag."""
    found, jour = regle(q), q.date_signalement
    return found.signalement.apres(jour) if found and found.signalement and jour else None


def delai_jours(q: Question) -> int | None:
    """Return the days from publication to the first answer; None if they come the wrong way."""
    if q.type not in MEASURED or not (q.parution and q.date_reponse):
        return None
    days = (q.date_reponse - q.parution.jour).days
    return days if days >= 0 else None


def statut(q: Question) -> tuple[NamedNode, date] | None:
    """Return where the question stands, and the day for which that holds.

    For a closed question that is the day of its end, so that it does not change again; for an
    open one the day up to which the data goes. None if nobody can say how far it goes.
    """
    limite = date_limite(q)
    if q.date_reponse:
        return qp(f"statut-repondue{_punctual(q.date_reponse, limite)}"), q.date_reponse
    if q.retrait:
        return qp("statut-retiree"), q.retrait.jour
    if q.donnees_au:
        return qp(f"statut-en-attente{_punctual(q.donnees_au, limite)}"), q.donnees_au
    return None


def _punctual(jour: date, limite: date | None) -> str:
    if limite is None:
        return ""
    return "-dans-delai" if jour <= limite else "-hors-delai"
