"""Pairs of texts that may share much: equal bands of their signatures (locality-sensitive hashing).

A band is three numbers of a signature. Of two texts whose Jaccard index is j, some band is equal
with the probability 1 - (1 - j³)⁶⁴: 0.9997 for 0.5, 0.9 for 0.33, 0.4 for 0.2.
"""

from array import array
from collections.abc import Iterator, Sequence
from operator import eq

from lod.pipeline.common_texts.signatures import NUMBERS

ROWS = 3  # numbers of a band
BAND = 4 * ROWS  # bytes
LEAST = 0.3  # containment, as signatures estimate it, below which a pair is not looked at


def candidates(
    signatures: Sequence[bytes], new: Sequence[int] | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places in `signatures` that may share much, each once, the lower first.

    With `new`, a pair has at least one of these places; else any.
    """
    numbers = [array("I", signature) for signature in signatures]
    is_new = bytearray(len(numbers))
    places = range(len(numbers)) if new is None else new
    for place in places:
        is_new[place] = 1
    seen: set[tuple[int, int]] = set()
    for start in range(4, 4 * NUMBERS + 1, BAND):
        for pair in _equal(signatures, start, places, is_new):
            if pair not in seen and _estimate(*map(numbers.__getitem__, pair)) >= LEAST:
                seen.add(pair)
                yield pair


def _equal(
    signatures: Sequence[bytes], start: int, places: Sequence[int], is_new: bytearray
) -> Iterator[tuple[int, int]]:
    """Yield the pairs with an equal band, which have a new text."""
    buckets: dict[bytes, list[int]] = {}
    for place in places:
        if band := signatures[place][start : start + BAND]:
            buckets.setdefault(band, []).append(place)
    for some in buckets.values():
        yield from ((min(a, b), max(a, b)) for n, a in enumerate(some) for b in some[:n])
    if len(places) < len(signatures):
        for place, signature in enumerate(signatures):
            if not is_new[place] and (some := buckets.get(signature[start : start + BAND], [])):
                yield from ((min(a, place), max(a, place)) for a in some)


def _estimate(one: "array[int]", other: "array[int]") -> float:
    """Return about which part of the shorter text is in the other one, too."""
    sizes = one[0], other[0]
    equal: int = sum(map(eq, one, other)) - (one[0] == other[0])
    jaccard = equal / NUMBERS
    return jaccard / (1 + jaccard) * sum(sizes) / min(sizes)
