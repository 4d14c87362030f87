"""Names of persons and of ministries, compared; equal names alone never make two persons one."""

import re
from collections.abc import Iterable
from enum import IntEnum
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


class NameMatch(IntEnum):
    """How far two names agree."""

    NONE = 0
    INITIAL = 1  # the same initial, the same last word
    CONTAINED = 2  # the same first name, compound or not; the other words of one are in the other
    FOLDED = 3  # the same words, but for case, accents, punctuation and order
    EXACT = 4  # letter by letter


MATCH_SCORES = {NameMatch.EXACT: 1.0, NameMatch.FOLDED: 0.97, NameMatch.CONTAINED: 0.85}
PROPERTY_WEIGHT = 0.4  # of a property beside a name of weight 1, as in openrefine-wikibase


def weighted_score(name_score: float, agreed: int, compared: int) -> float:
    """Return a score from 0 to 100: the weighted mean of a name and of the properties compared."""
    return 100 * (name_score + PROPERTY_WEIGHT * agreed) / (1 + PROPERTY_WEIGHT * compared)


def name_match(one: str, another: str) -> NameMatch:
    """Return how two names agree.

    >>> name_match("Guy de Roy", "Roy (de) Guy"), name_match("Éva Petex", "Eva Petex-Levet")
    (<NameMatch.FOLDED: 3>, <NameMatch.CONTAINED: 2>)
    >>> name_match("Philippe Martin", "Pierre Martin"), name_match("Philippe Martin", "Luc Martin")
    (<NameMatch.INITIAL: 1>, <NameMatch.NONE: 0>)
    >>> name_match("Jean Michel", "Jean-Michel Roy"), name_match("Jean Roy", "Jean-Claude Roy")
    (<NameMatch.NONE: 0>, <NameMatch.INITIAL: 1>)
    """
    if one == another:
        return NameMatch.EXACT if one else NameMatch.NONE
    ours, theirs = name_words(one), name_words(another)
    if not ours or not theirs:
        return NameMatch.NONE
    if name_key(one) == name_key(another):
        return NameMatch.FOLDED
    if ours[0] == theirs[0]:
        rest, other = set(ours[1:]), set(theirs[1:])
        first_name, other_first_name = _first_name_words(one), _first_name_words(another)
        is_same_first_name = first_name <= set(theirs) and other_first_name <= set(ours)
        is_contained = rest <= other or other <= rest
        if is_same_first_name and is_contained and (rest - other_first_name) & (other - first_name):
            return NameMatch.CONTAINED
    same = ours[0][0] == theirs[0][0] and ours[-1] == theirs[-1]
    return NameMatch.INITIAL if same else NameMatch.NONE


def best_match(names: Iterable[str], others: Iterable[str]) -> NameMatch:
    """Return the best agreement between a name of one person and a name of another."""
    theirs = tuple(others)
    return max(
        (name_match(name, other) for name in names for other in theirs), default=NameMatch.NONE
    )


def _first_name_words(name: str) -> set[str]:  # two of « Jean-Michel Roy »
    return set(name_words(name.split(maxsplit=1)[0]))


@lru_cache(maxsize=1 << 17)
def name_key(name: str) -> str:
    """Return a key that is the same for names with the same folded words in any order.

    >>> name_key("Jacquaint Muguette") == name_key("Muguette JACQUAINT")
    True
    """
    return " ".join(sorted(name_words(name)))


@lru_cache(maxsize=1 << 17)  # who links compares each of 62,000 names with many
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded.

    >>> name_words("Jean-Luc Le Borgn’")
    ('jean', 'luc', 'le', 'borgn')
    """
    return tuple(fold(name).split())
