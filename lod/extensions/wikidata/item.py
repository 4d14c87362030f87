"""A person in Wikidata, facts about persons, and the values of answers that state them."""

import re
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Self

from lod.rdf.results import Row
from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import WikidataFact

ITEM = re.compile(re.escape(PREFIXES["wd"]) + r"(Q[1-9]\d{0,14})", re.ASCII)
IDENTIFIER = re.compile(r"\d{1,9}", re.ASCII)  # P4123: acteurRef without `PA`
# the node by which Wikidata states that there is a value, but an unknown one
UNKNOWN_VALUE = re.compile(r"https?://www\.wikidata\.org/\.well-known/genid/")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z", re.ASCII)
# precision of a date in Wikidata → characters of the day that are known: year, month, day
KNOWN_LENGTHS = {9: 4, 10: 7, 11: 10}
IMAGE = re.compile(r"https?://commons\.wikimedia\.org/wiki/Special:FilePath/")
BIRTH_TYPES = {9: "annee", 10: "mois", 11: "jour"}  # by precision


class BirthDay(NamedTuple):
    """A day of birth, known to the year, the month or the day."""

    day: str  # `1975-06-15`; of a year, 1 January
    precision: int  # a key of KNOWN_LENGTHS

    @property
    def year(self) -> str:
        return self.day[:4]

    @property
    def known_part(self) -> str:
        """The part of the day that is known: `1975`, `1975-06` or `1975-06-15`."""
        return self.day[: KNOWN_LENGTHS[self.precision]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataItem:
    """A person in Wikidata, with every value that answers stated."""

    qid: str
    names: frozenset[str] = frozenset()  # labels and aliases
    births: frozenset[BirthDay] = frozenset()
    p4123: frozenset[str] = frozenset()  # numbers of the Assemblée
    seats: frozenset[tuple[int, str]] = frozenset()  # (legislature, QID of the constituency or "")
    groupes: frozenset[str] = frozenset()  # QIDs

    def united(self, other: Self) -> Self:
        """Return the item with the values of both."""
        names = [field.name for field in fields(self) if field.name != "qid"]
        return replace(self, **{name: getattr(self, name) | getattr(other, name) for name in names})


def qid_of(iri: str) -> str:
    """Return the QID of the IRI of an item; "" for another IRI.

    >>> qid_of(PREFIXES["wd"] + "Q30334188"), qid_of(PREFIXES["wd"] + "P31")
    ('Q30334188', '')
    """
    item = ITEM.fullmatch(iri)
    return item[1] if item else ""


def identifier(value: str) -> str:
    """Return a value of P4123; "" for an unknown one, and for one that is no number.

    >>> identifier("718926"), identifier("PA718926")
    ('718926', '')
    """
    return value if IDENTIFIER.fullmatch(value) else ""


def qid_number(qid: str) -> int:
    return int(qid[1:])


def read_birth(instant: str, precision: str) -> BirthDay | None:
    """Return a day of birth; None if not even the year is known.

    >>> read_birth("1964-07-01T00:00:00Z", "9"), read_birth("1900-01-01T00:00:00Z", "7")
    (BirthDay(day='1964-07-01', precision=9), None)
    """
    if INSTANT.fullmatch(instant) and precision in map(str, KNOWN_LENGTHS):
        return BirthDay(instant[:10], int(precision))
    return None


def read_fact(row: Row, source: str, seen: str) -> WikidataFact | None:
    """Return the fact of a row; None if its value is unknown, or of a kind that is not published.

    `source` is the endpoint, `seen` the day of its answer.

    >>> row = {"item": PREFIXES["wd"] + "Q1", "propriete": PREFIXES["wdt"] + "P569",
    ...        "valeur": "1964-07-01T00:00:00Z", "precision": "10"}
    >>> read_fact(row, "", "2026").valeur
    '1964-07'
    """
    property_ = row.get("propriete", "").removeprefix(PREFIXES["wdt"])
    type_, value, label = _value(property_, row)
    fact = WikidataFact(
        qid=qid_of(row.get("item", "")), propriete=property_, valeur=value, type=type_,
        libelle=label, source=source, constat=seen,
    )  # fmt: skip
    return None if fact.fault else fact


def _value(property_: str, row: Row) -> tuple[str, str, str]:
    """Return type, value and label of a fact; the value is "" if it is not published."""
    value = row.get("valeur", "")
    if property_ == "P569":
        born = read_birth(value, row.get("precision", ""))
        return (BIRTH_TYPES[born.precision], born.known_part, "") if born else ("", "", "")
    if item := qid_of(value):
        return "element", item, row.get("libelle") or item
    is_other = UNKNOWN_VALUE.match(value) or (property_ == "P18" and not IMAGE.match(value))
    return "adresse", "" if is_other else value, ""
