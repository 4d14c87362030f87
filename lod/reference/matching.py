"""How far two descriptions of a person or thing agree: names, and a verdict for each criterion.

Equal names alone never make two persons one. The caller asks for a second fact that agrees, and
that agrees with no rival.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import lru_cache
from typing import TypeVar

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from lod.model.text import fold

Verdict = bool | None  # whether both sides state the same; None if one of them states nothing
T = TypeVar("T")
CIVILITES = {  # folded word → civility
    **dict.fromkeys(("m", "mr", "monsieur", "h", "homme", "masculin"), "M."),
    **dict.fromkeys(("mme", "mlle", "madame", "mademoiselle", "f", "femme", "feminin"), "Mme"),
}


class NameMatch(IntEnum):
    """How far two names agree."""

    NONE = 0
    INITIAL = 1  # the same initial, the same last word
    CONTAINED = 2  # the same first name; the longer name has all other words of the shorter
    FOLDED = 3  # the same words, but for case, accents, punctuation and order
    EXACT = 4  # letter by letter


MATCH_SCORES = {NameMatch.EXACT: 1.0, NameMatch.FOLDED: 0.97, NameMatch.CONTAINED: 0.85}
SHORTEST, FARTHEST = 6, 2  # letters of a word that may be a misprint, and how many are wrong
PROPERTY_WEIGHT = 0.4  # of a criterion beside a name of weight 1, as in openrefine-wikibase


def weighted_score(match: NameMatch, otherwise: float, agreed: int, compared: int) -> float:
    """Return a score from 0 to 100: the weighted mean of a name and of the criteria compared.

    `otherwise` is the worth, 0 to 1, of a name that agrees less than CONTAINED.
    """
    name_score = MATCH_SCORES.get(match, otherwise)
    return 100 * (name_score + PROPERTY_WEIGHT * agreed) / (1 + PROPERTY_WEIGHT * compared)


def name_match(one: str, another: str) -> NameMatch:
    """Return how two names of persons agree.

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
        our_rest, their_rest = set(ours[1:]), set(theirs[1:])
        our_first_name, their_first_name = _first_name_words(one), _first_name_words(another)
        is_same_first_name = our_first_name <= set(theirs) and their_first_name <= set(ours)
        is_contained = our_rest <= their_rest or their_rest <= our_rest
        if (
            is_same_first_name
            and is_contained
            and (our_rest - their_first_name) & (their_rest - our_first_name)
        ):
            return NameMatch.CONTAINED
    same = ours[0][0] == theirs[0][0] and ours[-1] == theirs[-1]
    return NameMatch.INITIAL if same else NameMatch.NONE


def best_match(
    ours: Iterable[str], theirs: Iterable[str], match: Callable[[str, str], NameMatch] = name_match
) -> tuple[NameMatch, str]:
    """Return the best agreement between a name of ours and a name of theirs, and the latter."""
    known = tuple(ours)
    pairs = ((match(name, another), another) for another in theirs for name in known)
    return max(pairs, key=lambda pair: pair[0], default=(NameMatch.NONE, ""))


def likeness(one: str, another: str) -> float:
    """Return how similar two names are in letters, 0 to 1, in any order of their words."""
    return fuzz.ratio(name_key(one), name_key(another)) / 100


def misprints(word: str, known: Iterable[str]) -> list[str]:
    """Return the known words that a word is a misprint of, the likeliest first: at most two letters
    are wrong, lacking or too many, or stand in each other's place. Short words are not compared.

    >>> misprints("artisanta", ["artisanat", "artisans"]), misprints("eau", ["eaux"])
    (['artisanat', 'artisans'], [])
    """
    if len(word) < SHORTEST:
        return []
    far = ((OSA.distance(word, other, score_cutoff=FARTHEST), other) for other in known)
    return [other for distance, other in sorted(far) if distance <= FARTHEST]


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


def civilite(word: str | None) -> str | None:
    """Return `M.` or `Mme` for a civility or a sex in any spelling; None for anything else.

    >>> civilite("Mlle"), civilite("H"), civilite("Dr")
    ('Mme', 'M.', None)
    """
    return CIVILITES.get(fold(word)) if word else None


def in_common(ours: Iterable[object], theirs: Iterable[object]) -> Verdict:
    """Return whether two have a value in common; None if one of them has no value but None.

    >>> in_common([1, None], [1, 2]), in_common([1], [2]), in_common([None], [2])
    (True, False, None)
    """
    one, two = set(ours) - {None}, set(theirs) - {None}
    return not one.isdisjoint(two) if one and two else None


def only(values: Iterable[T]) -> T | None:
    """Return the only value; None if there is none, or several, which are rivals."""
    known = list(values)
    return known[0] if len(known) == 1 else None
