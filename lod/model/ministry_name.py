"""The name of a ministry for comparing: its field, without rank and articles."""

import re
from functools import lru_cache

from lod.model.text import fold

# what stands before the field: « Ministère délégué chargé de … », « Secrétariat d’État … »
RANK = re.compile(
    r"^(?:ministere|ministre|secretariat d etat|secretaire d etat)(?: deleguee?)?(?: chargee?)? "
)
ARTICLES = frozenset({"a", "au", "aux", "d", "de", "des", "du", "l", "la", "le", "les"})


@lru_cache(4096)  # few names recur in all questions
def bare_name(label: str) -> str:
    """Return a name without case, accents, rank and articles.

    >>> bare_name("Ministère de l’intérieur et des outre-mer"), bare_name("Intérieur et outre-mer")
    ('interieur et outre mer', 'interieur et outre mer')
    >>> bare_name("Première ministre")
    'premiere ministre'
    """
    folded = fold(label)
    words = [word for word in RANK.sub("", folded).split() if word not in ARTICLES]
    return " ".join(words) or folded
