"""The search of a static host: what its index holds, how heavy it is, always the same bytes."""

import json
import re
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, write_index
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.words import STOP_WORDS, WORD, composed, fold_word
from lod.rdf.iris import Iris
from lod.website.indexes.static_search import BLOCK_SIZE, FIELDS, file_of_word, write_static_search
from tests.support.paths import BASE, site_in
from tests.support.synthetic.lives import questions

pytestmark = pytest.mark.slow

HEAVIEST = 10  # bytes of one file of words for each question; at 45,000 it is 220 kB


def read(path: Path) -> Any:
    """What a file hands to the page, which knows it by its name."""
    found = re.fullmatch(r'lu\("([\w./]+)",(.*)\);\n', path.read_text("utf-8"), re.S)
    assert found and path.as_posix().endswith(f"/{found[1]}.js"), path
    return json.loads(found[2])


def index(folder: Path) -> tuple[list[list[Any]], dict[str, list[list[int]]]]:
    """Every question as a hit shows it, in order; and word → the ranks of each field."""
    blocs = sorted((folder / "blocs").iterdir(), key=lambda path: int(path.stem))
    shown = [fiche for bloc in blocs for fiche in read(bloc)["fiches"]]
    words: dict[str, list[list[int]]] = {}
    for path in sorted((folder / "mots").iterdir()):
        for mot, champs in read(path).items():
            assert file_of_word(mot) == path.stem and len(champs) <= len(FIELDS)
            words[mot] = [list(accumulate(champ)) for champ in champs]
    return shown, words


def test_it_holds_the_words_of_each_question(sample: Path, sample_files: Path) -> None:
    """Each question stands once, the newest first, and is found by each of its words."""
    shown, words = index(sample_files / "recherche")
    corpus = SearchIndex(current(sample) / INDEX_FILE)
    numbers = corpus.find(SearchRequest(tri="date"))
    fiches = [fiche for fiche, _ in corpus.read_hits(numbers)]
    corpus.close()
    assert [uid for uid, *_ in shown] == [fiche.uid for fiche in fiches]
    assert len(shown) == 479
    for rang, fiche in enumerate(fiches):
        auteur, rubrique = (fiche.values.get(nom) for nom in ("auteur", "rubrique"))
        texts = (
            fiche.uid,
            fiche.titre,
            auteur.name if auteur else "",
            rubrique.name if rubrique else "",
        )
        for champ, text in enumerate(texts):
            for mot in map(fold_word, WORD.findall(composed(text))):
                assert mot in STOP_WORDS or rang in words[mot][champ], (fiche.uid, mot)
    assert words["43349"] == words["qanr5l15qe43349"]


def test_cited_texts_are_found_by_their_numbers(vies_files: Path) -> None:
    """In a file of the number; the questions have the words of its nature and number."""
    rows = [row for row in read(vies_files / "recherche/choses/13.js") if row[0] == "texte"]
    [(_, path, name, *_)] = rows
    assert name == "Loi n° 2016-1321 du 7 octobre 2016"
    assert path == "https://www.legifrance.gouv.fr/eli/loi/2016/10/7/2016-1321/jo/texte"
    _, words = index(vies_files / "recherche")
    ranks = words["1321"][FIELDS.index("textes")]
    assert len(ranks) > 1 and {*ranks} <= {*words["loi"][FIELDS.index("textes")]}


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sites of one set of questions, made twice."""
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    for folder in (one, two):
        made = questions(3_000, 1, 17)
        write_index(folder / INDEX_FILE, made, IndexContext(Iris(BASE), str, {}))
        write_static_search(site_in(folder / "site"), folder / INDEX_FILE)
    return one / "site", two / "site"


def test_same_questions_same_bytes(invented: tuple[Path, Path]) -> None:
    one, other = ({p.relative_to(s): p.read_bytes() for p in s.rglob("*.*")} for s in invented)
    assert one == other
    assert len(one) > 3_000 // BLOCK_SIZE


def test_a_search_loads_little(invented: tuple[Path, Path]) -> None:
    """The heaviest file of words grows slower than the questions; a page of hits is light."""
    folder = invented[0] / "recherche"
    words = [path.stat().st_size for path in (folder / "mots").iterdir()]
    blocs = [path.stat().st_size for path in (folder / "blocs").iterdir()]
    assert max(words) <= HEAVIEST * 3_000
    assert 20 * max(blocs) <= 150_000
