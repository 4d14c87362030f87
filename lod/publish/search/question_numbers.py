"""The number of a question in a text: QANR5L15QE43349, « 15-43349 », « question écrite n° 12 »."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from lod.model.text import fold
from lod.rdf.ontology import types
from lod.reference.tables import legislatures

_UID = re.compile(r"qanr\dl(\d{1,2})([a-z]{2,4})(\d{1,6})")
_LEGISLATURE = re.compile(r"(\d{1,2})e(?:me)?")
_NUMBER = re.compile(r"\d{1,6}")
# word → type
TYPE_WORDS = {"ecrite": "QE", "gouvernement": "QG", "orale": "QOSD", "ministre": "QM"}
IGNORED_WORDS = frozenset(
    ("question", "no", "n", "numero", "au", "a", "un", "de", "la", "legislature", "sans", "debat")
)


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
    """
    folded = fold(text[:100]).removeprefix("question ")  # as in « question/QANR5L15QE43349 »
    if (uid := _UID.fullmatch(folded)) and uid[2].upper() in types():
        return QuestionNumber(int(uid[3]), int(uid[1]), uid[2].upper())
    numbers: list[int] = []
    kind, legislature = "", None
    for word in folded.split():
        if word.upper() in types() or word in TYPE_WORDS:
            kind = TYPE_WORDS.get(word, word.upper())
        elif stated := _LEGISLATURE.fullmatch(word):
            legislature = int(stated[1])
        elif _NUMBER.fullmatch(word):
            numbers.append(int(word))
        elif word not in IGNORED_WORDS:
            return None
    if legislature is None and len(numbers) == 2:  # « 15-43349 »: the legislature comes first
        legislature = numbers.pop(0)
    return QuestionNumber(numbers[0], legislature, kind) if len(numbers) == 1 else None
