"""Is a sentence in the record? Its places if it stands there exactly, else the nearest passage."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lod.extensions.already_asked.near import near_questions, telling_words
from lod.extensions.already_asked.passages import NearestPassage, Span, nearest_passage, place_of
from lod.model.question import Question, Reponse
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.search.search_index import SearchIndex, bounded
from lod.publish.search.words import composed, stems_of

LOOKED_AT = 200  # questions with the words of a sentence that are read
COMPARED = 20  # questions whose texts are compared word by word if it stands nowhere
PLACES = 20  # places of a sentence in a verdict, at most
LEAST_LIKENESS = 0.5  # of the nearest passage, below which it is left out


@dataclass(frozen=True, slots=True)
class StatedText:
    """A text of the record: that of a question, or of one of its answers."""

    question: Question
    answer: Reponse | None  # whose text it is; None if it is the text of the question
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the record says of a sentence."""

    places: tuple[tuple[StatedText, Span], ...]  # where it stands exactly, in characters
    nearest: tuple[StatedText, NearestPassage] | None  # if it stands nowhere


def verdict_on(release: Path, index: SearchIndex, sentence: str) -> Verdict:
    """Return what the record says of a sentence; raise TooLongError."""
    questions = PublishedQuestions(release)
    for uids in _candidates(index, sentence):
        places = (
            (stated, span)
            for stated in _texts(questions, uids)
            if (span := place_of(sentence, stated.text))
        )
        if listed := tuple(islice(places, PLACES)):
            return Verdict(listed, None)
    return Verdict((), _nearest(release, index, questions, sentence))


def _nearest(
    release: Path, index: SearchIndex, questions: PublishedQuestions, sentence: str
) -> tuple[StatedText, NearestPassage] | None:
    near = near_questions(release, index, sentence).questions[:COMPARED]
    compared = (
        (stated, passage)
        for stated in _texts(questions, [question.uid for question in near])
        if (passage := nearest_passage(sentence, stated.text))
    )
    best = max(compared, key=lambda pair: pair[1].likeness, default=None)
    return best if best and best[1].likeness >= LEAST_LIKENESS else None


def _candidates(index: SearchIndex, sentence: str) -> Iterator[list[str]]:
    """Yield the uids of the questions that have the words of a sentence in a row, then of those
    that have its telling words anywhere: an invisible character may cut a word of a text in two.
    """
    stems = stems_of(composed(sentence))
    if stems:
        yield _having(index, f'"{" ".join(stems)}"')
    if telling := telling_words(index, sentence):
        yield _having(index, " AND ".join(f'"{word.stem}"' for word in telling))


def _having(index: SearchIndex, expression: str) -> list[str]:
    """Return the uids of questions whose texts fit an expression of FTS5, the newest first."""
    select = (
        "SELECT uid FROM question WHERE id IN (SELECT rowid FROM mots WHERE mots MATCH ?)"
        " ORDER BY jour DESC, uid LIMIT ?"
    )
    with index.connection() as connection, bounded(connection):
        of_texts = f"{{question reponse}} : ({expression})"
        return [uid for (uid,) in connection.execute(select, (of_texts, LOOKED_AT))]


def _texts(questions: PublishedQuestions, uids: list[str]) -> Iterator[StatedText]:
    for stored in questions.of_uids(uids):
        q = stored.question
        if q.texte:
            yield StatedText(q, None, q.texte)
        for answer in q.reponses:
            if answer.texte:
                yield StatedText(q, answer, answer.texte)
