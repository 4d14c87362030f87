"""The number of a question in a text: QANR5L15QE43349, « 15-43349 », « question écrite n° 12 »,
the address of its page; and what else an address of the Assemblée is about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from lod.model.text import fold
from lod.rdf.ontology import types
from lod.reference.tables import legislatures

_UID = re.compile(r"qanr\dl(\d{1,2})([a-z]{2,4})(\d{1,6})")
# with or without a scheme, a query, a fragment
_ADDRESS = re.compile(
    r"(?:https?://)?\S+?/(?:questions?|q\d+|opendata)/([\w-]+)(?:\.\w+)*/?(?:[?#]\S*)?", re.ASCII
)
_BODY = re.compile(r"\A(?>\S*?\bassemblee-nationale\.fr/)\S*?(?:/|OMC_)(P[AO]\d++)\b\S*", re.ASCII)
_LEGISLATURE = re.compile(r"(\d{1,2})e(?:me)?|l(\d{1,2})")
_ROMAN = {"xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16, "xvii": 17}
# « 43349 », « QE43349 », « L15QE43349 », « 43349QE » as in addresses of the Assemblée
_NUMBER = re.compile(r"(?:l(\d{1,2}))?([a-z]{2,4})?(\d{1,6})([a-z]{2,4})?")
# word → type
TYPE_WORDS = {
    **{"ecrite": "QE", "gouvernement": "QG", "orale": "QOSD", "ministre": "QM"},
    **{"written": "QE", "government": "QG", "oral": "QOSD", "minister": "QM"},
}
IGNORED_WORDS = frozenset((
    *("question", "questions", "no", "n", "numero", "number", "au", "a", "un", "de", "la"),
    *("legislature", "sans", "debat"),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuestionNumber:
    """The number of a question, which may stand for several questions."""

    numero: int
    legislature: int | None = None  # None: any
    type: str = ""  # QE, QG, QOSD or QM, "" for any

    def uids(self) -> Iterator[str]:
        """Yield the identifiers of the questions that it may stand for, existing or not."""
        numbers = [self.legislature] if self.legislature else legislatures()
        for number, kind in product(numbers, [self.type] if self.type else sorted(types())):
            yield f"QANR5L{number}{kind}{self.numero}"

    def may_be(self, uid: str) -> bool:
        return uid in self.uids()


def number_in(text: str) -> QuestionNumber | None:
    """Return the number that a text states, None if it states anything else.

    >>> number_in("QANR5L15QE43349") == number_in("15-QE-43349") == QuestionNumber(43349, 15, "QE")
    True
    >>> number_in("Question écrite n° 43349 (15e législature)") == QuestionNumber(43349, 15, "QE")
    True
    >>> number_in("QG 12"), number_in("Loi de 2005")
    (QuestionNumber(numero=12, legislature=None, type='QG'), None)
    >>> number_in("15-43349QE") == QuestionNumber(43349, 15, "QE")
    True
    >>> number_in("43 349") == QuestionNumber(43349)
    True
    >>> number_in("questions.assemblee-nationale.fr/q15/15-43349QE.htm").numero
    43349
    >>> number_in("QE 43349 XVe") == QuestionNumber(43349, 15, "QE")
    True
    """
    text = text.strip()[:200]
    if address := _ADDRESS.fullmatch(text):
        text = address[1]
    folded = fold(text).removeprefix("question ")  # as in « question/QANR5L15QE43349 »
    if (uid := _UID.fullmatch(folded)) and uid[2].upper() in types():
        return QuestionNumber(int(uid[3]), int(uid[1]), uid[2].upper())
    numbers: list[int] = []
    kind, legislature = "", None
    for word in folded.split():
        if word.upper() in types() or word in TYPE_WORDS:
            kind = TYPE_WORDS.get(word, word.upper())
        elif stated := _LEGISLATURE.fullmatch(word):
            legislature = int(stated[1] or stated[2])
        elif roman := _ROMAN.get(word.removesuffix("me").removesuffix("e")):
            legislature = roman
        elif stated := _NUMBER.fullmatch(word):
            letters = (stated[2] or stated[4] or "").upper()
            if letters and letters not in types():
                return None
            numbers.append(int(stated[3]))
            kind, legislature = letters or kind, int(stated[1]) if stated[1] else legislature
        elif word not in IGNORED_WORDS:
            return None
    if len(numbers) == 2:
        first, last = numbers
        if re.search(rf"\b{first}[ .,\u00a0\u202f]{last:03}\b", text):  # « 43 349 »
            numbers = [1000 * first + last]
        elif legislature is None:  # « 15-43349 »: it comes first
            legislature, numbers = first, [last]
    return QuestionNumber(numbers[0], legislature, kind) if len(numbers) == 1 else None


def body_in(text: str) -> str:
    """Return the identifier of the deputy, group or ministry that an address of the Assemblée is
    about; "" for any other text.

    >>> body_in("https://www.assemblee-nationale.fr/dyn/deputes/PA1567"), body_in("PA1567")
    ('PA1567', '')
    """
    address = _BODY.fullmatch(text.strip())
    return address[1] if address else ""
