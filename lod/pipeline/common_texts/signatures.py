"""The signature of a text: MinHash of its shingles, five words each, by rensa."""

import struct
from array import array
from collections.abc import Iterable, Iterator

from rensa import RMinHash

from lod.base.parallel import batches
from lod.pipeline.common_texts.words import STOCK, TextWords

WORDS = 5  # of a shingle
NUMBERS, SEED = 192, 1  # of a signature: 4 bytes each, after 4 that count the shingles
BATCH = 512  # texts signed at once
_BASE, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


def shingles(words: TextWords) -> "array[int]":
    """Return the number of each shingle without words of stock phrases, 64 bits each, sorted."""
    numbers, base = words.numbers, _BASE
    found = {
        (((a * base + b) * base + c) * base + d) * base + e & _MASK
        for a, b, c, d, e in zip(*(numbers[n:] for n in range(WORDS)), strict=False)
        if STOCK not in (a, b, c, d, e)
    }
    return array("Q", sorted(found))


def signatures(texts: Iterable[TextWords]) -> Iterator[bytes]:
    """Yield the signature of each text, in order; b"" for a text without a shingle."""
    for some in batches(map(shingles, texts), BATCH):
        full = [one for one in some if one]
        matrix = RMinHash.digest_matrix_from_token_hash_sets(full, NUMBERS, SEED)
        rows = iter(matrix.to_rows())
        yield from (_packed(len(one), next(rows)) if one else b"" for one in some)


def _packed(size: int, numbers: list[int]) -> bytes:
    return struct.pack(f"<{1 + NUMBERS}I", size, *numbers)
