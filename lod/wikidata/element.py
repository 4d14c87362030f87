"""One item of Wikidata, as several rows of answers state it."""

from dataclasses import dataclass
from typing import NamedTuple


class Naissance(NamedTuple):
    """A day of birth with its precision as Wikidata counts it: 11 a day, 10 a month, 9 a year."""

    jour: str  # `1975-06-15`; at precision 9 only the year of it counts
    precision: int

    @property
    def annee(self) -> str:
        """The year, of four digits."""
        return self.jour[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A person in Wikidata: every name, every day of birth, where and when the person sat.

    `sieges` are (number of the legislature, item of the constituency or "").
    """

    qid: str
    noms: frozenset[str] = frozenset()
    naissances: frozenset[Naissance] = frozenset()
    p4123: frozenset[str] = frozenset()
    sieges: frozenset[tuple[int, str]] = frozenset()
    groupes: frozenset[str] = frozenset()
