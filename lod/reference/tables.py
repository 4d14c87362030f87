"""Reference tables of the package as values: deputies, groups, legislatures, portfolios.

Each raises UsageError for a row that lacks a required cell. `data/README.md` states the origin and
the licence of each file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from lod.base.packaged import MAPPINGS
from lod.base.tabular import group_by_key, rows, typed_rows
from lod.model.question import Circonscription, Question
from lod.model.text import fold
from lod.reference.matching import name_key

FIRST_DAY, LAST_DAY = date(1958, 10, 4), date(2099, 12, 31)  # that the shapes allow
PRINTED_AFTER = timedelta(days=31)  # the end of a legislature: answers are, for some days


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyRow:
    """One deputy in one legislature, as a row of `deputes-an.csv` states it."""

    acteur_ref: str
    legislature: int
    nom_complet: str
    sexe: str  # F or H
    naissance: str  # ISO date
    departement: str  # code
    nom_departement: str
    circonscription: int  # number in the department
    groupe: str  # short label
    autre_nom: str  # the name in Wikidata, if it has other words; else ""
    qid: str  # item of Wikidata; "" for none, and then the next three are empty as well
    preuve: str  # class of evidence for it: P4123, concordance
    sources: tuple[str, ...]  # codes of `sources.csv`
    constat: str  # day on which the evidence was read

    @property
    def place(self) -> Circonscription:
        nom, departement = self.nom_departement, self.departement
        return Circonscription(nom=nom, numero=self.circonscription, departement=departement)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group of one legislature, as a row of `groupes.csv` states it."""

    ref: str  # `PO…`
    legislature: int
    sigle: str  # short label
    libelle: str  # long label
    debut: date
    fin: date | None  # last day; None for the groups of today
    qid: str  # item of Wikidata, "" for none
    source: str  # code of `sources.csv`: who states the item


@dataclass(frozen=True, slots=True, kw_only=True)
class LegislatureRow:
    """One legislature, as a row of `legislatures.csv` states it."""

    numero: int
    debut: date
    fin: date | None  # None for the last one
    qid: str  # item of Wikidata
    decoupage: str  # map of its constituencies, as the concept is noted; "" where none is proven


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartementRow:
    """A department, or what stands for one, as a row of `departements.csv` states it."""

    code: str  # as the Assemblée writes it: 01, 2A, 971; 099 for citizens abroad
    nom: str
    region: str  # name, "" where there is no region
    region_code: str  # of Insee, "" where there is no region
    qid: str  # item of Wikidata, "" for none
    region_qid: str  # item of its region, "" for none
    origine: str  # who states it, in words


class CommuneRow(NamedTuple):
    """A commune of today, or a municipal district of Paris, Lyon or Marseille, as a row of
    `communes.csv` states it.
    """

    code: str  # of Insee: 43234, 2A004, 75113
    nom: str
    departement: str  # code of the department where it votes, as in `departements.csv`
    codes_postaux: str  # with spaces between; "" for none
    population: int  # inhabitants; 0 if it is not stated


@cache
def communes() -> tuple[CommuneRow, ...]:
    """Return the 35,000 communes, in the order of the file."""
    return tuple(
        CommuneRow(
            code=row["code"],
            nom=row["nom"],
            departement=row["departement"],
            codes_postaux=row["codes_postaux"],
            population=int(row["population"] or 0),
        )
        for row in rows(MAPPINGS / "communes.csv", "code", "nom", "departement")
    )


@cache
def departements() -> dict[str, DepartementRow]:
    path = MAPPINGS / "departements.csv"
    return {d.code: d for d in typed_rows(DepartementRow, path, "code", "nom", "origine")}


@cache
def legislatures() -> dict[int, LegislatureRow]:
    path = MAPPINGS / "legislatures.csv"
    return {row.numero: row for row in typed_rows(LegislatureRow, path, "numero", "debut")}


def legislature_end(numero: int) -> date | None:
    """Return the last day of a legislature; None if it has not ended, or is in no table."""
    period = legislatures().get(numero)
    return period.fin if period else None


def legislature_on(day: date) -> int | None:
    """Return the number of the legislature of a day; None between two legislatures."""
    for numero, row in legislatures().items():
        if row.debut <= day and (row.fin is None or day <= row.fin):
            return numero
    return None


def latest_day(q: Question) -> date | None:
    """Return the latest day that a record names, without misprints: days more than PRINTED_AFTER
    its legislature, and those that the shapes refuse.
    """
    ended = legislature_end(q.legislature)
    last = ended + PRINTED_AFTER if ended else LAST_DAY
    return max((day for day in q.jours if day <= last), default=None)


@cache
def rubriques() -> dict[int, tuple[str, ...]]:
    """Return legislature → the headings of its official list, in the order of the list."""
    table = rows(MAPPINGS / "rubriques.csv", "legislature", "libelle")
    return group_by_key((int(row["legislature"]), row["libelle"]) for row in table)


@cache
def rubriques_folded() -> dict[int, dict[str, str]]:
    """Return legislature → its headings, folded → as they are."""
    return {n: {fold(label): label for label in labels} for n, labels in rubriques().items()}


