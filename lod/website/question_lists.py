"""Lists of the questions of a resource: all, and those answered, waiting, late or withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from sys import intern
from typing import NamedTuple

from markupsafe import Markup, escape

from lod.model.dates import iso_in_french
from lod.pipeline.mapping.question_triples import question_name_of
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.question_memo import QuestionFacts
from lod.publish.publication import Site
from lod.publish.query_catalogue import bind, query_text
from lod.rdf.iris import Iris
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering import page_of, typeset

PER_PAGE = 100  # questions on a page
REMEMBERED = 2**16  # lines that a process remembers: some 45 MB
STATUT_PREFIX = f"{NAMESPACE}statut-"
QUESTIONS = "questions-liees"  # the query of the questions of a resource


class QuestionRow(NamedTuple):
    """A question, as `questions-liees.rq` gives it; small, since a resource may have 100,000."""

    question: str  # IRI
    titre: str
    parution: str  # a day, ISO 8601
    statut: str  # IRI
    auteur: str  # IRI
    ministere: str  # IRI

    @property
    def name(self) -> str:
        """The name of the question, which stands beside its title."""
        return question_name_of(self.question.rpartition("/")[2])

    @property
    def state(self) -> str:
        """The name of its status, which is its class in the style sheet."""
        return self.statut.removeprefix(STATUT_PREFIX)


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """Some of the questions of a resource, by their status."""

    key: str  # the end of the path of their list
    name: str  # in the plural
    statuts: tuple[str, ...] = ()  # names of the statuses that they may have; () for any

    def narrowed(self, text: str) -> str:
        """Return a query of these questions only."""
        terms = (f"qp:statut-{statut}" for statut in self.statuts)
        return bind(text, "statut", *terms) if self.statuts else text

    def rows(self, rows: list[QuestionRow]) -> list[QuestionRow]:
        """Return the rows of these questions."""
        return [row for row in rows if row.state in self.statuts] if self.statuts else rows


REPONDUES = ("repondue", "repondue-dans-delai", "repondue-hors-delai")
EN_ATTENTE = ("en-attente", "en-attente-dans-delai", "en-attente-hors-delai")
FILTERS = (
    QuestionFilter("", "toutes"),
    QuestionFilter("repondues", "répondues", REPONDUES),
    QuestionFilter("en-attente", "en attente", EN_ATTENTE),
    QuestionFilter("en-retard", "en retard", EN_ATTENTE[-1:]),
    QuestionFilter("retirees", "retirées", ("retiree",)),
    QuestionFilter("sans-reponse", "sans réponse", ("sans-reponse",)),
)


class QuestionLine(NamedTuple):
    """A question as a line of a list, escaped; what a question does not have is empty."""

    page: str  # its file, below the site
    title: Markup  # its name if it has no title
    state: str  # the class of its status in the style sheet
    statut: Markup
    parution: str  # a day, ISO 8601
    day: Markup  # the same in French
    auteur_iri: str
    auteur: Markup
    ministere_iri: str
    ministere: Markup
    name: Markup  # "" if it is the title


class QuestionLines:
    """The lines of questions: one stands on a dozen pages, and is made once in a process."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.line_of = lru_cache(REMEMBERED)(self._line_of)  # row → line

    def _line_of(self, row: QuestionRow) -> QuestionLine:
        name, name_of = typeset(row.name), self._site.references.name_of
        return QuestionLine(
            page_of(self._site.publication.path(row.question)),
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
    """A list of questions of one resource."""

    question_filter: QuestionFilter
    path: str  # of its first page
    query: str  # the text of the query that gives the rows
    rows: list[QuestionRow]


def question_lists_of(iri: str, path: str, rows: list[QuestionRow]) -> list[QuestionList]:
    """Return the list of all questions of a resource at a path, then those of each filter.

    There are no others if all fit on one page, and none of a filter that no question passes.
    """
    text = bind(query_text(QUESTIONS), "entite", f"<{iri}>")
    return [
        QuestionList(chosen, f"{path}/{chosen.key}".rstrip("/"), chosen.narrowed(text), shown)
        for chosen in FILTERS
        if not chosen.key or len(rows) > PER_PAGE
        if (shown := chosen.rows(rows)) or not chosen.key
    ]


def rows_of(
    questions: PublishedQuestions, ranks: Iterable[int], iris: Iris
) -> tuple[list[QuestionRow], bytes]:
    """Return some questions, the newest first, and the hash of what they are made of.

    A question without a status is only part of the hash, as the query does not give it either.
    """
    hashed, found = blake2b(), []
    for facts, key in questions.facts(ranks):
        hashed.update(key)
        if facts.statut:
            found.append(facts)
    found.sort(key=lambda facts: facts.uid)
    found.sort(key=lambda facts: (facts.parution, facts.numero), reverse=True)
    return [_row(facts, iris) for facts in found], hashed.digest()


def _row(facts: QuestionFacts, iris: Iris) -> QuestionRow:
    """Return a row; the values that many rows have in common stand in memory once."""
    shared = map(intern, (facts.parution, facts.statut, facts.auteur, facts.ministere))
    return QuestionRow(iris.question(facts.uid).value, facts.titre, *shared)
