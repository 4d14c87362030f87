"""Pairs of texts that may share much: equal bands of their signatures (locality-sensitive hashing).

A band is three numbers of a signature. Of two texts whose Jaccard index is j, some band is equal
with the probability 1 - (1 - j³)⁶⁴: 0.9997 for 0.5, 0.9 for 0.33, 0.4 for 0.2.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, compress

from rapidfuzz.distance.Hamming import similarity

from lod.pipeline.common_texts.signatures import NUMBERS

ROWS = 3  # numbers of a band
BAND = 4 * ROWS  # bytes
BYTES = 256
LEAST = 0.3  # containment, as signatures estimate it, below which a pair is not looked at


def candidates(
    signatures: Sequence[bytes], new: Sequence[int] | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places in `signatures` that may share much, each once, the lower first.

    With `new`, a pair has at least one of these places; else any.
    """
    # the last byte of each number: those of two numbers are equal by chance once in BYTES times
    told = [signature[4::4].decode("latin-1") for signature in signatures]
    sizes = [int.from_bytes(signature[:4], "little") for signature in signatures]
    is_new = bytearray(len(signatures))
    for place in range(len(signatures)) if new is None else new:
        is_new[place] = 1
    seen: set[tuple[int, int]] = set()
    for start in range(4, 4 * NUMBERS + 1, BAND):
        for pair in _equal([signature[start : start + BAND] for signature in signatures], is_new):
            if pair in seen:
                continue
            a, b = pair
            if _containment(similarity(told[a], told[b]), sizes[a], sizes[b]) >= LEAST:
                seen.add(pair)
                yield pair


def _equal(bands: Sequence[bytes], is_new: bytearray) -> Iterator[tuple[int, int]]:
    """Yield the pairs with an equal band, which have a new text."""
    count = Counter(bands)
    wanted = {band for band in compress(bands, is_new) if band and count[band] > 1}
    buckets = defaultdict[bytes, list[int]](list)
    for place, band in enumerate(bands):
        if band in wanted:
            buckets[band].append(place)
    for places in buckets.values():
        yield from ((a, b) for a, b in combinations(places, 2) if is_new[a] or is_new[b])


def _containment(equal: int, one: int, other: int) -> float:
    """Return about which part of the shorter text is in the other one, too."""
    jaccard = max(0, equal - NUMBERS / BYTES) / (NUMBERS - NUMBERS / BYTES)
    return jaccard / (1 + jaccard) * (one + other) / min(one, other)
