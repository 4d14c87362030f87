"""Pairs of texts that may share much: equal bands of their signatures (locality-sensitive hashing).

A band is three numbers of a signature. Of two texts whose Jaccard index is j, some band is equal
with the probability 1 - (1 - j³)⁶⁴: 0.9997 for 0.5, 0.9 for 0.33, 0.4 for 0.2.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import count

import numpy as np
from numpy.typing import NDArray

from lod.base.parallel import batches
from lod.extensions.common_texts.words import STOCK, TextWords

WORDS = 5  # of a shingle
NUMBERS = 192  # of a signature: 4 bytes each, after 4 that count the shingles
METHOD = 1  # to be raised when a change gives texts other signatures
# most texts, and most words, of a batch whose words are put into one column: numpy takes hardly
# longer for some hundred texts than for one
BATCH, COLUMN = 512, 1 << 20
_BASE = 0x9E3779B97F4A7C15
_GAP = array("I", [STOCK]) * (WORDS - 1)  # after each text, so that no run has words of two texts
ROWS = 3  # numbers of a band
BYTES = 256
LEAST = 0.3  # containment, as signatures estimate it, of a pair that may share much
# if at most so many texts have an equal band, all their pairs are yielded; if more, only the pairs
# with the earliest texts, HUBS of them
MOST_ALIKE, HUBS = 256, 2
AT_ONCE = 1 << 13  # pairs, or shingles, of one step of numpy: some 5 MB
# factors of the numbers of a band in its hash, modulo 2⁶⁴; an equal hash by chance does no harm, as
# the containment of the pair is estimated next
_WEIGHTS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 1], np.uint64)
# an odd factor for each number of a signature; odd, so that different shingles stay different
_FACTORS = np.frombuffer(hashlib.shake_128(b"signature").digest(4 * NUMBERS), "<u4") | np.uint32(1)
Column = NDArray[np.int64]  # of places


def runs_of(texts: Iterable[TextWords]) -> Iterator[NDArray[np.uint64]]:
    """Yield for each text the number of each run of WORDS words, by the place of its first word: a
    polynomial modulo 2⁶⁴. A run with a word of a stock phrase, or past the end, is STOCK.
    """
    for batch in batches(texts, BATCH, lambda text: len(text.numbers), COLUMN):
        yield from _runs(batch)


def _runs(texts: Iterable[TextWords]) -> Iterator[NDArray[np.uint64]]:
    column, ends = array("I"), []
    for text in texts:
        column.extend(text.numbers)
        ends.append(len(column))
        column.extend(_GAP)
    numbers = np.array(column, np.uint64)
    columns = [numbers[first : len(numbers) - WORDS + 1 + first] for first in range(WORDS)]
    runs = reduce(lambda number, column: number * np.uint64(_BASE) + column, columns)
    runs[np.minimum.reduce(columns) == STOCK] = STOCK
    start = 0
    for end in ends:
        yield runs[start:end]
        start = end + len(_GAP)


def shingles(runs: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the runs of a text that have no word of a stock phrase, each once, in order."""
    return np.unique(runs[runs != STOCK])


def signatures(texts: Iterable[TextWords]) -> Iterator[bytes]:
    """Yield the signature of each text, in order; b"" for a text without a shingle.

    Each number is the least product of a shingle and one factor, modulo 2³² (MinHash).
    """
    for runs in runs_of(texts):
        distinct = shingles(runs)
        if not len(distinct):
            yield b""
            continue
        mixed = ((distinct * np.uint64(_BASE)) >> np.uint64(32)).astype(np.uint32)
        parts = (mixed[start : start + AT_ONCE] for start in range(0, len(mixed), AT_ONCE))
        least = np.minimum.reduce([np.multiply.outer(_FACTORS, part).min(1) for part in parts])
        yield np.array([len(distinct), *least], "<u4").tobytes()


