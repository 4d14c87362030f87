"""From a place to who is elected there: one who sits, or was the last, also one who asked nothing;
one of several in a large city.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lod.model.question import Circonscription
from lod.publish.release import current
from lod.publish.search.communes import Commune
from lod.publish.search.constituencies import LATEST, Places
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import write_index
from lod.publish.search.search_index import SearchIndex
from lod.rdf.iris import Iris
from lod.reference.constituencies import Elected
from tests.support.paths import BASE
from tests.support.synthetic.lives import questions

NAMES = {
    **{"departement/43": "Haute-Loire", "circonscription/43-2": "Haute-Loire (2e circonscription)"},
    **{"departement/14": "Calvados", "departement/69": "Rhône", "departement/75": "Paris"},
    **{"departement/2a": "Corse-du-Sud", "departement/977": "Saint-Barthélemy et Saint-Martin"},
    **{"departement/099": "Français établis hors de France", "depute/PA1": "Alix Essai"},
}


def elected(code: str, ref: str, name: str, as_of: date | None = date(2025, 11, 14)) -> Elected:
    departement, _, number = code.rpartition("-")
    place = Circonscription(nom="", numero=int(number), departement=departement)
    return Elected(place=place, acteur_ref=ref, name=name, group="Groupe des essais",
                   legislature=17, as_of=as_of)  # fmt: skip


PEOPLE = [elected("43-1", "PA2", "Bo Essai"), elected("43-2", "PA1", "Alix Essai"),
          elected("75-9", "PA3", "Cleo Essai"), elected("75-10", "PA4", "Dany Essai", None),
          elected("977-1", "PA5", "Eli Essai"), elected("2A-2", "PA6", "Flo Essai"),
          elected("099-3", "PA7", "Gil Essai")]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """The index of some departments, where nobody of PEOPLE has asked anything."""
    path = tmp_path_factory.mktemp("places") / INDEX_FILE
    names = {BASE + end: name for end, name in NAMES.items()}
    write_index(path, questions(20, 1, 17), Iris(BASE), str, {}, names, people=PEOPLE)
    index = SearchIndex(path)
    yield index
    index.close()


def named(index: SearchIndex, text: str) -> Places:
    return index.constituencies.places(index.things_named(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Saugues", {"43-2": ["Alix Essai"]}), ("43170", {"43-2": ["Alix Essai"]}),
     ("Monistrol-sur-Loire", {"43-1": ["Bo Essai"]}), ("Porto-Vecchio", {"2a-2": ["Flo Essai"]}),
     ("97150", {"977-1": ["Eli Essai"]}), ("97133", {"977-1": ["Eli Essai"]}),
     ("75013", {"75-9": ["Cleo Essai"], "75-10": ["Dany Essai"]}),
     ("Londres", {"099-3": ["Gil Essai"]}), ("Sannerville", {}),
     ("Lyon 3e", {f"69-{n}": [] for n in range(1, 5)}), ("43-2", {"43-2": ["Alix Essai"]}),
     ("haute loire", {"43-1": ["Bo Essai"], "43-2": ["Alix Essai"]})],
)  # fmt: skip
def test_a_place_leads_to_who_is_elected(
    index: SearchIndex, text: str, expected: dict[str, list[str]]
) -> None:
    """By name or postal code; two islands have one; none is known of a village founded again."""
    places = named(index, text)
    constituencies = [c for some in places.of.values() for c in some]
    assert {c.key: [d.name for d in c.deputies] for c in constituencies} == expected
    assert places.as_of == "2025-11-14"


def test_a_large_city_says_which_part_votes_where(index: SearchIndex) -> None:
    """In the order of numbers; a district of Lyon is not told apart."""
    [some, *_] = named(index, "Paris ville").of.values()
    assert [c.number for c in some] == [*range(1, 19)]
    assert some[0].part == ("arrondissements", "1er, 2e, 8e, 9e")
    assert some[0].name == "Paris (1re circonscription)" and some[0].deputies == ()
    [of_lyon] = named(index, "69003").of.values()
    assert {c.part for c in of_lyon} == {None}


def test_pages_are_named_where_they_are(index: SearchIndex) -> None:
    """A person or constituency that the release does not describe has none; who asked nothing is
    the only deputy all the same.
    """
    places = named(index, "Saugues")
    [constituency] = next(iter(places.of.values()))
    [deputy] = constituency.deputies
    assert (constituency.page, deputy.page) == ("circonscription/43-2", "depute/PA1")
    assert (deputy.group, deputy.count, deputy.as_of) == ("Groupe des essais", 0, "2025-11-14")
    assert places.request and index.latest_of(places) == []
    [bo] = named(index, "Monistrol-sur-Loire").deputies.values()
    assert bo.page == ""
    assert named(index, "75013").request is None


def test_communes_of_one_name_or_code(index: SearchIndex) -> None:
    """Several communes of a postal code lead to one deputy, who is the only one."""
    places = named(index, "43170")
    assert len(places.of) > 1 and [*places.deputies] == ["PA1"] and places.request
    [post] = [t for t in index.things_named("Londres") if isinstance(t, Commune)]
    assert (post.kind, post.constituencies) == ("poste", ("099-3",))
    assert not named(index, "agriculture").of


def test_the_sample_knows_who_was_elected(sample: Path) -> None:
    """Without archives: the last persons of the table, with full names of groups; their newest
    questions.
    """
    index = SearchIndex(current(sample) / INDEX_FILE)
    places = named(index, "Saugues")
    [vigier] = places.deputies.values()
    assert (vigier.name, vigier.group, vigier.as_of) == (
        "Jean-Pierre Vigier",
        "Droite Républicaine",
        "",
    )
    latest = index.latest_of(places)
    assert 0 < len(latest) <= LATEST and vigier.count >= len(latest)
    assert all(hit.values["auteur"].key == vigier.key for hit in latest)
    assert places.as_of == vigier.as_of == ""
    index.close()
