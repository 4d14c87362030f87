"""Pages of questions are taken over while nothing that stands on them changes, each by itself."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from lod.convert import Tables
from lod.iris import Iris
from lod.model import Question
from lod.site import Site
from lod.sources import Record
from lod.tranches import FOLDER, PAGES, names_in
from lod.vocab import RDFS_LABEL, fr
from lod.website.documents import voisins_de
from lod.website.rendering import Contexte
from lod.website.reprises import Pages, reprendre
from tests.test_tranches import BASE, Chantier, record

FIRST, SECOND = "QANR5L17QE64", "QANR5L17QE65"


def waiting(numero: int) -> Record:
    """The same question, which nobody has answered yet."""
    found = record(numero)
    told = json.loads(found.data)
    del told["question"]["textesReponse"], told["question"]["cloture"]
    return replace(found, data=json.dumps(told).encode())


class Pose:
    """Releases of two questions in one tranche, and who had pages written in the last of them."""

    def __init__(self, folder: Path) -> None:
        self.chantier, self.written = Chantier(folder), list[str]()

    def __call__(self, *records: Record, jour: int = 1, **changed: object) -> list[str]:
        """Make a release, up to a day, with some values of the context changed; return the
        questions of which pages were written.
        """
        self.chantier.make(*records, tables=Tables(donnees_au={17: date(2026, 1, jour)}))
        number, self.written = self.chantier.number, []
        here, there = (self.chantier.folder / str(n) for n in (number, number - 1))
        site = Site(here / "site", there / "site" if number > 1 else None)
        contexte = Contexte(site, BASE, "éditeur", date(2020, 1, 1), False, {}, {})
        contexte = replace(contexte, **changed)  # type: ignore[arg-type]
        for nom in names_in(here / FOLDER):
            reprendre(here / FOLDER / nom, contexte, self._write)
        return self.written

    def _write(self, q: Question, said: Mapping[str, bytes], contexte: Contexte) -> None:
        self.written.append(q.uid)
        contexte.site.write(f"question/{q.uid}.nt", said[Iris(BASE).question(q.uid).value])
        self.neighbours = voisins_de(said[Iris(BASE).question(q.uid).value])

    def pages(self, number: int) -> Pages:
        """Return what a release knows of the pages of its tranche."""
        folder = self.chantier.folder / str(number) / FOLDER
        [nom] = names_in(folder)
        return Pages.read(folder / (nom + PAGES))


@pytest.fixture
def pose(tmp_path: Path) -> Pose:
    """Two questions, whose pages were written in the first release."""
    found = Pose(tmp_path)
    assert found(record(64), record(65)) == [FIRST, SECOND]
    return found


def test_a_question_that_has_not_changed_is_not_written(pose: Pose) -> None:
    """Nor is its neighbour in a tranche that has; what is known of pages goes on."""
    assert pose(record(64), record(65)) == []
    assert pose(record(64), record(65, " ")) == [SECOND]
    assert pose(record(64), record(65, " "), record(66)) == ["QANR5L17QE66"]
    assert pose(record(64), record(65, " ")) == []  # its pages alone go
    first, last = pose.pages(1), pose.pages(5)
    assert len(first.questions) == len(last.questions) == 2
    assert len(first.questions.keys() & last.questions.keys()) == 1
    files = sorted((pose.chantier.folder / "5/site/question").iterdir())
    assert [file.stem for file in files] == [FIRST, SECOND]


def test_all_that_stands_on_a_page_counts(pose: Pose) -> None:
    """Who publishes, what neighbours are called, who recalls a question, who shares its answer."""
    iri = Iris(BASE).question(SECOND).value
    everywhere: list[dict[str, object]] = [{"editeur": "autre"}, {"licence": "autre"}]
    everywhere += [{"sample": True}]
    author = next(one for one in pose.neighbours if one.startswith(f"{BASE}depute/"))
    everywhere += [{"noms": {author: Triple(NamedNode(author), RDFS_LABEL, fr("Autre"))}}]
    for changed in everywhere:
        assert pose(record(64), record(65), **changed) == [FIRST, SECOND], changed
        assert pose(record(64), record(65)) == [FIRST, SECOND], changed
    assert pose(record(64), record(65), rappelees={iri: [(f"{BASE}x", "x")]}) == [SECOND]
    assert pose(record(64), record(65)) == [SECOND]
    [answer] = [one for one in pose.neighbours if one.startswith(f"{BASE}reponse/")]
    shared = {answer: [(iri, "x"), (f"{BASE}x", "x")]}
    assert pose(record(64), waiting(65)) == [SECOND]
    assert pose(record(64), waiting(65), partages=shared) == [FIRST]
    elsewhere = NamedNode(f"{BASE}ailleurs")
    noms = {elsewhere.value: Triple(elsewhere, RDFS_LABEL, fr("Ailleurs"))}
    assert pose(record(64), waiting(65), partages=shared, noms=noms) == []


def test_a_day_more_of_data_counts_for_open_questions_alone(pose: Pose) -> None:
    """The page of an open question says where it stands on that day."""
    assert pose(record(64), waiting(65)) == [SECOND]
    assert pose(record(64), waiting(65)) == []
    assert pose(record(64), waiting(65), jour=2) == [SECOND]


def test_what_is_damaged_is_written_anew(pose: Pose) -> None:
    """A page of the release before that is gone, or the list of them."""
    (pose.chantier.folder / "1/site/question" / f"{SECOND}.nt").unlink()
    assert pose(record(64), record(65)) == [SECOND]
    folder = pose.chantier.folder / "2" / FOLDER
    [nom] = names_in(folder)
    (folder / (nom + PAGES)).write_bytes(b"\xff")
    assert pose(record(64), record(65)) == [FIRST, SECOND]
