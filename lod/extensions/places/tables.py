"""Constituencies of communes and of their parts, and where citizens abroad vote.

The tables are `communes-circonscriptions.csv`, `communes-partagees.csv`, `postes-consulaires.csv`.
"""

from functools import cache
from typing import NamedTuple

from lod.base.packaged import MAPPINGS
from lod.base.tabular import rows

ABROAD = "099"  # code of the department that citizens abroad vote in


class Part(NamedTuple):
    """A part of a commune whose parts vote in different constituencies."""

    kind: str  # arrondissements, cantons or communes déléguées
    names: str  # with commas between


@cache
def constituency_codes() -> dict[str, tuple[str, ...]]:
    """Return commune → the codes of its constituencies (`43-2`), by number; () for unknown."""
    return {
        row["code"]: tuple(sorted(row["circonscriptions"].split(), key=number_of))
        for row in rows(MAPPINGS / "communes-circonscriptions.csv", "code", "origine")
    }


def number_of(code: str) -> int:
    """Return the number of a constituency in its department.

    >>> number_of("2a-1"), number_of("099-11")
    (1, 11)
    """
    return int(code.rpartition("-")[2])


@cache
def parts_of_communes() -> dict[tuple[str, str], Part]:
    """Return (commune, code of a constituency) → the part of the commune that votes there."""
    required = ("code", "circonscription", "nature", "parties")
    return {
        (row["code"], row["circonscription"]): Part(row["nature"], row["parties"])
        for row in rows(MAPPINGS / "communes-partagees.csv", *required)
    }


def consular_posts() -> tuple[tuple[str, str], ...]:
    """Return each consular post and the code of the constituency of the citizens there."""
    table = rows(MAPPINGS / "postes-consulaires.csv", "nom", "circonscription")
    return tuple((row["nom"], row["circonscription"]) for row in table)
