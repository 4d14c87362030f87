"""What a week of the data was, by SQL on the facts of questions: as it stood on its last day.

A week has all that was published in it, and counts as waiting the questions of its own legislature:
the end of a legislature closes the others.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import orjson

from lod.base.durable import read_only
from lod.pipeline.questions.question_db import FACT_COLUMNS, PublishedQuestions
from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.tables.columns import tables
from lod.publish.tables.output import SQLITE
from lod.rdf.jsonld import compact
from lod.rdf.vocab import QP, qp
from lod.reference.tables import LegislatureRow, legislatures

DAYS = "SELECT parution FROM fait UNION SELECT reponse FROM fait WHERE type = 'QE'"
OF_LEGISLATURE = f"""
SELECT min(rang), max(rang) FROM sujet
WHERE role = '{compact(QP.legislature.value)}' AND entite = ?
"""
FACTS = f"SELECT {FACT_COLUMNS} FROM fait"
ASKED = f"{FACTS} WHERE parution BETWEEN :du AND :au ORDER BY parution, rang"
# the longest waits first
ANSWERED = f"""
{FACTS} WHERE type = 'QE' AND reponse BETWEEN :du AND :au ORDER BY delai DESC, rang
"""
WAITING = f"""
{FACTS} WHERE rang BETWEEN :a AND :z AND type = 'QE' AND parution BETWEEN '1' AND :jour
AND (reponse = '' OR reponse > :jour) AND (retrait > :jour OR retrait = '')
AND NOT (retrait = '' AND statut = '{qp("statut-retiree").value}')
ORDER BY parution, rang
"""
# the first answer of a ministry, on the first day on which it gives one
FIRST = """
SELECT ministere, min(reponse) AS premier FROM fait
WHERE type = 'QE' AND reponse > '' AND ministere > ''
GROUP BY ministere HAVING premier BETWEEN :du AND :au
"""
COMMON_TEXTS = "textes_communs"  # table of questions that share passages, if an extension finds any
REPEATED = f"""
SELECT texte, texte_commun, (
  SELECT count(*) FROM questions WHERE date_parution < :du AND uid IN (
    SELECT here.texte_commun
    UNION SELECT texte FROM {COMMON_TEXTS} WHERE texte_commun = here.texte_commun
  )
) AS fois FROM {COMMON_TEXTS} AS here
WHERE texte IN (SELECT value FROM json_each(:uids)) AND fois > 0 ORDER BY fois DESC, texte
"""


class Week(NamedTuple):
    """A week of the calendar, as ISO 8601 numbers it."""

    name: str  # 2024-W12
    first: str  # its Monday, ISO 8601
    last: str  # its Sunday


class Repeated(NamedTuple):
    """A question whose passages stand in earlier ones."""

    question: QuestionFacts
    times: int
    path: str  # of the page of the texts that share them


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """What a week was."""

    week: Week
    day: str  # the last of the week, or of the data
    asked: list[QuestionFacts]
    answered: list[QuestionFacts]  # written ones, the longest wait first
    waiting: list[QuestionFacts]  # written ones, the oldest first
    firsts: list[QuestionFacts]  # with the first answer that their ministries ever gave
    repeated: list[Repeated] | None  # None if nothing compares texts

    @property
    def late(self) -> list[QuestionFacts]:
        return [q for q in self.waiting if "" < q.limite < self.day]

    def late_by_ministry(self) -> list[tuple[str, list[QuestionFacts]]]:
        """Return ministries with the questions that they are late with, the most first."""
        named = sorted((q for q in self.late if q.ministere), key=lambda q: q.ministere)
        late = [(iri, [*some]) for iri, some in groupby(named, key=lambda q: q.ministere)]
        return sorted(late, key=lambda pair: (-len(pair[1]), pair[0]))

    @property
    def oldest_days(self) -> int:
        """How long the oldest question had waited; 0 if none did."""
        if not self.waiting:
            return 0
        return (date.fromisoformat(self.day) - date.fromisoformat(self.waiting[0].parution)).days

    @property
    def longest(self) -> QuestionFacts | None:
        """The question that waited longest for the answer of this week."""
        return next((q for q in self.answered if q.delai), None)


def week_of(day: date) -> Week:
    """Return the week of a day.

    >>> week_of(date(2024, 12, 30))
    Week(name='2025-W01', first='2024-12-30', last='2025-01-05')
    """
    year, number, weekday = day.isocalendar()
    monday = day - timedelta(weekday - 1)
    return Week(f"{year:04}-W{number:02}", monday.isoformat(), (monday + timedelta(6)).isoformat())


def week_named(name: str) -> Week:
    """Return the week of a name; raise ValueError if there is none."""
    return week_of(date.fromisoformat(f"{name}-1"))


def weeks_of(release: Path, data_until: date) -> list[str]:
    """Return the names of the weeks in which a question was asked or answered, and of the last one
    of the data, in order.
    """
    days = (day for (day,) in PublishedQuestions(release).rows(DAYS))
    known = {date.fromisoformat(day) for day in days if "" < day <= data_until.isoformat()}
    return sorted({week_of(day).name for day in known | {data_until}})


def week_facts(
    release: Path, base: str, week: Week, data_until: date, *, with_texts: bool
) -> WeekFacts:
    """Return what a week of a release was; `with_texts`, which its tables tell, with what was asked
    before.
    """
    day = min(week.last, data_until.isoformat())
    legislature = _begun_on(day)
    questions = PublishedQuestions(release)
    iri = f"{base}legislature/{legislature.numero}" if legislature else ""
    [(first, last)] = questions.rows(OF_LEGISLATURE, iri)
    known = {"a": first, "z": last, "du": week.first, "au": week.last, "jour": day}
    with questions.connected() as disk:

        def facts(text: str) -> list[QuestionFacts]:
            return [QuestionFacts._make(row) for row in disk.execute(text, known)]

        asked, answered = facts(ASKED), facts(ANSWERED)
        is_over = legislature and legislature.fin and day >= legislature.fin.isoformat()
        waiting = [] if is_over else facts(WAITING)
        firsts = {*disk.execute(FIRST, known)}
    return WeekFacts(
        week,
        day,
        asked,
        answered,
        waiting,
        _first_of_each(q for q in reversed(answered) if (q.ministere, q.reponse) in firsts),
        _repeated(release, asked, week.first) if with_texts else None,
    )


def _begun_on(day: str) -> LegislatureRow | None:
    """Return the last legislature that had begun on a day."""
    begun = [row for row in legislatures().values() if row.debut.isoformat() <= day]
    return max(begun, key=lambda row: row.debut, default=None)


def _first_of_each(questions: Iterable[QuestionFacts]) -> list[QuestionFacts]:
    """Return the first question of each ministry."""
    by_ministry: dict[str, QuestionFacts] = {}
    for q in questions:
        by_ministry.setdefault(q.ministere, q)
    return [*by_ministry.values()]


def _repeated(release: Path, asked: list[QuestionFacts], monday: str) -> list[Repeated] | None:
    """Return the questions of a week whose passages stand in earlier ones; None if no table of the
    release compares texts.
    """
    if COMMON_TEXTS not in tables():
        return None
    by_uid = {q.iri.rpartition("/")[2]: q for q in asked}
    path = release / "dumps" / "tables" / SQLITE
    values = {"uids": orjson.dumps([*by_uid]).decode(), "du": monday}
    with closing(sqlite3.connect(read_only(path), uri=True)) as disk:
        rows = disk.execute(REPEATED, values).fetchall()
    return [Repeated(by_uid[uid], times, f"texte-commun/{group}") for uid, group, times in rows]
