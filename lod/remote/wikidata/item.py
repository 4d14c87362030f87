"""One item of Wikidata, as several rows of answers state it."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from lod.rdf.vocab import PREFIXES

ITEM = re.compile(re.escape(PREFIXES["wd"]) + r"(Q[1-9]\d{0,14})", re.ASCII)
IDENTIFIER = re.compile(r"\d{1,9}", re.ASCII)  # P4123: acteurRef without `PA`
# how Wikidata says that there is a value, and that nobody knows which
UNKNOWN_VALUE = re.compile(r"https?://www\.wikidata\.org/\.well-known/genid/")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z", re.ASCII)
PRECISIONS = ("9", "10", "11")


class BirthDay(NamedTuple):
    """A day of birth with its precision as Wikidata counts it: 11 a day, 10 a month, 9 a year."""

    day: str  # `1975-06-15`; at precision 9 only the year of it counts
    precision: int

    @property
    def year(self) -> str:
        """The year, of four digits."""
        return self.day[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataItem:
    """A person in Wikidata: every name, every day of birth, where and when the person sat.

    `seats` are (number of the legislature, item of the constituency or "").
    """

    qid: str
    names: frozenset[str] = frozenset()
    births: frozenset[BirthDay] = frozenset()
    p4123: frozenset[str] = frozenset()
    seats: frozenset[tuple[int, str]] = frozenset()
    groupes: frozenset[str] = frozenset()


def qid(iri: str) -> str:
    """Return the name of an item; nothing for an IRI of something else.

    >>> qid(PREFIXES["wd"] + "Q30334188"), qid(PREFIXES["wd"] + "P31")
    ('Q30334188', '')
    """
    found = ITEM.fullmatch(iri)
    return found[1] if found else ""


def identifier(value: str) -> str:
    """Return a value of P4123; nothing for one that is unknown, or no number.

    >>> identifier("718926"), identifier("PA718926")
    ('718926', '')
    """
    return value if IDENTIFIER.fullmatch(value) else ""


def rank(name: str) -> int:
    """Return the number of an item, by which items are sorted."""
    return int(name[1:])


def birth_day(instant: str, precision: str) -> BirthDay | None:
    """Return a birth; None if not even the year is known.

    >>> birth_day("1964-07-01T00:00:00Z", "9"), birth_day("1900-01-01T00:00:00Z", "7")
    (BirthDay(day='1964-07-01', precision=9), None)
    """
    if INSTANT.fullmatch(instant) and precision in PRECISIONS:
        return BirthDay(instant[:10], int(precision))
    return None
