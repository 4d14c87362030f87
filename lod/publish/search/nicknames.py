"""What people call a ministry, and the words by which a search finds it: `site/surnoms.csv`."""

from functools import cache

from lod.base import packaged
from lod.base.tabular import rows
from lod.model.text import fold
from lod.publish.search.described import OFFICE_WORDS
from lod.publish.search.words import STOP_WORDS

_SMALL = STOP_WORDS | {"of", "the"}
_Words = tuple[str, bool]  # the folded words that tell something, and whether an office is named


@cache
def nicknames() -> dict[_Words, str]:
    """Return the words of each nickname → what it stands for."""
    table = rows(packaged.SITE / "surnoms.csv", "surnom", "langue", "dit")
    return {_telling(row["surnom"]): row["dit"] for row in table}


def officially(text: str) -> str:
    """Return the words that a nickname stands for, else the text; one that names an office, such as
    « ministère de la défense », stands for nothing without it.

    >>> officially("le ministre de Bercy"), officially("Bercy en fête"), officially("la défense")
    ('ministère de l’économie et des finances', 'Bercy en fête', 'la défense')
    """
    words, names_office = _telling(text)
    known = nicknames()
    meant = known.get((words, names_office)) or known.get((words, False))
    return meant or text


def _telling(text: str) -> _Words:
    words = fold(text).split()
    told = (word for word in words if word not in _SMALL and word not in OFFICE_WORDS)
    return " ".join(told), not OFFICE_WORDS.isdisjoint(words)
