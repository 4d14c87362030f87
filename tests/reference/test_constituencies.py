"""The table of communes, and who is elected in each constituency."""

import re
from datetime import date
from pathlib import Path

import pytest

from lod.reference.amo_archives import read_directory
from lod.reference.constituencies import Elected, elected
from lod.reference.directory import NO_ARCHIVES
from lod.reference.tables import CommuneRow, communes, departements, deputy_rows
from tests.support import amo
from tests.support.amo import alix, bien_lu
from tests.support.paths import NEW, REAL

DAY = date(2025, 5, 1)


@pytest.fixture(scope="module")
def table() -> list[CommuneRow]:
    return [*communes()]


def test_the_table_of_communes_is_whole(table: list[CommuneRow]) -> None:
    assert len(table) == 35_008
    assert [row.code for row in table] == sorted({row.code for row in table})
    named = {(row.nom, row.departement) for row in table}
    assert len(named) == len(table)  # homonyms are told apart by their departments
    # all but citizens abroad, who live in no commune
    assert {row.departement for row in table} == {*departements()} - {"099"}
    for row in table:
        assert all(re.fullmatch(r"\d{5}", code) for code in row.codes_postaux.split()), row
    without = {row.nom for row in table if not row.codes_postaux}
    assert without == {"Paris", "Lyon", "Marseille"}  # their districts have them
    districts = [row for row in table if row.nom.endswith(" Arrondissement")]
    assert len(districts) == 20 + 9 + 16


def test_a_code_tells_the_department(table: list[CommuneRow]) -> None:
    """But for Saint-Martin, which votes with Saint-Barthélemy."""
    for row in table:
        start = row.code[: 3 if row.code.startswith("97") or row.code.startswith("98") else 2]
        assert row.departement == ("977" if start == "978" else start), row


def of(people: list[Elected], departement: str, number: int) -> list[Elected]:
    return [p for p in people if (p.place.departement, p.place.numero) == (departement, number)]


def test_who_sits_follows_from_mandates(tmp_path: Path) -> None:
    """A substitute has the seat; an empty one has the last, of no day; who asked nothing too."""
    first = amo.siege("PM1", "2024-07-07", "2024-10-21", prise="2024-07-08")
    then = amo.siege("PM2", "2024-07-07", prise="2024-10-22")
    r = bien_lu(tmp_path, alix(first), alix(then, ref="PA2"))
    [place] = {seat.circonscription for seat in r.seats.values()}
    assert place and place.departement
    key = place.departement, place.numero
    [sitting] = of(elected(r, DAY), *key)
    assert (sitting.acteur_ref, sitting.as_of) == ("PA2", date(2024, 10, 22))
    [before] = of(elected(r, date(2024, 9, 1)), *key)
    assert (before.acteur_ref, before.as_of) == ("PA1", date(2024, 7, 8))
    gone = bien_lu(tmp_path, alix(first))
    [last] = of(elected(gone, DAY), *key)
    assert (last.acteur_ref, last.as_of, last.legislature) == ("PA1", date(2024, 10, 21), 17)
    later = alix(amo.siege("PM4", "2022-06-19", "2025-04-01", legislature="16"), ref="PA3")
    [last] = of(elected(bien_lu(tmp_path, alix(first), later), DAY), *key)
    assert (last.acteur_ref, last.as_of) == ("PA1", None)


def test_without_archives_the_table_tells() -> None:
    """All constituencies since 2012, with full names; two where one has followed the other."""
    people = elected(NO_ARCHIVES, DAY)
    assert len({(p.place.departement, p.place.numero) for p in people}) == 577
    assert {p.as_of for p in people} == {None} and {p.legislature for p in people} == {17}
    [vigier] = of(people, "43", 2)
    assert (vigier.name, vigier.group) == ("Jean-Pierre Vigier", "Droite Républicaine")
    assert len(of(people, "75", 2)) == 2
    assert {p.legislature for p in elected(NO_ARCHIVES, date(2024, 6, 20))} == {16}
    assert elected(NO_ARCHIVES, date(2012, 1, 1)) == []


@pytest.mark.shared
def test_the_archives_and_the_table_agree() -> None:
    """Who sits on the last day of the archives stands in the table that others made."""
    archives = [REAL / "amo/acteurs-organes-L17.json.zip", *NEW.glob("amo/*.zip")]
    people = elected(read_directory(archives)[0], date(2026, 7, 7))
    assert len(people) == 577
    assert {p.as_of for p in people if p.as_of} == {date(2025, 11, 14)}
    vacant = [p.name for p in people if not p.as_of]
    assert len(vacant) == 2 and all(p.group for p in people)
    tabled = {(r.acteur_ref, r.departement, r.circonscription) for r in deputy_rows()
              if r.legislature == 17}  # fmt: skip
    assert [p.name for p in people
            if (p.acteur_ref, p.place.departement, p.place.numero) not in tabled] == []  # fmt: skip
