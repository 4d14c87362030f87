"""The pairs that are looked at: those that a plain reading of the rule gives, all that matter."""

import struct
from array import array
from itertools import combinations
from random import Random

from lod.extensions.common_texts.candidates import LEAST, NUMBERS, ROWS, candidates
from lod.extensions.common_texts.comparison import compare, compared, may_be_common
from lod.extensions.common_texts.words import STOCK, TextWords

TEXTS = 120


def signed(rng: Random) -> list[bytes]:
    """Return signatures, of which some share numbers with the one before, and some are empty."""
    found, numbers = [], [rng.getrandbits(32) for _ in range(NUMBERS)]
    for _ in range(TEXTS):
        kept = rng.choice((0, 0.2, 0.5, 0.9, 1))
        numbers = [n if rng.random() < kept else rng.getrandbits(32) for n in numbers]
        packed = struct.pack(f"<{1 + NUMBERS}I", rng.randrange(5, 900), *numbers)
        found.append(packed if rng.random() < 0.95 else b"")
    return found


def are_near(one: bytes, other: bytes) -> bool:
    """Say whether a pair is to be looked at, number by number."""
    if not (one and other):
        return False
    (size, *a), (other_size, *b) = (struct.unpack(f"<{1 + NUMBERS}I", s) for s in (one, other))
    equal = sum(x % 256 == y % 256 for x, y in zip(a, b, strict=True)) - NUMBERS / 256
    jaccard = max(0, equal) / (NUMBERS - NUMBERS / 256)
    containment = jaccard / (1 + jaccard) * (size + other_size) / min(size, other_size)
    bands = (slice(first, first + ROWS) for first in range(0, NUMBERS, ROWS))
    return containment >= LEAST and any(a[band] == b[band] for band in bands)


def test_pairs_have_an_equal_band_and_much_in_common() -> None:
    """Each is told once, the lower place first; with new texts, only theirs are."""
    rng = Random(1)
    some = signed(rng) + signed(rng)[:20] * 2  # some texts three times
    expected = {(a, b) for a, b in combinations(range(len(some)), 2) if are_near(some[a], some[b])}
    assert 100 < len(expected) < 2000
    found = list(candidates(some))
    assert (set(found), len(found)) == (expected, len(expected))
    new = rng.sample(range(len(some)), 15)
    theirs = {pair for pair in expected if set(pair) & set(new)}
    assert 5 < len(theirs) < len(expected)
    assert set(candidates(some, new)) == theirs
    assert list(candidates([])) == list(candidates([b"", b""])) == []


def test_no_common_pair_is_left_out() -> None:
    """Texts of passages of all lengths, between words of one alone and stock phrases."""
    rng, common, left_out = Random(2), 0, 0
    for _ in range(3000):
        ones, others = list[int](), list[int]()
        for _ in range(rng.randrange(1, 9)):
            passage = [rng.randrange(1, 1 << 32) for _ in range(rng.choice((4, 8, 9, 12, 15)))]
            if rng.random() < 0.2:
                passage[rng.randrange(len(passage))] = STOCK
            ones += passage + [rng.randrange(1, 1 << 32)] * rng.randrange(12)
            others += passage + [rng.randrange(1, 1 << 32)] * rng.randrange(9)
        pair = tuple(compared([TextWords(array("I", numbers)) for numbers in (ones, others)]))
        is_common, may_be = compare(*pair).is_common, may_be_common(*pair)
        assert may_be or not is_common
        common, left_out = common + is_common, left_out + (not may_be)
    assert common > 500 and left_out > 500
