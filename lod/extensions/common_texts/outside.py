"""Passages that questions have in common with texts published elsewhere: a person finds them and
states them in a reviewed file, and each is looked for in the text of its question.

Nothing is fetched: for what stands at the address, the program trusts the reviewer.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from lod.base.errors import Remark, UsageError, Where
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

    # pairs of texts, each the uid of a question or the code of an answer, that must not stand in
    # one group; (text, "") for a text that must stand in none
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
    """Return text and other text, or "", of each row; raise UsageError for a row that is wrong."""
    pairs = set()
    for number, row in rows(path, ("texte", "motif")):
        pair = row["texte"], row.get("autre", "")
        try:
            for name in filter(None, pair):
                if not ANSWER.fullmatch(name):
                    split_uid(name)
        except ValueError as error:
            raise UsageError(f"{path}:{number}: {error}; correct the row") from error
        pairs.add(pair)
    return frozenset(pairs)


def read_outside_texts(path: Path) -> tuple[ReviewedPassage, ...]:
    """Return the rows of the file; raise UsageError for a row that is wrong, or repeats or
    contradicts another one.
    """
    columns = COLUMNS[OUTSIDE_TEXTS]
    read: dict[tuple[str, str, str], ReviewedPassage] = {}
    described: dict[str, tuple[str, str, str]] = {}  # address → title, publisher, date
    for number, row in rows(path, columns):
        cells = {name: " ".join(row[name].split()) for name in columns}
        passage = ReviewedPassage(where=Where(str(path), number), **cells)
        key = (passage.uid, passage.adresse, passage.folded)
        text = (passage.titre, passage.editeur, passage.date)
        fault = _fault(cells)
        if not fault and described.setdefault(passage.adresse, text) != text:
            fault = "this address has another title, publisher or date in a row before"
        if not fault and key in read:
            fault = f"the same passage is in line {read[key].where.line}"
        if fault:
            raise UsageError(f"{passage.where}: {fault}; correct the row, or remove it")
        read[key] = passage
    return tuple(read.values())


def _fault(cells: dict[str, str]) -> str:
    """Return what is wrong with the cells of a row, or ""."""
    try:
        split_uid(cells["uid"])
        for name in ("date", "constat"):
            if not CONSTAT.fullmatch(cells[name]):
                return f"{name} '{cells[name]}' is no day, month or year, such as 2026-03-02"
            read_date(f"{cells[name]}-01-01"[:10])  # raises ValueError for 31 February
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
    question: SignedText  # without signature
    start: int  # in the text of the question, in characters
    end: int
    words: int  # how many it has, without those of stock phrases


def outside_passages(
    reviewed: Iterable[ReviewedPassage],
    questions: PublishedQuestions,
    iris: Iris,
    objections: Collection[tuple[str, str]] = (),
) -> tuple[list[OutsidePassage], list[Remark]]:
    """Return the passages that are in the texts of their questions, by question, address and place;
    and why each other one is not published.
    """
    accepted, rejected = list[OutsidePassage](), list[Remark]()
    for passage in reviewed:
        try:
            accepted.append(_located(passage, questions, iris, objections))
        except LookupError as error:
            rejected.append(Remark(passage.where, *error.args))
    accepted.sort(key=lambda p: (split_uid(p.reviewed.uid), p.reviewed.adresse, p.start))
    return accepted, rejected


def _located(
    passage: ReviewedPassage,
    questions: PublishedQuestions,
    iris: Iris,
    objections: Collection[tuple[str, str]],
) -> OutsidePassage:
    """Return a passage with its place; raise LookupError with what is wrong and what to do."""
    uid = passage.uid
    if (uid, "") in objections:
        wrong = f"{uid} is to stand in no common text, says objections.csv"
        raise LookupError(wrong, "remove one of both rows")
    stored = questions.of_uid(uid)
    if stored is None:
        raise LookupError(f"{uid} is not published here", "correct the uid, or remove the row")
    texts = (
        (head, text) for head, text in texts_of(stored.question, iris) if head.kind == QUESTION
    )
    question, text = next(texts, (None, ""))
    if question is None:
        raise LookupError(f"{uid} has no text that is compared", "remove the row")
    place = place_of(passage.passage, text)
    if place is None:
        wrong = f"the passage is not in the text of {uid}"
        raise LookupError(wrong, "copy it from there, or remove the row")
    first, last = place
    words = TextWords(words_of(text).numbers[first:last]).count
    if words < PASSAGE:
        wrong = f"the passage has {words} words without stock phrases, fewer than {PASSAGE}"
        raise LookupError(wrong, "give a longer one, or remove the row")
    spans = spans_of(text)
    return OutsidePassage(passage, question, spans[first][0], spans[last - 1][1], words)
