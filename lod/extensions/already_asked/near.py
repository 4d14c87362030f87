"""The questions near to a text, also those that the search does not find: they have telling words
of the text, or words near to these in meaning, or a title near to it in meaning.

Their rank is a sum: the cosine of the angle between the text and the title, and the share of the
words of the text that the question has, where rare words count more.
"""

import math
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lod.extensions.already_asked.encoder import Vectors, encoder
from lod.extensions.already_asked.vectors import QUESTIONS, WORDS, VectorIndex, made_by, vectors_of
from lod.publish.search.search_index import SearchIndex, bounded
from lod.publish.search.words import STOP_STEMS, WORD, composed, stem_of

TELLING = 8  # words of a text that are looked for
COMMON = 0.25  # share of the questions above which a word says little
LOOKED_AT = 100  # most questions found by words, and most found by meaning
# The following were chosen by sixty requests written for that purpose; 42 of these then have a
# right question among the first five. The figures that are published come from other requests.
IN_TEXT = 0.5  # weight of a word that is in the text, not in the title
WORD_SHARE = 0.5  # weight of all words of a text together, against 1 for the cosine
LEAST_RELATED = 0.65  # cosine from which one word may stand for another
RELATED = 3  # most words that may stand for one
LEAST_COSINE = 0.3  # from which a title is near in meaning; titles chosen at random reach less
Reason = Literal["passage", "mots", "sens"]
Numbers = NDArray[np.float32]  # by the id of a question


@dataclass(frozen=True, slots=True)
class NearQuestion:
    """A question near to a text, and why."""

    uid: str
    reasons: tuple[Reason, ...]
    share: float  # of the words of the text, weighted by rarity, that it has; 0 to 1
    cosine: float  # of the angle between the text and its title; 0 if meaning is not looked at


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word of a text that is looked for."""

    typed: str
    stem: str
    related: tuple[tuple[str, float], ...] = ()  # words that may stand for it, and their cosines


@dataclass(frozen=True, slots=True)
class NearQuestions:
    """The questions near to a text, the nearest first, and how they were looked for."""

    questions: tuple[NearQuestion, ...]
    words: tuple[TellingWord, ...]
    by_meaning: bool  # whether meaning was looked at

    @property
    def marked_words(self) -> list[str]:
        """All words that were looked for."""
        return [w for word in self.words for w in (word.typed, *dict(word.related))]

    @property
    def words_said(self) -> str:
        """The words that were looked for, each followed by its related words in brackets."""
        return ", ".join(
            word.typed + (f" ({', '.join(w for w, _ in word.related)})" if word.related else "")
            for word in self.words
        )


@dataclass(frozen=True, slots=True)
class Meaning:
    """The vectors of a text and of words, and those of a release that they are compared with."""

    questions: VectorIndex
    words: VectorIndex | None
    text: Vectors
    of_word: dict[str, Vectors]

    def related(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return words of titles that are near to a word in meaning, and their cosines."""
        near = self.words.nearest(self.of_word[word], RELATED + 1) if self.words else []
        own = stem_of(word)
        return tuple((w, c) for w, c in near if c >= LEAST_RELATED and stem_of(w) != own)[:RELATED]


def near_questions(
    release: Path,
    index: SearchIndex,
    text: str,
    *,
    has_words: bool = True,
    has_meaning: bool = True,
) -> NearQuestions:
    """Return the questions near to a text, by its words, by its meaning, or by both; raise
    TooLongError.
    """
    words = telling_words(index, text) if has_words else []
    meaning = _meaning(release, text, [word.typed for word in words]) if has_meaning else None
    if meaning:
        words = [TellingWord(w.typed, w.stem, meaning.related(w.typed)) for w in words]
    with index.connection() as connection, bounded(connection):
        shares, is_typed = _word_shares(connection, words, len(index))
    cosines = dict(meaning.questions.nearest(meaning.text, LOOKED_AT)) if meaning else {}
    best = np.argsort(-shares, kind="stable")[:LOOKED_AT]
    by_words = index.uids(int(number) for number in best if shares[number] > 0)
    numbers = index.numbers({*by_words, *cosines})
    if meaning:
        cosines |= meaning.questions.cosines(meaning.text, numbers.keys() - cosines.keys())
    ranked = sorted(
        (-cosines.get(uid, 0) - WORD_SHARE * float(shares[number]), uid)
        for uid, number in numbers.items()
    )
    questions = (
        NearQuestion(uid, reasons, float(shares[numbers[uid]]), cosines.get(uid, 0))
        for _, uid in ranked
        if (reasons := _reasons(bool(is_typed[numbers[uid]]), cosines.get(uid, 0)))
    )
    return NearQuestions((*questions,), (*words,), meaning is not None)


