"""How two names of a person agree; a name alone never says that two persons are one."""

from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from lod.model.text import fold


class Accord(IntEnum):
    """How far two names agree, from not at all to letter by letter."""

    AUCUN = 0
    INITIALE = 1  # the same initial, the same last word
    CONTENU = 2  # the same first name, however compound; the other words of one all in the other
    PLIE = 3  # the same words, but for case, accents, punctuation and order
    EXACT = 4


# how much a name is worth, from 0 to 1; and a property beside it, as openrefine-wikibase weighs
NOTES = {Accord.EXACT: 1.0, Accord.PLIE: 0.97, Accord.CONTENU: 0.85}
POIDS = 0.4


def note(nom: float, agreed: int, compared: int) -> float:
    """Return the weighed mean, from 0 to 100, of a name and of the properties that agree."""
    return 100 * (nom + POIDS * agreed) / (1 + POIDS * compared)


def accord(un: str, autre: str) -> Accord:
    """Return how two names agree.

    >>> accord("Charles de Courson", "Courson (de) Charles"), accord("Éva Petex", "Eva Petex-Levet")
    (<Accord.PLIE: 3>, <Accord.CONTENU: 2>)
    >>> accord("Philippe Martin", "Pierre Martin"), accord("Philippe Martin", "Luc Martin")
    (<Accord.INITIALE: 1>, <Accord.AUCUN: 0>)
    >>> accord("Jean Michel", "Jean-Michel Bouvier"), accord("Jean Bardet", "Jean-Claude Bardet")
    (<Accord.AUCUN: 0>, <Accord.INITIALE: 1>)
    """
    if un == autre:
        return Accord.EXACT if un else Accord.AUCUN
    ours, theirs = mots(un), mots(autre)
    if not ours or not theirs:
        return Accord.AUCUN
    if cle(un) == cle(autre):
        return Accord.PLIE
    if ours[0] == theirs[0]:
        rest, other = set(ours[1:]), set(theirs[1:])
        prenom, autre_prenom = _prenom(un), _prenom(autre)
        is_same_prenom = prenom <= set(theirs) and autre_prenom <= set(ours)
        is_contained = rest <= other or other <= rest
        if is_same_prenom and is_contained and (rest - autre_prenom) & (other - prenom):
            return Accord.CONTENU
    same = ours[0][0] == theirs[0][0] and ours[-1] == theirs[-1]
    return Accord.INITIALE if same else Accord.AUCUN


def meilleur(noms: Iterable[str], autres: Iterable[str]) -> Accord:
    """Return the best agreement between all the names of one and all the names of another."""
    theirs = tuple(autres)
    return max((accord(nom, other) for nom in noms for other in theirs), default=Accord.AUCUN)


def _prenom(nom: str) -> set[str]:
    """Return the words of what stands before the first space: « Jean-Michel » is one name."""
    return set(mots(nom.split(maxsplit=1)[0]))


@lru_cache(maxsize=1 << 17)
def cle(nom: str) -> str:
    """Return what names share that are the same but for case, accents, punctuation and order.

    >>> cle("Jacquaint Muguette") == cle("Muguette JACQUAINT")
    True
    """
    return " ".join(sorted(mots(nom)))


@lru_cache(maxsize=1 << 17)  # each of 62,000 names is compared with many
def mots(nom: str) -> tuple[str, ...]:
    """Return the words of a name, folded.

    >>> mots("Jean-Luc Le Borgn’")
    ('jean', 'luc', 'le', 'borgn')
    """
    return tuple(fold(nom).split())
