"""What a search names beside questions, misspelled or half typed, and what it counts."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, write_index
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import search_results
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.things import MOST, MOST_OF_KIND, Thing
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PREFIXES
from tests.support.paths import BASE, tables_of

TABLES = tables_of(__file__)


@pytest.fixture(scope="module")
def index(sample: Path) -> Iterator[SearchIndex]:
    with closing(SearchIndex(current(sample) / INDEX_FILE)) as index:
        yield index


def paths(things: list[Thing]) -> list[str]:
    """The paths of things."""
    return [thing.path for thing in things]


@pytest.mark.parametrize(("text", "first"), TABLES["a_name_leads_to_its_thing"])
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
    for text in ("a", "s", "ma", "1"):
        things = index.things_named(text, is_typing=True)
        assert len(things) <= MOST
        kinds = [thing.kind for thing in things if thing.kind != "question"]
        assert all(kinds.count(kind) <= MOST_OF_KIND for kind in kinds)


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
    [("Wauquiez zzyzx", "Laurent Wauquiez"), ("zzyzx haute-loire", "Haute-Loire"),
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
