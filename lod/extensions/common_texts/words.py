"""A text as words to be compared: without case, accents and punctuation, stock phrases set aside.

The phrases are the rows of `formules.csv`, found by their frequency at the beginnings and ends of
the texts that this project has, and reviewed (November 2026, CC0). In them `…` stands for a few
words, `a|b` for one of two.
"""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from zlib import crc32

from lod.base.tabular import rows
from lod.model.text import fold

FORMULAS = Path(__file__).with_name("formules.csv")
WORD = re.compile(r"[^\W_]+")
STOCK = 0  # instead of the number of a word that belongs to a stock phrase; no word has it
BEGINNING, END = "début", "fin"  # where a phrase is looked for
WINDOW = {BEGINNING: 80, END: 90}  # words of a text in which such a phrase is looked for
ANY = 40  # most words that `…` stands for


@dataclass(frozen=True, slots=True, eq=False)
class TextWords:
    """The words of a text, as numbers; those of stock phrases are STOCK."""

    numbers: "array[int]"  # four bytes each

    @property
    def count(self) -> int:
        """How many words are compared."""
        return len(self.numbers) - self.numbers.count(STOCK)


def words_of(text: str) -> TextWords:
    """Return the words of a text.

    >>> words_of("L’école, l'ÉCOLE").numbers[:2] == words_of("l’ecole").numbers
    True
    """
    words = _numbered(text)
    numbers = array("I", [number for _, number in words])
    for place, size in WINDOW.items():
        start = 0 if place == BEGINNING else max(0, len(words) - size)
        # « ½ » is folded to a text with a space
        folded = (word.replace(" ", "") for word, _ in words[start : start + size])
        for first, last in _stock(" ".join(folded), place):
            numbers[start + first : start + last] = array("I", [STOCK]) * (last - first)
    return TextWords(numbers)


def spans_of(text: str) -> list[tuple[int, int]]:
    """Return where each word of a text begins and ends, in characters."""
    return [match.span() for match in WORD.finditer(text)]


def place_of(passage: str, text: str) -> tuple[int, int] | None:
    """Return the first word, and the last (exclusive), of a passage in a text; None if it is not in
    the text, or has no word. Words of stock phrases are words like others.

    >>> place_of("l'ÉCOLE du village", "Dans l’école du village, rien."), place_of("a b", "b a")
    ((1, 5), None)
    """
    sought, words = map(_numbered, (passage, text))
    size = len(sought)
    places = (n for n in range(len(words) - size + 1) if words[n : n + size] == sought)
    first = next(places, None)
    return None if first is None or not size else (first, first + size)


def _numbered(text: str) -> list[tuple[str, int]]:
    """Return the words of a text, folded, each with its number, a CRC."""
    return list(chain.from_iterable(map(_numbered_between_spaces, text.split())))


@lru_cache(1 << 17)  # most words recur
def _numbered_between_spaces(characters: str) -> tuple[tuple[str, int], ...]:
    return tuple((word, crc32(word.encode()) or 1) for word in map(fold, WORD.findall(characters)))


def _stock(folded: str, place: str) -> Iterator[tuple[int, int]]:
    """Yield first and last word (exclusive) of each stock phrase in the folded words at a place."""
    for match in _patterns()[place].finditer(folded):
        before = folded.count(" ", 0, match.start())
        yield before, before + match[0].count(" ") + 1


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return place → an expression for all its phrases, the longest first."""
    formulas: dict[str, list[str]] = {BEGINNING: [], END: []}
    for row in rows(FORMULAS):
        formulas[row["place"]].append(row["formule"])
    return {
        place: re.compile(rf"\b(?:{'|'.join(map(_expression, sorted(phrases, key=_order)))})\b")
        for place, phrases in formulas.items()
    }


def _order(formula: str) -> tuple[int, str]:
    return -len(formula), formula


def _expression(formula: str) -> str:
    few_words = rf"(?:\w+ ){{0,{ANY}}}?"
    parts = (few_words if word == "…" else f"(?:{_either(word)}) " for word in formula.split())
    return "".join(parts).removesuffix(" ")


def _either(words: str) -> str:
    return "|".join(map(fold, words.split("|")))
