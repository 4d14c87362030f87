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
SHARED, SHARE = 30, 0.5  # of a common text: least words, least part of the shorter text
LONGEST = 12  # words of its longest passage, at least: a template with other numbers has none
PLACES = 32  # of a run of words that are looked at: a text may be one word, a million times


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
    jaccard: float  # as a part of those of either; 0 likewise
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
        """Return the same, of the other text and the first."""
        turned = (Passage(p.other, p.first, p.words) for p in self.passages)
        passages = sorted(turned, key=lambda passage: passage.other)
        return replace(self, passages=tuple(passages), sizes=self.sizes[::-1])

    @property
    def is_common(self) -> bool:
        """Whether the texts have so much in common that it is published."""
        longest = max((passage.words for passage in self.passages), default=0)
        return self.shared >= SHARED and self.share >= SHARE and longest >= LONGEST


@dataclass(frozen=True, eq=False)
class ComparedText:
    """A text that is compared with others."""

    words: TextWords
    runs: NDArray[np.uint64]  # of five words, each by the place of its first

    @cached_property
    def known(self) -> NDArray[np.uint64]:
        """The runs without stock phrases, each once, in order."""
        return shingles(self.runs)


def compared(texts: Collection[TextWords]) -> Iterator[ComparedText]:
    return map(ComparedText, texts, runs_of(texts))


def may_be_common(first: ComparedText, other: ComparedText) -> bool:
    """Say whether two texts may be published as common; if not, they need not be compared.

    A passage has at least half as many runs as words: all of them stand in both texts.
    """
    if not len(first.known):
        return False
    nearest = first.known.take(first.known.searchsorted(other.runs), mode="clip")
    runs = int((nearest == other.runs).sum())
    return 2 * runs >= max(SHARED, SHARE * min(first.words.count, other.words.count))


def compare(first: ComparedText, other: ComparedText) -> Comparison:
    shared = tuple(passages(first, other))
    found = Comparison(0, 0, shared, (first.words.count, other.words.count))
    if not found.is_common:
        return found
    ones, others = (set(text.known.tolist()) for text in (first, other))
    both = len(ones & others)
    return replace(
        found, containment=both / min(len(ones), len(others)), jaccard=both / len(ones | others)
    )


def passages(first: ComparedText, other: ComparedText) -> Iterator[Passage]:
    """Yield the passages, from the beginning of the other text on, each the longest there; no word
    of either text stands in two.
    """
    places = _places(first)
    ones, others = first.words.numbers.tolist(), other.words.numbers.tolist()
    taken = bytearray(len(ones))
    end = 0  # of the last passage
    for start, found in enumerate(map(places.get, other.runs.tolist())):
        if not found or start < end:
            continue
        words, place = max((_run(ones, place, taken, others, start), -place) for place in found)
        if words >= PASSAGE:
            end = start + words
            yield Passage(-place, start, words)
            taken[-place : -place + words] = b"\1" * words


@lru_cache(1)  # pairs come in the order of their first texts
def _places(text: ComparedText) -> dict[int, list[int]]:
    """Return number of a run of words without stock phrases → its first places."""
    places = defaultdict[int, list[int]](list)
    for place, run in enumerate(text.runs.tolist()):
        if len(found := places[run]) < PLACES:
            found.append(place)
    places.pop(STOCK, None)
    return dict(places)


def _run(ones: list[int], one: int, taken: bytearray, others: list[int], two: int) -> int:
    """Return how many words are equal from two places on, none of them taken or a stock phrase."""
    words = 0
    while (
        one + words < len(ones)
        and two + words < len(others)
        and ones[one + words] == others[two + words] != STOCK
        and not taken[one + words]
    ):
        words += 1
    return words
