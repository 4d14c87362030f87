"""What two texts share, exactly: containment and Jaccard index of their shingles, and passages.

A passage is a run of at least PASSAGE words that both texts have. The words of a text that stand in
passages are those that it shares.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lod.extensions.common_texts.candidates import runs_of, shingles
from lod.extensions.common_texts.words import STOCK, TextWords

PASSAGE = 8  # words of the shortest passage
SHARED, SHARE = 30, 0.5  # least words in passages of a common text, least part of the shorter text
LONGEST = 12  # least words of its longest passage: a template with other numbers has none such
PLACES = 32  # places of a run that are tried: a text may be one word, a million times


class Passage(NamedTuple):
    """A run of words that two texts have, by their places among the words of each."""

    first: int  # in the first text
    other: int  # in the other one
    words: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts share."""

    # shingles of both, as a part of those of the shorter text; 0 if the texts are not common
    containment: float
    jaccard: float  # the same, as a part of all shingles of the two
    passages: tuple[Passage, ...]  # in the order of the other text
    sizes: tuple[int, int]  # words that are compared, of the first and of the other text

    @property
    def shared(self) -> int:
        """How many words stand in passages."""
        return sum(passage.words for passage in self.passages)

    @property
    def share(self) -> float:
        """The part of the shorter text that stands in passages."""
        return self.shared / max(1, min(self.sizes))

    def turned(self) -> "Comparison":
        """Return the comparison with both texts exchanged."""
        exchanged = (Passage(p.other, p.first, p.words) for p in self.passages)
        passages = sorted(exchanged, key=lambda passage: passage.other)
        return replace(self, passages=tuple(passages), sizes=self.sizes[::-1])

    @property
    def is_common(self) -> bool:
        """Whether the texts have enough in common to be published as common."""
        longest = max((passage.words for passage in self.passages), default=0)
        return self.shared >= SHARED and self.share >= SHARE and longest >= LONGEST


@dataclass(frozen=True, eq=False)
class ComparedText:
    """A text that is compared with others."""

    words: TextWords
    runs: NDArray[np.uint64]  # number of each run of five words, by the place of its first word

    @cached_property
    def shingles(self) -> NDArray[np.uint64]:
        """The runs without stock phrases, each once, in order."""
        return shingles(self.runs)


def compared(texts: Collection[TextWords]) -> Iterator[ComparedText]:
    return map(ComparedText, texts, runs_of(texts))


def may_be_common(first: ComparedText, other: ComparedText) -> bool:
    """Say whether two texts may be published as common; if not, they need not be compared.

    A passage has at least half as many runs as words: all of them stand in both texts.
    """
    if not len(first.shingles):
        return False
    nearest = first.shingles.take(first.shingles.searchsorted(other.runs), mode="clip")
    runs = int((nearest == other.runs).sum())
    return 2 * runs >= max(SHARED, SHARE * min(first.words.count, other.words.count))


def compare(first: ComparedText, other: ComparedText) -> Comparison:
    shared = tuple(passages(first, other))
    comparison = Comparison(0, 0, shared, (first.words.count, other.words.count))
    if not comparison.is_common:
        return comparison
    a, b = (set(text.shingles.tolist()) for text in (first, other))
    both = len(a & b)
    return replace(comparison, containment=both / min(len(a), len(b)), jaccard=both / len(a | b))


def passages(first: ComparedText, other: ComparedText) -> Iterator[Passage]:
    """Yield the passages, from the beginning of the other text on, each the longest at its place.
    No word of either text stands in two passages.
    """
    places_of = _places(first)
    numbers, other_numbers = first.words.numbers.tolist(), other.words.numbers.tolist()
    taken = bytearray(len(numbers))
    end = 0  # of the last passage
    for start, places in enumerate(map(places_of.get, other.runs.tolist())):
        if not places or start < end:
            continue
        words, place = max(
            (_run(numbers, place, taken, other_numbers, start), -place) for place in places
        )
        if words >= PASSAGE:
            end = start + words
            yield Passage(-place, start, words)
            taken[-place : -place + words] = b"\1" * words


@lru_cache(1)  # pairs with the same first text come one after the other
def _places(text: ComparedText) -> dict[int, list[int]]:
    """Return number of a run of words without stock phrases → its first places."""
    places = defaultdict[int, list[int]](list)
    for place, run in enumerate(text.runs.tolist()):
        if len(places[run]) < PLACES:
            places[run].append(place)
    places.pop(STOCK, None)
    return dict(places)


def _run(first: list[int], place: int, taken: bytearray, other: list[int], start: int) -> int:
    """Return how many words are equal from `place` in the first text and `start` in the other one
    on, none of them taken or of a stock phrase.
    """
    words = 0
    while (
        place + words < len(first)
        and start + words < len(other)
        and first[place + words] == other[start + words] != STOCK
        and not taken[place + words]
    ):
        words += 1
    return words
