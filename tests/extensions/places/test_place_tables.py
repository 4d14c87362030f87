"""The constituencies of each commune, of its parts, of consular posts; each trap."""

from collections import Counter

import pytest

from lod.base.packaged import MAPPINGS
from lod.extensions.places.tables import constituency_codes, consular_posts, parts_of_communes
from lod.reference.tables import CommuneRow, communes, deputy_rows
from tests.support.paths import SHARED
from tools.makers.communes import workbook_rows


@pytest.fixture(scope="module")
def table() -> list[CommuneRow]:
    return [*communes()]


@pytest.fixture(scope="module")
def places() -> dict[str, tuple[str, ...]]:
    return dict(constituency_codes())


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
    """A village; one founded again; merged ones; cities and districts; codes of the Ministère."""
    own = places[code]
    assert (len(own) if isinstance(expected, int) else " ".join(own)) == expected


def test_parts_of_communes(places: dict[str, tuple[str, ...]]) -> None:
    """Districts of Paris, cantons of other cities, delegated communes; none of equal parts."""
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
    """The table of communes is that which a program of others made of the same workbook."""
    folder = SHARED / "data/places"
    made = (folder / "communes-circonscriptions.csv").read_bytes()
    assert (MAPPINGS / "communes-circonscriptions.csv").read_bytes() == made
    said = [*workbook_rows(folder / "circos_ministere.xlsx")]
    assert len(said) == 36_466
    rows = {(d, c, n) for d, _, c, _, n, _, _ in said if d == "43"}
    assert all(f"43-{n}" in places[f"43{int(c):03}"] for _, c, n in rows) and len(rows) > 250
