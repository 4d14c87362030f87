"""What a search names beside questions: who and what is found, misspelled or half typed, and what
it counts; from a place to who is elected there: one who sits, or was the last, also one who asked
nothing; one of several in a large city.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from lod.model.question import Circonscription
from lod.publish.release import current
from lod.publish.search.communes import Commune
from lod.publish.search.constituencies import Places
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, write_index
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import search_results
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.things import MOST, MOST_OF_KIND, Thing
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PREFIXES
from lod.reference.constituencies import Elected
from tests.support.paths import BASE
from tests.support.releases import site_of
from tests.support.synthetic.lives import questions


@pytest.fixture(scope="module")
def index(sample: Path) -> Iterator[SearchIndex]:
    with closing(SearchIndex(current(sample) / INDEX_FILE)) as index:
        yield index


def paths(things: list[Thing]) -> list[str]:
    """The paths of things."""
    return [thing.path for thing in things]


@pytest.mark.parametrize(
    ("text", "first"),
    [("Wauquiez", "depute/PA267285"), ("Wauqiez", "depute/PA267285"),
     ("laurent wauquier", "depute/PA267285"), ("MELENCHON", "depute/PA2150"),
     ("Mme Marine Le Pen", "depute/PA720614"), ("PA2150", "depute/PA2150"),
     ("Haute-Loire", "departement/43"), ("haute loire", "departement/43"),
     ("43", "departement/43"), ("43-1", "circonscription/43-1"),
     ("1re circonscription de la Haute-Loire", "circonscription/43-1"),
     ("député de Haute-Loire", "depute/PA267285"), ("2a", "departement/2a"),
     ("Auvergne-Rhône-Alpes", "region/84"), ("numérique", "rubrique/numerique"),
     ("groupe LFI", "groupe/PO800490"), ("15e législature", "legislature/15"),
     ("QANR5L15QE43349", "question/QANR5L15QE43349"), ("15-43349", "question/QANR5L15QE43349"),
     ("question n° 43349", "question/QANR5L15QE43349"),
     ("marine lepen", "depute/PA720614"), ("Marine LePen", "depute/PA720614"),
     ("lepen marine", "depute/PA720614"), ("marinelepen", "depute/PA720614"),
     ("Marin Le Penn", "depute/PA720614")],
)  # fmt: skip
def test_a_name_leads_to_its_thing(index: SearchIndex, text: str, first: str) -> None:
    """Whatever its case, accents and order, letters wrong, words joined or split; by its number."""
    assert paths(index.things_named(text))[0] == first


def test_a_place_leads_to_its_deputies(index: SearchIndex) -> None:
    """First the place, then its constituencies, then who is elected there."""
    kinds = [thing.kind for thing in index.things_named("Haute-Loire")]
    assert kinds == ["departement", "circonscription", "circonscription", "depute", "depute"]


@pytest.mark.parametrize("text", ["", "la", "zzyzx", "-", "de la", "'", "a" * 300, "x " * 40, "\0"])
def test_nothing_is_named_by_chance(index: SearchIndex, text: str) -> None:
    """Neither by stop words alone, nor by what no name resembles; nothing breaks."""
    assert index.things_named(text) == []


def test_a_word_of_the_language_is_no_misspelled_name(index: SearchIndex) -> None:
    """« maisons » is a word of titles, whoever is called nearly so."""
    for word in ("agriculteurs", "hôpital", "taxis"):
        assert index.speller.is_word(word)
        assert not [t for t in index.things_named(word) if t.kind in ("depute", "departement")]


def test_what_is_being_typed(index: SearchIndex) -> None:
    """Beginnings of words are enough, of each word; never more than can be looked through."""
    assert paths(index.things_named("wau", is_typing=True)) == ["depute/PA267285"]
    assert paths(index.things_named("hau lo", is_typing=True))[0] == "departement/43"
    assert paths(index.things_named("wau")) == []
    # a commune from three letters on; fewer name too many
    assert [t.name for t in communes(index, "saug", is_typing=True)][:1] == ["Saugues"]
    assert communes(index, "sa", is_typing=True) == communes(index, "sau") == []
    for text in ("a", "s", "ma", "1"):
        things = index.things_named(text, is_typing=True)
        assert len(things) <= MOST
        kinds = [thing.kind for thing in things if thing.kind != "question"]
        assert all(kinds.count(kind) <= MOST_OF_KIND for kind in kinds)


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
    site = site_of(current(sample))
    with index.connection() as connection:
        found = [thing for thing, _, _ in index.communes.in_order(connection)]
    assert len(found) > 25_000
    assert all((site / path).is_file() for path in {thing.document for thing in found})


def test_each_number_is_that_of_its_filter(index: SearchIndex) -> None:
    counted = 0
    texts = "santé", "Haute-Loire", "Paris", "Mélenchon", "LFI", "15e législature", "éducation"
    for text in texts:
        for thing in index.things_named(text):
            if thing.facet:
                request = SearchRequest(filters=((thing.facet, thing.value),))
                assert len(index.find(request)) == thing.count, thing
                counted += 1
    assert counted > 20


@pytest.mark.parametrize(
    ("q", "right"),
    [("Wauqiez", "Wauquiez"), ("agriculutre", "agriculture"), ("Melanchon", "Mélenchon"),
     ("hopitla", "hôpital"), ("geudj", "Guedj"), ("educaton nationale", "éducation nationale"),
     ("Wauqiez -santé", "Wauquiez -santé")],
)  # fmt: skip
def test_a_typing_mistake_is_mended(index: SearchIndex, q: str, right: str) -> None:
    """Where nothing is found: with the nearest word, and as many questions as that finds."""
    found = search_results(index, SearchRequest(q=q))
    assert found.total == 0 and found.correction
    request, total = found.correction
    assert request.q == right and total == len(index.find(SearchRequest(q=right))) > 0


@pytest.mark.parametrize(
    ("q", "named"),
    [("zzyzx Saugues", "Saugues"), ("saugues hopital zzyzx", "Saugues"),
     ("zzyzx à St-Privat d’Allier", "Saint-Privat-d'Allier"), ("zzyzx 43170", "Saugues"),
     ("Wauquiez zzyzx", "Laurent Wauquiez"), ("zzyzx haute-loire", "Haute-Loire"),
     ("hôpital zzyzx", ""), ("zzyzx agriculture", "")],
)  # fmt: skip
def test_a_place_or_a_person_is_named_beside_a_subject(
    index: SearchIndex, q: str, named: str
) -> None:
    """Where no question has all words; not by a word of titles, which is a subject itself."""
    found = search_results(index, SearchRequest(q=q))
    names = [thing.name for thing in found.things]
    assert not found.total and (named in names if named else not names)


@pytest.mark.parametrize("q", ["zzyzxqwv", "43999", "agriculture zzyzxqwv", "", "gafam -gafam"])
def test_nothing_is_mended_without_need(index: SearchIndex, q: str) -> None:
    """What resembles no word is left, and so is a number."""
    assert search_results(index, SearchRequest(q=q)).correction is None


@pytest.mark.parametrize("request_", [SearchRequest(), SearchRequest(q="santé"),
                                      SearchRequest(filters=(("legislature", "17"),))])  # fmt: skip
def test_the_timeline_counts_as_sparql_does(
    index: SearchIndex, sample: Path, request_: SearchRequest
) -> None:
    """Each period has as many questions as its link finds; without words, as the store has."""
    found = search_results(index, request_)
    assert len(found.timeline) > 1
    for period in found.timeline:
        assert len(index.find(period.request)) == period.count
    assert sum(period.count for period in found.timeline) == found.total
    if not request_.q and not request_.filters:
        store = open_store(current(sample) / "store")
        rows = select(store, f"PREFIX qp: <{PREFIXES['qp']}> SELECT ?a (COUNT(?q) AS ?n) WHERE {{"
                      " ?q a qp:Question ; qp:dateParution ?j BIND(STR(YEAR(?j)) AS ?a) }"
                      " GROUP BY ?a")  # fmt: skip
        expected = {row["a"]: int(row["n"]) for row in rows}
        assert {p.name: p.count for p in found.timeline if p.count} == expected


def test_few_months_are_shown_as_months(index: SearchIndex) -> None:
    """And end where the request ends."""
    asked = SearchRequest(depuis="2025-01-15", jusque="2025-06-20")
    periods = search_results(index, asked).timeline
    names = [period.name for period in periods]
    assert names == [f"2025-{n:02}" for n in range(int(names[0][5:]), int(names[-1][5:]) + 1)]
    assert periods[0].request.depuis >= asked.depuis and periods[-1].request.jusque <= asked.jusque
    assert sum(period.count for period in periods) == len(index.find(asked)) > 0


def test_a_browser_is_asked_to_mark_the_words(index: SearchIndex) -> None:
    """Words found are in the fragment of a hit's address, without signs that mean something."""
    [hit] = search_results(index, SearchRequest(q="gafam")).questions
    assert hit.fragment == "#:~:text=GAFAM"
    [hit] = search_results(index, SearchRequest(q="43349")).questions
    assert hit.fragment == ""


