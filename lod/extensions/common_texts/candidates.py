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
METHOD = 1  # to be raised when a text gets other numbers
# texts that are one column of words together, or fewer, so that it has so many: numpy takes hardly
# longer for some hundred than for one
BATCH, COLUMN = 512, 1 << 20
_BASE = 0x9E3779B97F4A7C15
_GAP = array("I", [STOCK]) * (WORDS - 1)  # after each text, so that no run has words of two
ROWS = 3  # numbers of a band
BYTES = 256
LEAST = 0.3  # containment, as signatures estimate it, below which a pair is not looked at
# texts with an equal band, of which each pair is looked at; of more, only the pairs with the
# earliest, HUBS of them
MOST_ALIKE, HUBS = 256, 2
AT_ONCE = 1 << 13  # pairs, or shingles, that are looked at together: some 5 MB
# of the numbers of a band in its hash, modulo 2⁶⁴; two with one hash by chance are only looked at
_WEIGHTS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 1], np.uint64)
# an odd factor for each number of a signature; odd, so that no two shingles fall together
_FACTORS = np.frombuffer(hashlib.shake_128(b"signature").digest(4 * NUMBERS), "<u4") | np.uint32(1)
Column = NDArray[np.int64]  # of places


def runs_of(texts: Iterable[TextWords]) -> Iterator[NDArray[np.uint64]]:
    """Yield for each text the number of each run of WORDS words, by the place of its first word: a
    polynomial modulo 2⁶⁴. That of a run with a word of a stock phrase, or past the end, is STOCK.
    """
    for some in batches(texts, BATCH, lambda text: len(text.numbers), COLUMN):
        yield from _runs(some)


def _runs(texts: Iterable[TextWords]) -> Iterator[NDArray[np.uint64]]:
    column, ends = array("I"), []
    for text in texts:
        column.extend(text.numbers)
        ends.append(len(column))
        column.extend(_GAP)
    numbers = np.array(column, np.uint64)
    columns = [numbers[first : len(numbers) - WORDS + 1 + first] for first in range(WORDS)]
    found = reduce(lambda number, column: number * np.uint64(_BASE) + column, columns)
    found[np.minimum.reduce(columns) == STOCK] = STOCK
    start = 0
    for end in ends:
        yield found[start:end]
        start = end + len(_GAP)


def shingles(runs: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the runs of a text that have no word of a stock phrase, each once, in order."""
    return np.unique(runs[runs != STOCK])


def signatures(texts: Iterable[TextWords]) -> Iterator[bytes]:
    """Yield the signature of each text, in order; b"" for a text without a shingle.

    Each number is the least product of a shingle and one factor, modulo 2³² (MinHash).
    """
    for runs in runs_of(texts):
        found = shingles(runs)
        if not len(found):
            yield b""
            continue
        mixed = ((found * np.uint64(_BASE)) >> np.uint64(32)).astype(np.uint32)
        parts = (mixed[start : start + AT_ONCE] for start in range(0, len(mixed), AT_ONCE))
        least = np.minimum.reduce([np.multiply.outer(_FACTORS, part).min(1) for part in parts])
        yield np.array([len(found), *least], "<u4").tobytes()


def candidates(
    signatures: Sequence[bytes],
    new: Sequence[int] | None = None,
    ranks: Sequence[int] | None = None,
    many: set[int] | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places in `signatures` that may share much, each once, the lower first.

    With `new`, a pair has at least one of these places; else any. `ranks` has for each place how
    early its text is, by default the place. Where more than MOST_ALIKE texts have an equal band,
    the earliest one is added to `many`.
    """
    signed = np.array([place for place, one in enumerate(signatures) if one], np.int64)
    numbers = np.frombuffer(b"".join(signatures), "<u4").reshape(len(signed), 1 + NUMBERS)
    sizes, numbers = numbers[:, 0].astype(np.float64), numbers[:, 1:]
    # the last byte of each number: those of two numbers are equal by chance once in BYTES times
    told = numbers.astype(np.uint8)
    is_new = np.ones(len(signed), bool) if new is None else np.isin(signed, new)
    rank = np.array(range(len(signatures)) if ranks is None else ranks, np.int64)[signed]
    crowds: set[int] = set()
    seen: set[tuple[int, int]] = set()
    for first in range(0, NUMBERS, ROWS):
        for ones, others in _equal(numbers[:, first : first + ROWS], is_new, rank, crowds):
            equal = (told[ones] == told[others]).sum(1)
            is_near = _containment(equal, sizes[ones], sizes[others]) >= LEAST
            pairs = zip(
                signed[ones[is_near]].tolist(), signed[others[is_near]].tolist(), strict=True
            )
            found = set(pairs) - seen
            seen |= found
            yield from found
    if many is not None:
        many.update(signed[sorted(crowds)].tolist())


def _equal(
    bands: NDArray[np.uint32], is_new: NDArray[np.bool_], rank: Column, crowds: set[int]
) -> Iterator[tuple[Column, Column]]:
    """Yield the pairs with an equal band, which have a new text, as columns of their places; add
    to `crowds` the earliest of texts that are too many to yield each pair.
    """
    hashed = bands.astype(np.uint64) @ _WEIGHTS
    order = np.argsort(hashed, kind="stable")  # equal ones side by side, the lower place first
    bucket = hashed[order]
    starts = np.flatnonzero(np.diff(bucket, prepend=bucket[:1] + np.uint64(1)))
    sizes = np.diff(starts, append=len(bucket))
    for start, size in zip(starts[sizes > MOST_ALIKE], sizes[sizes > MOST_ALIKE], strict=True):
        some = order[start : start + size]
        hubs = some[np.argsort(rank[some])[:HUBS]]
        crowds.add(int(hubs[0]))
        for hub in hubs:
            pair = some[(some != hub) & (is_new[some] | is_new[hub])]
            yield np.minimum(pair, hub), np.maximum(pair, hub)
    is_crowd = np.repeat(sizes > MOST_ALIKE, sizes)
    order, bucket = order[~is_crowd], bucket[~is_crowd]
    for step in count(1):
        together = np.flatnonzero(bucket[step:] == bucket[:-step])
        if not len(together):
            return
        for start in range(0, len(together), AT_ONCE):
            some = together[start : start + AT_ONCE]
            ones, others = order[some], order[some + step]
            has_new = is_new[ones] | is_new[others]
            yield ones[has_new], others[has_new]


def _containment(
    equal: NDArray[np.int64], one: NDArray[np.float64], other: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return about which part of the shorter text is in the other one, too, of some pairs."""
    jaccard = np.maximum(0, equal - NUMBERS / BYTES) / (NUMBERS - NUMBERS / BYTES)
    found: NDArray[np.float64] = jaccard / (1 + jaccard) * (one + other) / np.minimum(one, other)
    return found
