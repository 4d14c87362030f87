"""An archive as of the next day: some records have a longer text, others an answer now."""

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from lod.model.question import REPONSE_PUBLIEE

ADDED = "Précision synthétique, ajoutée pour mesurer une mise à jour."
DELAY = timedelta(weeks=8)  # as generated answers have
_QUESTION = re.compile(r"(QANR\w+)\.json$")


def plain(value: Any) -> str:
    """Return a text of a record, which may stand in `#text`; empty if there is none."""
    found = value.get("#text") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def asked(question: dict[str, Any]) -> dict[str, Any]:
    """Return the first text of a question with its place in the JO, empty if it has none."""
    texts = (question.get("textesQuestion") or {}).get("texteQuestion")
    first = texts[0] if isinstance(texts, list) else texts
    return first if isinstance(first, dict) and plain(first.get("texte")) else {}


def lengthen(question: dict[str, Any]) -> bool:
    """Add a sentence to the text of a question; say whether it has one."""
    if place := asked(question):
        place["texte"] = f"{plain(place['texte'])} {ADDED}"
    return bool(place)


def answer(question: dict[str, Any], on: date | None = None) -> bool:
    """Answer a written question that is open, in time or on that day; say whether it was open."""
    day = plain((asked(question).get("infoJO") or {}).get("dateJO"))
    open_ = not question.get("cloture") and not question.get("textesReponse")
    if question.get("type") != "QE" or not open_ or not day:
        return False
    jour = (on or date.fromisoformat(day) + DELAY).isoformat()
    place = {"typeJO": "JO_QUESTION", "dateJO": jour, "pageJO": "1234", "numJO": None}
    texte = f"Réponse à {question['uid']}. {ADDED}"
    question["textesReponse"] = {"texteReponse": {"infoJO": place, "texte": texte}}
    question["cloture"] = {
        "codeCloture": REPONSE_PUBLIEE, "libelleCloture": "Réponse publiée", "dateCloture": jour,
        "infoJO": None,
    }  # fmt: skip
    return True


def change(
    source: Path, target: Path, count: int, on: date | None = None, *, only_texts: bool = False
) -> list[str]:
    """Copy an archive with so many records changed, evenly spread; return their uids."""
    uids: list[str] = []
    changes: Sequence[Callable[[dict[str, Any]], bool]] = (
        lengthen, lengthen if only_texts else partial(answer, on=on)
    )  # fmt: skip
    with zipfile.ZipFile(source) as old:
        names = old.namelist()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
            for place, name in enumerate(names):
                data = old.read(name)
                due = len(uids) < count and place * count // len(names) >= len(uids)
                if due:
                    record = orjson.loads(data)
                    if changes[len(uids) % 2](record["question"]):
                        data = orjson.dumps(record)
                        uids += _QUESTION.findall(name)
                new.writestr(name, data)
    return uids
