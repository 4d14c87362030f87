"""« Déjà posée ? »: the questions that a draft repeats, then those near to it, with answers."""

from dataclasses import dataclass
from pathlib import Path

from lod.extensions.already_asked.near import NearQuestions, Reason, near_questions
from lod.extensions.already_asked.passages import SharedPassage, shared_passages
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.search.search_index import SearchIndex

LONGEST = 5_000  # characters of a draft
COMPARED, SHOWN = 30, 10  # questions whose texts are read, and those that are shown


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """A question that is similar to a draft."""

    question: Question
    reasons: tuple[Reason, ...]
    passages: tuple[SharedPassage, ...]  # in the draft and in the text of the question

    @property
    def shared_words(self) -> int:
        return sum(passage.words for passage in self.passages)


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """The questions that are similar to a draft."""

    questions: tuple[AskedBefore, ...]
    near: NearQuestions  # the search that found them


def asked_before(release: Path, index: SearchIndex, draft: str) -> DraftAnswer:
    """Return the questions that are similar to a draft: those that share most words in passages
    first, then the nearest. Raises TooLongError.
    """
    near = near_questions(release, index, draft)
    reasons = {question.uid: question.reasons for question in near.questions[:COMPARED]}
    published = PublishedQuestions(release)
    compared = []
    for stored in published.of_uids(reasons):
        question = stored.question
        passages = tuple(shared_passages(draft, question.texte or ""))
        first: tuple[Reason, ...] = ("passage",) if passages else ()
        compared.append(AskedBefore(question, first + reasons[question.uid], passages))
    compared.sort(key=lambda asked: -asked.shared_words)  # stable: the nearest first among equals
    return DraftAnswer((*compared[:SHOWN],), near)
