"""How well searches find questions that a ministry has answered together: a group.

Each question of a group is looked for by the title of another one. The groups are split into halves
by the day of the answer, even or odd: choose settings by one half, report the scores of the other.
`python -m tests.extensions.already_asked.evaluation out` prints the scores of the current release.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from lod.extensions.already_asked.near import LOOKED_AT, near_questions
from lod.extensions.already_asked.vectors import BEGINNING
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import current, holding
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.search_index import SearchIndex

FIRST = 5  # places that count for `among_first`
HALVES = ("even days", "odd days")


@dataclass(frozen=True, slots=True)
class Score:
    """How well a search worked."""

    half: str
    search: str
    asked: int  # questions by whose titles it searched
    first: float  # share of them that found another one of their group in the first place
    among_first: float  # … among the first FIRST places
    mean_rank: float  # mean of 1 / place of the first such question, 0 where there is none


def evaluate(release: Path, index: SearchIndex) -> Iterator[Score]:
    """Yield the score of each search on each half of the groups."""
    groups = _groups(PublishedQuestions(release))
    for number, half in enumerate(HALVES):
        in_half = [members for day, members in groups if day.toordinal() % 2 == number]
        for name, search in _searches(release, index).items():
            yield _score(half, name, search, in_half)


Search = Callable[[str], Sequence[str]]


def _searches(release: Path, index: SearchIndex) -> dict[str, Search]:
    def exact(text: str) -> list[str]:
        request = SearchRequest(q=text.replace('"', " "))
        return index.uids(index.find(request)[:LOOKED_AT])

    def near(text: str, has_words: bool, has_meaning: bool) -> list[str]:
        hits = near_questions(release, index, text, has_words=has_words, has_meaning=has_meaning)
        return [question.uid for question in hits.questions]

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
                hits = [uid for uid in search(text) if uid != q.uid]
                places.append(next((n for n, uid in enumerate(hits, 1) if uid in uids), 0))
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
    """Return (day, questions) of each answer to several questions."""
    groups: dict[tuple[date, str], list[Question]] = defaultdict(list)
    for stored in questions.questions():
        q = stored.question
        for answer in q.reponses:
            if answer.code:
                groups[answer.jo.jour, answer.code].append(q)
    return [(day, members) for (day, _), members in groups.items() if len(members) > 1]


def main(folder: Path) -> None:
    print("half       search      titles  first  in five  MRR")
    with holding(current(folder)) as release, closing(SearchIndex(release / INDEX_FILE)) as index:
        for score in evaluate(release, index):
            print(
                f"{score.half:9}  {score.search:10}  {score.asked:6}  {score.first:5.1%}"
                f"  {score.among_first:7.1%}  {score.mean_rank:.2f}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
