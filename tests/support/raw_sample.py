"""Counts of the sample, made from the bytes of its records alone: no module of the program is used.

The sample has one record that is a page, of a question that was withdrawn; all others are JSON.
"""

import json
import zipfile
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[2] / "lod" / "sources" / "echantillon.zip"


@dataclass(frozen=True)
class RawQuestion:
    """What a record states."""

    uid: str
    legislature: int
    type: str
    author: str
    group: str
    ministry: str  # the last one in charge: its long name in small letters
    heading: str | None
    published: date
    answered: date | None

    @property
    def due(self) -> date:
        """Two months after publication, on the same day of the month or its last day."""
        year, month = divmod(self.published.month + 1, 12)
        year, month = self.published.year + year, month + 1
        return date(year, month, min(self.published.day, monthrange(year, month)[1]))

    @property
    def days(self) -> int:
        """Days until it was answered."""
        assert self.answered
        return (self.answered - self.published).days


def day(text: str) -> date:
    """Read 03/07/2018, or 2022-09-06."""
    if "/" not in text:
        return date.fromisoformat(text[:10])
    number, month, year = map(int, text.split("/"))
    return date(year, month, number)


def listed(value: Any) -> list[Any]:
    """Return what is a list, one thing, or nothing in a record."""
    return value if isinstance(value, list) else [value] if value else []


def days_of(texts: list[Any]) -> list[date]:
    """Return the days of the Journal officiel that has some texts."""
    return [day(text["infoJO"]["dateJO"]) for text in texts]


def raw_question(record: dict[str, Any]) -> RawQuestion:
    """Read one record."""
    q = record["question"]
    texts = listed(q["textesQuestion"] and q["textesQuestion"]["texteQuestion"])
    answers = listed(q["textesReponse"] and q["textesReponse"]["texteReponse"])
    charge = listed(q["minAttribs"]["minAttrib"])[-1]["denomination"]
    return RawQuestion(
        uid=q["uid"],
        legislature=int(q["identifiant"]["legislature"]),
        type=q["type"],
        author=q["auteur"]["identite"]["acteurRef"],
        group=q["auteur"]["groupe"]["abrege"],
        ministry=charge["developpe"].lower().replace("’", "'"),
        heading=q["indexationAN"]["rubrique"],
        # a question au Gouvernement is published with its answer, in the debates of that day
        published=min(days_of(texts or answers)),
        answered=min(days_of(answers), default=None),
    )


def raw_questions() -> list[RawQuestion]:
    """Read every record of the sample that is JSON."""
    with zipfile.ZipFile(SAMPLE) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".json"))
        return [raw_question(json.loads(archive.read(name))) for name in names]


def written(legislature: int) -> list[RawQuestion]:
    """Return the written questions of a legislature."""
    return [q for q in raw_questions() if (q.legislature, q.type) == (legislature, "QE")]


def newest() -> date:
    """Return the last day that a record names."""
    return max(q.answered or q.published for q in raw_questions())


def most(values: list[Any]) -> list[tuple[Any, int]]:
    """Return each value and how often it occurs, the most frequent first."""
    return Counter(value for value in values if value is not None).most_common()
