"""What lists, tables and feeds ask of the facts of questions, by SQL on `questions.db`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from lod.pipeline.questions.question_db import (
    FACT_COLUMNS,
    IN_CHARGE,
    IN_PORTFOLIO,
    PublishedQuestions,
    StoredQuestion,
)
from lod.pipeline.questions.question_memo import QuestionFacts
from lod.rdf.jsonld import compact
from lod.rdf.vocab import ORG, QP, qp

FOLLOWED_KINDS = (  # of resources that have a feed
    "depute", "auteur", "ministere", "portefeuille", "rubrique", "groupe", "legislature",
    "circonscription", "departement", "region",
)  # fmt: skip
MOST_OF_ALL, MOST_OF_RESOURCE = 100, 50  # entries of the feed of all, of a feed of a resource
# roles that `questions-liees.rq` does not follow from a question: ministries of former
# attributions, and portfolios, which it finds by the ministry in charge
UNLISTED = f"'{compact(QP.ministere.value)}', '{compact(ORG.classification.value)}'"
ASKED = compact(QP.ministereInterroge.value)
WAITING = ", ".join(
    f"'{qp(f'statut-en-attente-{end}').value}'" for end in ("dans-delai", "hors-delai")
)
LISTED = f"""
WITH liste AS (
  SELECT * FROM fait WHERE rang IN (
    SELECT rang FROM sujet WHERE entite = ? AND role NOT IN ({UNLISTED})
  )
)
"""
RECEIVED = f"""
SELECT {FACT_COLUMNS} FROM sujet JOIN fait USING (rang)
WHERE entite = ? AND role = '{ASKED}' AND parution BETWEEN ? AND ? ORDER BY rang
"""
DUE = f"""
SELECT {FACT_COLUMNS} FROM sujet JOIN fait USING (rang)
WHERE entite IN (SELECT value FROM json_each(?)) AND role = '{IN_CHARGE}'
AND type = 'QE' AND parution > '' AND statut IN ({WAITING}) ORDER BY limite, iri
"""
NEWEST = f"""
SELECT DISTINCT rang, last_event, iri FROM sujet JOIN fait USING (rang)
WHERE entite = ? AND role <> '{IN_PORTFOLIO}' ORDER BY last_event DESC, iri DESC LIMIT ?
"""
LAST_EVENTS = f"""
SELECT entite, max(last_event) FROM sujet JOIN fait USING (rang)
WHERE role <> '{IN_PORTFOLIO}' GROUP BY entite
"""
SEATS = """
SELECT auteur, legislature, groupe, circonscription, max(parution || iri) AS derniere FROM fait
WHERE auteur > '' GROUP BY auteur, legislature, groupe ORDER BY derniere
"""


class Seat(NamedTuple):
    """Where an author sat: IRIs, "" for one that is not known."""

    auteur: str
    legislature: int
    groupe: str
    circonscription: str
    derniere: str  # day and IRI of the last question from there


ListedQuestion = tuple[int, str]  # its rank, the IRI of its status


@dataclass(frozen=True, slots=True)
class FactQueries:
    """Asks the questions of a release, each time anew."""

    questions: PublishedQuestions

    def facts(self, ranks: Iterable[int]) -> Iterator[QuestionFacts]:
        """Yield the facts of some questions, in the order of their ranks as they are given."""
        in_order = "(SELECT value FROM json_each(?)) CROSS JOIN fait ON rang = value"
        text = f"SELECT {FACT_COLUMNS} FROM {in_order}"
        return map(QuestionFacts._make, self.questions.rows(text, str([*ranks])))

    def facts_of(self, uids: Iterable[str]) -> Iterator[QuestionFacts]:
        """Yield the facts of some published questions, in the order of their uids as given."""
        in_order = "(SELECT value FROM json_each(?)) CROSS JOIN question ON uid = value"
        text = f"SELECT {FACT_COLUMNS} FROM {in_order} CROSS JOIN fait USING (rang)"
        return map(QuestionFacts._make, self.questions.rows(text, orjson.dumps([*uids]).decode()))

    def listed(self, iri: str) -> list[ListedQuestion]:
        """Return the questions about a resource, by day and number, the highest first."""
        text = "SELECT rang, statut FROM liste ORDER BY parution DESC, numero DESC, rang"
        return [(rank, statut) for rank, statut in self.questions.rows(f"{LISTED} {text}", iri)]

    def counted(self, query: str, iri: str) -> Iterator[dict[str, str]]:
        """Yield column → text of each row of a query on `liste`, the facts of the questions about a
        resource; `?1` is its IRI.
        """
        return self.questions.named_rows(f"{LISTED} {query}", iri)

    def seats(self) -> list[Seat]:
        """Return where each author sat at the last question of a legislature in a group, that of
        the last question last.
        """
        return [Seat(*row) for row in self.questions.rows(SEATS)]

    def received(self, ministry: str, first: str, last: str) -> list[QuestionFacts]:
        """Return the questions asked of a ministry that appeared from a day to another."""
        rows = self.questions.rows(RECEIVED, ministry, first, last)
        return list(map(QuestionFacts._make, rows))

    def due(self, ministries: Iterable[str]) -> list[QuestionFacts]:
        """Return the written questions with a due date that wait for an answer of ministries, by
        that date.
        """
        rows = self.questions.rows(DUE, orjson.dumps([*ministries]).decode())
        return list(map(QuestionFacts._make, rows))

    def newest(self, iri: str) -> Iterator[StoredQuestion]:
        """Yield the questions with the newest events about a resource, the newest first."""
        return self._stored(self.questions.rows(NEWEST, iri, MOST_OF_RESOURCE))

    def newest_of_all(self) -> Iterator[StoredQuestion]:
        text = "SELECT rang FROM fait ORDER BY last_event DESC, iri DESC LIMIT ?"
        return self._stored(self.questions.rows(text, MOST_OF_ALL))

    def last_events(self) -> dict[str, str]:
        """Return IRI of a question, or of a resource → the day of its newest event."""
        text = f"SELECT iri, last_event FROM fait UNION ALL {LAST_EVENTS}"
        return dict(self.questions.rows(text))

    def _stored(self, rows: Iterable[tuple[int, ...]]) -> Iterator[StoredQuestion]:
        return self.questions.of_ranks([rank for rank, *_ in rows])
