"""The signature of a text: MinHash of its shingles, runs of five words, by rensa."""

import struct
from array import array
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING

from rensa import RMinHash

from lod.base.parallel import batches
from lod.extensions.common_texts.words import STOCK, TextWords

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS = 5  # of a shingle
NUMBERS, SEED = 192, 1  # of a signature: 4 bytes each, after 4 that count the shingles
BATCH, COLUMN = 512, 1 << 20  # texts signed at once, or fewer, so that they have so many words
_BASE = 0x9E3779B97F4A7C15
_GAP = array("I", [STOCK]) * (WORDS - 1)  # after each text, so that no run has words of two


def runs_of(texts: Iterable[TextWords]) -> "Iterator[NDArray[np.uint64]]":
    """Yield for each text the number of each run of WORDS words, by the place of its first word: a
    polynomial modulo 2⁶⁴. That of a run with a word of a stock phrase, or past the end, is STOCK.
    """
    for some in _columns(texts):
        yield from _runs(some)


def _columns(texts: Iterable[TextWords]) -> Iterator[list[TextWords]]:
    """Yield texts that are one column of words together: numpy takes hardly longer for some hundred
    than for one.
    """
    return batches(texts, BATCH, lambda text: len(text.numbers), COLUMN)


def _runs(texts: Iterable[TextWords]) -> "Iterator[NDArray[np.uint64]]":
    # it takes 17 MiB and a fifteenth of a second to load, and few commands compare texts
    import numpy as np

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


def shingles(runs: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    """Return the runs of a text that have no word of a stock phrase, each once, in order."""
    import numpy as np  # likewise

    return np.unique(runs[runs != STOCK])


def signatures(texts: Iterable[TextWords]) -> Iterator[bytes]:
    """Yield the signature of each text, in order; b"" for a text without a shingle."""
    for some in _columns(texts):
        found = list(map(shingles, _runs(some)))
        full = [one for one in found if len(one)]
        matrix = RMinHash.digest_matrix_from_token_hash_sets(full, NUMBERS, SEED)
        rows = iter(matrix.to_rows())
        yield from (_packed(len(one), next(rows)) if len(one) else b"" for one in found)


def _packed(size: int, numbers: list[int]) -> bytes:
    return struct.pack(f"<{1 + NUMBERS}I", size, *numbers)
