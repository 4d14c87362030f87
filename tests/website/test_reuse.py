"""Pages of questions and of resources are taken over while nothing that stands on them changes,
each by itself.
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from lod.base.inputs import Record
from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.question_db import PublishedQuestions, StoredQuestion
from lod.pipeline.question_memo import subjects
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.reuse.kept import KEPT_FILE
from lod.publish.publication import CrossReferences, Publication, Site
from lod.publish.query_catalogue import bind
from lod.publish.release import current
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select
from lod.rdf.vocab import RDFS_LABEL, fr
from lod.website import outputs as website
from lod.website.documents import neighbours_in
from lod.website.outputs import neighbours_of
from lod.website.query_tables import is_self_contained, queries_for_kind
from lod.website.resources import IncomingLink, Resource, write_resource
from lod.website.reuse import Pages, question_key, resource_key, shared_key
from tests.bench.nightly import lengthen
from tests.support.chantier import Chantier, record
from tests.support.paths import BASE
from tests.support.rewriting import rewrite
from tests.support.synthetic.forms import write_zip

PRINTED = Publication(BASE, "éditeur", date(2020, 1, 1))
FIRST, SECOND = "QANR5L17QE64", "QANR5L17QE65"


def waiting(numero: int) -> Record:
    """The same question, which nobody has answered yet."""
    found = record(numero)
    told = json.loads(found.data)
    del told["question"]["textesReponse"], told["question"]["cloture"]
    return replace(found, data=json.dumps(told).encode())


class Pose:
    """Releases of two questions, and whose pages were written in the last of them."""

    def __init__(self, folder: Path) -> None:
        self.chantier = Chantier(folder)

    def __call__(
        self, *records: Record, jour: int = 1, publication: Publication = PRINTED, **references: Any
    ) -> list[str]:
        """Make a release, up to a day, with something else printed or referred to; return the
        questions of which pages were written.
        """
        self.chantier.make(*records, tables=ReferenceData(data_until={17: date(2026, 1, jour)}))
        previous, written = self.chantier.previous(), list[str]()
        tree = OutputTree(self.chantier.release / "site", previous.site)
        site = Site(publication, tree, CrossReferences(**references))
        pages = Pages(site, previous)
        stored_questions = [*self.chantier.questions.questions()]
        uids = {stored.rank: stored.uid for stored in stored_questions}
        for stored in stored_questions:
            near = neighbours_of(stored, uids)

            def write(site: Site, stored: StoredQuestion = stored) -> None:
                written.append(stored.uid)
                site.tree.write(f"question/{stored.uid}.nt", stored.nt)
                self.neighbours = neighbours_in(stored.texts[0].nt)

            key = question_key(stored, site, near)
            if not pages.reuse(key):
                pages.write(key, write)
        path = self.chantier.release / KEPT_FILE
        with closing(sqlite3.connect(path, isolation_level=None)) as disk:
            disk.executemany("INSERT INTO page VALUES (?, ?)", pages.kept)
        return written

    def pages(self, number: int) -> set[bytes]:
        """Return the keys of the pages that a release has kept."""
        path = self.chantier.folder / str(number) / KEPT_FILE
        with closing(sqlite3.connect(path)) as disk:
            return {key for (key,) in disk.execute("SELECT cle FROM page")}


@pytest.fixture
def pose(tmp_path: Path) -> Pose:
    """Two questions, whose pages were written in the first release."""
    found = Pose(tmp_path)
    assert found(record(64), record(65)) == [FIRST, SECOND]
    return found


def test_a_question_that_has_not_changed_is_not_written(pose: Pose) -> None:
    """Nor if its neighbour has, but if one beside it is new, or gone; what is known goes on."""
    assert pose(record(64), record(65)) == []
    assert pose(record(64), record(65, " ")) == [SECOND]
    assert pose(record(64), record(65, " "), record(66)) == [SECOND, "QANR5L17QE66"]
    assert pose(record(64), record(65, " ")) == [SECOND]  # no page leads to it
    first, last = pose.pages(1), pose.pages(5)
    assert len(first) == len(last) == 2
    assert len(first & last) == 1
    files = sorted((pose.chantier.folder / "5/site/question").iterdir())
    assert [file.stem for file in files] == [FIRST, SECOND]


def test_all_that_stands_on_a_page_counts(pose: Pose) -> None:
    """Who publishes, what neighbours are called, who recalls a question, who shares its answer."""
    iri = Iris(BASE).question(SECOND).value
    printed = ({"publisher": "autre"}, {"licence": "autre"}, {"sample": True})
    everywhere: list[dict[str, Any]] = [
        {"publication": replace(PRINTED, **changed)} for changed in printed
    ]
    author = next(one for one in pose.neighbours if one.startswith(f"{BASE}depute/"))
    everywhere += [{"names": {author: Triple(NamedNode(author), RDFS_LABEL, fr("Autre"))}}]
    for changed in everywhere:
        assert pose(record(64), record(65), **changed) == [FIRST, SECOND], changed
        assert pose(record(64), record(65)) == [FIRST, SECOND], changed
    assert pose(record(64), record(65), recalled_by={iri: [(f"{BASE}x", "x")]}) == [SECOND]
    assert pose(record(64), record(65)) == [SECOND]
    [answer] = [one for one in pose.neighbours if one.startswith(f"{BASE}reponse/")]
    shared = {answer: [(iri, "x"), (f"{BASE}x", "x")]}
    assert pose(record(64), waiting(65)) == [SECOND]
    assert pose(record(64), waiting(65), shared_answers=shared) == [FIRST]
    elsewhere = NamedNode(f"{BASE}ailleurs")
    noms = {elsewhere.value: Triple(elsewhere, RDFS_LABEL, fr("Ailleurs"))}
    assert pose(record(64), waiting(65), shared_answers=shared, names=noms) == []


def test_a_day_more_of_data_counts_for_open_questions_alone(pose: Pose) -> None:
    """The page of an open question says where it stands on that day."""
    assert pose(record(64), waiting(65)) == [SECOND]
    assert pose(record(64), waiting(65)) == []
    assert pose(record(64), waiting(65), jour=2) == [SECOND]


def test_what_is_damaged_is_written_anew(pose: Pose) -> None:
    """A page of the release before that is gone, or the list of them."""
    (pose.chantier.folder / "1/site/question" / f"{SECOND}.nt").unlink()
    assert pose(record(64), record(65)) == [SECOND]
    (pose.chantier.release / KEPT_FILE).write_bytes(b"\xff")
    assert pose(record(64), record(65)) == [FIRST, SECOND]


# ---------------------------------------------------------------- resources

KINDS = (
    "auteur", "circonscription", "departement", "depute", "groupe", "legislature", "motif",
    "region", "rubrique",
)  # fmt: skip
EACH = 3  # resources of a kind whose tables are made again of less


def kind_of(iri: str) -> str:
    """Return what kind of resource an IRI names, as its path says."""
    return iri.removeprefix(BASE).partition("/")[0]


@pytest.mark.slow
def test_resources_are_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an update, those are written that the changed question is about, and those whose tables
    tell of more than their own questions.
    """
    archive, written = tmp_path / "records.zip", list[str]()

    def write(*args: Any, resource: Resource, **named: Any) -> None:
        written.append(resource.iri)
        write_resource(*args, resource=resource, **named)

    monkeypatch.setattr(website, "write_resource", write)
    write_zip(archive, "JSON L17", 40)
    build([archive], tmp_path / "out", Settings())
    everything, first = set(written), PublishedQuestions(current(tmp_path / "out"))
    written.clear()
    q = next(first.questions()).question
    rewrite(archive, {q.uid: lengthen})
    build([archive], tmp_path / "out", Settings())
    assert len(written) == len(set(written))
    changed = everything.intersection(iri.value for _, iri in subjects(q, Iris(BASE)))
    open_ = {iri for iri in everything if not is_self_contained(kind_of(iri))}
    assert {kind_of(iri) for iri in open_} == {
        "gouvernement",
        "ministere",
        "personne",
        "portefeuille",
    }
    assert set(written) == changed | open_ and len(changed - open_) >= 4
    assert len(everything) > 10 * len(written)


