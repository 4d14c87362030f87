"""How well questions are found that one answer serves: a ministry itself has joined them.

Each is looked for by the title of another one of its group. The groups are told apart by the day of
the answer, even or odd: what is chosen by looking at one half is measured on the other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from lod.extensions.already_asked.near import LOOKED_AT, near_questions
from lod.extensions.already_asked.vectors import BEGINNING
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.search_index import SearchIndex

FIRST = 5  # places that count for the second figure
HALVES = ("even days", "odd days")


@dataclass(frozen=True, slots=True)
class Score:
    """How a search did."""

    half: str
    search: str
    asked: int  # questions that were looked with
    first: float  # share of them that found another one of their group in the first place
    among_first: float  # … among the first FIRST places
    mean_rank: float  # mean of 1 / place of the first, 0 where there is none


def evaluate(release: Path, index: SearchIndex) -> Iterator[Score]:
    """Yield the score of each search on each half of the groups."""
    groups = _groups(PublishedQuestions(release))
    for number, half in enumerate(HALVES):
        own = [members for day, members in groups if day.toordinal() % 2 == number]
        for name, search in _searches(release, index).items():
            yield _score(half, name, search, own)


Search = Callable[[str], Sequence[str]]


def _searches(release: Path, index: SearchIndex) -> dict[str, Search]:
    def exact(text: str) -> list[str]:
        asked = SearchRequest(q=text.replace('"', " "))
        return index.uids(index.find(asked)[:LOOKED_AT])

    def near(text: str, has_words: bool, has_meaning: bool) -> list[str]:
        found = near_questions(release, index, text, has_words=has_words, has_meaning=has_meaning)
        return [question.uid for question in found.questions]

    return {
        "all words": exact,
        "some words": partial(near, has_words=True, has_meaning=False),
        "meaning": partial(near, has_words=False, has_meaning=True),
        "together": partial(near, has_words=True, has_meaning=True),
    }


def _score(half: str, name: str, search: Search, groups: list[list[Question]]) -> Score:
    places = []
    for members in groups:
        uids = {q.uid for q in members}
        for q in members:
            if text := q.titre or (q.texte or "")[:BEGINNING]:
                found = [uid for uid in search(text) if uid != q.uid]
                places.append(next((n for n, uid in enumerate(found, 1) if uid in uids), 0))
    count = max(len(places), 1)
    return Score(
        half,
        name,
        len(places),
        sum(place == 1 for place in places) / count,
        sum(0 < place <= FIRST for place in places) / count,
        sum(1 / place for place in places if place) / count,
    )


def _groups(questions: PublishedQuestions) -> list[tuple[date, list[Question]]]:
    """Return the day of each answer that serves several questions, and these."""
    groups: dict[tuple[date, str], list[Question]] = defaultdict(list)
    for stored in questions.questions():
        q = stored.question
        for answer in q.reponses:
            if answer.code:
                groups[answer.jo.jour, answer.code].append(q)
    return [(day, members) for (day, _), members in groups.items() if len(members) > 1]
