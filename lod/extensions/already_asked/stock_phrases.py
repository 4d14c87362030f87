"""A draft without the phrases that every question has: « Quelles mesures le Gouvernement … ».

They are the rows of `formules.csv`, in folded words: `a|b` stands for one of two, `…` for a few.
"""

import re
from functools import cache
from pathlib import Path

from lod.base.tabular import rows
from lod.model.text import fold
from lod.publish.search.words import WORD

FEW = 25  # most words that `…` stands for: a minister has a long name
_PHRASES = Path(__file__).with_name("formules.csv")


def without_stock(text: str) -> str:
    """Return a text with blanks for its stock phrases, so that all else stands where it stood; the
    text itself if it has nothing else.

    >>> without_stock("Le loup : quelles mesures le Gouvernement prévoit-il ?").rstrip(" ?")
    'Le loup :'
    """
    spans = [match.span() for match in WORD.finditer(text)]
    words = [fold(text[start:end]).replace(" ", "") or "_" for start, end in spans]
    folded, left = " ".join(words), text
    for match in _expression().finditer(folded):
        first = folded.count(" ", 0, match.start())
        start, end = spans[first][0], spans[first + match[0].count(" ")][1]
        left = left[:start] + " " * (end - start) + left[end:]
    return left if WORD.search(left) else text


@cache
def _expression() -> re.Pattern[str]:
    """Return an expression for all phrases, those of most words first."""
    phrases = sorted((row["formule"] for row in rows(_PHRASES, "formule")), key=_order)
    return re.compile(rf"\b(?:{'|'.join(map(_of_phrase, phrases))})\b")


def _order(phrase: str) -> tuple[int, str]:
    return -len(phrase.split()), phrase


def _of_phrase(phrase: str) -> str:
    few_words = rf"(?:\w+ ){{0,{FEW}}}?"
    return "".join(few_words if w == "…" else f"(?:{w}) " for w in phrase.split()).rstrip()
