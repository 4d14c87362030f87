"""What two texts share, exactly: containment and Jaccard index of their shingles, and passages.

A passage is a run of at least PASSAGE words that both texts have. The words of a text that stand in
passages are those that it shares.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from lod.pipeline.common_texts.signatures import WORDS, shingles
from lod.pipeline.common_texts.words import STOCK, TextWords

PASSAGE = 8  # words of the shortest passage
SHARED, SHARE = 30, 0.5  # of a common text: least words, least part of the shorter text
LONGEST = 12  # words of its longest passage, at least: a template with other numbers has none


class Passage(NamedTuple):
    """A run of words that two texts have, by their places among the words of each."""

    first: int  # in the first text
    other: int  # in the other one
    words: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts share."""

    containment: float  # shingles of both, as a part of those of the shorter text
    jaccard: float  # as a part of those of either
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


def compare(first: TextWords, other: TextWords) -> Comparison:
    """Return what two texts share."""
    ones, others = set(shingles(first)), set(shingles(other))
    both, either = len(ones & others), len(ones | others)
    return Comparison(
        both / max(1, min(len(ones), len(others))),
        both / max(1, either),
        tuple(passages(first.numbers, other.numbers)) if both else (),
        (first.count, other.count),
    )


def passages(first: tuple[int, ...], other: tuple[int, ...]) -> Iterator[Passage]:
    """Yield the passages, from the beginning of the other text on, each the longest there; no word
    of either text stands in two.
    """
    places: dict[tuple[int, ...], list[int]] = {}
    for place in range(len(first) - WORDS + 1):
        key = first[place : place + WORDS]
        if STOCK not in key:
            places.setdefault(key, []).append(place)
    taken = bytearray(len(first))
    start = 0
    while start <= len(other) - PASSAGE:
        found = places.get(other[start : start + WORDS], ())
        runs = ((_run(first, place, taken, other, start), -place) for place in found)
        words, place = max(runs, default=(0, 0))
        if words < PASSAGE:
            start += 1
            continue
        yield Passage(-place, start, words)
        taken[-place : -place + words] = b"\1" * words
        start += words


def _run(
    first: tuple[int, ...], one: int, taken: bytearray, other: tuple[int, ...], two: int
) -> int:
    """Return how many words are equal from two places on, none of them taken or a stock phrase."""
    words = 0
    while (
        one + words < len(first)
        and two + words < len(other)
        and first[one + words] == other[two + words] != STOCK
        and not taken[one + words]
    ):
        words += 1
    return words
