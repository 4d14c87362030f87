"""The changes of a release: what differs from the one before is told once, and never rewritten."""

import json
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import feedparser
import pytest
from msgspec import structs
from pyoxigraph import Literal, NamedNode
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, Namespace

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.report.setbacks import setbacks
from lod.pipeline.validation.pyshacl_engine import violations
from lod.publish.changes import (
    CHANGE_KINDS,
    OLDER_PROGRAM,
    UNREADABLE,
    Change,
    Values,
    changes_between,
    counts_of,
    kinds_of,
)
from lod.publish.history import HistoryVersion
from lod.publish.release import current, manifest, switch, write_manifest
from lod.rdf import vocab
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES, QP
from lod.website.pages.changelog import page_triples
from tests.support.chantier import question, write_questions
from tests.support.comparing import assert_same, digests
from tests.support.once import linked
from tests.support.paths import BASE, site_in
from tests.support.releases import COUNTS, Kept
from tests.support.server_data import client_of, serving
from tests.support.shapes import shapes

AS, DCAT = Namespace(PREFIXES["as"]), Namespace(PREFIXES["dcat"])


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of releases, and the records of the first and of the later ones."""

    out: Path
    before: Path
    after: Path
    first: Path
    second: Path

    def build(self, records: Path) -> tuple[Path, BuildReport]:
        report = build([records], self.out, Settings())
        return current(self.out), report

    def linked(self, to: Path) -> "Folder":
        """The same elsewhere, to go on from the second release."""
        linked(self.out, to)
        switch(to, self.second.name)
        return replace(self, out=to)


@pytest.fixture
def two(made: Kept) -> Folder:
    """The first two of the releases; the second is compared with the first."""
    before, after, _ = made.records
    return Folder(made.out, before, after, made.folder(0), made.folder(1))


@pytest.fixture
def copied(two: Folder, tmp_path: Path) -> Folder:
    """Another folder with the first release in it, to go on from."""
    out = tmp_path / "out"
    first = shutil.copytree(two.first, out / "releases" / two.first.name)
    switch(out, first.name)
    return replace(two, out=out, first=first)


@pytest.fixture(scope="module")
def back(made: Kept, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, BuildReport]:
    """The folder in which the first records have come back after the second release, the third
    release, and what was counted.
    """
    out = linked(made.out, tmp_path_factory.mktemp("back") / "out")
    switch(out, made.ids[1])
    report = build([made.records[0]], out, Settings())
    return out, current(out), report


def graph(release: Path, path: str) -> Graph:
    return Graph().parse(release / "site" / f"{path}.ttl")


def test_every_kind_is_counted(two: Folder) -> None:
    """Eleven changes of ten questions; the one that is what it was is not among them."""
    told = manifest(two.second)
    _, version = told["versions"]
    assert version["comptes"] == COUNTS and set(COUNTS) == set(CHANGE_KINDS)
    assert (told["precedente"], version["precedente"]) == (two.first.name, two.first.name)
    assert (version["id"], version["pages"], version["motif"]) == (two.second.name, 1, "")
    assert manifest(two.first)["precedente"] is None
    assert [v["precedente"] for v in manifest(two.first)["versions"]] == [""]


def test_changes_are_of_questions_in_a_version(two: Folder) -> None:
    """Each has its kinds as concepts, its question, its version, and no instant."""
    found = graph(two.second, f"changements/{two.second.name}")
    told = {}
    for change in found.subjects(RDF.type, AS.Activity):
        question = str(found.value(change, DCTERMS.isVersionOf)).rpartition("QE")[2]
        kinds_of = found.objects(change, URIRef(QP.changement.value))
        kinds = {str(o).rpartition("changement-")[2] for o in kinds_of}
        version = found.value(change, DCTERMS.isPartOf)
        assert version == URIRef(f"{BASE}changements#{two.second.name}")
        assert found.value(change, RDFS.label) and not found.value(change, DCTERMS.created)
        assert str(change).startswith(f"{BASE}changements/{two.second.name}#QANR5L17QE")
        told[question] = kinds
    assert told == {
        "1": {"repondue"}, "2": {"retiree"}, "3": {"reattribuee"}, "4": {"corrigee"},
        "5": {"supprimee"}, "7": {"reattribuee", "repondue"}, "8": {"ajoutee"}, "9": {"ajoutee"},
        "10": {"rouverte"}, "11": {"rouverte"},
    }  # fmt: skip


def test_documents_conform_and_name_everything(two: Folder) -> None:
    """By the shapes of the descriptions; nothing of the base is without its name."""
    for path in ("changements", f"changements/{two.second.name}"):
        triples = read_turtle(two.second / f"site/{path}.ttl")
        assert not [r for r in violations(triples, shapes()) if "angement" in r.shape]
        found = graph(two.second, path)
        for term in {*found.subjects(), *found.objects()}:
            if isinstance(term, URIRef) and term.startswith((BASE, QP.changements.value[:-1])):
                assert [*found.objects(term, RDFS.label)] or "/def#" in term, term


def test_people_read_lists(two: Folder) -> None:
    """A list for each kind; a question that is gone is named, and leads nowhere."""
    page = (two.second / f"site/changements/{two.second.name}.html").read_text("utf-8")
    for heading in ("Ajoutées <small>2<", "Répondues <small>2<", "Supprimée <small>1<"):
        assert heading in page
    assert "question/QANR5L17QE8.html" in page and "question/QANR5L17QE5.html" not in page
    assert "<span>Titre corrigé</span> <small>titre</small>" in page
    home = (two.second / "site/changements.html").read_text("utf-8")
    assert f"changements/{two.second.name}.html" in home
    assert "Première version" in (two.first / "site/changements.html").read_text("utf-8")


def test_the_feed_of_versions(two: Folder) -> None:
    """An entry a version, with what it changes in words; before there is any, an empty feed."""
    feed = feedparser.parse((two.second / "site/changements.atom").read_bytes())
    [entry] = feed.entries
    assert not feed.bozo and entry.id == f"{BASE}changements/{two.second.name}"
    told = "2 ajoutées, 2 répondues, 2 réattribuées, 1 retirée, 2 rouvertes, 1 corrigée"
    assert told in entry.title
    assert entry.link == f"{BASE}changements/{two.second.name}.html"
    assert feedparser.parse((two.first / "site/changements.atom").read_bytes()).entries == []


def test_the_same_history_gives_the_same_bytes(two: Folder, copied: Folder) -> None:
    """Whenever, elsewhere, and repeated."""
    second, _ = copied.build(copied.after)
    assert second.name == two.second.name and digests(second) == digests(two.second)
    (second / "manifest.json").rename(second / "kept.json")
    kept = second.rename(second.with_name("kept"))
    (kept / "kept.json").rename(kept / "manifest.json")
    switch(copied.out, "kept")
    again, _ = copied.build(copied.after)  # written anew: the folder of that name is gone
    assert again.name == two.second.name
    assert_same(again, two.second)


def test_pages_of_earlier_versions_stay(two: Folder, back: tuple[Path, Path, BuildReport]) -> None:
    """A third release has the pages of the second, to the byte; going back is a change too."""
    _, third, _ = back
    second = two.second
    assert third.name not in (two.first.name, second.name)  # the same records, another history
    told = manifest(third)
    first = two.first.name
    assert [v["id"] for v in told["versions"]] == [first, second.name, third.name]
    assert told["noyau"] == manifest(two.first)["noyau"]
    assert told["versions"][2]["comptes"] == {
        "ajoutee": 1, "repondue": 1, "reattribuee": 2, "retiree": 1, "rouverte": 3,
        "corrigee": 1, "supprimee": 2,
    }  # fmt: skip
    for form in ("html", "ttl", "jsonld", "nt"):
        name = f"site/changements/{second.name}.{form}"
        assert (second / name).read_bytes() == (third / name).read_bytes()
    assert len(graph(third, "changements")) > len(graph(second, "changements"))


def test_the_address_of_an_answer_outlives_its_text(two: Folder, tmp_path: Path) -> None:
    """Each leads to the last text at once, in every form; a shared one is not replaced."""
    copied = two.linked(tmp_path / "out")
    records = tmp_path / "records"
    shutil.copytree(copied.after, records)
    corrected, addresses = records / "QANR5L17QE4.json", list[str]()
    original = corrected.read_text("utf-8")
    for text in ("", "Une fois. ", "Deux fois. ", "Une fois. ", "Trois fois. "):
        if text:  # else it is that of the second release
            corrected.write_text(original.replace('"texte": "', f'"texte": "{text}'), "utf-8")
            copied.build(records)
        release = current(copied.out)
        [answer] = open_store(release / "store").quads_for_pattern(
            NamedNode(f"{BASE}question/QANR5L17QE4"), QP.reponse, None
        )
        addresses.append(answer.object.value.removeprefix(BASE))
    shared, *formers, last = addresses
    assert len(set(addresses)) == 4 and formers[0] == formers[2]
    with serving(copied.out, workers=1) as server:
        client = client_of(server)
        for former in formers:
            for end in ("", ".ttl", ".html"):
                moved = client.get(f"/{former}{end}")
                assert (moved.status_code, moved.location) == (301, f"/{last}{end}")
        assert client.get(f"/{formers[0]}.ttl", follow_redirects=True).status_code == 200
        assert client.get(f"/{last}").status_code == 303
        assert client.get(f"/{shared}").status_code == 303


def test_a_question_that_no_record_has_is_gone(
    two: Folder, back: tuple[Path, Path, BuildReport], tmp_path: Path
) -> None:
    """It answers 410 in each form, with the change, until a record has it again."""
    copied = two.linked(tmp_path / "out")
    gone, page = "/question/QANR5L17QE5", {"Accept": "text/html"}
    with serving(copied.out, workers=1) as server:
        client = client_of(server)
        for end in ("", ".ttl", ".jsonld", ".bib", ".atom"):
            told = client.get(gone + end)
            assert (told.status_code, told.mimetype) == (410, "application/problem+json")
            assert told.json["type"] == f"{BASE}problemes/disparue-des-sources"
            iri = f"{BASE}changements/{two.second.name}#QANR5L17QE5"
            assert told.json["changement"] == iri
        for end in ("", ".html", ".en.html"):
            told = client.get(gone + end, headers=page)
            assert (told.status_code, told.mimetype) == (410, "text/html")
            since = "not had it since" if end == ".en.html" else "plus depuis la version du"
            assert since in told.text
        assert client.get("/question/QANR5L17QE555").status_code == 404
        assert client.get("/changements/QANR5L17QE5").status_code == 404
    out, _, report = back
    assert report.gone == 2
    with serving(out, workers=1) as server:
        assert client_of(server).get(gone).status_code == 303


def test_what_is_withheld_is_not_told_as_gone(copied: Folder, tmp_path: Path) -> None:
    """Who withholds a question knows that it goes."""
    review = tmp_path / "revue"
    review.mkdir()
    (review / "retenues.csv").write_text("uid,motif\nQANR5L17QE1,demande\n", "utf-8")
    report = build([copied.before], copied.out, Settings(revue=review))
    version = manifest(current(copied.out))["versions"][-1]
    assert (report.gone, version["comptes"]) == (0, {"supprimee": 1})


def test_an_older_copy_is_told(two: Folder, tmp_path: Path) -> None:
    """In words and in the history; that --strict holds it is in `test_held.py`."""
    copied, published = two.linked(tmp_path / "out"), manifest(two.second)["published"]
    older = tmp_path / "older"
    older.mkdir()
    shutil.copy(copied.before / "QANR5L17QE1.json", older)
    release, report = copied.build(older)
    lines, day = [*setbacks(report, date.today())], manifest(two.second)["donnees_au"]
    assert any(f"that of the release before up to {day}; give the newest" in one for one in lines)
    assert any(one.startswith("1 answered or withdrawn questions are open again") for one in lines)
    gone = f"that no record has any more: {published - 1}; see the page of changes"
    assert any(gone in one for one in lines)
    version = manifest(release)["versions"][-1]
    assert version["recul"] == day > version["donnees_au"]
    assert version["comptes"]["rouverte"] == 1
    page = (release / "site/changements.ttl").read_text("utf-8")
    assert ", après celle du 17 juin 2025" in page


def test_a_day_later_than_today_is_told() -> None:
    """An act dated 2044 would make all data look as if it went up to then."""
    report = BuildReport(by_legislature=Counter({(17, "QE"): 1}), until={17: date(2044, 1, 5)})
    [line] = setbacks(report, date(2026, 1, 1))
    assert "up to 2044-01-05, which is later than today; look for a misprint" in line
    assert not list(setbacks(report, date(2044, 1, 5)))


@pytest.mark.parametrize("what", ["fewer", "lost"])
def test_a_release_that_cannot_be_read_gives_no_difference(copied: Folder, what: str) -> None:
    """Not as its manifest says, or without its questions."""
    path = copied.first / "manifest.json"
    told = json.loads(path.read_text("utf-8"))
    if what == "fewer":
        told["questions"]["17-QE"] += 1
    else:
        (copied.first / "questions.db").rename(copied.first / "elsewhere")
    path.write_text(json.dumps(told), "utf-8")
    there, report = copied.build(copied.after)
    expected = UNREADABLE if what == "lost" else OLDER_PROGRAM
    assert report.reason == expected and manifest(there)["versions"][-1]["comptes"] == {}


A, B = Literal("a"), Literal("b")
STATE: Values = {QP.ministereAttributaire: {A}, vocab.PROV.wasDerivedFrom: {A}}


def test_a_new_name_of_a_ministry_alone_is_no_change() -> None:
    """Reference data name ministries anew; a reattribution stands in the record."""
    renamed = {**STATE, QP.ministereAttributaire: {B}}
    assert kinds_of(STATE, renamed) == ()
    assert kinds_of(STATE, {**renamed, vocab.PROV.wasDerivedFrom: {B}}) == ("reattribuee",)
    assert kinds_of(STATE, {**STATE, vocab.SKOS.editorialNote: {A}}) == ("corrigee",)
    assert kinds_of({**STATE, QP.dateReponse: {A}}, STATE) == ("rouverte",)
    withdrawn = {**STATE, QP.dateRetrait: {A}}
    assert kinds_of(withdrawn, STATE) == ("rouverte",)
    assert kinds_of(withdrawn, {**STATE, QP.dateRetrait: {B}}) == ("corrigee",)
    assert kinds_of({}, STATE) == ("ajoutee",) and kinds_of(STATE, {}) == ("supprimee",)


def test_many_changes_stand_on_pages_of_a_thousand(tmp_path: Path) -> None:
    """Each has its own, under IRIs of that page."""
    told = {"id": "w", "base": BASE, "donnees_au": "2025-01-01", "noyau": "", "questions": {}}
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    write_manifest(old, told)
    write_questions(old)
    plain = question("2025-01-01")
    many = (structs.replace(plain, uid=f"QANR5L15QE{n:05d}", numero=n) for n in range(2001))
    found, _ = changes_between(old, BASE, write_questions(new, many))
    counts = counts_of(found)
    assert (len(found), counts) == (2001, {"ajoutee": 2001})
    assert found[0] == Change("QANR5L15QE00000", "x", "", ("ajoutee",))
    version = HistoryVersion(id="x", precedente="w", donnees_au="2025-01-01", comptes=counts)
    for number, end in enumerate(("", "/page-2", "/page-3"), start=1):
        page = page_triples(site_in(Path()), replace(version, pages=3), number, found[:2])
        assert f"{BASE}changements/x{end}#{found[0].uid}" in {t.subject.value for t in page}
