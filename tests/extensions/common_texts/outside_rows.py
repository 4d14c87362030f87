"""Rows about passages that invented questions have in common with invented texts elsewhere."""

from lod.base.tabular import csv_line
from lod.extensions.common_texts.outside import COLUMNS, OUTSIDE_TEXTS
from lod.extensions.common_texts.words import spans_of

ROW = {
    "adresse": "https://association.example.org/lettre-inventee",
    "titre": "Lettre inventée aux élus d’essai",
    "editeur": "Association d’essai",
    "date": "2017-09-01",
    "constat": "2026-03-02",
    "par": "Camille Exemple",
    "motif": "les deux textes lus en entier",
}


def passage_of(text: str, first: int = 20, words: int = 25) -> str:
    """Return some words of a text, as it has them."""
    spans = spans_of(text)[first : first + words]
    return text[spans[0][0] : spans[-1][1]]


def outside_row(uid: str, passage: str, **more: str) -> dict[str, str]:
    """Return a row; `more` are other cells."""
    return ROW | {"uid": uid, "passage": passage} | more


def outside_table(*rows: dict[str, str]) -> bytes:
    """Return the file of some rows."""
    names = COLUMNS[OUTSIDE_TEXTS]
    lines = (csv_line(row.get(name, "") for name in names) for row in rows)
    return b"".join([csv_line(names), *lines])
