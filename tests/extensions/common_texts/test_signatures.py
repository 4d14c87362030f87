"""The shingles of a text are the polynomials of its runs of five words."""

from array import array

import pytest

from lod.extensions.common_texts import candidates
from lod.extensions.common_texts.candidates import runs_of, shingles, signatures
from lod.extensions.common_texts.words import STOCK, TextWords

BASE, MODULUS = 0x9E3779B97F4A7C15, 1 << 64
LARGE = (1 << 32) - 1  # the largest number of a word


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
        monkeypatch.setattr(candidates, "COLUMN", words)
        assert list(signatures(texts)) == expected
