"""Citations found in texts: laws and decrees with their address on Légifrance, earlier questions.

A law counts only with its number *and* its date, a question only where the words say that the
author recalls it (« rappelle sa question n° … »). All other mentions stay text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lod.model.dates import FRENCH_DATE, french_date, read_date
from lod.model.question import Question
from lod.reference.tables import legislature_on

NUMBER_SIGN = r"n(?:[°º]|os?|[ \u00a0]o)[ \u00a0\u202f]?"
QUALIFIER = r"(?:[ \u00a0](?:d[’']avenir|d[’']application))?"  # as real answers have them
LAW = re.compile(
    rf"\b(loi|décret|ordonnance){QUALIFIER}[ \u00a0]{NUMBER_SIGN}(\d{{2,4}})"
    r"[-\u2010\u2011\u2013](\d{1,5})"
    rf"[ \u00a0]du[ \u00a0]({FRENCH_DATE})",
    re.IGNORECASE,
)
# the part of LAW that few texts have: searching it first takes a quarter of the time of LAW
LAW_HINT = re.compile(r"[-\u2010\u2011\u2013]\d{1,5}[ \u00a0][dD][uU][ \u00a0]\d")
RAPPEL = re.compile(
    rf"\brappell?e(?:nt)?\b[^\n]{{0,300}}?\b(?:sa|leur)(?:[ \u00a0]précédente)?[ \u00a0]question"
    rf"(?:[ \u00a0](écrite|orale|au Gouvernement)[^\n,.]{{0,20}}?)?[ \u00a0]{NUMBER_SIGN}"
    r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,6})\b([^\n]{0,120})",
    re.IGNORECASE,
)
PUBLISHED_ON = re.compile(
    rf"^[^.]{{0,60}}?(?:publiée|parue|déposée)[^.]{{0,80}}?(?:le|du)[ \u00a0]({FRENCH_DATE})",
    re.IGNORECASE,
)
TYPES = {"écrite": "QE", "orale": "QOSD", "au gouvernement": "QG"}


@dataclass(frozen=True, slots=True)
class CitedText:
    """A law, a decree or an ordinance."""

    nature: str  # loi, décret or ordonnance
    numero: str  # with its year: 2016-1321
    day: date  # of signature, as the text states it

    @property
    def code(self) -> str:
        """What tells it from others in its address: loi/2016/10/7/2016-1321."""
        nature, day = self.nature.replace("é", "e"), self.day
        return f"{nature}/{day.year}/{day.month}/{day.day}/{self.numero}"

    @property
    def eli(self) -> str:
        """The address on Légifrance (European Legislation Identifier, by number)."""
        return eli_of(self.code)

    @property
    def name(self) -> str:
        """The label: « Loi n° 2016-1321 du 7 octobre 2016 »."""
        nature = self.nature.capitalize()
        return f"{nature} n° {self.numero} du {french_date(self.day)}"


def eli_of(code: str) -> str:
    """Return the address on Légifrance of the text with a code."""
    return f"https://www.legifrance.gouv.fr/eli/{code}/jo/texte"


def texts_cited_in(q: Question) -> tuple[CitedText, ...]:
    """Return the texts that a question or an answer to it cites, once each."""
    texts = (q.texte, *(r.texte for r in q.reponses))
    return tuple(dict.fromkeys(cited for text in texts for cited in cited_texts(text)))


@lru_cache(maxsize=1024)  # triples, labels and page ask for the citations of the same text
def cited_texts(texte: str | None) -> tuple[CitedText, ...]:
    """Return the laws, decrees and ordinances that a text cites by number and date, once each.

    Left out: a number whose year is not the year of the date, and one that is cited with two dates.

    >>> [t.eli for t in cited_texts("la loi n° 2016-1321 du 7 octobre 2016, la loi n° 2004-439")]
    ['https://www.legifrance.gouv.fr/eli/loi/2016/10/7/2016-1321/jo/texte']
    """
    cited = dict.fromkeys(_citations(texte or ""))
    days: dict[tuple[str, str], set[date]] = {}
    for t in cited:
        days.setdefault((t.nature, t.numero), set()).add(t.day)
    return tuple(t for t in cited if len(days[t.nature, t.numero]) == 1)


def _citations(texte: str) -> Iterable[CitedText]:
    if not LAW_HINT.search(texte):
        return
    for nature, year, serial, day_text in LAW.findall(texte):
        try:
            day = read_date(day_text)
        except ValueError:
            continue
        if str(day.year) == year or (day.year < 2000 and day.year == 1900 + int(year)):
            yield CitedText(nature.lower(), f"{year}-{serial}", day)


def rappels(q: Question) -> tuple[str, ...]:
    """Return the uids of the earlier questions that the text recalls by number, once each.

    A day of publication that follows the number tells the legislature; without one, it is the
    legislature of the question. A later number or legislature is left out.
    """
    return tuple(dict.fromkeys(_rappels(q)))


def _rappels(q: Question) -> Iterable[str]:
    for type_, number, rest in RAPPEL.findall(q.texte or ""):
        kind = TYPES[type_.lower()] if type_ else q.type
        numero = int(re.sub(r"\D", "", number))
        legislature = _legislature(rest, q)
        if legislature is None or legislature > q.legislature:
            continue
        if (legislature, kind) != (q.legislature, q.type) or numero < q.numero:
            yield f"QANR5L{legislature}{kind}{numero}"


def _legislature(rest: str, q: Question) -> int | None:
    """Return the legislature of a recalled question, of which `rest` is the text that follows.

    None for a day that is not in the calendar, or after the publication of `q`.
    """
    stated = PUBLISHED_ON.match(rest)
    if not stated:
        return q.legislature
    try:
        day = read_date(stated[1])
    except ValueError:
        return None
    if q.parution and day > q.parution.jour:
        return None
    return legislature_on(day)