def _reasons(is_typed: bool, cosine: float) -> tuple[Reason, ...]:
    reasons: tuple[Reason, ...] = ("mots",) if is_typed else ()
    return (*reasons, "sens") if cosine >= LEAST_COSINE else reasons


def _meaning(release: Path, text: str, words: list[str]) -> Meaning | None:
    """Return the vectors to compare a text in meaning; None without vectors of the release, or
    without the encoder that has made them.
    """
    installed, questions = encoder(), vectors_of(release / QUESTIONS)
    if not installed or not questions or installed.name != made_by(release):
        return None
    vector, *of_words = installed.encode([text, *words], is_exact=False)
    of_word = dict(zip(words, of_words, strict=True))
    return Meaning(questions, vectors_of(release / WORDS), vector, of_word)


def telling_words(index: SearchIndex, text: str) -> list[TellingWord]:
    """Return the words of a text that the fewest questions have, TELLING at most, in the order of
    the text; common words only if there are no others. Raise TooLongError.
    """
    typed = {stem_of(word): word for word in reversed(WORD.findall(composed(text)))}
    count = len(index)
    with index.connection() as connection, bounded(connection):
        having = {stem: _having(connection, stem) for stem in typed if stem not in STOP_STEMS}
    telling = [stem for stem in having if having[stem] <= COMMON * count] or [*having]
    chosen = set(sorted(telling, key=lambda stem: (having[stem], stem))[:TELLING])
    return [TellingWord(word, stem) for stem, word in reversed(typed.items()) if stem in chosen]


def _having(connection: sqlite3.Connection, stem: str) -> int:
    """Return how many questions have a stem."""
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulaire USING fts5vocab('main', 'mots', 'row')"
    )
    [number] = connection.execute(
        "SELECT doc FROM temp.vocabulaire WHERE term = ?", (stem,)
    ).fetchone() or [0]
    return int(number)


def _word_shares(
    connection: sqlite3.Connection, words: Sequence[TellingWord], count: int
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return for each id of a question its share of the words, weighted by rarity, and whether it
    has any of them as it was typed.
    """
    [last] = connection.execute("SELECT max(id) FROM question").fetchone()
    shares, is_typed = np.zeros((last or 0) + 1, np.float32), np.zeros((last or 0) + 1, np.bool_)
    total = np.float32(0)
    for word in words:
        of_word = np.zeros_like(shares)
        for stem, likeness in _stems_for(word):
            if stem != word.stem and _having(connection, stem) > COMMON * count:
                continue
            everywhere, titles = (
                _with_stem(connection, where, stem) for where in ("", "{titre} : ")
            )
            of_word[everywhere] = np.maximum(of_word[everywhere], IN_TEXT * likeness)
            of_word[titles] = np.maximum(of_word[titles], likeness)
            if stem == word.stem:
                is_typed[everywhere] = True
        rarity = np.float32(math.log((count + 1) / (np.count_nonzero(of_word) + 0.5)))
        shares += rarity * of_word
        total += rarity
    shares /= max(total, np.float32(1))
    return shares, is_typed


def _stems_for(word: TellingWord) -> Iterable[tuple[str, float]]:
    """Return the stems that may stand for a word, its own first, and how near each is to it."""
    return [(word.stem, 1.0), *((stem_of(near), likeness) for near, likeness in word.related)]


def _with_stem(connection: sqlite3.Connection, where: str, stem: str) -> NDArray[np.int64]:
    """Return the ids of the questions that have a stem; `where` is "" or a column in braces."""
    # the ids as one text: a row for each takes four times as long
    select = "SELECT group_concat(rowid) FROM mots WHERE mots MATCH ?"
    [ids] = connection.execute(select, (f'{where}"{stem}"',)).fetchone()
    return np.fromstring(ids or "", np.int64, sep=",")
