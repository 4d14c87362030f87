"""Say in `ministres.csv` who is whom in Wikidata: `python -m tools.makers.ministers FOLDER ACTORS`.

FOLDER has `holders21.csv` and `wanted-positions.csv` of every-politician-scrapers/france-cabinet;
ACTORS has the files `PA….json` of the Assemblée. Rows that P4123 or a concordance links stay.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from lod.base.packaged import MAPPINGS
from lod.base.tabular import group_by_key, rows
from lod.model.text import slug
from lod.reference.executive import BY_OFFICE, BY_OFFICE_AND_BIRTH
from lod.reference.matching import name_key
from tools.makers.tables import write

Row = dict[str, str]
WEEK = timedelta(days=7)
OF_MINISTERS = ("Minister ", "Prime Minister", "Secretary of State ", "Government Spokesperson")
OF_DEPUTIES = ("P4123", "concordance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    holder: str  # item
    nom: str  # of the holder
    naissance: str  # of the holder: day, month or year; "" if unknown
    item: str  # of the office
    debut: str
    fin: str


def proven(mandates: Sequence[Row], offices: Iterable[Office]) -> dict[int, tuple[str, ...]]:
    """Return index of a mandate → items of the offices that began and ended with it or later."""
    agree: dict[int, list[str]] = {}
    for number, mandate in enumerate(mandates):
        ends = [m["fin"] for m in mandates if m["debut"] >= mandate["debut"]]
        for office in offices:
            has_ended = not office.fin or any(not end or near(end, office.fin) for end in ends)
            if near(mandate["debut"], office.debut) and has_ended:
                agree.setdefault(number, []).append(office.item)
    return {number: tuple(sorted(set(items))) for number, items in agree.items()}


def near(one: str, another: str) -> bool:
    """Return whether two days are known and lie a week apart at most."""
    is_day = len(one) == len(another) == len("2007-06-19")
    return is_day and abs(date.fromisoformat(one) - date.fromisoformat(another)) <= WEEK


def evidence(mandates: Sequence[Row], offices: Sequence[Office], birth: str) -> str:
    """Return what proves that a person is the holder of all offices under the name, or ""."""
    if len({o.holder for o in offices}) != 1 or not proven(mandates, offices):
        return ""
    [stated] = {o.naissance for o in offices}
    precision = min(len(birth), len(stated))
    if birth[:precision] != stated[:precision]:
        return ""
    return BY_OFFICE_AND_BIRTH if precision == len("2007-06-19") else BY_OFFICE


def table(given: Sequence[Row], offices: Iterable[Office], births: dict[str, str]) -> list[Row]:
    """Return the rows of ministers with item, evidence and offices; tell what contradicts them."""
    by_name = group_by_key((name_key(o.nom), o) for o in offices)
    persons = group_by_key((person(row), row) for row in given)
    found = {
        who: (held, evidence(mandates, held, births.get(who, "")))
        for who, mandates in persons.items()
        if (held := by_name.get(name_key(f"{mandates[0]['prenom']} {mandates[0]['nom']}")))
    }
    claims = Counter(held[0].holder for held, _ in found.values())
    made: dict[str, Iterator[Row]] = {}
    for who, mandates in persons.items():
        held, said = found.get(who, ((), ""))
        [(qid, preuve)] = {(m["qid"], m["preuve"]) for m in mandates}
        item = held[0].holder if held and claims[held[0].holder] == 1 else ""
        if preuve in (BY_OFFICE, BY_OFFICE_AND_BIRTH):  # to be proven again
            qid = preuve = ""
        if qid and item and qid != item:
            print(f"{who}: {qid} ({preuve}), but {item} holds the offices", file=sys.stderr)
        elif held and not said:
            print(f"{who}: {held[0].holder}, but days or birth differ", file=sys.stderr)
        if said and item and qid in ("", item) and preuve not in OF_DEPUTIES:
            qid, preuve = item, said
        agreed = proven(mandates, held) if said and item and qid == item else {}
        made[who] = iter([
            m | {"qid": qid, "preuve": preuve, "postes": ";".join(agreed.get(number, ()))}
            for number, m in enumerate(mandates)
        ])  # fmt: skip
    return [next(made[person(row)]) for row in given]


def person(row: Row) -> str:
    """Return what tells a person from others: the reference, else the name."""
    return row["acteurRef"] or slug(f"{row['prenom']} {row['nom']}")


def read_offices(folder: Path) -> Iterator[Office]:
    items = {row["title"]: row["position"] for row in rows(folder / "wanted-positions.csv")}
    for row in rows(folder / "holders21.csv"):
        if row["position"].startswith(OF_MINISTERS):
            yield Office(
                holder=row["personID"], nom=row["person"], naissance=row["DOB"],
                item=items[row["position"]], debut=row["start"], fin=row["end"],
            )  # fmt: skip


def read_births(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the reference and the day of birth of the persons who have one."""
    for path in folder.glob("PA*.json"):
        born = json.loads(path.read_bytes())["etatCivil"]["infoNaissance"].get("dateNais")
        if isinstance(born, str):
            yield path.stem, born


def main(folder: Path, actors: Path) -> None:
    made = table(
        list(rows(MAPPINGS / "ministres.csv")),
        list(read_offices(folder)),
        dict(read_births(actors)),
    )
    write("ministres.csv", (tuple(row.values()) for row in made))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
