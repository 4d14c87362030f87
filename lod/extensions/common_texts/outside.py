"""Passages that questions have in common with texts published elsewhere: a person finds them and
states them in a reviewed file, and each is looked for in the text of its question.

Nothing is fetched: what stands at the address is the word of who reviewed it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from lod.base.errors import Finding, UsageError, Where
from lod.extensions.common_texts.comparison import PASSAGE
from lod.extensions.common_texts.texts import QUESTION, SignedText, texts_of
from lod.extensions.common_texts.words import TextWords, place_of, spans_of, words_of
from lod.model.dates import read_date
from lod.model.identifiers import split_uid
from lod.model.text import fold
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.rdf.iris import Iris
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


@dataclass(frozen=True, slots=True)
class OutsidePassage:
    """A passage that was found in the text of its question."""

    reviewed: ReviewedPassage
    question: SignedText  # not signed
    start: int  # in the text of the question, in characters
    end: int
    words: int  # of it, without those of stock phrases


def outside_passages(
    reviewed: Iterable[ReviewedPassage],
    questions: PublishedQuestions,
    iris: Iris,
    objections: Collection[tuple[str, str]] = (),
) -> tuple[list[OutsidePassage], list[Finding]]:
    """Return the passages that their questions have, by question, address and place, and why each
    other one is not published.
    """
    found, rejected = list[OutsidePassage](), list[Finding]()
    for one in reviewed:
        try:
            found.append(_looked_for(one, questions, iris, objections))
        except LookupError as error:
            rejected.append(Finding(one.where, *error.args))
    found.sort(key=lambda it: (split_uid(it.reviewed.uid), it.reviewed.adresse, it.start))
    return found, rejected


def _looked_for(
    one: ReviewedPassage,
    questions: PublishedQuestions,
    iris: Iris,
    objections: Collection[tuple[str, str]],
) -> OutsidePassage:
    """Return a passage where it was found; raise LookupError with what is wrong and what to do."""
    if (one.uid, "") in objections:
        wrong = f"{one.uid} is to stand in no common text, says objections.csv"
        raise LookupError(wrong, "remove one of both rows")
    stored = questions.of_uid(one.uid)
    if stored is None:
        raise LookupError(f"{one.uid} is not published here", "correct the uid, or remove the row")
    of_question = (it for it in texts_of(stored.question, iris) if it[0].kind == QUESTION)
    question, text = next(of_question, (None, ""))
    if question is None:
        raise LookupError(f"{one.uid} has no text that is compared", "remove the row")
    place = place_of(one.passage, text)
    if place is None:
        wrong = f"the passage is not in the text of {one.uid}"
        raise LookupError(wrong, "copy it from there, or remove the row")
    first, last = place
    words = TextWords(words_of(text).numbers[first:last]).count
    if words < PASSAGE:
        wrong = f"the passage has {words} words without stock phrases, fewer than {PASSAGE}"
        raise LookupError(wrong, "give a longer one, or remove the row")
    spans = spans_of(text)
    return OutsidePassage(one, question, spans[first][0], spans[last - 1][1], words)
