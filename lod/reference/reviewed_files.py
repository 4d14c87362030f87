"""Reviewed files of links: those that the publisher accepted or refused, what `lod link` wrote.

In the folder of reviewed files `decisions.csv` is written by the publisher; `liens.csv`, with the
same columns, `faits.csv`, `candidates.csv` and `anomalies.csv` are copies of what `lod link` wrote.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lod.base.errors import UsageError
from lod.base.tabular import numbered_rows
from lod.reference.link_tables import CONSTAT, QID, WikidataFact

DECISIONS, LINKS, FACTS = "decisions.csv", "liens.csv", "faits.csv"
CANDIDATES, ANOMALIES = "candidates.csv", "anomalies.csv"
FILES = (DECISIONS, LINKS, FACTS, CANDIDATES, ANOMALIES)
P4123, REVIEWED, REFUSED = "P4123", "revue", "refus"
ACTEUR = re.compile(r"PA[1-9]\d*", re.ASCII)
# evidence → columns that it requires besides deputy, item and date
REQUIRED = {P4123: ("valeur", "source"), REVIEWED: ("par", "motif"), REFUSED: ("par", "motif")}
LINK_COLUMNS = ("acteurRef", "qid", "preuve", "valeur", "source", "constat", "par", "motif")


class AnomalyKind(StrEnum):
    """An error that an identifier or a link may have, in the words of `anomalies.csv`."""

    TWO_ITEMS = "deux éléments"
    TWO_NUMBERS = "deux numéros"
    MALFORMED = "numéro mal formé"
    DISCORDANT = "nom et naissance discordants"
    CONTRADICTED = "lien publié contredit"
    LOST = "lien publié perdu"
    MERGED = "élément fusionné"
    DELETED = "élément supprimé"


# anomalies that make a link doubtful; the others are only reported
DOUBTFUL = (
    AnomalyKind.TWO_ITEMS,
    AnomalyKind.TWO_NUMBERS,
    AnomalyKind.DISCORDANT,
    AnomalyKind.CONTRADICTED,
)


def sides(acteur_ref: str, qid: str, target: str) -> frozenset[str]:
    """Return the deputies and items that an anomaly names; `target` may be several, or "".

    >>> sorted(sides("PA1", "Q1", "Q2 PA3"))
    ['PA1', 'PA3', 'Q1', 'Q2']
    """
    return frozenset((acteur_ref, qid, *target.split())) - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedLink:
    """A decision about a deputy and an item of Wikidata, as a row of the files states it."""

    acteur_ref: str
    qid: str
    preuve: str  # P4123, REVIEWED or REFUSED
    valeur: str  # of P4123
    source: str  # address at which P4123 was read
    constat: str  # day, month or year of the reading or of the decision
    par: str  # person who decided
    motif: str  # reason of the decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedLinks:
    """The content of the files of a folder of reviewed links."""

    links: tuple[ReviewedLink, ...] = ()
    facts: tuple[WikidataFact, ...] | None = None  # None if there is no such file
    candidates: tuple[Mapping[str, str], ...] | None = None  # column → cell; None if no such file
    anomalies: tuple[Mapping[str, str], ...] = ()  # column → cell

    @property
    def refused(self) -> frozenset[tuple[str, str]]:
        """The pairs (acteurRef, item) that the publisher has refused."""
        return frozenset((r.acteur_ref, r.qid) for r in self.links if r.preuve == REFUSED)

    @property
    def excluded(self) -> frozenset[str]:
        """The deputies and items whose links are not published: doubtful, or deleted."""
        kinds = (*DOUBTFUL, AnomalyKind.DELETED)
        wrong = (a for a in self.anomalies if a["genre"] in kinds)
        return frozenset().union(*(sides(a["acteurRef"], a["qid"], a["cible"]) for a in wrong))


NOTHING_REVIEWED = ReviewedLinks()


def read_reviewed_links(folder: Path) -> ReviewedLinks:
    """Return what the files of a folder state; raise UsageError for a row that is incomplete."""
    return ReviewedLinks(
        links=tuple(_read_links(folder / DECISIONS, folder / LINKS)),
        facts=tuple(_read_facts(folder / FACTS)) if (folder / FACTS).is_file() else None,
        candidates=tuple(row for _, row in rows(folder / CANDIDATES, ("acteurRef", "qid")))
        if (folder / CANDIDATES).is_file()
        else None,
        anomalies=tuple(_read_anomalies(folder / ANOMALIES)),
    )


def _read_links(*paths: Path) -> Iterator[ReviewedLink]:
    """Yield the decisions; raise UsageError where two by P4123 contradict each other."""
    taken: dict[str, tuple[str, str]] = {}  # deputy or item → the pair that it is in
    for path in paths:
        for number, row in rows(path, ("acteurRef", "qid", "preuve", "constat")):
            fault = _link_fault(row)
            if not fault and row["preuve"] == P4123:
                pair = (row["acteurRef"], row["qid"])
                rival = next((taken[key] for key in pair if taken.get(key, pair) != pair), None)
                fault = f"{' is '.join(pair)}, but {' is '.join(rival)} before" if rival else ""
                taken |= dict.fromkeys(pair, pair)
            if fault:
                raise UsageError(f"{path}:{number}: {fault}; correct the row, or remove it")
            yield ReviewedLink(
                acteur_ref=row["acteurRef"], **{n: row.get(n, "") for n in LINK_COLUMNS[1:]}
            )


def _link_fault(row: Mapping[str, str]) -> str:
    """Return what is wrong with a decision, in words, or ""."""
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


def _read_facts(path: Path) -> Iterator[WikidataFact]:
    names = ("qid", "propriete", "valeur", "type", "libelle", "source", "constat")
    for number, row in rows(path, names[:4]):
        fact = WikidataFact(**{name: row.get(name, "") for name in names})
        if fault := fact.fault:
            raise UsageError(f"{path}:{number}: {fault}; remove the row")
        yield fact


def _read_anomalies(path: Path) -> Iterator[dict[str, str]]:
    columns = dict.fromkeys(("acteurRef", "qid", "cible"), "")
    for number, row in rows(path, ("genre", "explication")):
        if row["genre"] not in set(AnomalyKind):
            wrong = f"'{row['genre']}' is none of {', '.join(AnomalyKind)}"
            raise UsageError(f"{path}:{number}: {wrong}; correct the row, or remove it")
        yield columns | row


def rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line and row of a file as `numbered_rows` does; nothing if the file is not there."""
    if path.is_file():
        yield from numbered_rows(path, *required)
