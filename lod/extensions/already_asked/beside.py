"""Additions to two pages of the core: similar questions below a question; questions near to a
search that has found little.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from lod.base import packaged
from lod.extensions.already_asked.near import NearQuestions, Reason, near_questions
from lod.extensions.already_asked.vectors import QUESTIONS, vectors_of
from lod.model.identifiers import split_uid
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.publish.publication import Publication
from lod.publish.query_catalogue import Construct, bind
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.question_numbers import number_in
from lod.publish.search.results import FoundQuestion, SearchResults, shown_questions
from lod.publish.search.search_index import SearchIndex, TooLongError
from lod.rdf.iris import Iris
from lod.server.engine.current_release import ServedRelease
from lod.website.pages.question_page import state_of

SIMILAR = 5  # similar questions shown below a question
ALIKE = 0.55  # cosine from which two questions are of one subject
LITTLE, SHOWN = 5, 5  # a search with fewer results gets near questions; how many are shown
KIND = "question"  # first part of the path of a question
SHARING = "memes-passages.rq"  # a query of extensions: which questions share passages with one


@dataclass(frozen=True, slots=True)
class SimilarQuestion:
    """A question that is similar to another one, and why."""

    question: Question
    reason: Reason
    state: tuple[str, str, date] | None  # class, name, day


def similar_questions(
    stored: StoredQuestion,
    questions: PublishedQuestions,
    publication: Publication,
    construct: Construct,
) -> dict[str, list[SimilarQuestion]]:
    """Return the questions to show below a question: those that share passages, the highest numbers
    first, then the nearest in meaning; the same for every copy of a release.
    """
    iri = Iris(publication.base).question(stored.uid)
    paths = {
        publication.path(triple.subject.value)  # type: ignore[union-attr]  # no blank node is ever made
        for query in _sharing_queries()
        for triple in construct(bind(query, "entite", iri))
    }
    sharing = (name for kind, _, name in (path.partition("/") for path in paths) if kind == KIND)
    uids = sorted(sharing, key=lambda uid: (split_uid(uid)[::2], uid), reverse=True)
    reasons: dict[str, Reason] = dict.fromkeys(uids[:SIMILAR], "passage")
    index = vectors_of(questions.release / QUESTIONS)
    vector = index.of_name(stored.uid) if index else None
    if index and vector is not None:
        for uid, cosine in index.nearest(vector, SIMILAR + 1):
            if uid != stored.uid and cosine >= ALIKE:
                reasons.setdefault(uid, "sens")
    return {"semblables": [*_described(questions, list(reasons.items())[:SIMILAR])]}


@cache
def _sharing_queries() -> list[str]:
    """Return the queries named SHARING that extensions have, none if no extension has one."""
    paths = packaged.with_extensions(packaged.SITE, "", SHARING)
    return [path.read_text("utf-8") for path in paths]


def _described(
    questions: PublishedQuestions, reasons: list[tuple[str, Reason]]
) -> Iterable[SimilarQuestion]:
    by_uid = {s.uid: s.question for s in questions.of_uids(uid for uid, _ in reasons)}
    for uid, reason in reasons:
        if question := by_uid.get(uid):
            yield SimilarQuestion(question, reason, state_of(question))


@dataclass(frozen=True, slots=True)
class NearResults:
    """What a search shows below its results; it does not count as a result."""

    questions: tuple[FoundQuestion, ...]
    near: NearQuestions  # all of them, and the words by which they were found


def near_results(
    release: ServedRelease, asked: SearchRequest, results: SearchResults
) -> dict[str, NearResults | None]:
    """Return the questions near to a search that has found little, which pass its filters; None for
    a search for a number.
    """
    index, near = release.search_index, None
    is_about = asked.q and not (number_in(asked.q) or results.is_name)
    if index and is_about and asked.page == 1 and results.total < LITTLE:
        with suppress(TooLongError):
            near = _near_results(release, index, asked, results)
    return {"proches": near}


def _near_results(
    release: ServedRelease, index: SearchIndex, asked: SearchRequest, results: SearchResults
) -> NearResults | None:
    near = near_questions(release.folder, index, asked.q)
    if not any("mots" in question.reasons for question in near.questions):
        return None  # a word that nobody has written is near to nothing
    hits = {question.hit.uid for question in results.questions}
    uids = (question.uid for question in near.questions if question.uid not in hits)
    numbers = [*index.numbers(uids).values()]
    if asked.filters or asked.depuis or asked.jusque:
        admitted = {*index.find(replace(asked, q="", page=1))}
        numbers = [number for number in numbers if number in admitted]
    words = SearchRequest(q=" ou ".join(near.marked_words)).words
    shown = tuple(shown_questions(index, numbers[:SHOWN], words))
    return NearResults(shown, near) if shown else None
