"""What a text refers to by number: laws and decrees on Légifrance, earlier questions.

Only what is certain: a text of law by number *and* date, a question by number where the words say
that the author recalls it. All else stays text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lod.model.dates import FRENCH_DATE, en_toutes_lettres, read_date
from lod.model.question import Question
from lod.reference.tables import legislature_du

NUMERO = r"n(?:°|os?|[ \u00a0]o)[ \u00a0\u202f]?"
LOI = re.compile(
    rf"\b(loi|décret|ordonnance)[ \u00a0]{NUMERO}(\d{{2,4}})[-\u2010\u2011\u2013](\d{{1,5}})"
    rf"[ \u00a0]du[ \u00a0]({FRENCH_DATE})",
    re.IGNORECASE,
)
# a part of LOI that hardly any text has: it is looked for in a quarter of the time
NOMBRE = re.compile(r"[-\u2010\u2011\u2013]\d{1,5}[ \u00a0][dD][uU][ \u00a0]\d")
RAPPEL = re.compile(
    rf"\brappell?e(?:nt)?\b[^\n]{{0,300}}?\b(?:sa|leur)(?:[ \u00a0]précédente)?[ \u00a0]question"
    rf"(?:[ \u00a0](écrite|orale|au Gouvernement)[^\n,.]{{0,20}}?)?[ \u00a0]{NUMERO}"
    r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,6})\b([^\n]{0,120})",
    re.IGNORECASE,
)
PUBLIEE = re.compile(
    rf"^[^.]{{0,60}}?(?:publiée|parue|déposée)[^.]{{0,80}}?(?:le|du)[ \u00a0]({FRENCH_DATE})",
    re.IGNORECASE,
)
TYPES = {"écrite": "QE", "orale": "QOSD", "au gouvernement": "QG"}
ELI = "https://www.legifrance.gouv.fr/eli/{nature}/{j.year}/{j.month}/{j.day}/{numero}/jo/texte"


@dataclass(frozen=True, slots=True)
class TexteCite:
    """A law, a decree or an ordinance: its number and its day."""

    nature: str
    numero: str
    jour: date

    @property
    def eli(self) -> str:
        """Its address on Légifrance (European Legislation Identifier, by number)."""
        nature = self.nature.replace("é", "e")
        return ELI.format(nature=nature, j=self.jour, numero=self.numero)

    @property
    def nom(self) -> str:
        """What it is called: « Loi n° 2016-1321 du 7 octobre 2016 »."""
        nature = self.nature.capitalize()
        return f"{nature} n°\u00a0{self.numero} du {en_toutes_lettres(self.jour)}"


@lru_cache(maxsize=1024)  # the triples, the labels and the page ask for the same text
def textes_cites(texte: str | None) -> tuple[TexteCite, ...]:
    """Return the laws, decrees and ordinances that a text cites by number and date, once each.

    The year of the number must be that of the date; a number that comes with two dates is a
    misprint somewhere, and is left alone.

    >>> [t.eli for t in textes_cites("la loi n° 2016-1321 du 7 octobre 2016, la loi n° 2004-439")]
    ['https://www.legifrance.gouv.fr/eli/loi/2016/10/7/2016-1321/jo/texte']
    """
    found = dict.fromkeys(_cites(texte or ""))
    days: dict[tuple[str, str], set[date]] = {}
    for t in found:
        days.setdefault((t.nature, t.numero), set()).add(t.jour)
    return tuple(t for t in found if len(days[t.nature, t.numero]) == 1)


def _cites(texte: str) -> Iterable[TexteCite]:
    if not NOMBRE.search(texte):
        return
    for nature, an, rang, day in LOI.findall(texte):
        try:
            jour = read_date(day)
        except ValueError:
            continue
        if str(jour.year) == an or (jour.year < 2000 and jour.year == 1900 + int(an)):
            yield TexteCite(nature.lower(), f"{an}-{rang}", jour)


def rappels(q: Question) -> tuple[str, ...]:
    """Return the uids of the earlier questions that the text recalls by number, once each.

    The legislature is that of the day on which the text says it was published, else the
    question's own; a question recalls none that came after it.
    """
    return tuple(dict.fromkeys(_rappels(q)))


def _rappels(q: Question) -> Iterable[str]:
    for type_, number, rest in RAPPEL.findall(q.texte or ""):
        kind = TYPES[type_.lower()] if type_ else q.type
        numero = int(re.sub(r"\D", "", number))
        legislature = _legislature(rest, q)
        later = (legislature, kind) == (q.legislature, q.type) and numero >= q.numero
        if legislature and not later:
            yield f"QANR5L{legislature}{kind}{numero}"


def _legislature(rest: str, q: Question) -> int | None:
    """Return the legislature of the day of publication that follows the number, if any does."""
    stated = PUBLIEE.match(rest)
    if not stated:
        return q.legislature
    try:
        jour = read_date(stated[1])
    except ValueError:
        return None
    if q.parution and jour > q.parution.jour:
        return None
    return legislature_du(jour)
