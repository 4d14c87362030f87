"""Words as index and search compare them: folded (no case, accents, ligatures), then stemmed; and
the known words, of names or of titles, that a mistyped word may have meant.
"""

import re
import sqlite3
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA  # letters changed, or two exchanged: « geudj »

from lod.base.words import Sentence
from lod.model.safe_html import normalized
from lod.model.text import fold

MEMO = 1 << 19  # pieces of text whose stems are remembered; some 100 MB, in a build only
WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = (
    "a à ai ainsi alors au aucun aussi autre aux avec car ce cela celle celles celui ces cet cette "
    "ceux chez comme d dans de des dont du elle elles en entre est et eux fait il ils j je l la le "
    "les leur leurs lors lui m ma mais me même mes mon n ne nos notre nous on ont ou où par pas "
    "plus pour qu que quel quelle quelles quels qui quoi s sa sans se ses si soit son sont sous "
    "sur t ta te tes toi ton tous tout toute toutes très tu un une vos votre vous y"
)
_stemmer = Stemmer.Stemmer("french", 0)  # without its own cache, which is slower than ours
_turn = threading.Lock()  # one thread at a time may use the stemmer
LEAST_LIKE_NAME = 0.7  # normalized OSA similarity of similar words, 0 to 1
LEAST_LIKE_OTHER = 0.8  # the same of words that begin with other letters
LAST = "\U0010ffff"  # sorts after every letter
Id = TypeVar("Id", bound=Hashable)
SHORTEST = 4  # letters of a word that may be mistyped
FormRow = tuple[str, str, int]  # stem, its commonest word, titles that have it
LEAST_LIKE_KNOWN = 0.5  # similarity of an unknown name to one that may be meant, 0 to 1
LEAST_LIKENESS = 0.75  # normalized OSA similarity, 0 to 1
NEAR = 5  # words that are compared by how common they are


@lru_cache(1 << 16)
def fold_word(word: str) -> str:
    """Return one word in small letters, without accents and ligatures.

    >>> fold_word("Œuvrées")
    'oeuvrees'
    """
    return fold(word).replace(" ", "")  # `fold` makes two numbers of a fraction


@lru_cache(1 << 16)
def stem_of(word: str) -> str:
    """Return the stem of one word: without case, accents, ligatures and endings.

    >>> stem_of("Hôpitaux"), stem_of("HOPITAL"), stem_of("Œuvres")
    ('hopital', 'hopital', 'oeuvr')
    """
    with _turn:
        return str(_stemmer.stemWord(fold_word(word)))


STOP_STEMS = frozenset(map(stem_of, _STOP_WORDS.split()))  # too common to be searched for
STOP_WORDS = frozenset(map(fold_word, _STOP_WORDS.split()))  # the same, folded only


def composed(text: str) -> str:
    """Return a text with composed letters (NFC), so that WORD cuts no word at an accent."""
    return normalized("NFC", text)


def stems_of(text: str) -> list[str]:
    """Return the stem of each word of a composed text, in order."""
    return list(map(stem_of, WORD.findall(text)))


class WordMemo(dict[str, str]):
    """Piece of text without spaces → the stems of its words; made when first asked for.

    To split at spaces and look up is twice as fast as to find each word.
    """

    def __missing__(self, piece: str) -> str:
        if len(self) >= MEMO:
            self.clear()
        self[piece] = stems = " ".join(stems_of(piece))
        return stems

    def stems_of(self, text: str) -> str:
        """Return the stems of a composed text, with spaces between."""
        return " ".join(map(self.__getitem__, text.split()))


def similar_words(
    word: str, words: Sequence[str], least: float, most: int
) -> list[tuple[str, float]]:
    """Return the words that are most similar to one, and how similar, the best first."""
    near = process.extract(
        word, words, scorer=OSA.normalized_similarity, score_cutoff=least, limit=most
    )
    return [(neighbour, likeness) for neighbour, likeness, _ in near]


def mistyped(word: str, near: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the similar words that a mistyped one may mean: few mistake the first letter, so one
    that begins with another must be nearer: « farmers » is not « armées ».
    """
    return [
        (neighbour, likeness)
        for neighbour, likeness in near
        if neighbour[0] == word[0] or likeness >= LEAST_LIKE_OTHER
    ]


def suggestion(name: str, known: Sequence[str]) -> Sentence:
    """Return the known name that is probably meant; all known ones if none is similar."""
    near = similar_words(name.casefold(), known, LEAST_LIKE_KNOWN, 1)
    if near:
        return Sentence("vouliez-vous dire {} ?", near[0][0])
    return Sentence("connus : {}", ", ".join(known))


class NameIndex(Generic[Id]):
    """The ids of things by the folded words of their names; immutable."""

    def __init__(self, names: Iterable[tuple[Id, Iterable[str]]]) -> None:
        self._ids: dict[str, list[Id]] = {}  # folded word → ids, in their order
        for identity, own_names in names:
            for word in dict.fromkeys(w for name in own_names for w in fold(name).split()):
                self._ids.setdefault(word, []).append(identity)
        self.words = sorted(self._ids)

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def with_word(self, word: str) -> list[Id]:
        return self._ids.get(word, [])

    def similar(self, word: str, most: int) -> list[tuple[str, float]]:
        """Return the words that are most similar to this one, and how similar, the best first."""
        return similar_words(word, self.words, LEAST_LIKE_NAME, most)

    def with_prefix(self, word: str) -> set[Id]:
        """Return the ids that have a word in a name that begins so."""
        first, last = bisect_left(self.words, word), bisect_left(self.words, word + LAST)
        return {identity for known in self.words[first:last] for identity in self._ids[known]}


class WordForms:
    """Counts the words of titles."""

    def __init__(self) -> None:
        self._words: dict[str, Counter[str]] = {}  # stem → words in small letters

    def add(self, title: str) -> None:
        for word in {word.lower() for word in WORD.findall(composed(title))}:
            stem = stem_of(word)
            if len(word) >= SHORTEST and not word.isdecimal() and stem not in STOP_STEMS:
                self._words.setdefault(stem, Counter())[word] += 1

    def rows(self) -> Iterator[FormRow]:
        """Yield the rows of the table `forme`, in the order of stems."""
        for stem, words in sorted(self._words.items()):
            word, _ = min(words.items(), key=lambda item: (-item[1], item[0]))
            yield stem, word, words.total()


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

        def right(match: re.Match[str]) -> str:
            word = match[0]
            stem = stem_of(word)
            if len(word) < SHORTEST or stem in STOP_STEMS or word.isdecimal():
                return word
            known = "SELECT 1 FROM mots WHERE mots MATCH ? LIMIT 1"
            if connection.execute(known, (f'"{stem}"',)).fetchone():
                return word
            return self._nearest(fold_word(word)) or word

        return WORD.sub(right, composed(q))

    def _nearest(self, word: str) -> str:
        """Return the most similar known word, of several the commonest; "" for none."""
        near = mistyped(word, similar_words(word, self._words, LEAST_LIKENESS, NEAR))
        best = max((likeness for _, likeness in near), default=0.0)
        same = [self._known[neighbour] for neighbour, likeness in near if likeness == best]
        return max(same, key=lambda form: form[1])[0] if same else ""
