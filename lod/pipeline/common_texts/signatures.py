"""The signature of a text: MinHash of its shingles, five words each, by rensa."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from rensa import RMinHash

from lod.base.parallel import batches
from lod.pipeline.common_texts.words import STOCK, TextWords

WORDS = 5  # of a shingle
NUMBERS, SEED = 192, 1  # of a signature: 4 bytes each, after 4 that count the shingles
BATCH = 512  # texts signed at once
_BASE = 0x9E3779B97F4A7C15
_GAP = (STOCK,) * (WORDS - 1)  # after each text, so that no shingle has words of two


def shingles(texts: Sequence[TextWords]) -> Iterator[set[int]]:
    """Yield the numbers of the shingles of each text without words of stock phrases: polynomials
    modulo 2⁶⁴, of a column that has all texts.
    """
    # it takes 46 MiB and a tenth of a second to load, and few commands compare texts
    import pyarrow as pa
    from pyarrow import compute

    base = pa.scalar(_BASE, pa.uint64())
    column = pa.array([n for text in texts for n in (*text.numbers, *_GAP)], pa.uint64())
    size = max(0, len(column) - WORDS + 1)
    found = reduce(  # what is made of a stock phrase, a null, is null
        lambda number, word: compute.add(compute.multiply(number, base), column.slice(word, size)),
        range(1, WORDS),
        column.slice(0, size),
    ).to_pylist()
    start = 0
    for text in texts:
        end = start + len(text.numbers)
        one = set(found[start:end])
        one.discard(STOCK)
        yield one
        start = end + len(_GAP)


def signatures(texts: Iterable[TextWords]) -> Iterator[bytes]:
    """Yield the signature of each text, in order; b"" for a text without a shingle."""
    for some in batches(texts, BATCH):
        found = list(shingles(some))
        full = [one for one in found if one]
        matrix = RMinHash.digest_matrix_from_token_hash_sets(full, NUMBERS, SEED)
        rows = iter(matrix.to_rows())
        yield from (_packed(len(one), next(rows)) if one else b"" for one in found)


def _packed(size: int, numbers: list[int]) -> bytes:
    return struct.pack(f"<{1 + NUMBERS}I", size, *numbers)
