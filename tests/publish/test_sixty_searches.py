"""What a search names first: results that were written down before; English names."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lod.base.tabular import rows
from lod.extensions import add_things
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import search_results
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.things import Thing
from tests.support.once import once
from tests.support.paths import TESTS
from tests.support.releases import write_real_index

# table of searches → how many, how many of them of real records, and of the sample, which has the
# deputies and ministries of its questions alone
TABLES = {"sixty_searches.csv": (58, 55, 38), "as_people_write.csv": (98, 94, 60)}


@pytest.fixture(scope="module")
def index(sample: Path) -> Iterator[SearchIndex]:
    with closing(SearchIndex(current(sample) / INDEX_FILE)) as index:
        add_things(index)
        yield index


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    folder, path = once(tmp_path_factory, "real-index", write_real_index)
    with closing(SearchIndex(folder / path.name)) as index:
        yield index


def name(thing: Thing) -> str:
    return f"{thing.kind}/{thing.key}"


def shown(index: SearchIndex, q: str) -> list[str]:
    """Return what a page of results shows first: things, then questions, then later things."""
    results = search_results(index, SearchRequest(q=q))
    later = results.later_things
    before = [name(thing) for thing in results.things if thing not in later]
    return [*before, *(f"question/{one.hit.uid}" for one in results.questions), *map(name, later)]


def wrong_searches(index: SearchIndex, table: str) -> list[tuple[str, str, list[str]]]:
    """Return the searches whose first result is another one: words, expected, first results."""
    wrong, searches = [], list(rows(TESTS / "publish" / table))
    assert len(searches) == TABLES[table][0]
    for search in searches:
        first = shown(index, search["q"])[:3]
        if not first or not f"{first[0]} ".startswith(search["first"]):
            wrong.append((search["q"], search["first"], first))
    return wrong


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_searches_of_real_records(real: SearchIndex, table: str) -> None:
    """Each finds first what was written down before anybody had tried it."""
    wrong, (number, least, _) = wrong_searches(real, table), TABLES[table]
    assert number - len(wrong) >= least, wrong


@pytest.mark.parametrize("table", TABLES)
def test_searches_of_the_sample(index: SearchIndex, table: str) -> None:
    wrong, (number, _, least) = wrong_searches(index, table), TABLES[table]
    assert number - len(wrong) >= least, wrong


def test_a_right_card_stands_alone(index: SearchIndex) -> None:
    """Below a name that is rightly spelled nothing is suggested; below a misspelled one it is."""
    assert search_results(index, SearchRequest(q="Jérôme Guedj")).is_name
    for q in ("Quai d’Orsay", "15-43349QE"):
        results = search_results(index, SearchRequest(q=q))
        assert results.is_name and not results.correction
    assert not search_results(index, SearchRequest(q="hopitol rurla")).is_name


def test_groups_of_one_name_are_told_apart(index: SearchIndex) -> None:
    """By their legislature and years."""
    groups = [t for t in index.things_named("socialistes") if t.kind == "groupe"]
    assert groups and all("e législature, " in group.detail for group in groups)


def test_the_ministry_of_today_comes_first(index: SearchIndex) -> None:
    """Those before it are folded beneath, the newest first; and no other is about health."""
    for text in ("ministre de la santé", "Ministère de la Santé", "secrétaire d’État à la santé"):
        first, *others = [t for t in index.things_named(text) if t.kind == "ministere"]
        assert name(first) == "ministere/PO873673" and "depuis 2025" in first.name
        assert not [t.name for t in others if "santé" not in t.name.casefold()]
        years = [t.name.rpartition("(")[2] for t in first.before]
        assert len(years) > 3 and years == sorted(years, reverse=True)
    found = index.things_named("intérieur")
    assert name(found[0]) == "ministere/PO873643"
    former = "Intérieur (2024–2025)"
    assert {t.name for t in found[0].before} >= {former, "Intérieur et outre-mer (2022–2024)"}
    found = index.things_named(former)  # by its years
    assert found[0].name == former and not found[0].before


def test_questions_about_a_person_come_first(index: SearchIndex) -> None:
    """Where the words are the whole name; none is lost that has them elsewhere."""
    request = SearchRequest(q="Marine Le Pen")
    hits = index.find(request)
    phrase = set(index.find(SearchRequest(q='"Marine Le Pen"')))
    assert phrase and set(hits[: len(phrase)]) == phrase
    assert set(hits) == set(index.find(SearchRequest(q="Marine Le Pen", tri="date")))


@pytest.mark.parametrize("text", ["farmers", "teachers", "renewable energy", "wolves"])
def test_an_english_word_is_no_misspelled_name(index: SearchIndex, text: str) -> None:
    """« Farmers » are not « Armées »: few mistake the first letter."""
    assert index.things_named(text) == []
    corrected = index.corrected(SearchRequest(q=text))
    assert not corrected or "arm" not in corrected.q


@pytest.mark.parametrize(
    ("text", "first"),
    [("nuclear power", "rubrique/energie-nucleaire"),
     ("rail transport", "rubrique/transports-ferroviaires"),
     ("minister of health", "ministere/PO873673"), ("prime minister", "ministere/PO873635"),
     ("Ministry of the Interior", "ministere/PO873643"),
     ("secretary of state for education", "ministere/PO873652")],
)  # fmt: skip
def test_english_names_find(index: SearchIndex, text: str, first: str) -> None:
    assert name(index.things_named(text)[0]) == first


def test_what_is_due_first_comes_first(vies: Path) -> None:
    """Only questions that wait have a due day; they come by it, and all others after them."""
    with closing(SearchIndex(current(vies) / INDEX_FILE)) as index:
        hits = [hit for hit, _ in index.read_hits(index.find(SearchRequest(tri="echeance")))]
        due = [hit.due for hit in hits]
        dated = [day for day in due if day]
        assert len(dated) > 2 and due == sorted(dated) + [None] * (len(due) - len(dated))
        for hit in hits:
            assert not hit.due or hit.values["statut"].key.startswith("en-attente")
