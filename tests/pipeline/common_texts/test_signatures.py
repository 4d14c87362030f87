"""The shingles of texts that are counted together are those of each alone."""

from lod.pipeline.common_texts.signatures import shingles
from lod.pipeline.common_texts.words import STOCK, TextWords

BASE, MODULUS = 0x9E3779B97F4A7C15, 1 << 64
LARGE = (1 << 32) - 1  # the largest number of a word


def polynomial(*words: int) -> int:
    number = 0
    for word in words:
        number = (number * BASE + word) % MODULUS
    return number


def test_shingles_are_of_one_text_and_without_stock_phrases() -> None:
    """Texts that are too short, or of stock phrases, have none; what recurs counts once."""
    texts = [
        TextWords((1, 2, 3, 4, 5, LARGE)),
        TextWords(()),
        TextWords((6, 7, 8, 9)),
        TextWords((1, STOCK, 2, 3, 4, 5, 6, STOCK)),
        TextWords((STOCK,) * 9),
        TextWords((7,) * 8),
    ]
    assert list(shingles(texts)) == [
        {polynomial(1, 2, 3, 4, 5), polynomial(2, 3, 4, 5, LARGE)},
        set(),
        set(),
        {polynomial(2, 3, 4, 5, 6)},
        set(),
        {polynomial(7, 7, 7, 7, 7)},
    ]
    assert list(shingles([])) == []
