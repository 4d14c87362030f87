"""Deadlines, delays and status of a question, by the rules that `ontology/qp.ttl` states.

They are published because date arithmetic is not portable in SPARQL. A day plus two months is the
same day of that month, or its last day if it is shorter.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pyoxigraph import Literal, NamedNode

from lod.model.question import Question
from lod.rdf.ontology import described
from lod.rdf.vocab import QP, SCHEMA, qp

MEASURED = ("QE", "QOSD")  # a question au Gouvernement is answered in the sitting
# the Assemblée does not sit before elections, for 118 days at most (22 February to 20 June 2017)
RECESS = timedelta(days=123)
DURATION = re.compile(r"P(?:(\d+)M)?(?:(\d+)D)?")


@dataclass(frozen=True, slots=True)
class Duration:
    """The time that a rule gives for an answer."""

    months: int  # added first
    days: int

    def after(self, start: date) -> date:
        """Return the last day of this time, which begins on `start`.

        >>> Duration(2, 0).after(date(2020, 12, 31)), Duration(0, 10).after(date(2021, 4, 6))
        (datetime.date(2021, 2, 28), datetime.date(2021, 4, 16))
        """
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        day = min(start.day, monthrange(year, month + 1)[1])
        try:
            return date(year, month + 1, day) + timedelta(days=self.days)
        except (ValueError, OverflowError):  # beyond the year 9999, by a misprint
            return date.max


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A rule of the ontology about the time for an answer."""

    iri: NamedNode
    start: date  # first and last day on which questions under this rule were published
    end: date
    reponse: Duration | None  # time for an answer from publication on; None if none is given
    signalement: Duration | None  # time for an answer from the first flag on


@cache
def deadline_rules() -> tuple[DeadlineRule, ...]:
    """Return the rules of the ontology, in its order."""
    return tuple(_rule(iri, literals) for iri, literals in described(qp("regles-delai")).items())


def _rule(iri: NamedNode, literals: dict[NamedNode, Literal]) -> DeadlineRule:
    def day(term: NamedNode, default: date) -> date:
        return date.fromisoformat(literals[term].value) if term in literals else default

    return DeadlineRule(
        iri,
        day(SCHEMA.startDate, date.min),
        day(SCHEMA.endDate, date.max),
        _duration(literals.get(QP.delaiAccorde)),
        _duration(literals.get(QP.delaiAccordeApresSignalement)),
    )


def _duration(literal: Literal | None) -> Duration | None:
    match = DURATION.fullmatch(literal.value) if literal else None
    return Duration(int(match[1] or 0), int(match[2] or 0)) if match else None


def rule_of(q: Question) -> DeadlineRule | None:
    """Return the rule for a written question, by the day of its publication; None without one."""
    if q.type != "QE" or not q.parution:
        return None
    day = q.parution.jour  # a misprint may be before all rules: the shapes tell it
    return next((r for r in deadline_rules() if r.start <= day <= r.end), None)


def date_limite(q: Question) -> date | None:
    """Return the last day for an answer; None if no rule gives one."""
    rule = rule_of(q)
    return rule.reponse.after(q.parution.jour) if rule and rule.reponse and q.parution else None


def date_limite_signalement(q: Question) -> date | None:
    """Return the last day for an answer after the first flag; None if no rule gives one."""
    rule, flagged = rule_of(q), q.date_signalement
    return rule.signalement.after(flagged) if rule and rule.signalement and flagged else None


def echeance(q: Question) -> date | None:
    """Return the last day for an answer that is awaited, after a flag if there is one; None if no
    answer is due.
    """
    return (date_limite_signalement(q) or date_limite(q)) if q.attend else None


def delai_jours(q: Question) -> int | None:
    """Return the days from publication to the first answer; None if it comes first."""
    if q.type not in MEASURED or not (q.parution and q.date_reponse):
        return None
    days = (q.date_reponse - q.parution.jour).days
    return days if days >= 0 else None


def statut(q: Question) -> tuple[NamedNode, date] | None:
    """Return the concept of the status of a question, and the day for which it holds.

    That is the day of the answer or the withdrawal, else the end of the legislature if the records
    reach it, else the day up to which the data goes; None if none is known.
    """
    deadline, known_until = date_limite(q), q.fin_legislature or q.donnees_au
    if q.date_reponse:
        return qp(f"statut-repondue{_punctual(q.date_reponse, deadline)}"), q.date_reponse
    if q.retrait:
        day = q.retrait.jour or known_until
        return (qp("statut-retiree"), day) if day else None
    if q.fin_legislature:
        is_closed = bool(q.cloture)  # by the end of the legislature, as its record says
        if q.donnees_au and not is_closed and stops_before(q.fin_legislature, q.donnees_au):
            return qp("statut-suite-inconnue"), q.donnees_au
        return qp("statut-sans-reponse"), q.fin_legislature
    if q.donnees_au:
        return qp(f"statut-en-attente{_punctual(q.donnees_au, deadline)}"), q.donnees_au
    return None


def stops_before(end: date, last: date) -> bool:
    """Return whether records up to `last` stop more than RECESS before the legislature ends."""
    return end - last > RECESS


def follows_data(q: Question) -> bool:
    """Return whether the status of a question is of the day up to which the data goes: it waits, or
    no day of its withdrawal is known.
    """
    return not (q.date_reponse or q.fin_legislature or (q.retrait and q.retrait.jour))


def _punctual(day: date, deadline: date | None) -> str:
    if deadline is None:
        return ""
    return "-dans-delai" if day <= deadline else "-hors-delai"
