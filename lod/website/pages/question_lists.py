"""Lists of the questions of a resource: all, and those answered, waiting, late or withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup, escape

from lod.pipeline.mapping.question_triples import question_name_of
from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.publication import Site
from lod.publish.query_catalogue import bind, query_text
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering.language import data_name, data_text, iso_text
from lod.website.rendering.templates import localized, page_of, typeset

PER_PAGE = 100  # questions on a page
STATUT_PREFIX = f"{NAMESPACE}statut-"
QUESTIONS = "questions-liees"  # the query of the questions of a resource
Listed = tuple[int, str]  # a question of a list: its rank, the name of its status


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """Some of the questions of a resource, by their status."""

    key: str  # the end of the path of their list
    name: str  # in the plural
    statuts: tuple[str, ...] = ()  # names of the statuses that they may have; () for any

    def chosen(self, questions: list[Listed]) -> list[Listed]:
        return [pair for pair in questions if not self.statuts or pair[1] in self.statuts]


REPONDUES = ("repondue", "repondue-dans-delai", "repondue-hors-delai")
EN_ATTENTE = ("en-attente", "en-attente-dans-delai", "en-attente-hors-delai")
FILTERS = (
    QuestionFilter("", "toutes"),
    QuestionFilter("repondues", "avec réponse", REPONDUES),
    QuestionFilter("en-attente", "en attente", EN_ATTENTE),
    QuestionFilter("en-retard", "en retard", EN_ATTENTE[-1:]),
    QuestionFilter("retirees", "retirées", ("retiree",)),
    QuestionFilter("sans-reponse", "sans réponse", ("sans-reponse",)),
    QuestionFilter("suite-inconnue", "sans suite connue", ("suite-inconnue",)),
)


class QuestionLine(NamedTuple):
    """A question as a line of a list, escaped; what a question does not have is empty."""

    page: str  # its file, below the site
    title: Markup  # its name if it has no title
    state: str  # the class of its status in the style sheet
    statut: Markup
    parution: str  # a day, ISO 8601
    day: Markup  # the same in words
    auteur_iri: str
    auteur: Markup
    ministere_iri: str
    ministere: Markup
    name: Markup  # "" if it is the title
    late: int  # days since its answer was due, if it still waits; else 0


class QuestionLines:
    """The lines of questions in the language of the moment."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._names: dict[str, Markup] = {"": Markup()}  # of statuses, authors, ministries, by IRI

    def line_of(self, q: QuestionFacts) -> QuestionLine:
        name = typeset(question_name_of(q.iri.rpartition("/")[2]))
        title = q.shown_title or q.titre
        return QuestionLine(
            localized(page_of(self._site.publication.path(q.iri))),
            escape(title or data_name(name)),
            state_of(q),
            self._name_of(q.statut),
            q.parution,
            escape(iso_text(q.parution)) if q.parution else Markup(),
            q.auteur,
            self._name_of(q.auteur),
            q.ministere,
            self._name_of(q.ministere),
            escape(data_text(name)) if title else Markup(),
            self._late(q),
        )

    def _late(self, q: QuestionFacts) -> int:
        if state_of(q) != EN_ATTENTE[-1]:
            return 0
        return (self._site.publication.data_until - date.fromisoformat(q.limite)).days

    def _name_of(self, iri: str) -> Markup:
        if iri not in self._names:
            name = typeset(self._site.references.name_of(iri))
            self._names[iri] = escape(data_text(name))
        return self._names[iri]


@dataclass(frozen=True, slots=True)
class QuestionList:
    """A list of questions of one resource."""

    question_filter: QuestionFilter
    path: str  # of its first page
    query: str  # the text of the query that gives the rows
    questions: list[Listed]


def question_lists_of(iri: str, path: str, listed: list[Listed]) -> list[QuestionList]:
    """Return the list of all questions of a resource at a path; then, if they do not fit on one
    page, a list for each filter that a question passes.
    """
    text = bind(query_text(QUESTIONS), "entite", f"<{iri}>")
    return [
        QuestionList(
            chosen, f"{path}/{chosen.key}".rstrip("/"), with_states(text, chosen.statuts), shown
        )
        for chosen in FILTERS
        if not chosen.key or len(listed) > PER_PAGE
        if (shown := chosen.chosen(listed)) or not chosen.key
    ]


def with_states(text: str, states: tuple[str, ...]) -> str:
    """Return a query of questions narrowed to those with some statuses; () for any."""
    return bind(text, "statut", *(f"qp:statut-{state}" for state in states)) if states else text


def newest_first(questions: Iterable[QuestionFacts]) -> list[QuestionFacts]:
    """Return questions in the order of lists."""
    ordered = sorted(questions, key=lambda q: q.iri)
    return sorted(ordered, key=lambda q: (q.parution, q.numero), reverse=True)


def state_of(q: QuestionFacts) -> str:
    """Return the name of the status of a question, which is its class in the style sheet."""
    return q.statut.removeprefix(STATUT_PREFIX)
