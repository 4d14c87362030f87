"""Communes by name and postal code, and who is elected there, or was the last."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest

from lod.extensions.places.communes import Commune
from lod.extensions.places.constituencies import Places
from lod.extensions.places.finder import PlaceFinder, finders, write_places
from lod.model.question import Circonscription
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, write_index
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import search_results
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.things import MOST_OF_KIND, Thing
from lod.rdf.iris import Iris
from lod.reference.constituencies import Elected
from lod.website.pages.kept_resources import kept_documents
from tests.support.paths import BASE
from tests.support.synthetic.lives import questions


@contextmanager
def opened(path: Path) -> Iterator[SearchIndex]:
    with closing(SearchIndex(path)) as index:
        index.more = [*finders(index)]
        yield index


def finder(index: SearchIndex) -> PlaceFinder:
    [found] = index.more
    assert isinstance(found, PlaceFinder)
    return found


@pytest.fixture(scope="module")
def index(sample: Path) -> Iterator[SearchIndex]:
    with opened(current(sample) / INDEX_FILE) as index:
        yield index


def paths(things: list[Thing]) -> list[str]:
    """The paths of things."""
    return [thing.path for thing in things]


def test_a_commune_that_is_typed(index: SearchIndex) -> None:
    """From three letters on; fewer name too many."""
    assert [t.name for t in communes(index, "saug", is_typing=True)][:1] == ["Saugues"]
    assert communes(index, "sa", is_typing=True) == communes(index, "sau") == []


def test_a_village_whose_name_is_a_word_stands_below_the_questions(index: SearchIndex) -> None:
    """« Bois » is a commune, which nobody who writes « bois » means; « Saugues » is no word."""
    later = search_results(index, SearchRequest(q="bois")).later_things
    assert "Bois" in [thing.name for thing in later]
    assert all(isinstance(thing, Commune) for thing in later)
    assert not search_results(index, SearchRequest(q="Saugues")).later_things


@pytest.mark.parametrize(
    ("text", "found"),
    [("Saugues", ["43234"]), ("43170 Saugues", ["43234"]), ("SAUGUES (Haute-Loire)", ["43234"]),
     ("saugue", ["43234"]), ("mon député à Saugues", ["43234"]), ("député de Saugues", ["43234"]),
     ("St-Privat d’Allier", ["43221"]), ("saint privat d'alier", ["43221"]),
     ("Sainte-Colombe Gironde", ["33390"]), ("Ville-sur-Jarnioux", ["69265"]),
     ("Paris 13", ["75113"]), ("paris 13e arrondissement", ["75113"]), ("75013", ["75113"]),
     ("Lyon 3ème", ["69383"]), ("13001", ["13201"]), ("L'Hôpital", ["57336"]), ("Y", ["80829"]),
     ("97400", ["97411"]), ("Ajaccio", ["2A004"])],
)  # fmt: skip
def test_a_commune_is_named(index: SearchIndex, text: str, found: list[str]) -> None:
    """By its name, as people write it, and with its department or postal code."""
    assert [t.key for t in communes(index, text)][:1] == found
    assert all(t.iri(BASE) is None and not t.facet for t in communes(index, text))


def communes(index: SearchIndex, text: str, *, is_typing: bool = False) -> list[Thing]:
    """The communes among the things that a text names."""
    return [t for t in index.things_named(text, is_typing=is_typing) if t.kind == "commune"]


@pytest.mark.parametrize(
    ("q", "named"),
    [("zzyzx Saugues", "Saugues"), ("saugues hopital zzyzx", "Saugues"),
     ("zzyzx à St-Privat d’Allier", "Saint-Privat-d'Allier"), ("zzyzx 43170", "Saugues"),
     ("hôpital zzyzx", "")],
)  # fmt: skip
def test_a_commune_is_named_beside_a_subject(index: SearchIndex, q: str, named: str) -> None:
    """Where no question has all words; not by a word of titles, which is a subject itself."""
    found = search_results(index, SearchRequest(q=q))
    assert not found.total
    assert [thing.name for thing in found.things][:1] == ([named] if named else [])


def test_homonyms_are_told_apart_by_their_departments(index: SearchIndex) -> None:
    """The largest come first, some of many are shown, and each leads to its own department."""
    found = communes(index, "Saint-Denis")
    assert [(t.name, t.detail) for t in found] == [
        ("Saint-Denis", place) for place in ("Réunion", "Seine-Saint-Denis", "Aude", "Gard")
    ]
    assert paths(found) == ["departement/974", "departement/93", "departement/11", "departement/30"]
    assert paths(communes(index, "Saint-Denis Réunion")) == ["departement/974"]
    assert len(communes(index, "Sainte-Colombe")) == MOST_OF_KIND


def test_a_postal_code_is_that_of_several_communes(index: SearchIndex) -> None:
    """Some of them are shown, the largest first; with a name, the one."""
    found = communes(index, "43170")
    assert len(found) == MOST_OF_KIND and found[0].name == "Saugues"
    assert {t.detail for t in found} == {"Haute-Loire"}
    assert [t.name for t in communes(index, "Thoras 43170")] == ["Thoras"]
    assert communes(index, "Thoras 75013") == communes(index, "99999") == []
    assert communes(index, "4317", is_typing=True)[0].name == "Saugues"


def test_communes_hide_nothing(index: SearchIndex) -> None:
    """Whatever else is called so is shown as before, and before them."""
    for text in ("Paris", "Valence", "Saint-Denis", "Le Pen", "Haute-Loire", "communes", "ville"):
        others = index.things.find(text, index.speller.is_word)
        found = index.things_named(text)
        assert others and found[: len(others)] == others, text
    assert [t.kind for t in index.things_named("Valence")] == ["depute", *["commune"] * 4]
    assert paths(index.things_named("Saugues"))[0] == "departement/43"  # before « Jean-Hugues »


@pytest.mark.parametrize(
    "text", ["hôpitl", "agricullture", "educaton", "agriculteurs", "hôpital rural", "la", "43 1",
             "Haute-Loire", "commune", "département", "zzyzx", "x" * 300, "é" * 300, "' OR 1 --"],
)  # fmt: skip
def test_no_other_word_becomes_a_village(index: SearchIndex, text: str) -> None:
    """Neither a word of questions, right or misspelled, nor the name of a department."""
    assert not communes(index, text)
    assert not [t for t in communes(index, text, is_typing=True) if t.name == "La Celle"]


def test_each_commune_leads_to_a_page(index: SearchIndex, sample: Path) -> None:
    """Only those of departments that the release has are there."""
    documents = {f"{iri.removeprefix(BASE)}.html" for iri in kept_documents(current(sample))}
    with index.connection() as connection:
        found = [thing for thing, _, _ in finder(index).communes.in_order(connection)]
    assert len(found) > 25_000
    assert {thing.document for thing in found} <= documents


NAMES = {
    **{"departement/43": "Haute-Loire", "circonscription/43-2": "Haute-Loire (2e circonscription)"},
    **{"departement/14": "Calvados", "departement/69": "Rhône", "departement/75": "Paris"},
    **{"departement/2a": "Corse-du-Sud", "departement/977": "Saint-Barthélemy et Saint-Martin"},
    **{"departement/099": "Français établis hors de France", "depute/PA1": "Alix Essai"},
}


def elected(code: str, ref: str, name: str, as_of: date | None = date(2025, 11, 14)) -> Elected:
    departement, _, number = code.rpartition("-")
    place = Circonscription(nom="Haute-Loire", numero=int(number), departement=departement)
    return Elected(place=place, acteur_ref=ref, name=name, group="Groupe des essais",
                   legislature=17, as_of=as_of)  # fmt: skip


PEOPLE = [elected("43-1", "PA2", "Bo Essai"), elected("43-2", "PA1", "Alix Essai"),
          elected("75-9", "PA3", "Cleo Essai"), elected("75-10", "PA4", "Dany Essai", None),
          elected("977-1", "PA5", "Eli Essai"), elected("2A-2", "PA6", "Flo Essai"),
          elected("099-3", "PA7", "Gil Essai")]  # fmt: skip


@pytest.fixture(scope="module")
def places_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """The index of some departments, where nobody of PEOPLE has asked anything."""
    path = tmp_path_factory.mktemp("places") / INDEX_FILE
    names = {BASE + end: name for end, name in NAMES.items()}
    context = IndexContext(Iris(BASE), str, {}, names, people=PEOPLE)
    write_index(path, questions(20, 1, 17), context)
    for _ in range(2):  # as into the index of the release before
        write_places(path, PEOPLE, Iris(BASE))
    with opened(path) as index:
        yield index


def named(index: SearchIndex, text: str) -> Places:
    return finder(index).constituencies.places(index.things_named(text))


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
    places_index: SearchIndex, text: str, expected: dict[str, list[str]]
) -> None:
    """By name or postal code; two islands have one; none is known of a village founded again."""
    places = named(places_index, text)
    constituencies = [c for some in places.of.values() for c in some]
    assert {c.key: [d.name for d in c.deputies] for c in constituencies} == expected
    assert places.as_of == "2025-11-14"


def test_pages_are_named_where_they_are(places_index: SearchIndex) -> None:
    """What the release does not describe has none; who asked nothing is the only deputy."""
    places = named(places_index, "Saugues")
    [constituency] = next(iter(places.of.values()))
    [deputy] = constituency.deputies
    assert (constituency.page, deputy.page) == ("circonscription/43-2", "depute/PA1")
    assert (deputy.group, deputy.count, deputy.as_of) == ("Groupe des essais", 0, "2025-11-14")
    assert places.request and finder(places_index).latest_of(places) == []
    [thing] = [t for t in places_index.things_named("Alix Essai") if t.key == "PA1"]
    assert thing.detail == "Haute-Loire (2e circonscription), Groupe des essais"
    [bo] = named(places_index, "Monistrol-sur-Loire").deputies.values()
    assert bo.page == ""
    assert named(places_index, "75013").request is None


def test_communes_of_one_name_or_code(places_index: SearchIndex) -> None:
    """Several communes of a postal code lead to one deputy, who is the only one."""
    places = named(places_index, "43170")
    assert len(places.of) > 1 and [*places.deputies] == ["PA1"] and places.request
    [post] = [t for t in places_index.things_named("Londres") if isinstance(t, Commune)]
    assert (post.kind, post.constituencies) == ("poste", ("099-3",))
    assert not named(places_index, "agriculture").of
