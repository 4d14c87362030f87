"""What a word that no question has may have been meant to be: the nearest one that is known."""

import re
import sqlite3
from collections.abc import Iterable

from lod.publish.search.name_index import similar_words
from lod.publish.search.word_forms import SHORTEST
from lod.publish.search.words import STOP_STEMS, WORD, composed, fold_word, stem_of

LEAST_LIKENESS = 0.75  # normalized Levenshtein similarity, 0 to 1
NEAR = 5  # words that are compared by how common they are


class Speller:
    """The words of titles, and of the names of things."""

    def __init__(self, connection: sqlite3.Connection, names: Iterable[str]) -> None:
        self._stems: set[str] = set()
        self._known: dict[str, tuple[str, int]] = {}  # folded word → as it is written, its number
        for name in names:
            for word in WORD.findall(name):
                if len(word) >= SHORTEST and not word.isdecimal():
                    self._known.setdefault(fold_word(word), (word, 1))
        for stem, word, number in connection.execute("SELECT racine, mot, nombre FROM forme"):
            self._stems.add(stem)
            self._known[fold_word(word)] = (word, number)
        self._words = list(self._known)

    def is_word(self, word: str) -> bool:
        """Say whether titles have a word."""
        return stem_of(word) in self._stems

    def likeness(self, word: str) -> float:
        """Return how similar a folded word is to the nearest known one, 0 to 1; 0 below
        LEAST_LIKENESS.
        """
        near = similar_words(word, self._words, LEAST_LIKENESS, 1)
        return max((likeness for _, likeness in near), default=0.0)

    def corrected(self, q: str, connection: sqlite3.Connection) -> str:
        """Return a request with each word that no question has replaced by the nearest known one;
        the same request if there is none.
        """

        def right(found: re.Match[str]) -> str:
            word = found[0]
            stem = stem_of(word)
            if len(word) < SHORTEST or stem in STOP_STEMS or word.isdecimal():
                return word
            match = f'"{stem}"'
            known = "SELECT 1 FROM mots WHERE mots MATCH ? LIMIT 1"
            if connection.execute(known, (match,)).fetchone():
                return word
            return self._nearest(fold_word(word)) or word

        return WORD.sub(right, composed(q))

    def _nearest(self, word: str) -> str:
        """Return the most similar known word, of several the commonest; "" for none."""
        near = similar_words(word, self._words, LEAST_LIKENESS, NEAR)
        best = max((likeness for _, likeness in near), default=0.0)
        same = [self._known[other] for other, likeness in near if likeness == best]
        return max(same, key=lambda each: each[1])[0] if same else ""
