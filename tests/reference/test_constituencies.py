"""The tables of communes and constituencies: of each commune, of its parts, of consular posts; each
trap; and who is elected there.
"""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lod.base.packaged import MAPPINGS
from lod.reference.amo_archives import read_directory
from lod.reference.constituencies import (
    Elected,
    constituency_codes,
    consular_posts,
    elected,
    parts_of_communes,
)
from lod.reference.directory import NO_ARCHIVES
from lod.reference.tables import CommuneRow, communes, departements, deputy_rows
from tests.makers.communes import workbook_rows
from tests.support import amo
from tests.support.amo import alix, bien_lu
from tests.support.paths import NEW, REAL, SHARED

DAY = date(2025, 5, 1)


@pytest.fixture(scope="module")
def table() -> list[CommuneRow]:
    return [*communes()]


@pytest.fixture(scope="module")
def places() -> dict[str, tuple[str, ...]]:
    return dict(constituency_codes())


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


def test_nearly_all_communes_have_one(
    table: list[CommuneRow], places: dict[str, tuple[str, ...]]
) -> None:
    """All but 143 of 34,963; of thirteen none is known."""
    known = {row.code: row.nom for row in table}
    assert places.keys() == known.keys()
    whole = [places[code] for code, name in known.items() if " Arrondissement" not in name]
    assert Counter(min(len(some), 2) for some in whole) == {1: 34_820, 2: 130, 0: 13}
    unknown = {known[code] for code, some in places.items() if not some}
    destroyed = {
        *("Beaumont-en-Verdunois", "Bezonvaux", "Cumières-le-Mort-Homme"),
        *("Fleury-devant-Douaumont", "Haumont-près-Samogneux", "Louvemont-Côte-du-Poivre"),
    }
    assert destroyed < unknown and "Sannerville" in unknown


def test_all_constituencies_are_there(
    table: list[CommuneRow], places: dict[str, tuple[str, ...]]
) -> None:
    """Of 577, eleven are abroad; each is in the department where its communes vote."""
    posts = consular_posts()
    abroad = {place for _, place in posts}
    here = {place for some in places.values() for place in some}
    assert (len(here), len(abroad), len(posts)) == (566, 11, 224)
    assert here | abroad == {f"{row.departement}-{row.circonscription}" for row in deputy_rows()
                             if row.legislature == 17}  # fmt: skip
    for row in table:
        assert {place.rpartition("-")[0] for place in places[row.code]} <= {row.departement}
    assert dict(posts)["Londres"] == "099-3" and dict(posts)["Québec"] == "099-1"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("43234", "43-2"), ("14666", ""), ("55039", ""), ("22093", "22-2 22-3"), ("12218", "12-2"),
     ("49160", "49-6 49-7"), ("75056", 18), ("75113", "75-9 75-10"), ("75116", "75-4 75-14"),
     ("69123", 4), ("69383", 4), ("13055", 7), ("13201", 7), ("2A247", "2A-2"),
     ("97801", "977-1"), ("97701", "977-1"), ("97601", "976-1"), ("98711", "987-1"),
     ("98611", "986-1"), ("97502", "975-1"), ("98818", "988-1"), ("97411", "974-1 974-6")],
)  # fmt: skip
def test_each_trap(places: dict[str, tuple[str, ...]], code: str, expected: str | int) -> None:
    """A village; one founded again, one destroyed; merged ones; cities and districts; codes that
    are the Ministère's own; two territories with one deputy.
    """
    own = places[code]
    assert (len(own) if isinstance(expected, int) else " ".join(own)) == expected


def test_parts_of_communes(places: dict[str, tuple[str, ...]]) -> None:
    """Districts of Paris, cantons of other cities, delegated communes of merged ones; none where
    every part has the same names.
    """
    parts = parts_of_communes()
    assert parts["75056", "75-1"] == ("arrondissements", "1er, 2e, 8e, 9e")
    assert parts["22093", "22-2"] == ("communes déléguées", "Planguenoual")
    assert parts["10387", "10-1"] == ("cantons", "Troyes-1, Troyes-4")
    of_communes = Counter(code for code, _ in parts)
    assert len(of_communes) == 88
    for code, count in of_communes.items():
        assert count == len(places[code]) > 1
        assert len({parts[code, place] for place in places[code]}) > 1
    for place in places["75056"]:  # a district says the same as the city
        numbers = {f"{int(c[3:])}{'er' if c == '75101' else 'e'}" for c, own in places.items()
                   if c.startswith("751") and place in own}  # fmt: skip
        assert {*parts["75056", place].names.split(", ")} == numbers


@pytest.mark.slow
@pytest.mark.shared
def test_the_tables_are_what_the_ministere_says(places: dict[str, tuple[str, ...]]) -> None:
    """The table of communes is the file that a program of others made of the same workbook, which
    our maker makes as well; and a commune that is still there has the constituencies of its rows.
    """
    folder = SHARED / "data/places"
    made = (folder / "communes-circonscriptions.csv").read_bytes()
    assert (MAPPINGS / "communes-circonscriptions.csv").read_bytes() == made
    said = [*workbook_rows(folder / "circos_ministere.xlsx")]
    assert len(said) == 36_466
    rows = {(d, c, n) for d, _, c, _, n, _, _ in said if d == "43"}
    assert all(f"43-{n}" in places[f"43{int(c):03}"] for _, c, n in rows) and len(rows) > 250


def of(people: list[Elected], departement: str, number: int) -> list[Elected]:
    return [p for p in people if (p.place.departement, p.place.numero) == (departement, number)]


def test_who_sits_follows_from_mandates(tmp_path: Path) -> None:
    """A substitute has taken the seat; a seat that is empty has the last one, of no day; who asked
    nothing is there.
    """
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
    """All constituencies; a person with the full name of the group, of no day; two where one has
    followed the other. Nobody of the constituencies before 2012.
    """
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
    """Who sits on the last day of the archives stands in the table of deputies, which others made,
    for the same constituency.
    """
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
