"""Reference tables of the package, as values: who sat where, which group is which, what is where,
which portfolio a ministry has.

Origin and licence of each file stand in README.md beside it.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lod.base import packaged
from lod.base.errors import LodError
from lod.model.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyRow:
    """One deputy in one legislature, as a row of `deputes-*.csv` states it."""

    acteur_ref: str
    legislature: int
    nom_complet: str
    sexe: str
    naissance: str
    departement: str
    nom_departement: str
    circonscription: int
    groupe: str
    qid: str
    preuve: str
    sources: tuple[str, ...]
    constat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group of one legislature, as a row of `groupes.csv` states it."""

    ref: str
    legislature: int
    sigle: str
    libelle: str
    qid: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRow:
    """One official archive, as a row of `archives.csv` states it; `legislature` may be empty."""

    legislature: str
    type: str
    forme: str
    chemin: str
    md5: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegislatureRow:
    """One legislature, as a row of `legislatures.csv` states it; the last one has no `fin`."""

    numero: int
    debut: date
    fin: date | None
    qid: str


@cache
def legislatures() -> dict[int, LegislatureRow]:
    """Return number → legislature, in their order."""
    return {
        int(row["numero"]): LegislatureRow(
            numero=int(row["numero"]),
            debut=date.fromisoformat(row["debut"]),
            fin=date.fromisoformat(row["fin"]) if row["fin"] else None,
            qid=row["qid"],
        )
        for row in rows(packaged.MAPPINGS / "legislatures.csv", "numero", "debut")
    }


def legislature_on(day: date) -> int | None:
    """Return the number of the legislature of a day; None between two of them."""
    for numero, x in legislatures().items():
        if x.debut <= day and (x.fin is None or day <= x.fin):
            return numero
    return None


@cache
def rubriques() -> dict[int, tuple[str, ...]]:
    """Return legislature → the headings of its list, as spelled there, in its order."""
    found: dict[int, tuple[str, ...]] = {}
    for row in rows(packaged.MAPPINGS / "rubriques.csv", "legislature", "libelle"):
        numero = int(row["legislature"])
        found[numero] = (*found.get(numero, ()), row["libelle"])
    return found


@cache
def rubriques_folded() -> dict[int, frozenset[str]]:
    """Return legislature → the folded headings of its list."""
    return {numero: frozenset(map(fold, labels)) for numero, labels in rubriques().items()}


@cache
def deputy_rows() -> tuple[DeputyRow, ...]:
    """Return every row of the tables of deputies; raise LodError for a row that is not one."""
    return tuple(
        DeputyRow(
            acteur_ref=row["acteurRef"],
            legislature=int(row["legislature"]),
            nom_complet=row["nom_complet"],
            sexe=row["sexe"],
            naissance=row["naissance"],
            departement=row["departement"],
            nom_departement=row["nom_departement"],
            circonscription=int(row["circonscription"]),
            groupe=row["groupe"],
            qid=row["qid"],
            preuve=row["preuve"],
            sources=split_cell(row["sources"]),
            constat=row["constat"],
        )
        for path in sorted(packaged.MAPPINGS.glob("deputes-*.csv"))
        for row in rows(path, "acteurRef", "legislature", "circonscription")
    )


@cache
def group_rows() -> tuple[GroupRow, ...]:
    """Return every group of the table."""
    return tuple(
        GroupRow(
            ref=row["organeRef"],
            legislature=int(row["legislature"]),
            sigle=row["sigle"],
            libelle=row["libelle"],
            qid=row["qid"],
            source=row["sources"],
        )
        for row in rows(packaged.MAPPINGS / "groupes.csv", "organeRef", "legislature", "libelle")
    )


@cache
def group_refs_by_label() -> dict[tuple[int, str], str]:
    """Return (legislature, folded short or long label) → reference; ambiguous labels have none."""
    found: dict[tuple[int, str], set[str]] = {}
    for g in group_rows():
        for label in (g.sigle, g.libelle):
            found.setdefault((g.legislature, fold(label)), set()).add(g.ref)
    return {key: refs.pop() for key, refs in found.items() if len(refs) == 1}


@cache
def circonscriptions() -> dict[tuple[str, int], str]:
    """Return (code of the department, number) → item of Wikidata, of those that have one."""
    return {
        (row["departement"], int(row["numero"])): row["qid"]
        for row in rows(packaged.MAPPINGS / "circonscriptions.csv", "departement", "numero")
        if row["qid"]
    }


@cache
def archives() -> tuple[ArchiveRow, ...]:
    """Return every row of the table of archives, in its order; raise LodError for a bad row."""
    names = ("legislature", "type", "forme", "chemin", "md5")
    return tuple(
        ArchiveRow(**{name: row[name] for name in names})
        for row in rows(packaged.MAPPINGS / "archives.csv", "type", "forme", "chemin")
    )


@cache
def portefeuilles() -> dict[str, str]:
    """Return slug → name of every ministerial portfolio, in the order of the file."""
    table = rows(packaged.MAPPINGS / "portefeuilles.csv", "portefeuille", "nom")
    return {row["portefeuille"]: row["nom"] for row in table}


def portefeuilles_of(libelles: Iterable[str]) -> tuple[str, ...]:
    """Return the slugs of the portfolios of one ministry, in the order of the file.

    The first of its labels that has rows decides; a ministry that states no field has none.

    >>> portefeuilles_of(["Ville et logement", "Ministère de la ville et du logement"])
    ('logement', 'ville')
    >>> portefeuilles_of(["Secrétariat d’État auprès de la ministre des armées"])
    ()
    """
    table = _portefeuilles_by_label()
    return next((table[label] for label in map(fold, libelles) if label in table), ())


@cache
def _portefeuilles_by_label() -> dict[str, tuple[str, ...]]:
    """Return folded label of a ministry → the slugs of its portfolios."""
    found: dict[str, tuple[str, ...]] = {}
    path = packaged.MAPPINGS / "portefeuilles-ministeres.csv"
    for row in rows(path, "libelle", "portefeuille"):
        label = fold(row["libelle"])
        found[label] = (*found.get(label, ()), row["portefeuille"])
    return found


@cache
def deputy_rows_by_key() -> dict[tuple[str, int], DeputyRow]:
    """Return (acteurRef, legislature) → the mandate."""
    return {(m.acteur_ref, m.legislature): m for m in deputy_rows()}


@cache
def latest_names() -> dict[str, str]:
    """Return acteurRef → the name in the latest legislature that has the person."""
    return {m.acteur_ref: m.nom_complet for m in sorted(deputy_rows(), key=lambda m: m.legislature)}


@cache
def names_by_person() -> dict[str, tuple[str, ...]]:
    """Return acteurRef → the names of every row: a person bears them in all legislatures."""
    found: dict[str, dict[str, None]] = {}
    for m in deputy_rows():
        found.setdefault(m.acteur_ref, {})[m.nom_complet] = None
    return {ref: tuple(names) for ref, names in found.items()}


@cache
def departement_codes() -> dict[str, str]:
    """Return folded name of a department → its code."""
    return {fold(m.nom_departement): m.departement for m in deputy_rows()}


def split_cell(cell: str) -> tuple[str, ...]:
    """Return the values of a cell that has several."""
    return tuple(filter(None, cell.split(";")))


def rows(path: Path, *required: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table; raise LodError for one that lacks what is required."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if missing := [name for name in required if not row.get(name)]:
                raise LodError(f"{path}:{number}: {', '.join(missing)}: empty; complete the row")
            yield row
