"""The questions whose answers are due: their table, their states, and whom they concern.

The table is a file of the release, `echeances.csv`, from which all pages and forms are made.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from lod.base.tabular import group_by_key
from lod.rdf.store import Row

PATH = "echeances"
SOON = 7  # days
# kind of a resource that has deadlines → columns of its IRI and of its name
KINDS = {
    "ministere": ("ministere_iri", "ministere"),
    "groupe": ("groupe_iri", "groupe"),
    "depute": ("auteur_iri", "auteur"),
}
WITHIN_DAYS, TO_FLAG, FLAGGED, LATER = "sous-sept-jours", "a-signaler", "signalees", "plus-tard"
STATES = {  # as a page shows them: end of the path of their list → heading
    WITHIN_DAYS: "À répondre sous sept jours",
    TO_FLAG: "En retard : peuvent être signalées",
    FLAGGED: "Signalées, dix jours dépassés",
    LATER: "À répondre plus tard",
}
OVERDUE = (TO_FLAG, FLAGGED)


class DueQuestion(NamedTuple):
    """A row of the table; days are in ISO 8601, "" stands for an unknown value."""

    question: str  # IRI
    titre: str
    etat: str  # one of STATES
    echeance: str  # the last day for an answer, after the flag if there is one
    parution: str
    limite: str
    signalement: str
    limite_signalement: str
    auteur_iri: str
    auteur: str
    groupe_iri: str
    groupe: str
    ministere_iri: str
    ministere: str

    @property
    def uid(self) -> str:
        return self.question.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The answers that are due, of all questions or those of a ministry, a group or a deputy."""

    path: str  # of its page, without extension
    iri: str  # "" for all
    name: str
    due: list[DueQuestion]

    def in_state(self, state: str) -> list[DueQuestion]:
        """Return the questions in a state; first the nearest to the last day of the data."""
        rows = [row for row in self.due if row.etat == state]
        return sorted(rows, key=lambda row: row.echeance, reverse=state in OVERDUE)

    def counts(self) -> dict[str, int]:
        states = [row.etat for row in self.due]
        return {state: states.count(state) for state in STATES}


def due_questions(
    rows: Iterable[Row], day: date, name_of: Callable[[str], str]
) -> list[DueQuestion]:
    """Return the rows of the query `echeances` by their due days, with states as of a day.

    `name_of` returns the name for an IRI. It is used if the row has none; and for ministries, as
    several may have the same name in the rows.
    """
    questions = (_due_question(row, day, name_of) for row in rows)
    return sorted(questions, key=lambda due: (due.echeance, due.question))


def _due_question(row: Row, day: date, name_of: Callable[[str], str]) -> DueQuestion:
    due = row["limite_signalement"] or row["limite"]
    if due < day.isoformat():
        state = FLAGGED if row["signalement"] else TO_FLAG
    else:
        state = WITHIN_DAYS if due <= (day + timedelta(SOON)).isoformat() else LATER
    title = " ".join(row["titre"].split())  # on one line, for `read_due`
    computed = {"etat": state, "echeance": due, "titre": title}
    for iri_column, name_column in KINDS.values():
        if row[iri_column] and (name_column == "ministere" or not row[name_column]):
            computed[name_column] = name_of(row[iri_column])
    return DueQuestion(*(computed.get(name) or row[name] for name in DueQuestion._fields))


def read_due(path: Path, iri: str = "") -> list[DueQuestion]:
    """Return the rows of the table of a release; with `iri`, at least those of this resource, and
    only rows that have it.
    """
    _, *lines = path.read_text("utf-8").rstrip("\n").split("\n")
    return [DueQuestion._make(row) for row in csv.reader(line for line in lines if iri in line)]


def of_all(due: list[DueQuestion]) -> Deadlines:
    return Deadlines(PATH, "", "", due)


def of_subject(due: list[DueQuestion], kind: str, iri: str, name: str = "") -> Deadlines:
    """Return what is due of a resource of one of KINDS; `name` is used if no row has its name."""
    iri_column, name_column = KINDS[kind]
    rows = [row for row in due if getattr(row, iri_column) == iri]
    path = f"{PATH}/{kind}/{iri.rpartition('/')[2]}"
    return Deadlines(path, iri, getattr(rows[0], name_column) if rows else name, rows)


def subjects(due: list[DueQuestion], kind: str) -> Iterator[Deadlines]:
    """Yield what is due of each resource of a kind, in the order of the names."""
    by_iri = group_by_key((getattr(row, KINDS[kind][0]), row) for row in due)
    # an author who is known by name alone has an IRI of another kind
    listed = (of_subject([*rows], kind, iri) for iri, rows in by_iri.items() if f"/{kind}/" in iri)
    yield from sorted(listed, key=lambda subject: (subject.name, subject.iri))
