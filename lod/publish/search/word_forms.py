"""The words of titles by their stems: what a mistyped word may have meant."""

from collections import Counter
from collections.abc import Iterator

from lod.publish.search.words import STOP_STEMS, WORD, composed, stem_of

SHORTEST = 4  # letters of a word that may be mistyped
Row = tuple[str, str, int]  # stem, its commonest word, titles that have it


class WordForms:
    """Counts the words of titles."""

    def __init__(self) -> None:
        self._words: dict[str, Counter[str]] = {}  # stem → words in small letters

    def add(self, title: str) -> None:
        """Take in a title."""
        for word in {word.lower() for word in WORD.findall(composed(title))}:
            stem = stem_of(word)
            if len(word) >= SHORTEST and not word.isdecimal() and stem not in STOP_STEMS:
                self._words.setdefault(stem, Counter())[word] += 1

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the table `forme`, in the order of stems."""
        for stem, words in sorted(self._words.items()):
            word, _ = min(words.items(), key=lambda item: (-item[1], item[0]))
            yield stem, word, words.total()
