"""The files of `lod link`: CSV that a spreadsheet may open, lines for QuickStatements."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lod.base.tabular import csv_line
from lod.model.text import CONTROLS
from lod.pipeline.mapping.links import chiffres
from lod.reference.link_tables import Fait
from lod.reference.names import Accord
from lod.reference.reviewed_links import ANOMALIES, CANDIDATS, COLUMNS, FAITS, LIENS, P4123
from lod.remote.linking.candidates import Proposition
from lod.remote.linking.criteria import Reponse, dites
from lod.remote.linking.explanations import expliquer

QUICKSTATEMENTS = "quickstatements.txt"
COLONNES = {
    LIENS: COLUMNS,
    CANDIDATS: (
        "acteurRef", "nom", "naissance", "qid", "libelle", "leurs_naissances", "accord", "annee",
        "circonscription", "legislature", "rivaux", "score", "match", "regle", "explication",
        "decision",
    ),
    ANOMALIES: ("genre", "acteurRef", "qid", "numero", "cible", "explication"),
    FAITS: ("qid", "propriete", "valeur", "type", "libelle", "source", "constat"),
}  # fmt: skip
ACCORDS = {
    Accord.EXACT: "exact",
    Accord.PLIE: "plié",
    Accord.CONTENU: "contenu",
    Accord.INITIALE: "initiale",
    Accord.AUCUN: "aucun",
}
LONGEST = 2_000  # characters of a cell: a label has at most 250, a list of rivals rarely ten
FORMULA = re.compile(r"[=+\-@]")  # what a spreadsheet would compute
BREAKS = re.compile(r"[\t\r\n\f\v\x85\u2028\u2029]+")
PAGE = "https://www.assemblee-nationale.fr/dyn/deputes/"


def table(name: str, rows: Iterable[Iterable[object]]) -> bytes:
    """Return a table with its header; no cell is a formula."""
    return b"".join((csv_line(COLONNES[name]), *(csv_line(map(cellule, row)) for row in rows)))


def cellule(value: object) -> str:
    """Return a value on one line, with an apostrophe before what a spreadsheet would compute.

    >>> cellule("=HYPERLINK(1)"), cellule("Jean\\n-Luc"), cellule(None)
    ("'=HYPERLINK(1)", 'Jean -Luc', '')
    """
    text = BREAKS.sub(" ", CONTROLS.sub("", "" if value is None else str(value)))[:LONGEST].strip()
    return f"'{text}" if FORMULA.match(text) else text


def ligne(proposition: Proposition) -> tuple[object, ...]:
    """Return the row of a candidate; the last column is for the reviewer."""
    c = proposition.candidat
    return (
        c.personne.ref, c.personne.nom, " ".join(sorted(c.personne.naissances)), c.element.qid,
        c.libelle, dites(c.element.naissances), ACCORDS[c.accord], c.annee, c.circonscription,
        c.legislature, len(proposition.rivaux), c.score,
        Reponse.OUI if proposition.est_certaine else Reponse.NON, regle(proposition),
        expliquer(proposition), "",
    )  # fmt: skip


def regle(proposition: Proposition) -> str:
    """Return the criteria that agree, joined: `plié+annee+circonscription`."""
    c = proposition.candidat
    agreeing = {"annee": c.annee, "circonscription": c.circonscription, "groupe": c.groupe}
    return "+".join((ACCORDS[c.accord], *(n for n, a in agreeing.items() if a is Reponse.OUI)))


def quickstatements(manquants: Iterable[tuple[str, str]], jour: date) -> bytes:
    """Return, for pairs (acteurRef, QID), the statements that items lack, with their source.

    Version 1 of the commands: item, property, value, then what it rests on (S854, an address) and
    when that was seen (S813, at the precision of a day).
    """
    return b"".join(sorted(_statement(ref, qid, jour) for ref, qid in set(manquants)))


def _statement(ref: str, qid: str, jour: date) -> bytes:
    seen = f"+{jour.isoformat()}T00:00:00Z/11"
    cells = (qid, P4123, f'"{chiffres(ref)}"', "S854", f'"{PAGE}{ref}"', "S813", seen)
    return ("\t".join(cells) + "\n").encode()


def lignes_liens(liens: Mapping[str, str], source: str, jour: date) -> Iterator[tuple[object, ...]]:
    """Yield the rows of links by identifier, as the reviewed file has them."""
    for ref, item in liens.items():
        yield ref, item, P4123, chiffres(ref), source, jour.isoformat(), "", ""


def ligne_fait(fait: Fait) -> tuple[str, ...]:
    """Return the row of a fact, as the build reads it."""
    return tuple(getattr(fait, name) for name in COLONNES[FAITS])