def candidates(
    signatures: Sequence[bytes],
    new: Sequence[int] | None = None,
    ranks: Sequence[int] | None = None,
    many: set[int] | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places in `signatures` that may share much, each once, the lower first.

    With `new`, at least one place of a pair is one of these. `ranks` has for each place how early
    its text is, by default the place itself. Where more than MOST_ALIKE texts have an equal band,
    the place of the earliest one is added to `many`.
    """
    signed = np.array([place for place, bytes_ in enumerate(signatures) if bytes_], np.int64)
    numbers = np.frombuffer(b"".join(signatures), "<u4").reshape(len(signed), 1 + NUMBERS)
    sizes, numbers = numbers[:, 0].astype(np.float64), numbers[:, 1:]
    # two different numbers have the same last byte once in BYTES times
    last_bytes = numbers.astype(np.uint8)
    is_new = np.ones(len(signed), bool) if new is None else np.isin(signed, new)
    rank = np.array(range(len(signatures)) if ranks is None else ranks, np.int64)[signed]
    crowds: set[int] = set()
    yielded: set[tuple[int, int]] = set()
    for first in range(0, NUMBERS, ROWS):
        for lower, higher in _equal(numbers[:, first : first + ROWS], is_new, rank, crowds):
            equal = (last_bytes[lower] == last_bytes[higher]).sum(1)
            is_near = _containment(equal, sizes[lower], sizes[higher]) >= LEAST
            pairs = zip(
                signed[lower[is_near]].tolist(), signed[higher[is_near]].tolist(), strict=True
            )
            new_pairs = set(pairs) - yielded
            yielded |= new_pairs
            yield from new_pairs
    if many is not None:
        many.update(signed[sorted(crowds)].tolist())


def _equal(
    bands: NDArray[np.uint32], is_new: NDArray[np.bool_], rank: Column, crowds: set[int]
) -> Iterator[tuple[Column, Column]]:
    """Yield the pairs with an equal band and at least one new text, as two columns of places, the
    lower and the higher. If too many texts have it to yield each pair, add the earliest to
    `crowds`.
    """
    hashed = bands.astype(np.uint64) @ _WEIGHTS
    order = np.argsort(hashed, kind="stable")  # equal hashes side by side, the lower place first
    bucket = hashed[order]
    starts = np.flatnonzero(np.diff(bucket, prepend=bucket[:1] + np.uint64(1)))
    sizes = np.diff(starts, append=len(bucket))
    for start, size in zip(starts[sizes > MOST_ALIKE], sizes[sizes > MOST_ALIKE], strict=True):
        crowd = order[start : start + size]
        hubs = crowd[np.argsort(rank[crowd])[:HUBS]]
        crowds.add(int(hubs[0]))
        for hub in hubs:
            partners = crowd[(crowd != hub) & (is_new[crowd] | is_new[hub])]
            yield np.minimum(partners, hub), np.maximum(partners, hub)
    is_crowd = np.repeat(sizes > MOST_ALIKE, sizes)
    order, bucket = order[~is_crowd], bucket[~is_crowd]
    for step in count(1):
        together = np.flatnonzero(bucket[step:] == bucket[:-step])
        if not len(together):
            return
        for start in range(0, len(together), AT_ONCE):
            part = together[start : start + AT_ONCE]
            lower, higher = order[part], order[part + step]
            has_new = is_new[lower] | is_new[higher]
            yield lower[has_new], higher[has_new]


def _containment(
    equal: NDArray[np.int64], size: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return an estimate, for each pair, of the part of the shorter text that both have; `equal`
    counts the equal bytes of their signatures, `size` and `other` are their shingles.
    """
    jaccard = np.maximum(0, equal - NUMBERS / BYTES) / (NUMBERS - NUMBERS / BYTES)
    part: NDArray[np.float64] = jaccard / (1 + jaccard) * (size + other) / np.minimum(size, other)
    return part