def test_kinds_that_are_taken_over() -> None:
    """All but those with a table about more than their own questions."""
    others = ("gouvernement", "ministere", "personne", "portefeuille")
    assert [kind for kind in (*KINDS, *others) if is_self_contained(kind)] == [*KINDS]


def test_all_that_stands_on_a_page_of_a_resource_counts(tmp_path: Path) -> None:
    """What is said of others, links, facts of Wikidata; not their statistics, nor recalls."""
    names = ("reste.nt", "links.nt", "faits.nt")
    for name in names:
        (tmp_path / name).write_text(f'<{BASE}depute/PA1> <http://x/p> "1" .\n', "ascii")
    first = shared_key(tmp_path, "made", PRINTED)
    assert shared_key(tmp_path, "x", PRINTED) != first
    assert shared_key(tmp_path, "made", replace(PRINTED, publisher="x")) != first
    for other in ("depute/PA2#statistique-17-QE", "question/QANR5L17QE1"):
        with (tmp_path / names[0]).open("a", encoding="ascii") as file:
            file.write(f'<{BASE}{other}> <http://x/p> "1" .\n')
        assert shared_key(tmp_path, "made", PRINTED) == first
    for name in names:
        with (tmp_path / name).open("a", encoding="ascii") as file:
            file.write(f'<{BASE}depute/PA3> <http://x/p> "1" .\n')
        first, before = shared_key(tmp_path, "made", PRINTED), first
        assert first != before


