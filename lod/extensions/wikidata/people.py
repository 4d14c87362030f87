"""Deputies, as tables and a release describe them, and the items of Wikidata that they may be."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import reduce
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Self

from pyoxigraph import Store

from lod.base.tabular import group_by_key
from lod.pipeline.mapping.linked_data import digits
from lod.rdf.store import Row, select
from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import WikidataFact
from lod.reference.matching import civilite
from lod.reference.tables import DeputyRow

DEPUTIES, SEATS = (Path(__file__).with_name(f"{name}.rq") for name in ("deputes", "sieges"))
ITEM = re.compile(re.escape(PREFIXES["wd"]) + r"(Q[1-9]\d{0,14})", re.ASCII)
# the node by which Wikidata states that there is a value, but an unknown one
UNKNOWN_VALUE = re.compile(r"https?://www\.wikidata\.org/\.well-known/genid/")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z", re.ASCII)
# precision of a date in Wikidata → characters of the day that are known: year, month, day
KNOWN_LENGTHS = {9: 4, 10: 7, 11: 10}
IMAGE = re.compile(r"https?://commons\.wikimedia\.org/wiki/Special:FilePath/")
BIRTH_TYPES = {9: "annee", 10: "mois", 11: "jour"}  # by precision


class ConstituencySeat(NamedTuple):
    """The seat of a constituency in one legislature."""

    legislature: int
    departement: str
    numero: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDeputy:
    """A deputy, with what all sources state."""

    ref: str  # acteurRef
    names: tuple[str, ...]  # in every legislature and spelling, the newest first
    civilite: str | None = None  # M. or Mme
    births: frozenset[str] = frozenset()  # days, `1975-06-15`
    seats: frozenset[ConstituencySeat] = frozenset()
    groupes: frozenset[tuple[int, str]] = frozenset()  # (legislature, short name)
    legislatures: frozenset[int] = frozenset()

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def birth_years(self) -> frozenset[str]:
        return frozenset(day[:4] for day in self.births)

    @property
    def number(self) -> str:
        """The Assemblée's number as P4123 writes it."""
        return digits(self.ref)


def known_deputies(
    deputy_rows: Iterable[DeputyRow], store: Store | None = None
) -> dict[str, KnownDeputy]:
    """Return acteurRef → deputy, sorted by number; names of tables precede those of the release."""
    newest_first = sorted(deputy_rows, key=lambda row: -row.legislature)
    parts = group_by_key(
        (part.ref, part)
        for part in chain(map(_of_table, newest_first), _of_release(store) if store else ())
    )
    return {ref: reduce(_union, parts[ref]) for ref in sorted(parts, key=lambda r: int(r[2:]))}


def _union(a: KnownDeputy, b: KnownDeputy) -> KnownDeputy:
    return KnownDeputy(
        ref=a.ref,
        names=tuple(dict.fromkeys((*a.names, *b.names))),
        civilite=a.civilite or b.civilite,
        births=a.births | b.births,
        seats=a.seats | b.seats,
        groupes=a.groupes | b.groupes,
        legislatures=a.legislatures | b.legislatures,
    )


def _of_table(row: DeputyRow) -> KnownDeputy:
    return KnownDeputy(
        ref=row.acteur_ref,
        names=(row.nom_complet,),
        civilite=civilite(row.sexe),
        births=frozenset([row.naissance] if row.naissance else ()),
        seats=frozenset([ConstituencySeat(row.legislature, row.departement, row.circonscription)]),
        groupes=frozenset([(row.legislature, row.groupe)]) if row.groupe else frozenset(),
        legislatures=frozenset([row.legislature]),
    )


def _of_release(store: Store) -> Iterator[KnownDeputy]:
    """Yield a value for each name and birth date; each has all seats of the person."""
    read = select(store, SEATS.read_text("utf-8"))
    seats = group_by_key((row["depute"], row) for row in read)
    for row in select(store, DEPUTIES.read_text("utf-8")):
        held = seats.get(row["depute"], ())
        yield KnownDeputy(
            ref=row["ref"],
            names=(row["nom"],),
            civilite=civilite(row["civilite"]),
            births=frozenset([row["naissance"]] if row["naissance"] else ()),
            seats=frozenset(
                ConstituencySeat(int(s["legislature"]), s["departement"], int(s["numero"]))
                for s in held
                if s["numero"]
            ),
            legislatures=frozenset(int(s["legislature"]) for s in held),
        )


class BirthDay(NamedTuple):
    """A day of birth, known to the year, the month or the day."""

    day: str  # `1975-06-15`; of which only `known_part` is known
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
    """A person in Wikidata, with every value that answers state."""

    qid: str
    names: frozenset[str] = frozenset()  # labels and aliases
    births: frozenset[BirthDay] = frozenset()
    p4123: frozenset[str] = frozenset()  # numbers of the Assemblée
    seats: frozenset[tuple[int, str]] = frozenset()  # (legislature, QID of the constituency or "")
    groupes: frozenset[str] = frozenset()  # QIDs

    @property
    def birth_years(self) -> frozenset[str]:
        return frozenset(born.year for born in self.births)

    def united(self, other: Self) -> Self:
        """Return the item with the values of both; they have the same QID."""
        names = [field.name for field in fields(self) if field.name != "qid"]
        return replace(self, **{name: getattr(self, name) | getattr(other, name) for name in names})


def qid_of(iri: str) -> str:
    """Return the QID of the IRI of an item; "" for another IRI.

    >>> qid_of(PREFIXES["wd"] + "Q30334188"), qid_of(PREFIXES["wd"] + "P31")
    ('Q30334188', '')
    """
    item = ITEM.fullmatch(iri)
    return item[1] if item else ""


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
