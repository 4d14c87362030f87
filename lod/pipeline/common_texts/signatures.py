"""The signature of a text: MinHash of its shingles, runs of five words, by rensa."""

import struct
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING

from rensa import RMinHash

from lod.base.parallel import batches
from lod.pipeline.common_texts.words import STOCK, TextWords

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS = 5  # of a shingle
NUMBERS, SEED = 192, 1  # of a signature: 4 bytes each, after 4 that count the shingles
BATCH = 512  # texts signed at once
_BASE = 0x9E3779B97F4A7C15


def runs_of(words: TextWords) -> "NDArray[np.uint64]":
    """Return the number of each run of WORDS words, by the place of its first: a polynomial modulo
    2⁶⁴. That of a run with a word of a stock phrase is STOCK.
    """
    # it takes 17 MiB and a fifteenth of a second to load, and few commands compare texts
    import numpy as np

    size, numbers = max(0, len(words.numbers) - WORDS + 1), np.array(words.numbers, np.uint64)
    columns = [numbers[first : first + size] for first in range(WORDS)]
    found = reduce(lambda number, column: number * np.uint64(_BASE) + column, columns)
    found[np.minimum.reduce(columns) == STOCK] = STOCK
    return found


def shingles(words: TextWords) -> "NDArray[np.uint64]":
    """Return the numbers of the runs of a text without words of stock phrases, each once."""
    import numpy as np  # likewise

    found = runs_of(words)
    return np.unique(found[found != STOCK])


def signatures(texts: Iterable[TextWords]) -> Iterator[bytes]:
    """Yield the signature of each text, in order; b"" for a text without a shingle."""
    for some in batches(texts, BATCH):
        found = list(map(shingles, some))
        full = [one for one in found if len(one)]
        matrix = RMinHash.digest_matrix_from_token_hash_sets(full, NUMBERS, SEED)
        rows = iter(matrix.to_rows())
        yield from (_packed(len(one), next(rows)) if len(one) else b"" for one in found)


def _packed(size: int, numbers: list[int]) -> bytes:
    return struct.pack(f"<{1 + NUMBERS}I", size, *numbers)
