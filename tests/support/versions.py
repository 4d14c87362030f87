"""Invented questions in two states, between which all happens that the change feed tells; and in
a third. Releases of them, one after the other.
"""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lod.base.settings import Settings
from lod.build import build
from lod.publish.release import current
from tests.support.paths import GOOD

PLAIN = json.loads(GOOD.read_text("utf-8"))
ROADS = {"organeRef": "PO855084", "abrege": "Routes", "developpe": "Ministère des routes"}
COUNTS = {"ajoutee": 2, "repondue": 2, "reattribuee": 2, "retiree": 1, "rouverte": 2,
          "corrigee": 1, "supprimee": 1}  # fmt: skip


def record(number: int, *, answered: bool = False, **changed: Any) -> dict[str, Any]:
    """An invented question with its number; `withdrawn`, `roads` and `title` change it."""
    made = copy.deepcopy(PLAIN)
    q = made["question"]
    q["uid"], q["identifiant"]["numero"] = f"QANR5L17QE{number}", str(number)
    if not answered:
        q["textesReponse"] = q["cloture"] = None
    if "withdrawn" in changed:
        q["cloture"] = {"codeCloture": "FIN_MAN", "libelleCloture": "Fin de mandat",
                        "dateCloture": "2025-06-17", "infoJO": None}  # fmt: skip
    if "roads" in changed:
        first = q["minAttribs"]["minAttrib"]
        q["minAttribs"]["minAttrib"] = [first, {**first, "denomination": ROADS}]
    if "title" in changed:
        q["indexationAN"]["analyses"]["analyse"] = changed["title"]
    return made


BEFORE = (
    *(record(n) for n in (1, 2, 3, 6, 7)),
    *(record(n, answered=True) for n in (4, 5, 10)),
    record(11, withdrawn=True),
)
AFTER = (
    record(1, answered=True),
    record(2, withdrawn=True),
    record(3, roads=True),
    record(4, answered=True, title="Titre corrigé"),
    record(6),
    record(7, answered=True, roads=True),
    record(8),
    record(9, answered=True),
    record(10),
    record(11),
)


def written(folder: Path, records: tuple[dict[str, Any], ...]) -> Path:
    folder.mkdir()
    for made in records:
        (folder / f"{made['question']['uid']}.json").write_text(json.dumps(made), "utf-8")
    return folder


# the question that was removed comes back, and one that came later is corrected
THIRD = (
    *(r for r in AFTER if r is not AFTER[7]),
    record(9, answered=True, title="Titre neuf"),
    record(5, answered=True),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder with three releases, the records that made them, and their ids."""

    out: Path
    records: tuple[Path, ...]
    ids: tuple[str, ...]

    def folder(self, number: int) -> Path:
        return self.out / "releases" / self.ids[number]


def build_versions(folder: Path) -> Kept:
    """Build three releases, one after the other."""
    records = tuple(
        written(folder / f"records-{n}", r) for n, r in enumerate((BEFORE, AFTER, THIRD))
    )
    out, ids = folder / "out", []
    for some in records:
        build([some], out, Settings())
        ids.append(current(out).name)
    return Kept(out, records, tuple(ids))
