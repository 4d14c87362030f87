"""The result of every reader of a form, and values that all of them make."""

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
    """A question as read from one record."""

    question: Question
    remarks: tuple[Finding, ...] = ()  # about values that were not understood, and repairs
    lines: Mapping[str, int] = field(default_factory=dict)  # name of a field → line of its value
    repairs: Mapping[str, int] = field(default_factory=dict)  # kind → number of repaired values


def source(data: bytes, media_type: str) -> Source:
    """Return the source of a question: hash and media type of the record."""
    return Source(sha256=hashlib.sha256(data).hexdigest(), format=media_type)


def tete_analyse(text: str) -> str | None:
    """Return a sub-heading; None for « Aucune tête d'analyse »."""
    return None if fold(text) == NO_SUBHEADING else text


def code_cloture(code: str | None, libelle: str | None) -> str | None:
    """Return the closing code; if there is none, REP_PUB for the label « Réponse publiée ».

    >>> code_cloture(None, "Réponse publiée"), code_cloture(None, "Fin de mandat")
    ('REP_PUB', None)
    """
    if code or libelle is None:
        return code
    return REPONSE_PUBLIEE if fold(libelle) == "reponse publiee" else None
