"""Passages that questions have in common with texts published elsewhere: a person finds them and
states them in a reviewed file, and each is looked for in the text of its question.

Nothing is fetched: what stands at the address is the word of who reviewed it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lod.base.errors import Finding
from lod.extensions.common_texts.comparison import PASSAGE
from lod.extensions.common_texts.reviewed import ReviewedPassage
from lod.extensions.common_texts.texts import QUESTION, SignedText, texts_of
from lod.extensions.common_texts.words import TextWords, place_of, spans_of, words_of
from lod.model.identifiers import split_uid
from lod.pipeline.question_db import PublishedQuestions
from lod.rdf.iris import Iris


@dataclass(frozen=True, slots=True)
class OutsidePassage:
    """A passage that was found in the text of its question."""

    reviewed: ReviewedPassage
    question: SignedText  # not signed
    start: int  # in the text of the question, in characters
    end: int
    words: int  # of it, without those of stock phrases


def outside_passages(
    reviewed: Iterable[ReviewedPassage],
    questions: PublishedQuestions,
    iris: Iris,
    objections: Collection[tuple[str, str]] = (),
) -> tuple[list[OutsidePassage], list[Finding]]:
    """Return the passages that their questions have, by question, address and place, and why each
    other one is not published.
    """
    found, rejected = list[OutsidePassage](), list[Finding]()
    for one in reviewed:
        try:
            found.append(_looked_for(one, questions, iris, objections))
        except LookupError as error:
            rejected.append(Finding(one.where, *error.args))
    found.sort(key=lambda it: (split_uid(it.reviewed.uid), it.reviewed.adresse, it.start))
    return found, rejected


def _looked_for(
    one: ReviewedPassage,
    questions: PublishedQuestions,
    iris: Iris,
    objections: Collection[tuple[str, str]],
) -> OutsidePassage:
    """Return a passage where it was found; raise LookupError with what is wrong and what to do."""
    if (one.uid, "") in objections:
        wrong = f"{one.uid} is to stand in no common text, says objections.csv"
        raise LookupError(wrong, "remove one of both rows")
    stored = questions.of_uid(one.uid)
    if stored is None:
        raise LookupError(f"{one.uid} is not published here", "correct the uid, or remove the row")
    of_question = (it for it in texts_of(stored.question, iris) if it[0].kind == QUESTION)
    question, text = next(of_question, (None, ""))
    if question is None:
        raise LookupError(f"{one.uid} has no text that is compared", "remove the row")
    place = place_of(one.passage, text)
    if place is None:
        wrong = f"the passage is not in the text of {one.uid}"
        raise LookupError(wrong, "copy it from there, or remove the row")
    first, last = place
    words = TextWords(words_of(text).numbers[first:last]).count
    if words < PASSAGE:
        wrong = f"the passage has {words} words without stock phrases, fewer than {PASSAGE}"
        raise LookupError(wrong, "give a longer one, or remove the row")
    spans = spans_of(text)
    return OutsidePassage(one, question, spans[first][0], spans[last - 1][1], words)