def test_all_that_is_said_of_a_resource_counts() -> None:
    """Its triples, who points to it, its questions, what all have in common, and which it is."""
    iri = f"{BASE}depute/PA1"
    triple = Triple(NamedNode(iri), RDFS_LABEL, fr("Nom"))
    resource = Resource(iri, [triple], {}, [], [])
    changes: dict[str, Any] = {
        "iri": f"{BASE}depute/PA2",
        "triples": [triple, triple],
        "roles": {"membre": [IncomingLink(iri, "x", "")]},
    }
    found = [resource_key(resource, b"a", b"b")]
    found += [resource_key(resource, *others) for others in ((b"c", b"b"), (b"a", b"d"))]
    found += [
        resource_key(replace(resource, **{name: value}), b"a", b"b")
        for name, value in changes.items()
    ]
    assert len(set(found)) == 6


def test_tables_tell_of_their_questions_alone(sample: Path) -> None:
    """A query of `portée: ressource` gives the same without all other questions, all answers, and
    the statistics of others.
    """
    whole = open_store(current(sample) / "store")
    about: dict[str, set[str]] = {}  # resource → its questions
    said: dict[str, list[Quad]] = {}  # document → what it says
    for quad in whole:
        document = quad.subject.value.partition("#")[0]  # type: ignore[union-attr]
        said.setdefault(document, []).append(quad)
        if document.startswith(f"{BASE}question/") and isinstance(quad.object, NamedNode):
            about.setdefault(quad.object.value, set()).add(document)
    apart = tuple(f"{BASE}{kind}/" for kind in ("question", "reponse"))
    others = [q for document in said if not document.startswith(apart) for q in said[document]]
    plain = [q for q in others if "#statistique" not in q.subject.value]  # type: ignore[union-attr]
    asked = 0
    for kind in KINDS:
        known = [iri for iri in about if kind_of(iri) == kind]
        for iri in sorted(known, key=lambda iri: (-len(about[iri]), iri))[:EACH]:
            less = Store()
            less.bulk_extend(plain)
            for document in (iri, *about[iri]):
                less.bulk_extend(said.get(document, []))
            for requete in queries_for_kind(kind):
                texte = bind(requete.text, "entite", f"<{iri}>")
                assert list(select(less, texte)) == list(select(whole, texte)), (requete.name, iri)
                asked += 1
    assert asked >= 60
