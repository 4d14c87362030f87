"""« Déjà posée ? »: the questions that a draft repeats, then those near to it, with answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lod.extensions.already_asked.near import NearQuestion, NearQuestions, Reason, near_questions
from lod.extensions.already_asked.stock_phrases import without_stock
from lod.model.question import Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.passages import SharedPassage, shared_passages
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.words import WORD

LONGEST = 5_000  # characters of a draft
COMPARED, SHOWN = 30, 10  # questions whose texts are read, and those that are shown
SAME = 0.5  # share of the words of a draft, in common passages, from which a question repeats it
# pairs from which a question is near to a draft: the share of its words, the cosine of meanings;
# chosen by sixty requests, and by fifteen about nothing that was there
NEAR = ((0.4, 0.0), (0.25, 0.45), (0.0, 0.7))
Verdict = Literal["mot pour mot", "proche", "rien"]


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """A question that is similar to a draft."""

    question: Question
    reasons: tuple[Reason, ...]
    passages: tuple[SharedPassage, ...]  # in the draft and in the text of the question
    is_near: bool  # by its words or by their meaning

    @property
    def shared_words(self) -> int:
        return sum(passage.words for passage in self.passages)


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """The questions that are similar to a draft."""

    questions: tuple[AskedBefore, ...]  # those that are near enough
    near: NearQuestions  # the search that found them
    words: int  # of the draft, without stock phrases

    @property
    def verdict(self) -> Verdict:
        """Whether the draft was asked before."""
        if not self.questions:
            return "rien"
        is_same = self.questions[0].shared_words >= SAME * max(self.words, 1)
        return "mot pour mot" if is_same else "proche"


def asked_before(release: Path, index: SearchIndex, draft: str) -> DraftAnswer:
    """Return the questions that are similar to a draft: those that share most words in passages
    first, then the nearest. Raises TooLongError.
    """
    told = without_stock(draft)
    near = near_questions(release, index, told)
    compared = []
    of_uid = {question.uid: question for question in near.questions[:COMPARED]}
    for stored in PublishedQuestions(release).of_uids(of_uid):
        question, nearest = stored.question, of_uid[stored.uid]
        passages = tuple(shared_passages(told, question.texte or ""))
        first: tuple[Reason, ...] = ("passage",) if passages else ()
        compared.append(AskedBefore(question, first + nearest.reasons, passages, _is_near(nearest)))
    compared.sort(key=lambda asked: -asked.shared_words)  # stable: the nearest first among equals
    enough = [asked for asked in compared if asked.passages or asked.is_near]
    return DraftAnswer((*enough[:SHOWN],), near, len(WORD.findall(told)))


def _is_near(nearest: NearQuestion) -> bool:
    return any(nearest.share >= share and nearest.cosine >= cosine for share, cosine in NEAR)
