"""What the publisher has reviewed, in the folder of reviewed files: objections to common texts, and
passages that questions have in common with texts published elsewhere.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from lod.base.errors import UsageError, Where
from lod.model.dates import read_date
from lod.model.identifiers import split_uid
from lod.model.text import fold
from lod.reference.link_tables import CONSTAT, VALUE_PATTERNS
from lod.reference.reviewed_files import rows

OBJECTIONS, OUTSIDE_TEXTS = "objections.csv", "textes-exterieurs.csv"
COLUMNS = {
    OBJECTIONS: ("texte", "autre", "motif"),
    OUTSIDE_TEXTS: (
        "uid", "adresse", "titre", "editeur", "date", "passage", "constat", "par", "motif",
    ),
}  # fmt: skip
ANSWER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{16}", re.ASCII)  # code of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedPassage:
    """A row of `textes-exterieurs.csv`."""

    where: Where  # the row
    uid: str  # of the question
    adresse: str  # https, of the text published elsewhere
    titre: str
    editeur: str  # who published it, in words
    date: str  # day, month or year of its publication, in ISO form
    passage: str  # that both texts have
    constat: str  # day, month or year in which both were read
    par: str  # who decided
    motif: str  # by which rule, on what evidence

    @property
    def folded(self) -> str:
        """The words of the passage, as they are compared."""
        return fold(self.passage)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The content of both files."""

    # texts that are to stand in no common text, (uid of a question or code of an answer, ""), and
    # pairs of them that are not to stand together
    objections: frozenset[tuple[str, str]] = frozenset()
    passages: tuple[ReviewedPassage, ...] = ()


def read_reviewed(folder: Path | None) -> Reviewed:
    """Return the content of the files, if any; raise UsageError for a row that is wrong."""
    if folder is None:
        return Reviewed()
    return Reviewed(
        read_objections(folder / OBJECTIONS), read_outside_texts(folder / OUTSIDE_TEXTS)
    )


def read_objections(path: Path) -> frozenset[tuple[str, str]]:
    """Return text and other text, or "", of each row; raise UsageError for one that is wrong."""
    found = set()
    for number, row in rows(path, ("texte", "motif")):
        pair = row["texte"], row.get("autre", "")
        try:
            for name in filter(None, pair):
                if not ANSWER.fullmatch(name):
                    split_uid(name)
        except ValueError as error:
            raise UsageError(f"{path}:{number}: {error}; correct the row") from error
        found.add(pair)
    return frozenset(found)


def read_outside_texts(path: Path) -> tuple[ReviewedPassage, ...]:
    """Return the rows of the file; raise UsageError for one that is wrong, or unlike another."""
    columns = COLUMNS[OUTSIDE_TEXTS]
    found: dict[tuple[str, str, str], ReviewedPassage] = {}
    described: dict[str, tuple[str, str, str]] = {}  # address → title, publisher, date
    for number, row in rows(path, columns):
        cells = {name: " ".join(row[name].split()) for name in columns}
        one = ReviewedPassage(where=Where(str(path), number), **cells)
        key, text = (one.uid, one.adresse, one.folded), (one.titre, one.editeur, one.date)
        fault = _fault(cells)
        if not fault and described.setdefault(one.adresse, text) != text:
            fault = "this address has another title, publisher or date in a row before"
        if not fault and key in found:
            fault = f"the same passage is in line {found[key].where.line}"
        if fault:
            raise UsageError(f"{one.where}: {fault}; correct the row, or remove it")
        found[key] = one
    return tuple(found.values())


def _fault(cells: dict[str, str]) -> str:
    """Return what is wrong with the cells of a row, or ""."""
    try:
        split_uid(cells["uid"])
        for name in ("date", "constat"):
            if not CONSTAT.fullmatch(cells[name]):
                return f"{name} '{cells[name]}' is no day, month or year, such as 2026-03-02"
            read_date(f"{cells[name]}-01-01"[:10])  # 31 February is none
    except ValueError as error:
        return str(error)
    address = cells["adresse"]
    if not (address.startswith("https://") and VALUE_PATTERNS["adresse"].fullmatch(address)):
        return f"'{address}' is no address https://…"
    if unprintable := [name for name, cell in cells.items() if not cell.isprintable()]:
        return f"{', '.join(unprintable)}: a sign that cannot be printed"
    return ""
