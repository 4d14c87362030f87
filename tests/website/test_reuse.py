"""Pages of resources are taken over while nothing that stands on them changes, each by itself."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.questions.previous import KEPT_FILE, KeptWriter, Previous
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.questions.question_memo import subjects
from lod.publish.publication import Publication, Site
from lod.publish.query_catalogue import bind
from lod.publish.release import current
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE, PREFIXES, RDFS, fr
from lod.website import outputs as website
from lod.website.pages.question_page import write_answer
from lod.website.pages.resource_page import IncomingLink, Resource, write_resource
from lod.website.rendering.query_tables import is_self_contained, queries_for_kind
from lod.website.reuse import Pages, resource_key, shared_key
from tests.bench.changing import lengthen
from tests.support.paths import BASE
from tests.support.repository import rewrite
from tests.support.synthetic.forms import write_zip

PRINTED = Publication(BASE, "éditeur", date(2020, 1, 1))
FIRST, SECOND = b"1", b"2"  # keys


def newly_written(folder: Path, number: int, *keys: bytes) -> list[bytes]:
    """Make a release whose site has a page for each key, on top of the one before; return the keys
    of those that were written.
    """
    before, release = folder / f"{number - 1}", folder / f"{number}"
    previous = Previous(before if number > 1 else None)
    pages = Pages(Site(PRINTED, OutputTree(release / "site", previous.site)), previous)
    new = []
    for key in keys:

        def write(site: Site, key: bytes = key) -> None:
            new.append(key)
            site.tree.write(f"x/{key.decode()}.html", key)

        if not pages.reuse(key):
            pages.write(key, write)
    with KeptWriter(release, "made") as kept:
        kept.add_pages(pages.kept)
    return new


def test_a_page_of_the_same_key_is_not_written(tmp_path: Path) -> None:
    """What is known goes on from release to release; a page that is gone does not."""
    assert newly_written(tmp_path, 1, FIRST, SECOND) == [FIRST, SECOND]
    assert newly_written(tmp_path, 2, FIRST, b"3") == [b"3"]
    assert newly_written(tmp_path, 3, FIRST, SECOND) == [SECOND]
    files = sorted((tmp_path / "3/site/x").iterdir())
    assert [file.read_bytes() for file in files] == [FIRST, SECOND]
    assert files[0].samefile(tmp_path / "1/site/x/1.html")


def test_what_is_damaged_is_written_anew(tmp_path: Path) -> None:
    """A page of the release before that is gone, or the list of them."""
    newly_written(tmp_path, 1, FIRST, SECOND)
    (tmp_path / "1/site/x/2.html").unlink()
    assert newly_written(tmp_path, 2, FIRST, SECOND) == [SECOND]
    (tmp_path / "2" / KEPT_FILE).write_bytes(b"\xff")
    assert newly_written(tmp_path, 3, FIRST, SECOND) == [FIRST, SECOND]


KINDS = (
    "auteur", "circonscription", "departement", "depute", "groupe", "legislature", "motif",
    "personne", "region", "rubrique",
)  # fmt: skip
# who held a ministry, and the questions asked of it
ASKED = f"""
PREFIX org: <{PREFIXES["org"]}>
PREFIX qp: <{NAMESPACE}>
SELECT ?person ?question WHERE {{
  ?part org:member ?person ; org:organization ?ministry .
  ?question qp:ministereInterroge ?ministry
}}"""
EACH = 3  # resources of a kind whose tables are made again of less


def kind_of(iri: str) -> str:
    """Return what kind of resource an IRI names, as its path says."""
    return iri.removeprefix(BASE).partition("/")[0]


@pytest.mark.slow
def test_resources_are_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an update, those are written that the changed question is about, and those whose tables
    tell of more than their own questions; and no answer, if only a question has changed.
    """
    archive, written, answers = tmp_path / "records.zip", list[str](), list[str]()

    def write(*args: Any, resource: Resource, **named: Any) -> None:
        written.append(resource.iri)
        write_resource(*args, resource=resource, **named)

    def write_an_answer(site: Site, iri: str, nt: bytes) -> None:
        answers.append(iri)
        write_answer(site, iri, nt)

    monkeypatch.setattr(website, "write_resource", write)
    monkeypatch.setattr(website, "write_answer", write_an_answer)
    write_zip(archive, "JSON L17", 40)
    build([archive], tmp_path / "out", Settings())
    everything, first = set(written), PublishedQuestions(current(tmp_path / "out"))
    assert answers
    written.clear(), answers.clear()
    q = next(first.questions()).question
    rewrite(archive, {q.uid: lengthen})
    build([archive], tmp_path / "out", Settings())
    assert len(written) == len(set(written))
    changed = everything.intersection(iri.value for _, iri in subjects(q, Iris(BASE)))
    open_ = {iri for iri in everything if not is_self_contained(kind_of(iri))}
    assert {kind_of(iri) for iri in open_} == {"gouvernement", "ministere", "portefeuille"}
    assert any(kind_of(iri) == "personne" for iri in everything - set(written))
    assert set(written) == changed | open_ and len(changed - open_) >= 4
    assert len(everything) > 10 * len(written) and not answers


def test_kinds_that_are_taken_over() -> None:
    """All but those with a table about more than their own questions; of what a new day changes of
    a question, the tables of the others say its status at most, which is in its key.
    """
    others = ("gouvernement", "ministere", "portefeuille")
    assert [kind for kind in (*KINDS, *others) if is_self_contained(kind)] == [*KINDS]
    queries = {query.text for kind in KINDS for query in queries_for_kind(kind)}
    assert len(queries) > 10 and not any("statutAu" in text for text in queries)


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
    triple = Triple(NamedNode(iri), RDFS.label, fr("Nom"))
    resource = Resource(iri, [triple], {}, [], [])
    changes: dict[str, Any] = {
        "iri": f"{BASE}depute/PA2",
        "triples": [triple, triple],
        "roles": {"membre": [IncomingLink(iri, "x", "")]},
    }
    facts_and_keys = [(b"a", b"a")]
    found = [resource_key(resource, facts_and_keys, b"b")]
    found += [resource_key(resource, one, b"b") for one in ([(b"c", b"a")], [(b"a", b"c")], [])]
    found.append(resource_key(resource, facts_and_keys, b"d"))
    found += [
        resource_key(replace(resource, **{name: value}), facts_and_keys, b"b")
        for name, value in changes.items()
    ]
    assert len(set(found)) == 8


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
    for row in select(whole, ASKED):
        about.setdefault(row["person"], set()).add(row["question"])
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
