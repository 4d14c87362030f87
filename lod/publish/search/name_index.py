"""Names by their words: those of a text, those that are spelled nearly so, or that begin so."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from lod.model.text import fold

LEAST_LIKENESS = 0.7  # normalized Levenshtein similarity of similar words, 0 to 1
LAST = "\U0010ffff"  # sorts after every letter
Id = TypeVar("Id", bound=Hashable)


def similar_words(
    word: str, words: Sequence[str], least: float, most: int
) -> list[tuple[str, float]]:
    """Return the words that are most similar to one, and how similar, the best first."""
    near = process.extract(
        word, words, scorer=Levenshtein.normalized_similarity, score_cutoff=least, limit=most
    )
    return [(other, likeness) for other, likeness, _ in near]


class NameIndex(Generic[Id]):
    """The ids of things by the folded words of their names; immutable."""

    def __init__(self, names: Iterable[tuple[Id, Iterable[str]]]) -> None:
        self._ids: dict[str, list[Id]] = {}  # folded word → ids, in their order
        for each, of_it in names:
            for word in dict.fromkeys(w for name in of_it for w in fold(name).split()):
                self._ids.setdefault(word, []).append(each)
        self.words = sorted(self._ids)

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def with_word(self, word: str) -> list[Id]:
        """Return the ids that have this folded word in a name."""
        return self._ids.get(word, [])

    def similar(self, word: str, most: int) -> list[tuple[str, float]]:
        """Return the words that are most similar to this one, and how similar, the best first."""
        return similar_words(word, self.words, LEAST_LIKENESS, most)

    def beginning(self, word: str) -> list[str]:
        """Return the words that begin so."""
        first, last = bisect_left(self.words, word), bisect_left(self.words, word + LAST)
        return self.words[first:last]

    def with_prefix(self, word: str) -> set[Id]:
        """Return the ids that have a word in a name that begins so."""
        return {each for known in self.beginning(word) for each in self._ids[known]}