LAW = "loi/2016/10/7/2016-1321"


@pytest.mark.parametrize(
    "text", ["loi 2016-1321", "Loi n° 2016-1321", "2016-1321", "loi n° 2016-1321 du 7 octobre 2016"]
)
def test_a_cited_text_is_named(vies: Path, text: str) -> None:
    """By its number; it has the page of the questions that cite it, and that of Légifrance."""
    with closing(SearchIndex(current(vies) / INDEX_FILE)) as index:
        found = [t for t in index.things_named(text) if t.kind == "texte"]
        assert [(t.name, t.key) for t in found] == [("Loi n° 2016-1321 du 7 octobre 2016", LAW)]
        assert found[0].count == len(index.find(SearchRequest(filters=(("texte", LAW),)))) > 1
    assert found[0].document == f"recherche.html?texte={LAW.replace('/', '%2F')}"
    assert (
        found[0].iri(BASE) == found[0].eli == f"https://www.legifrance.gouv.fr/eli/{LAW}/jo/texte"
    )


def test_a_filter_by_a_cited_text_adds_to_others(vies: Path) -> None:
    """As each facet does: a question that cites two texts counts for both."""
    with closing(SearchIndex(current(vies) / INDEX_FILE)) as index:
        [counted] = [
            c for c in search_results(index, SearchRequest()).facets["texte"] if c.key == LAW
        ]
        asked = counted.request
        sizes = {
            c.key: len(index.find(c.request)) for c in search_results(index, asked).facets["type"]
        }
        assert sum(sizes.values()) == counted.count == len(index.find(asked))
        others = [c for c in search_results(index, asked).facets["texte"] if not c.is_taken]
        assert others and all(0 < c.count <= counted.count for c in others)


def test_a_name_without_letters_stands_in_lists(tmp_path: Path) -> None:
    """Nothing finds it, and it comes before nobody."""
    names = {f"{BASE}ministere/{n}": name for n, name in enumerate(("Ville", "–", "Sport"))}
    write_index(tmp_path / INDEX_FILE, (), IndexContext(Iris(BASE), str, {}, names))
    with closing(SearchIndex(tmp_path / INDEX_FILE)) as index:
        assert [thing.name for thing, *_ in index.things.in_order()] == ["Sport", "Ville", "–"]
        assert paths(index.things_named("–")) == []


# ---------------------------------------------------------------- who is elected there

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
    with closing(SearchIndex(path)) as index:
        yield index


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
    assert places.request and places_index.latest_of(places) == []
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
