"""What every reader gives back, and the identifiers that every reader checks."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast, get_args

from lod.errors import Finding
from lod.model import REPONSE_PUBLIEE, Question, Source, TypeQuestion
from lod.texts import fold
from lod.valeurs import compacte

TYPES: dict[str, TypeQuestion] = {
    "qe": "QE",
    "qg": "QG",
    "qosd": "QOSD",
    "qm": "QM",
    "question ecrite": "QE",
    "question au gouvernement": "QG",
    "question orale": "QOSD",  # so do pages of 2022–24 name a question orale sans débat
    "question orale sans debat": "QOSD",
    "question a un ministre": "QM",
}
LEGISLATURE = re.compile(r"\b([1-9]\d?)\s*(?:re|ère|er|e|ème|eme)?(?:\s+législature)?\b", re.I)
SANS_TETE = "aucune tete d analyse"  # printed where there is none
UID = re.compile(rf"QANR5L([1-9]\d?)({'|'.join(get_args(TypeQuestion))})([1-9]\d{{0,8}})")


@compacte
@dataclass(frozen=True, slots=True)
class Reading:
    """A question as read, and what a person should know of the reading.

    `remarks` tell what was not understood; `lines` on which line stands what can only be judged
    later, field → line; `repairs` what had to be mended in the texts, kind → how many values.
    """

    question: Question
    remarks: tuple[Finding, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    repairs: Mapping[str, int] = field(default_factory=dict)


def source(data: bytes, media_type: str) -> Source:
    """Return the source that a record is: the hash of its bytes."""
    return Source(sha256=hashlib.sha256(data).hexdigest(), format=media_type)


def uid(legislature: int, type_: TypeQuestion, numero: int) -> str:
    """Return the Assemblée's identifier of a question; numbers restart per type.

    >>> uid(15, "QE", 43349)
    'QANR5L15QE43349'
    """
    return f"QANR5L{legislature}{type_}{numero}"


def split_uid(text: str) -> tuple[int, TypeQuestion, int]:
    """Return legislature, type and number of a uid; only a reader may cut one up.

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


def tete_analyse(text: str) -> str | None:
    """Return a sub-heading; None for the words that say that there is none."""
    return None if fold(text) == SANS_TETE else text


def code_cloture(code: str | None, libelle: str | None) -> str | None:
    """Return the closing code; the older forms say « Réponse publiée » instead of one.

    >>> code_cloture(None, "Réponse publiée"), code_cloture(None, "Fin de mandat")
    ('REP_PUB', None)
    """
    if code or libelle is None:
        return code
    return REPONSE_PUBLIEE if fold(libelle) == "reponse publiee" else None


def acteur_ref(text: str) -> str:
    """Return the reference of a person; raise ValueError unless it is `PA…`."""
    if not re.fullmatch(r"PA[1-9]\d{0,8}", text):
        raise ValueError(f"'{text}' is not the reference of a person (PA…)")
    return text


def organe_ref(text: str) -> str:
    """Return the reference of a body; raise ValueError unless it is `PO…`."""
    if not re.fullmatch(r"PO[1-9]\d{0,8}", text):
        raise ValueError(f"'{text}' is not the reference of a body (PO…)")
    return text
