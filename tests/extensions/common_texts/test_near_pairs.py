"""The shingles of a text, and what two texts share; how many are found: `evaluation.py`."""

from array import array
from random import Random

import pytest

from lod.extensions.common_texts import candidates as signing
from lod.extensions.common_texts import comparison
from lod.extensions.common_texts.candidates import runs_of, shingles, signatures
from lod.extensions.common_texts.comparison import PLACES, Passage, compare, compared, may_be_common
from lod.extensions.common_texts.words import STOCK, TextWords, words_of

BASE, MODULUS = 0x9E3779B97F4A7C15, 1 << 64
LARGE = (1 << 32) - 1  # the largest number of a word
REPEATED = 300_000  # words


def polynomial(*words: int) -> int:
    number = 0
    for word in words:
        number = (number * BASE + word) % MODULUS
    return number


def test_shingles_are_of_one_text_and_without_stock_phrases() -> None:
    """Texts that are too short, or of stock phrases, have none; what recurs counts once."""
    expected: dict[tuple[int, ...], set[int]] = {
        (1, 2, 3, 4, 5, LARGE): {polynomial(1, 2, 3, 4, 5), polynomial(2, 3, 4, 5, LARGE)},
        (): set(),
        (6, 7, 8, 9): set(),
        (1, STOCK, 2, 3, 4, 5, 6, STOCK): {polynomial(2, 3, 4, 5, 6)},
        (STOCK,) * 9: set(),
        (7,) * 8: {polynomial(7, 7, 7, 7, 7)},
    }
    runs = runs_of(TextWords(array("I", numbers)) for numbers in expected)
    for numbers, some, found in zip(expected, runs, expected.values(), strict=True):
        assert len(some) == len(numbers)
        told = shingles(some).tolist()
        assert (set(told), len(told)) == (found, len(found))
    assert list(runs_of([])) == []


def test_long_texts_are_signed_a_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text has the same signature in any company: in a column of all, of some, of its own."""
    texts = [TextWords(array("I", range(1, 2 + n))) for n in range(60)]
    expected = list(signatures(texts))
    assert len(set(expected)) == 57  # the first four have no shingle
    for words in (0, 100):
        monkeypatch.setattr(signing, "COLUMN", words)
        assert list(signatures(texts)) == expected


def test_no_common_pair_is_left_out() -> None:
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


@pytest.mark.slow
def test_a_word_without_end_is_one_passage() -> None:
    """With all places looked at, each with each, this would take hours."""
    texts = "mot " * REPEATED, "mot " * REPEATED + "fin"
    first, other = compared(list(map(words_of, texts)))
    found = compare(first, other)
    assert found.passages == (Passage(0, 0, REPEATED),)
    assert (found.is_common, found.containment, found.jaccard) == (True, 1, 0.5)
    assert [len(places) for places in comparison._places(first).values()] == [PLACES]
