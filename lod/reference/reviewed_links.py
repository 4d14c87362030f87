"""What the publisher has decided about links: accepted, reviewed or refused, and what was read.

`decisions.csv` in the folder of reviewed files is the publisher's own. `liens.csv`, which has the
same columns, `faits.csv`, `candidates.csv` and `anomalies.csv` stand there as `lod link` made them.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lod.base.errors import UsageError
from lod.reference.link_tables import CONSTAT, QID, Fait

DECISIONS, LIENS, FAITS = "decisions.csv", "liens.csv", "faits.csv"
CANDIDATS, ANOMALIES = "candidates.csv", "anomalies.csv"
FILES = (DECISIONS, LIENS, FAITS, CANDIDATS, ANOMALIES)
P4123, REVUE, REFUS = "P4123", "revue", "refus"
ACTEUR = re.compile(r"PA[1-9]\d*", re.ASCII)
# what each decision has to say besides who, which and when
REQUIRED = {P4123: ("valeur", "source"), REVUE: ("par", "motif"), REFUS: ("par", "motif")}
COLUMNS = ("acteurRef", "qid", "preuve", "valeur", "source", "constat", "par", "motif")


class Genre(StrEnum):
    """What may be wrong with an identifier or a link, in the words of `anomalies.csv`."""

    DEUX_ELEMENTS = "deux éléments"
    DEUX_NUMEROS = "deux numéros"
    MAL_FORME = "numéro mal formé"
    DISCORDANT = "nom et naissance discordants"
    CONTREDIT = "lien publié contredit"
    PERDU = "lien publié perdu"
    FUSIONNE = "élément fusionné"
    SUPPRIME = "élément supprimé"


# which of them say that neither side is sure; the others are told, and take nothing away
DOUTEUX = (Genre.DEUX_ELEMENTS, Genre.DEUX_NUMEROS, Genre.DISCORDANT, Genre.CONTREDIT)


def cotes(acteur_ref: str, qid: str, cible: str) -> frozenset[str]:
    """Return the deputies and items that an anomaly names; `cible` may be several.

    >>> sorted(cotes("PA1", "Q1", "Q2 PA3"))
    ['PA1', 'PA3', 'Q1', 'Q2']
    """
    return frozenset((acteur_ref, qid, *cible.split())) - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class LienRevu:
    """One decision about a deputy and an item of Wikidata, as a row of the files states it."""

    acteur_ref: str
    qid: str
    preuve: str
    valeur: str
    source: str
    constat: str
    par: str
    motif: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiensRevus:
    """Decisions, and what `lod link` found: None where the publisher has no such file."""

    liens: tuple[LienRevu, ...] = ()
    faits: tuple[Fait, ...] | None = None
    candidats: tuple[Mapping[str, str], ...] | None = None
    anomalies: tuple[Mapping[str, str], ...] = ()

    @property
    def refus(self) -> frozenset[tuple[str, str]]:
        """The pairs (acteurRef, item) that the publisher has refused."""
        return frozenset((r.acteur_ref, r.qid) for r in self.liens if r.preuve == REFUS)

    @property
    def ecartes(self) -> frozenset[str]:
        """The deputies and items that nothing is published of: not sure, or no more there."""
        return frozenset().union(
            *(
                cotes(a["acteurRef"], a["qid"], a["cible"])
                for a in self.anomalies
                if a["genre"] in (*DOUTEUX, Genre.SUPPRIME)
            )
        )


RIEN = LiensRevus()


def read_liens(folder: Path) -> LiensRevus:
    """Return what the files of a folder state; raise UsageError for a row that states nothing."""
    return LiensRevus(
        liens=tuple(_liens(folder / DECISIONS, folder / LIENS)),
        faits=tuple(_faits(folder / FAITS)) if (folder / FAITS).is_file() else None,
        candidats=tuple(row for _, row in rows(folder / CANDIDATS, ("acteurRef", "qid")))
        if (folder / CANDIDATS).is_file()
        else None,
        anomalies=tuple(_anomalies(folder / ANOMALIES)),
    )


def _liens(*paths: Path) -> Iterator[LienRevu]:
    """Yield the decisions; two of them never say that one is another."""
    taken: dict[str, tuple[str, str]] = {}
    for path in paths:
        for number, row in rows(path, ("acteurRef", "qid", "preuve", "constat")):
            fault = _fault(row)
            if not fault and row["preuve"] == P4123:
                pair = (row["acteurRef"], row["qid"])
                other = next((taken[key] for key in pair if taken.get(key, pair) != pair), None)
                fault = f"{' is '.join(pair)}, but {' is '.join(other)} before" if other else ""
                taken |= dict.fromkeys(pair, pair)
            if fault:
                raise UsageError(f"{path}:{number}: {fault}; correct the row, or remove it")
            yield LienRevu(acteur_ref=row["acteurRef"], **{n: row.get(n, "") for n in COLUMNS[1:]})


def _fault(row: Mapping[str, str]) -> str:
    """Return what is wrong with a decision, or ""."""
    if not ACTEUR.fullmatch(row["acteurRef"]):
        return f"'{row['acteurRef']}' is no reference PA…"
    if not QID.fullmatch(row["qid"]):
        return f"'{row['qid']}' is no item Q…"
    if not CONSTAT.fullmatch(row["constat"]):
        return f"'{row['constat']}' is no day, month or year"
    if row["preuve"] not in REQUIRED:
        return f"'{row['preuve']}' is none of {', '.join(REQUIRED)}"
    if empty := [name for name in REQUIRED[row["preuve"]] if not row.get(name)]:
        return f"{', '.join(empty)}: empty"
    if row["preuve"] == P4123 and row["valeur"] != row["acteurRef"][2:]:
        return f"P4123 is '{row['valeur']}', which is not {row['acteurRef']}"
    return ""


def _faits(path: Path) -> Iterator[Fait]:
    names = ("qid", "propriete", "valeur", "type", "libelle", "source", "constat")
    for number, row in rows(path, names[:4]):
        fait = Fait(**{name: row.get(name, "") for name in names})
        if fault := fait.fault:
            raise UsageError(f"{path}:{number}: {fault}; remove the row")
        yield fait


def _anomalies(path: Path) -> Iterator[dict[str, str]]:
    columns = dict.fromkeys(("acteurRef", "qid", "cible"), "")
    for number, row in rows(path, ("genre", "explication")):
        if row["genre"] not in set(Genre):
            wrong = f"'{row['genre']}' is none of {', '.join(Genre)}"
            raise UsageError(f"{path}:{number}: {wrong}; correct the row, or remove it")
        yield columns | row


def rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line and row of a file, if it is there; raise UsageError for one that lacks a value."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if empty := [name for name in required if not row.get(name)]:
                raise UsageError(f"{path}:{number}: {', '.join(empty)}: empty; correct the row")
            yield number, {key: value or "" for key, value in row.items() if key}
