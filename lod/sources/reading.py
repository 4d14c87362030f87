"""What every reader gives back, and the identifiers that every reader checks."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lod.base.errors import Finding
from lod.base.pickling import pickled_by_field
from lod.model.question import REPONSE_PUBLIEE, Question, Source
from lod.model.text import fold

NO_SUBHEADING = "aucune tete d analyse"  # printed where there is none


@pickled_by_field
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


def tete_analyse(text: str) -> str | None:
    """Return a sub-heading; None for the words that say that there is none."""
    return None if fold(text) == NO_SUBHEADING else text


def code_cloture(code: str | None, libelle: str | None) -> str | None:
    """Return the closing code; the older forms say « Réponse publiée » instead of one.

    >>> code_cloture(None, "Réponse publiée"), code_cloture(None, "Fin de mandat")
    ('REP_PUB', None)
    """
    if code or libelle is None:
        return code
    return REPONSE_PUBLIEE if fold(libelle) == "reponse publiee" else None
