"""Is a sentence in the record? Its places if it stands there exactly, else the nearest passage."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from lod.extensions.already_asked.near import near_questions, telling_words
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.passages import NearestPassage, Span, nearest_passage, place_of
from lod.publish.quotation import Origin
from lod.publish.search.search_index import SearchIndex, bounded
from lod.publish.search.words import composed, stems_of

LOOKED_AT = 200  # questions with the words of a sentence that are read
COMPARED = 20  # questions whose texts are compared word by word if it stands nowhere
PLACES = 20  # places of a sentence in a verdict, at most
LEAST_LIKENESS = 0.5  # of the nearest passage, below which it is left out
Place = tuple["StatedText", Span]  # in characters


@dataclass(frozen=True, slots=True)
class StatedText:
    """A text of the record: that of a question, or of one of its answers."""

    origin: Origin
    text: str

    def places(self, sentence: str) -> Iterator[Place]:
        """Yield where a sentence stands: in an exchange, in what each speaker says; else across."""
        turns = self.origin.answer.interventions if self.origin.answer else ()
        is_said = False
        for turn in turns:
            if span := place_of(sentence, self.text[turn.debut : turn.fin]):
                is_said = True
                yield self._placed((span[0] + turn.debut, span[1] + turn.debut))
        if not is_said and (span := place_of(sentence, self.text)):
            yield self._placed(span)

    def _placed(self, span: Span) -> Place:
        return replace(self, origin=self.origin.at(*span)), span

    def nearest(self, sentence: str) -> Iterator[tuple["StatedText", NearestPassage]]:
        """Yield what is most similar to a sentence: in an exchange, of what each speaker says."""
        turns = self.origin.answer.interventions if self.origin.answer else ()
        for start, end in [(turn.debut, turn.fin) for turn in turns] or [(0, len(self.text))]:
            if passage := nearest_passage(sentence, self.text[start:end]):
                first, last = passage.span[0] + start, passage.span[1] + start
                stated, span = self._placed((first, last))
                yield stated, replace(passage, span=span)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the record says of a sentence."""

    places: tuple[Place, ...]  # where it stands exactly
    nearest: tuple[StatedText, NearestPassage] | None  # if it stands nowhere


def verdict_on(release: Path, index: SearchIndex, sentence: str) -> Verdict:
    """Return what the record says of a sentence; raise TooLongError."""
    questions = PublishedQuestions(release)
    for uids in _candidates(index, sentence):
        places = (place for stated in _texts(questions, uids) for place in stated.places(sentence))
        if listed := tuple(islice(places, PLACES)):
            return Verdict(listed, None)
    return Verdict((), _nearest(release, index, questions, sentence))


def _nearest(
    release: Path, index: SearchIndex, questions: PublishedQuestions, sentence: str
) -> tuple[StatedText, NearestPassage] | None:
    near = near_questions(release, index, sentence).questions[:COMPARED]
    texts = _texts(questions, [question.uid for question in near])
    compared = (near_passage for stated in texts for near_passage in stated.nearest(sentence))
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
            yield StatedText(Origin(q), q.texte)
        for answer in q.reponses:
            if answer.texte:
                yield StatedText(Origin(q, answer), answer.texte)
