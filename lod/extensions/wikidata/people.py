"""Deputies with every name, birth and seat that the tables and a release state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Store

from lod.base.tabular import group_by_key
from lod.pipeline.mapping.linked_data import digits
from lod.pipeline.resolve import CIVILITES
from lod.rdf.store import select
from lod.reference.tables import DeputyRow

DEPUTIES_QUERY = Path(__file__).with_name("deputes.rq")
SEX_OF_CIVILITE = {civilite: sex for sex, civilite in CIVILITES.items()}


class ConstituencySeat(NamedTuple):
    """The seat of a constituency in one legislature."""

    legislature: int
    departement: str
    numero: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDeputy:
    """A deputy, with what all sources state."""

    ref: str  # acteurRef
    names: tuple[str, ...]  # of every legislature and spelling, the newest first
    sex: str = ""  # F or H
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
    """Return acteurRef → deputy, sorted by number; the names of the tables come first."""
    newest_first = sorted(deputy_rows, key=lambda row: -row.legislature)
    parts = group_by_key(
        (part.ref, part)
        for part in chain(map(_of_table, newest_first), _of_release(store) if store else ())
    )
    return {ref: reduce(_union, parts[ref]) for ref in sorted(parts, key=lambda r: int(r[2:]))}


def _union(one: KnownDeputy, two: KnownDeputy) -> KnownDeputy:
    return KnownDeputy(
        ref=one.ref,
        names=tuple(dict.fromkeys((*one.names, *two.names))),
        sex=one.sex or two.sex,
        births=one.births | two.births,
        seats=one.seats | two.seats,
        groupes=one.groupes | two.groupes,
        legislatures=one.legislatures | two.legislatures,
    )


def _of_table(row: DeputyRow) -> KnownDeputy:
    return KnownDeputy(
        ref=row.acteur_ref,
        names=(row.nom_complet,),
        sex=row.sexe,
        births=frozenset([row.naissance] if row.naissance else ()),
        seats=frozenset([ConstituencySeat(row.legislature, row.departement, row.circonscription)]),
        groupes=frozenset([(row.legislature, row.groupe)]) if row.groupe else frozenset(),
        legislatures=frozenset([row.legislature]),
    )


def _of_release(store: Store) -> Iterator[KnownDeputy]:
    for row in select(store, DEPUTIES_QUERY.read_text("utf-8")):
        legislature = int(row["legislature"] or 0)
        seat = (legislature, row["departement"], int(row["numero"] or 0))
        yield KnownDeputy(
            ref=row["ref"],
            names=(row["nom"],),
            sex=SEX_OF_CIVILITE.get(row["civilite"], ""),
            births=frozenset([row["naissance"]] if row["naissance"] else ()),
            seats=frozenset([ConstituencySeat(*seat)] if row["numero"] else ()),
            legislatures=frozenset([legislature] if legislature else ()),
        )
