"""The questions of a resource: all of them, and those answered, waiting, late, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from markupsafe import Markup, escape

from lod.model.dates import iso_in_french
from lod.pipeline.mapping.question_triples import question_name_of
from lod.publish.query_catalogue import bind, query_text
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering import PageContext, page_of, typeset

PER_PAGE = 100  # questions on a page
REMEMBERED = 2**16  # questions that a process remembers as lists print them: some 45 MB
STATUT_PREFIX = f"{NAMESPACE}statut-"
QUESTIONS = "questions-liees"


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """Where questions stand: as a path names it, in words, and which status they have then."""

    key: str
    name: str
    statuts: tuple[str, ...] = ()

    def narrowed(self, text: str) -> str:
        """Return a query of these questions only."""
        terms = (f"qp:statut-{statut}" for statut in self.statuts)
        return bind(text, "statut", *terms) if self.statuts else text


REPONDUES = ("repondue", "repondue-dans-delai", "repondue-hors-delai")
EN_ATTENTE = ("en-attente", "en-attente-dans-delai", "en-attente-hors-delai")
FILTERS = (
    QuestionFilter("", "toutes"),
    QuestionFilter("repondues", "répondues", REPONDUES),
    QuestionFilter("en-attente", "en attente", EN_ATTENTE),
    QuestionFilter("en-retard", "en retard", EN_ATTENTE[-1:]),
    QuestionFilter("retirees", "retirées", ("retiree",)),
)


class QuestionRow(NamedTuple):
    """A question in a list, as `questions-liees.rq` gives it: small, there may be 100,000."""

    question: str
    titre: str
    parution: str
    statut: str
    auteur: str
    ministere: str

    @property
    def name(self) -> str:
        """What the question is called beside its title."""
        return question_name_of(self.question.rpartition("/")[2])

    @property
    def state(self) -> str:
        """Where the question stands, as the style sheet calls it."""
        return self.statut.removeprefix(STATUT_PREFIX)


class QuestionLine(NamedTuple):
    """A question as lists print it, escaped: who asks (`auteur_iri`, and the name), whom (`ministere_iri`), where it
    stands. `name` is empty where it stands for a title.
    """

    page: str
    title: Markup
    state: str
    statut: Markup
    parution: str
    day: Markup
    auteur_iri: str
    auteur: Markup
    ministere_iri: str
    ministere: Markup
    name: Markup


class QuestionLines:
    """The questions as lists print them: one stands on a dozen pages, and is made ready once."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self.line_of = lru_cache(REMEMBERED)(self._line_of)

    def _line_of(self, row: QuestionRow) -> QuestionLine:
        name, name_of = typeset(row.name), self._context.name_of
        return QuestionLine(
            page_of(self._context.path(row.question)),
            escape(row.titre or name),
            row.state,
            escape(name_of(row.statut)) if row.statut else Markup(),
            row.parution,
            escape(iso_in_french(row.parution)) if row.parution else Markup(),
            row.auteur,
            escape(name_of(row.auteur)) if row.auteur else Markup(),
            row.ministere,
            escape(typeset(name_of(row.ministere))) if row.ministere else Markup(),
            escape(name) if row.titre else Markup(),
        )


@dataclass(frozen=True, slots=True)
class QuestionList:
    """The questions of a resource that stand somewhere: path, the query, its rows."""

    question_filter: QuestionFilter
    path: str
    query: str
    rows: list[QuestionRow]


def question_lists_of(iri: str, path: str, rows: list[QuestionRow]) -> list[QuestionList]:
    """Return the questions of a resource: all of them; and where these fill more than a page, those
    in each state that one of them is in; each with the query that gives it.
    """
    text = bind(query_text(QUESTIONS), "entite", f"<{iri}>")
    return [
        QuestionList(chosen, f"{path}/{chosen.key}".rstrip("/"), chosen.narrowed(text), shown)
        for chosen in FILTERS
        if not chosen.key or len(rows) > PER_PAGE
        if (shown := _rows_in(chosen, rows)) or not chosen.key
    ]


def question_row(row: Sequence[str]) -> QuestionRow:
    """Return a row; what many rows have in common stands in memory once."""
    question, title, *shared = row
    return QuestionRow(question, title, *map(intern, shared))


def _rows_in(chosen: QuestionFilter, rows: list[QuestionRow]) -> list[QuestionRow]:
    wanted = {STATUT_PREFIX + statut for statut in chosen.statuts}
    return [row for row in rows if row.statut in wanted] if wanted else rows
