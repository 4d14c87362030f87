"""How two names of a person agree; a name alone never says that two persons are one."""

from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from lod.texts import fold


class Accord(IntEnum):
    """How far two names agree, from not at all to letter by letter."""

    AUCUN = 0
    INITIALE = 1  # the same initial, the same last word
    CONTENU = 2  # the same first word, the other words of one all in the other
    PLIE = 3  # the same words, but for case, accents, punctuation and order
    EXACT = 4


def accord(un: str, autre: str) -> Accord:
    """Return how two names agree.

    >>> accord("Charles de Courson", "Courson (de) Charles"), accord("Éva Petex", "Eva Petex-Levet")
    (<Accord.PLIE: 3>, <Accord.CONTENU: 2>)
    >>> accord("Philippe Martin", "Pierre Martin"), accord("Philippe Martin", "Luc Martin")
    (<Accord.INITIALE: 1>, <Accord.AUCUN: 0>)
    """
    if un == autre:
        return Accord.EXACT if un else Accord.AUCUN
    ours, theirs = mots(un), mots(autre)
    if not ours or not theirs:
        return Accord.AUCUN
    if sorted(ours) == sorted(theirs):
        return Accord.PLIE
    if ours[0] == theirs[0]:
        rest, other = set(ours[1:]), set(theirs[1:])
        if rest and other and (rest <= other or other <= rest):
            return Accord.CONTENU
    same = ours[0][0] == theirs[0][0] and ours[-1] == theirs[-1]
    return Accord.INITIALE if same else Accord.AUCUN


def meilleur(noms: Iterable[str], autres: Iterable[str]) -> Accord:
    """Return the best agreement between all the names of one and all the names of another."""
    theirs = tuple(autres)
    return max((accord(nom, other) for nom in noms for other in theirs), default=Accord.AUCUN)


@lru_cache(maxsize=1 << 17)  # each of 62,000 names is compared with many
def mots(nom: str) -> tuple[str, ...]:
    """Return the words of a name, folded.

    >>> mots("Jean-Luc Le Borgn’")
    ('jean', 'luc', 'le', 'borgn')
    """
    return tuple(fold(nom).split())