@cache
def deputy_rows() -> tuple[DeputyRow, ...]:
    required = ("acteurRef", "legislature", "circonscription")
    path = MAPPINGS / "deputes-an.csv"
    return tuple(typed_rows(DeputyRow, path, *required, acteur_ref="acteurRef"))


@cache
def group_rows() -> tuple[GroupRow, ...]:
    required, path = ("organeRef", "legislature", "libelle", "debut"), MAPPINGS / "groupes.csv"
    return tuple(typed_rows(GroupRow, path, *required, ref="organeRef", source="sources"))


@cache
def lineages() -> dict[str, tuple[GroupRow, ...]]:
    """Return code → the groups that are one over legislatures, the newest first."""
    groups = {g.ref: g for g in group_rows()}
    members = rows(MAPPINGS / "lignees.csv", "lignee", "organeRef")
    by_code = group_by_key((row["lignee"], groups[row["organeRef"]]) for row in members)
    return {
        code: tuple(sorted(some, key=lambda g: (g.debut, g.ref), reverse=True))
        for code, some in by_code.items()
    }


@cache
def lineage_codes() -> dict[str, str]:
    """Return reference of a group → the code of its lineage."""
    return {g.ref: code for code, groups in lineages().items() for g in groups}


def group_end(ref: str, legislature: int) -> date | None:
    """Return the last day of a group, which ends with its legislature; None if it goes on."""
    days = {g.ref: g.fin for g in group_rows()}
    return days[ref] if ref in days else legislature_end(legislature)


@cache
def circonscriptions() -> dict[tuple[str, int], str]:
    """Return (code of the department, number) → item of Wikidata of a constituency."""
    return {
        (row["departement"], int(row["numero"])): row["qid"]
        for row in rows(MAPPINGS / "circonscriptions.csv", "departement", "numero")
        if row["qid"]
    }


@cache
def constituency_maps() -> dict[tuple[str, int], tuple[str, ...]]:
    """Return (code of the department, number) → the maps that have the constituency, in order."""
    number_on_map = {
        (row.departement, row.circonscription, m)
        for row in deputy_rows()
        if (m := legislatures()[row.legislature].decoupage)
    }
    return group_by_key(((code, n), m) for code, n, m in sorted(number_on_map))


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioRow:
    """A ministerial portfolio, as a row of `portefeuilles.csv` states it."""

    portefeuille: str  # end of its IRI
    nom: str
    anglais: str  # our name of it in English
    rubrique: str  # the heading that names the same field; "" if there is none


@cache
def portefeuilles() -> dict[str, PortfolioRow]:
    """Return slug → row of every ministerial portfolio, in the order of the file."""
    path, required = MAPPINGS / "portefeuilles.csv", ("portefeuille", "nom", "anglais")
    return {row.portefeuille: row for row in typed_rows(PortfolioRow, path, *required)}


def portefeuilles_of(libelles: Iterable[str]) -> tuple[str, ...]:
    """Return the slugs of the portfolios of a ministry with these labels, in the order of the file.

    The first label that has rows decides; a label that the table lacks has no portfolio.

    >>> portefeuilles_of(["Ville et logement", "Ministère de la ville et du logement"])
    ('logement', 'ville')
    >>> portefeuilles_of(["Secrétariat d’État auprès de la ministre des armées"])
    ('armees',)
    """
    table = _portefeuilles_by_label()
    return next((table[label] for label in map(fold, libelles) if label in table), ())


@cache
def _portefeuilles_by_label() -> dict[str, tuple[str, ...]]:
    """Return folded label of a ministry → the slugs of its portfolios."""
    table = rows(MAPPINGS / "portefeuilles-ministeres.csv", "libelle", "portefeuille", "source")
    return group_by_key((fold(row["libelle"]), row["portefeuille"]) for row in table)


@cache
def deputy_rows_by_key() -> dict[tuple[str, int], DeputyRow]:
    """Return (acteurRef, legislature) → the row of the deputy."""
    return {(m.acteur_ref, m.legislature): m for m in deputy_rows()}


@cache
def latest_names() -> dict[str, str]:
    """Return acteurRef → the name in the latest legislature of the person."""
    return {m.acteur_ref: m.nom_complet for m in sorted(deputy_rows(), key=lambda m: m.legislature)}


@cache
def names_by_person() -> dict[str, tuple[str, ...]]:
    """Return acteurRef → all names of the person: in any legislature, and in Wikidata."""
    names = group_by_key(
        (m.acteur_ref, name) for m in deputy_rows() for name in (m.nom_complet, m.autre_nom) if name
    )
    return {ref: tuple(dict.fromkeys(known)) for ref, known in names.items()}


@cache
def deputy_rows_named() -> dict[tuple[int, str], tuple[DeputyRow, ...]]:
    """Return (legislature, `name_key` of any spelling) → rows of deputies."""
    return group_by_key(
        ((row.legislature, name), row)
        for row in deputy_rows()
        for name in sorted({name_key(spelling) for spelling in names_by_person()[row.acteur_ref]})
    )


@cache
def departement_codes() -> dict[str, str]:
    """Return folded name of a department → its code."""
    return {fold(m.nom_departement): m.departement for m in deputy_rows()}
