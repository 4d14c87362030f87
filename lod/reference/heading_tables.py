"""Reviewed tables of headings as values: their English names and EuroVoc descriptors, and which are
nearly the same.

Each raises UsageError for a row that lacks a required cell. `data/README.md` states the origin and
the licence of each file.
"""

from dataclasses import dataclass
from functools import cache

from lod.base.packaged import MAPPINGS
from lod.base.tabular import rows

SAME = "même"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedHeading:
    """What was decided about a heading of today, as a row of `rubriques-eurovoc.csv` states it."""

    rubrique: str  # as the list spells it
    anglais: str  # our own English name; "" if none is sure
    eurovoc: str  # identifier of the descriptor; "" if none is close, and so are its names
    libelle_fr: str
    libelle_en: str
    motif: str  # why; "" if heading and descriptor have the same words
    par: str  # who decided
    constat: str  # on which day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedPair:
    """Two headings that look alike, as a row of `rubriques-proches.csv` states it."""

    rubrique: str
    autre: str
    decision: str  # `même` or `distinctes`
    motif: str


@cache
def reviewed_headings() -> tuple[ReviewedHeading, ...]:
    """Return every heading that was compared with EuroVoc, in the order of the file."""
    required = ("rubrique", "par", "constat")
    return tuple(
        ReviewedHeading(**row) for row in rows(MAPPINGS / "rubriques-eurovoc.csv", *required)
    )


@cache
def reviewed_pairs() -> tuple[ReviewedPair, ...]:
    """Return every pair of headings that was compared, in the order of the file."""
    required = ("rubrique", "autre", "decision", "motif")
    return tuple(
        ReviewedPair(**{name: row[name] for name in required})
        for row in rows(MAPPINGS / "rubriques-proches.csv", *required)
    )
