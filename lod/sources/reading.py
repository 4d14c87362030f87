"""The result of every reader of a form, and values that all of them make."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lod.base.errors import Finding, SourceError, Where
from lod.model.question import FIN_DE_LEGISLATURE, JO, REPONSE_PUBLIEE, Cloture, Question, Source
from lod.model.text import fold

# folded reason → closing code, of those that are no withdrawal
CODES = {"reponse publiee": REPONSE_PUBLIEE, "fin de legislature": FIN_DE_LEGISLATURE}
NO_SUBHEADING = "aucune tete d analyse"  # printed where there is none


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


def cloture(
    day: date | None, code: str | None, libelle: str | None, jo: JO | None = None
) -> Cloture | None:
    """Return the closure that a record states; None if it states neither day, code nor reason.

    A reason without a code has that of the reasons which have one.

    >>> cloture(date(2014, 5, 13), None, "Réponse publiée").code
    'REP_PUB'
    """
    if not (day or code or libelle):
        return None
    known = code or (CODES.get(fold(libelle)) if libelle else None)
    return Cloture(jour=day, code=known, libelle=libelle, jo=jo)


def whole(reading: Reading, where: Callable[[], Where]) -> Reading:
    """Return the reading; raise SourceError, at `where`, if it states neither a day nor a text."""
    q = reading.question
    if not (q.jours or q.texte or any(r.texte for r in q.reponses)):
        raise SourceError(
            where(), "neither a day nor a text of a question", "fetch the record again, whole"
        )
    return reading
