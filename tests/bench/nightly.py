"""What an update takes, as a share of a full build: `python -m tests.bench.nightly [--count N]…`.

A full build; then, on top of it, the same archive in which 200 of 45,000 records have changed, or
the same share of another number: every other one has a longer text, the others were open and now
have an answer, not later than the data go. Then, on top of the full build again, the same with
answers of a later day, so that the status of every open question is of another day: what a night
brings. The releases must have all of that.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from lod.model.question import REPONSE_PUBLIEE
from lod.publish.kept_releases import rollback
from lod.publish.release import manifest
from lod.rdf.store import open_store, select
from tests.bench.build import build, lacking, loaded, workplace
from tests.bench.results import BUILD, Row, archive, measured

CHANGED = 200 / 45_000  # of the records
ADDED = "Précision synthétique, ajoutée pour mesurer une mise à jour."
FULL, UPDATE, MOVED = "full build", "update", "update, a day later"
DELAY = timedelta(weeks=8)  # as generated answers have
SEEN = """PREFIX qp: <https://w3id.org/questions-parlementaires/def#>
SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s qp:texte ?t FILTER(CONTAINS(?t, "%s")) }"""
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
    """Answer a written question that is open, in the usual time or on that day; say whether it was
    open.
    """
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


def change(source: Path, target: Path, count: int, on: date | None = None) -> list[str]:
    """Copy an archive with so many records changed, about evenly spread; return their uids."""
    uids: list[str] = []
    changes = lengthen, partial(answer, on=on)
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


def archive_changed(count: int, on: date | None = None) -> tuple[Path, list[str]]:
    """Return the changed archive, made once, and what was changed in it."""
    old, name = archive(count), f"changed-{on or 'in-time'}"
    list_ = BUILD / f"{name}-{count}.json"
    path = BUILD / name / old.name  # the same name: what a record is called has not changed
    if not (list_.exists() and path.exists()):
        path.parent.mkdir(exist_ok=True)
        uids = change(old, path, max(1, round(count * CHANGED)), on)
        list_.write_text(json.dumps(uids), "utf-8")
    return path, json.loads(list_.read_text("utf-8"))


def texts_changed(release: Path) -> int:
    """Return how many questions and answers of a release have the sentence that was added."""
    [found] = select(open_store(release / "store"), SEEN % ADDED)
    return int(found["n"])


def measure(count: int) -> Iterator[Row]:
    """Yield the full build, its triples loaded for comparison, and the updates on top of it."""
    with workplace("nightly") as folder:
        if lack := lacking(3 * count, folder):
            print(f"SKIPPED: three builds of {count} records: {lack}")
            return
        out, times = folder / "out", folder / "times"
        full = build(archive(count), out, times)
        yield full | {"what": FULL}
        yield loaded((out / "current").resolve(), folder, count)
        last = date.fromisoformat(manifest(out / "current")["donnees_au"])
        for what, on in ((UPDATE, None), (MOVED, last + timedelta(days=1))):
            other, uids = archive_changed(count, on)
            times.unlink(missing_ok=True)
            update = build(other, out, times)
            seen = texts_changed(out / "current")
            if seen != len(uids) or update["release"] == full["release"]:
                raise SystemExit(f"{len(uids)} records were changed, the {what} shows {seen}")
            yield update | {"what": what, "changed": len(uids)}
            rollback(out, full["release"])


if __name__ == "__main__":
    measured("nightly", measure)
