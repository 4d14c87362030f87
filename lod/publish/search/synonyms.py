"""Acronyms and what they stand for (`site/synonymes.csv`): a search finds either by the other."""

from collections.abc import Sequence
from functools import cache

from lod.base import packaged
from lod.base.tabular import rows
from lod.publish.search.words import STOP_STEMS, composed, stems_of

Stems = tuple[str, ...]


@cache
def _by_acronym() -> dict[str, tuple[str, ...]]:
    """Return acronym, in small letters → its expansions."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows(packaged.SYNONYMS):
        key = composed(row["sigle"]).casefold()
        found[key] = (*found.get(key, ()), composed(row["developpement"]))
    return found


@cache
def _by_expansion() -> dict[Stems, tuple[str, ...]]:
    """Return stems of an expansion, without stop words → its acronyms."""
    found: dict[Stems, tuple[str, ...]] = {}
    for acronym, expansions in _by_acronym().items():
        for expansion in expansions:
            key = telling_stems(expansion)
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), acronym)))
    return found


@cache
def _longest() -> int:
    return max(map(len, _by_expansion()))


def telling_stems(text: str) -> Stems:
    """Return the stems of a text, without stop words."""
    return tuple(stem for stem in stems_of(text) if stem not in STOP_STEMS)


def expansions_of(word: str) -> tuple[str, ...]:
    """Return what an acronym stands for; it is in small letters, and its accents count.

    >>> expansions_of("aah"), expansions_of("âme")
    (('allocation aux adultes handicapés', 'allocation pour adulte handicapé'), ())
    """
    return _by_acronym().get(word, ())


def longest_expansion(stems: Sequence[str]) -> int:
    """Return how many of the first stems an acronym stands for, 0 if none does."""
    sizes = range(min(len(stems), _longest()), 0, -1)
    return next((size for size in sizes if tuple(stems[:size]) in _by_expansion()), 0)


def acronyms_for(stems: Stems) -> tuple[str, ...]:
    """Return the acronyms for the stems of an expansion.

    >>> acronyms_for(telling_stems("Allocation pour adulte handicapé"))
    ('aah',)
    """
    return _by_expansion().get(stems, ())
