"""How a name and a value of a spreadsheet agree with those of an entity; pure, and explained."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz

from lod.model.dates import read_date
from lod.model.text import fold
from lod.publish.search.words import OUTILS_ECRITS
from lod.reference.names import Accord, meilleur
from lod.server.reconciliation.entities import Entite, Valeur
from lod.server.reconciliation.numbers import numero
from lod.server.reconciliation.types import Genre, Noms

# said of every ministry, group and constituency: these words tell none from another
SORTES = frozenset(
    ("circonscription", "groupe", "ministere", "parlementaire", "politique", "rubrique")
)
CIVILITES = {
    **dict.fromkeys(("m", "mr", "monsieur", "h", "homme", "masculin"), "M."),
    **dict.fromkeys(("mme", "mlle", "madame", "mademoiselle", "f", "femme", "feminin"), "Mme"),
}
_CIVILITE = re.compile(r"(M\.|M|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+(?=\S)", re.IGNORECASE)
_ORDINAL = re.compile(r"0*(\d+)(?:er|ere|re|e|eme|nd|nde)?")
_ANNEE = re.compile(r"(?:1[89]|20)\d\d")
_TRAIT = re.compile(r"T\d\d:.*")  # the time after a day


def sans_civilite(texte: str) -> tuple[str, str]:
    """Return the civility that a name begins with, "" if none, and the name.

    >>> sans_civilite("Mme Marie-Pierre Rixain"), sans_civilite("M’jid El Guerrab")
    (('Mme', 'Marie-Pierre Rixain'), ('', 'M’jid El Guerrab'))
    """
    found = _CIVILITE.match(texte)
    return (CIVILITES[fold(found[1])], texte[found.end() :]) if found else ("", texte)


@lru_cache(maxsize=1 << 15)
def cle(texte: str) -> tuple[str, ...]:
    """Return the words that make a label what it is, in one order; all, if none is left.

    >>> cle("Ministère de l’éducation nationale"), cle("13e circonscription des Bouches-du-Rhône")
    (('education', 'nationale'), ('13', 'bouches', 'rhone'))
    """
    words = [m[1] if (m := _ORDINAL.fullmatch(word)) else word for word in fold(texte).split()]
    telling = [word for word in words if word not in OUTILS_ECRITS and word not in SORTES]
    return tuple(sorted(telling or words))


def accord_de(entite: Entite, texte: str) -> Accord:
    """Return how far the names of an entity agree with a text, in the manner of its type."""
    return MANIERES[entite.sorte.noms](entite, texte)


def _personne(entite: Entite, texte: str) -> Accord:
    return meilleur(entite.noms, (texte,))


def _libelle(entite: Entite, texte: str) -> Accord:
    return max((accord_libelles(nom, texte) for nom in entite.noms), default=Accord.AUCUN)


def _question(entite: Entite, texte: str) -> Accord:
    """A number says which question it is; without its legislature it says so in part only."""
    if (asked := numero(texte)) and asked.designe(entite.id.rpartition("/")[2]):
        return Accord.PLIE if asked.legislature else Accord.CONTENU
    return _libelle(entite, texte)


MANIERES: dict[Noms, Callable[[Entite, str], Accord]] = {
    "personne": _personne,
    "libelle": _libelle,
    "question": _question,
}


def accord_libelles(un: str, autre: str) -> Accord:
    """Return how far two labels agree: the words that make them, or those of one in the other.

    >>> accord_libelles("Éducation nationale", "MINISTÈRE DE L’EDUCATION NATIONALE").name
    'PLIE'
    """
    if un == autre:
        return Accord.EXACT if un else Accord.AUCUN
    ours, theirs = cle(un), cle(autre)
    if not ours or not theirs:
        return Accord.AUCUN
    if ours == theirs:
        return Accord.PLIE
    one, two = set(ours), set(theirs)
    return Accord.CONTENU if one <= two or two <= one else Accord.AUCUN


def ressemblance(noms: Iterable[str], texte: str) -> float:
    """Return how much the letters of the nearest name are those of a text, from 0 to 1; the order
    of words does not count.
    """
    asked = _ordered(texte)
    return max((fuzz.ratio(_ordered(nom), asked) for nom in noms), default=0.0) / 100


@lru_cache(maxsize=1 << 15)
def _ordered(texte: str) -> str:
    return " ".join(sorted(fold(texte).split()))


def verdict(genre: Genre, connues: tuple[Valeur, ...], dites: tuple[str, ...]) -> bool | None:
    """Say whether one of the values said is one of those known: yes, no, or nobody knows."""
    said = [COMPARAISONS[genre](valeur, dite) for valeur in connues for dite in dites]
    if True in said:
        return True
    return False if said and None not in said else None


def _identifiant(valeur: Valeur, dite: str) -> bool | None:
    return valeur.cle.casefold() == dite.strip().casefold()


def _texte(valeur: Valeur, dite: str) -> bool | None:
    return any(cle(nom) == cle(dite) for nom in (valeur.cle, *valeur.noms))


def _entite(valeur: Valeur, dite: str) -> bool | None:
    """A label that is a part of another contradicts nothing."""
    if dite in (valeur.cle, valeur.cle.partition("/")[2]):
        return True
    found = max((accord_libelles(nom, dite) for nom in valeur.noms), default=None)
    if found is None or found is Accord.CONTENU:
        return None
    return found >= Accord.PLIE


def _entier(valeur: Valeur, dite: str) -> bool | None:
    """« 15 », « 15e législature »: the first number said."""
    found = re.search(r"\d{1,9}", dite)
    return int(found[0]) == int(valeur.cle) if found and valeur.cle.isdecimal() else None


def _civilite(valeur: Valeur, dite: str) -> bool | None:
    known, said = CIVILITES.get(fold(valeur.cle)), CIVILITES.get(fold(dite))
    return known == said if known and said else None


def _jour(valeur: Valeur, dite: str) -> bool | None:
    """Another year contradicts; another day of the same year does not, sources differ so far."""
    known, said = _read(valeur.cle), _read(dite)
    if not known or not said:
        return None
    if known[0] != said[0]:
        return False
    same = None in (known[1], said[1]) or known[1] == said[1]
    return True if same else None


def _read(texte: str) -> tuple[int, date | None] | None:
    """Return the year and, where there is one, the day that a text names."""
    texte = _TRAIT.sub("", texte.strip())
    if _ANNEE.fullmatch(texte):
        return int(texte), None
    try:
        day = read_date(texte)
    except ValueError:
        return None
    return day.year, day


COMPARAISONS: dict[Genre, Callable[[Valeur, str], bool | None]] = {
    "identifiant": _identifiant,
    "texte": _texte,
    "entite": _entite,
    "entier": _entier,
    "civilite": _civilite,
    "jour": _jour,
}
