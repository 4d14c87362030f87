"""Deputies as the tables and a release know them: every name, every seat, one value a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Store

from lod.pipeline.mapping.links import chiffres
from lod.pipeline.resolve import CIVILITES
from lod.rdf.store import select
from lod.reference.tables import Mandat

DEPUTES = Path(__file__).with_name("deputes.rq")
SEXES = {civilite: sexe for sexe, civilite in CIVILITES.items()}


class Siege(NamedTuple):
    """A seat: a constituency in one legislature."""

    legislature: int
    departement: str
    numero: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Personne:
    """A deputy: `noms` of every legislature and spelling, the newest first; `naissances` are days,
    `groupes` are (legislature, short name).
    """

    ref: str
    noms: tuple[str, ...]
    sexe: str = ""
    naissances: frozenset[str] = frozenset()
    sieges: frozenset[Siege] = frozenset()
    groupes: frozenset[tuple[int, str]] = frozenset()
    legislatures: frozenset[int] = frozenset()

    @property
    def nom(self) -> str:
        """The newest name."""
        return self.noms[0]

    @property
    def annees(self) -> frozenset[str]:
        """The years of birth, of four digits."""
        return frozenset(jour[:4] for jour in self.naissances)

    @property
    def numero(self) -> str:
        """The Assemblée's number as P4123 writes it."""
        return chiffres(self.ref)


def personnes(mandats: Iterable[Mandat], store: Store | None = None) -> dict[str, Personne]:
    """Return acteurRef → person, in the order of the numbers; the tables are asked first."""
    newest_first = sorted(mandats, key=lambda m: -m.legislature)
    parts = [*map(_of_table, newest_first), *(_of_release(store) if store else ())]
    found: dict[str, list[Personne]] = {}
    for part in parts:
        found.setdefault(part.ref, []).append(part)
    return {ref: reduce(_union, found[ref]) for ref in sorted(found, key=lambda r: int(r[2:]))}


def _union(one: Personne, two: Personne) -> Personne:
    return Personne(
        ref=one.ref,
        noms=tuple(dict.fromkeys((*one.noms, *two.noms))),
        sexe=one.sexe or two.sexe,
        naissances=one.naissances | two.naissances,
        sieges=one.sieges | two.sieges,
        groupes=one.groupes | two.groupes,
        legislatures=one.legislatures | two.legislatures,
    )


def _of_table(m: Mandat) -> Personne:
    return Personne(
        ref=m.acteur_ref,
        noms=(m.nom_complet,),
        sexe=m.sexe,
        naissances=_stated(m.naissance),
        sieges=frozenset([Siege(m.legislature, m.departement, m.circonscription)]),
        groupes=frozenset([(m.legislature, m.groupe)]) if m.groupe else frozenset(),
        legislatures=frozenset([m.legislature]),
    )


def _of_release(store: Store) -> Iterator[Personne]:
    for row in select(store, DEPUTES.read_text("utf-8")):
        legislature = int(row["legislature"] or 0)
        seat = (
            (Siege(legislature, row["departement"], int(row["numero"])),) if row["numero"] else ()
        )
        yield Personne(
            ref=row["ref"],
            noms=(row["nom"],),
            sexe=SEXES.get(row["civilite"], ""),
            naissances=_stated(row["naissance"]),
            sieges=frozenset(seat),
            legislatures=frozenset([legislature] if legislature else ()),
        )


def _stated(value: str) -> frozenset[str]:
    return frozenset([value] if value else ())
