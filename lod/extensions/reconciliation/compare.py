"""Compare a name, or a value of a property, in a spreadsheet with those of an entity."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz

from lod.extensions.reconciliation.entities import Entity, EntityValue, NameKind, ValueKind
from lod.model.dates import read_date
from lod.model.names import NameMatch, best_match
from lod.model.text import fold
from lod.publish.search.things import number_in
from lod.publish.search.words import STOP_WORDS

# words in the labels of all ministries, groups or constituencies, which distinguish none of them
KIND_WORDS = frozenset(
    ("circonscription", "groupe", "ministere", "parlementaire", "politique", "rubrique")
)
CIVILITIES = {  # folded word → civility
    **dict.fromkeys(("m", "mr", "monsieur", "h", "homme", "masculin"), "M."),
    **dict.fromkeys(("mme", "mlle", "madame", "mademoiselle", "f", "femme", "feminin"), "Mme"),
}
_CIVILITY = re.compile(r"(M\.|M|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+(?=\S)", re.IGNORECASE)
_ORDINAL = re.compile(r"0*(\d+)(?:er|ere|re|e|eme|nd|nde)?")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_TIME = re.compile(r"T\d\d:.*")  # of a day with its time in ISO format


def split_civility(text: str) -> tuple[str, str]:
    """Return the civility that a name begins with, "" if none, and the rest of the name.

    >>> split_civility("Mme Marie-Pierre Rixain"), split_civility("M’jid El Guerrab")
    (('Mme', 'Marie-Pierre Rixain'), ('', 'M’jid El Guerrab'))
    """
    found = _CIVILITY.match(text)
    return (CIVILITIES[fold(found[1])], text[found.end() :]) if found else ("", text)


@lru_cache(maxsize=1 << 15)
def label_key(text: str) -> tuple[str, ...]:
    """Return the sorted words of a label, without stop words and KIND_WORDS unless it has no other.

    >>> label_key("Ministère de l’éducation nationale"), label_key("13e circonscription du Var")
    (('education', 'nationale'), ('13', 'var'))
    """
    words = [m[1] if (m := _ORDINAL.fullmatch(word)) else word for word in fold(text).split()]
    telling = [word for word in words if word not in STOP_WORDS and word not in KIND_WORDS]
    return tuple(sorted(telling or words))


def _match_label(entity: Entity, text: str) -> NameMatch:
    return max((match_labels(name, text) for name in entity.names), default=NameMatch.NONE)


def _match_question(entity: Entity, text: str) -> NameMatch:
    """Compare a question with its number, which agrees only in part without the legislature."""
    if (number := number_in(text)) and number.may_be(entity.id.rpartition("/")[2]):
        return NameMatch.FOLDED if number.legislature else NameMatch.CONTAINED
    return _match_label(entity, text)


# how the names of a type are compared → how well the best of an entity agrees with a text
MATCHERS: dict[NameKind, Callable[[Entity, str], NameMatch]] = {
    "personne": lambda entity, text: best_match(entity.names, (text,)),
    "libelle": _match_label,
    "question": _match_question,
}


def match_labels(left: str, right: str) -> NameMatch:
    """Return how well two labels agree: exactly, by all words of `label_key`, or by those of one.

    >>> match_labels("Éducation nationale", "MINISTÈRE DE L’EDUCATION NATIONALE").name
    'FOLDED'
    """
    if left == right:
        return NameMatch.EXACT if left else NameMatch.NONE
    ours, theirs = label_key(left), label_key(right)
    if not ours or not theirs:
        return NameMatch.NONE
    if ours == theirs:
        return NameMatch.FOLDED
    one, two = set(ours), set(theirs)
    return NameMatch.CONTAINED if one <= two or two <= one else NameMatch.NONE


def similarity(names: Iterable[str], text: str) -> float:
    """Return how similar a text is to the nearest name in letters, 0 to 1, in any word order."""
    ordered = _ordered(text)
    return max((fuzz.ratio(_ordered(name), ordered) for name in names), default=0.0) / 100


@lru_cache(maxsize=1 << 15)
def _ordered(text: str) -> str:
    return " ".join(sorted(fold(text).split()))


def verdict(kind: ValueKind, known: tuple[EntityValue, ...], given: tuple[str, ...]) -> bool | None:
    """Say whether a given value is one of the known ones; None if that cannot be decided."""
    results = [COMPARERS[kind](value, text) for value in known for text in given]
    if True in results:
        return True
    return False if results and None not in results else None


def _same_identifier(value: EntityValue, text: str) -> bool | None:
    return value.key.casefold() == text.strip().casefold()


def _same_text(value: EntityValue, text: str) -> bool | None:
    return any(label_key(name) == label_key(text) for name in (value.key, *value.names))


def _same_entity(value: EntityValue, text: str) -> bool | None:
    """Compare an entity with an id or a label; a label that is part of another decides nothing."""
    if text in (value.key, value.key.partition("/")[2]):
        return True
    match = max((match_labels(name, text) for name in value.names), default=None)
    if match is None or match is NameMatch.CONTAINED:
        return None
    return match >= NameMatch.FOLDED


def _same_number(value: EntityValue, text: str) -> bool | None:
    """Compare a number with the first one in a text, as in « 15e législature »."""
    found = re.search(r"\d{1,9}", text)
    return int(found[0]) == int(value.key) if found and value.key.isdecimal() else None


def _same_civility(value: EntityValue, text: str) -> bool | None:
    known, given = CIVILITIES.get(fold(value.key)), CIVILITIES.get(fold(text))
    return known == given if known and given else None


def _same_day(value: EntityValue, text: str) -> bool | None:
    """Compare days; two days of the same year decide nothing, since sources differ by as much."""
    known, given = _read_day(value.key), _read_day(text)
    if not known or not given:
        return None
    if known[0] != given[0]:
        return False
    return None in (known[1], given[1]) or known[1] == given[1] or None


def _read_day(text: str) -> tuple[int, date | None] | None:
    """Return (year, day) of a text that is a day, (year, None) of a year, None of anything else."""
    text = _TIME.sub("", text.strip())
    if _YEAR.fullmatch(text):
        return int(text), None
    try:
        day = read_date(text)
    except ValueError:
        return None
    return day.year, day


COMPARERS: dict[ValueKind, Callable[[EntityValue, str], bool | None]] = {
    "identifiant": _same_identifier,
    "texte": _same_text,
    "entite": _same_entity,
    "entier": _same_number,
    "civilite": _same_civility,
    "jour": _same_day,
}
