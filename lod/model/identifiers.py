"""Identifiers of the Assemblée, read and checked: uid, type, legislature, references, numbers.

Each reader of a text raises ValueError for what it cannot read.
"""

import re
from functools import lru_cache, partial
from typing import cast, get_args

from lod.model.question import TypeQuestion
from lod.model.text import fold


def shorten(text: str, width: int = 80) -> str:
    """Return a text on one line, cut to `width` characters with « … » at its end."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def number(text: str) -> int:
    """Return a whole number from 1 on, of at most nine digits."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise ValueError(f"'{shorten(text)}' is not a whole number from 1 on")
    return int(text)


TYPES: dict[str, TypeQuestion] = {  # folded code or name → code
    "qe": "QE",
    "qg": "QG",
    "qosd": "QOSD",
    "qm": "QM",
    "question ecrite": "QE",
    "question au gouvernement": "QG",
    "question orale": "QOSD",  # on pages of 2022–24
    "question orale sans debat": "QOSD",
    "question a un ministre": "QM",
}
LEGISLATURE = re.compile(r"\b([1-9]\d?)(?:re|ère|er|e|ème|eme)?\b", re.I)
UID = re.compile(rf"QANR5L([1-9]\d?)({'|'.join(get_args(TypeQuestion))})([1-9]\d{{0,8}})")


def uid(legislature: int, type_: TypeQuestion, numero: int) -> str:
    """Return the Assemblée's identifier of a question; numbers are unique in legislature and type.

    >>> uid(15, "QE", 43349)
    'QANR5L15QE43349'
    """
    return f"QANR5L{legislature}{type_}{numero}"


def split_uid(text: str) -> tuple[int, TypeQuestion, int]:
    """Return legislature, type and number of a uid; only a reader may take one apart.

    >>> split_uid("QANR5L15QE43349")
    (15, 'QE', 43349)
    """
    match = UID.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is not the uid of a question (QANR5L…)")
    return int(match[1]), cast(TypeQuestion, match[2]), int(match[3])


def legislature(text: str) -> int:
    """Return the number of a legislature: `15`, or « 15ème législature ».

    >>> legislature("15ème législature"), legislature("8")
    (15, 8)
    """
    match = LEGISLATURE.search(text)
    if not match:
        raise ValueError(f"'{text}' names no legislature")
    return int(match[1])


@lru_cache(maxsize=100)
def type_question(text: str) -> TypeQuestion:
    """Return the type that a code or a name stands for.

    >>> type_question("Question orale sans débat")
    'QOSD'
    """
    known = TYPES.get(fold(text))
    if known is None:
        raise ValueError(f"'{text}' is not a type of question")
    return known


def _reference(prefix: str, kind: str, text: str) -> str:
    if not re.fullmatch(rf"{prefix}[1-9]\d{{0,8}}", text, re.ASCII):
        raise ValueError(f"'{shorten(text)}' is not the reference of a {kind} ({prefix}…)")
    return text


acteur_ref = partial(_reference, "PA", "person")
organe_ref = partial(_reference, "PO", "body")
mandat_ref = partial(_reference, "PM", "mandate")
