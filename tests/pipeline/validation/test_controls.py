"""Each control finds the wrong triple added to a good store; what tells of wrong facts."""

import csv
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.validation.controls import control_rows, controls, unseen
from lod.pipeline.validation.pyshacl_engine import violations
from lod.pipeline.validation.shapes import CLASS, SUBJECTS, targets
from lod.publish.release import current
from lod.rdf.iris import document_of
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store
from lod.rdf.vocab import (
    DCTERMS,
    OWL,
    PREFIXES,
    QP,
    RDF,
    RDFS,
    SHAPES_NAMESPACE,
    SKOS,
    VOID,
    XSD,
    civil_date,
    eurovoc,
    fr,
    term,
)
from tests.support.chantier import record
from tests.support.paths import BASE, tables_of
from tests.support.shapes import (
    ADDED,
    FACTS,
    GRAPH_FILES,
    WrongFact,
    WrongGraph,
    local,
    read_wrong_graph,
    results_about,
    said_of,
    said_of_shapes,
    spoil,
)

TABLES = tables_of(__file__)

WHOLE = f"{BASE}question/QANR5L15QE90102"  # answered late, recalls another, cites a law
OPEN = f"{BASE}question/QANR5L15QE90103"
DEPUTY = NamedNode(f"{BASE}depute/PA718926")


def node(name: str) -> NamedNode:
    return NamedNode(f"{BASE}{name}" if ":" not in name else name)


# control → what to add to a good store; of all others there are files (WRONG_GRAPHS, FACTS)
WRONG: dict[str, list[Triple] | list[Quad]] = {
    "C1-mardis": [  # a Wednesday
        Triple(node(iri), QP.dateParution, civil_date(date(2021, 2, 24))) for iri in (WHOLE, OPEN)
    ],
    "C6-termes": [Quad(node("void"), VOID.property, term("qp:inconnue"), node("urn:graph"))],
    "C6-types": [Triple(node(WHOLE), RDF.type, QP.Reponse)],
    "C10-rappels": [Triple(node(WHOLE), QP.rappelle, node("question/QANR5L15QE7"))],
    "C11-mandats": [Triple(node(WHOLE), QP.mandatAuteur, node("depute/PA1#mandat-PM1"))],
    "C14-orateurs": [
        Triple(node("reponse/2025-06-03-47e877f6e44013e2"), DCTERMS.contributor, DEPUTY)
    ],
}
# what only the source, or a map, could tell
UNKNOWABLE = ["The title is that of another question", "The department Ain is in Île-de-France"]
LOCAL = {control.name for control in controls() if control.is_local}
WRONG_GRAPHS = [read_wrong_graph(path) for path in GRAPH_FILES]


@pytest.fixture(scope="module")
def whole(vies: Path) -> Store:
    return open_store(current(vies) / "store")


@pytest.fixture(scope="module")
def good(whole: Store) -> set[Quad]:
    """What the good store states."""
    return set(whole)


@pytest.fixture
def store(good: set[Quad]) -> Store:
    """A copy of the good store, in memory."""
    copy = Store()
    copy.bulk_extend(good)
    return copy


def speaks(store: Store, name: str) -> bool:
    """Whether one control returns a row."""
    return any(control_rows(store, [control for control in controls() if control.name == name]))


LINK = node(f"{DEPUTY.value}#lien-wikidata")


@pytest.mark.parametrize(
    "wrong",
    [
        [Triple(LINK, QP.valeurPreuve, Literal("1"))],
        [Triple(DEPUTY, OWL.sameAs, node("http://www.wikidata.org/entity/Q1"))],
        [Triple(DEPUTY, RDFS.seeAlso, node("https://viaf.org/viaf/1"))],
        [
            Triple(node("depute/PA1#lien-wikidata"), RDF.type, QP.Lien),
            Triple(node("depute/PA1#lien-wikidata"), QP.sujet, node("depute/PA1")),
        ],
        [Triple(node("rubrique/outre-mer"), SKOS.closeMatch, eurovoc("2296"))],
    ],
    ids=["another number", "two items", "no evidence", "nobody", "a descriptor nobody reviewed"],
)
def test_a_link_that_is_not_proven(wrong: list[Triple], store: Store) -> None:
    """Each way in which a link can stand without its evidence stops a build."""
    assert not speaks(store, "C5-liens")
    store.extend(Quad(*triple) for triple in wrong)
    assert speaks(store, "C5-liens")


def test_all_controls_were_found() -> None:
    """Each is a file with its severity, and each has a counterexample."""
    assert len(WRONG_GRAPHS) == 40
    compared = set[str]().union(*(wrong.said_by for wrong in WRONG_GRAPHS))
    compared |= set[str]().union(*(fact.said_by for fact in FACTS))
    names = {c.name for c in controls()}
    assert names == {*WRONG, "C7-anonymes", *compared & names} and not compared & {*WRONG}
    numbers = [fact.number for fact in FACTS]
    assert len(numbers) == len(set(numbers)) and {*range(1, 60)} < set(numbers)
    assert [fact.words for fact in FACTS if not fact.said_by] == UNKNOWABLE
    assert {c.severity for c in controls()} == {"Violation", "Warning"}
    assert all(c.fr and c.en for c in controls())
    assert [c.name for c in controls() if c.cause] == ["C14-fins", "C14-ministeres"]
    local = {c.name for c in controls() if c.is_local and c.severity == "Warning"}
    assert local == {
        "C1-actes", "C1-editions", "C1-legislatures", "C1-numeros", "C1-pages", "C12-fins",
        "C12-textes", "C14-ministeres", "C14-rangs", "C15-encodage", "C15-html",
    }  # fmt: skip
    assert len(list((packaged.SHAPES / "controles").iterdir())) == 61


def test_a_good_store_has_no_fault(store: Store) -> None:
    assert not list(control_rows(store))


@pytest.mark.parametrize("name", WRONG)
def test_a_control_finds_what_is_wrong(name: str, store: Store) -> None:
    store.extend(Quad(*wrong) for wrong in WRONG[name])
    assert speaks(store, name)


@pytest.mark.parametrize("wrong", WRONG_GRAPHS, ids=lambda wrong: wrong.name)
def test_a_wrong_graph_is_refused(wrong: WrongGraph, store: Store) -> None:
    """By the controls and shapes that its head names, by no other one, and for the right node."""
    before = said_of_shapes(store, wrong)  # of a good store, controls say nothing
    spoil(store, wrong)
    found = said_of(store, wrong) - before
    assert {name for name, _ in found} == wrong.said_by
    assert wrong.about in {node for _, node in found}


def test_a_message_says_what_to_do() -> None:
    """After `;`, in both languages, wherever two things are compared that both may be wrong."""
    compared = set[str]().union(*(wrong.said_by for wrong in WRONG_GRAPHS))
    compared -= {"C8-rubriques", "C9-statistiques"}  # one of the two is always the program's
    for control in controls():
        if control.name in compared:
            assert " ; " in control.fr and "; " in control.en, control.name


def told(name: str, *triples: Triple) -> list[str]:
    """The subjects that one control finds at fault in a few triples."""
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    [control] = [control for control in controls() if control.name == name]
    return [row.subject.rpartition("/")[2] for row in control_rows(store, [control])]


@pytest.mark.slow
def test_a_week_without_a_tuesday() -> None:
    """Of two written questions at least; a week that has one is not told, nor one before 2007."""
    first = date(2019, 12, 30)  # a Monday
    for n in range(0, 800):
        day, written = first + timedelta(days=n), (QP.typeQuestion, term("qp:type-QE"))
        asked = [(node(name), day) for name in ("un", "deux")]
        triples = [Triple(s, QP.dateParution, civil_date(day)) for s, day in asked]
        triples += [Triple(s, *written) for s, _ in asked]
        assert set(told("C1-mardis", *triples)) == (set() if day.weekday() == 1 else {"un", "deux"})
        assert not told("C1-mardis", *(t for t in triples if t.subject == node("un")))
        tuesday = day - timedelta(days=day.weekday() - 1)
        in_time = Triple(node("un"), QP.dateReponse, civil_date(tuesday))
        assert not told("C1-mardis", *triples, in_time)
    old = [Triple(s, QP.dateParution, civil_date(date(1997, 12, 8))) for s, _ in asked]
    assert not told("C1-mardis", *old, *triples[2:])


@pytest.mark.parametrize(("text", "control"), TABLES["texts_that_are_not_plain"])
def test_texts_that_are_not_plain(text: str, control: str) -> None:
    """Tags and references of HTML, UTF-8 read as windows-1252; what only looks so is let pass."""
    for name in ("C15-html", "C15-encodage"):
        assert told(name, Triple(node("un"), QP.texte, fr(text))) == ["un"] * (name == control)


def test_a_day_of_no_calendar_is_told(store: Store) -> None:
    """As a row, not by a traceback."""
    [day] = list(store.quads_for_pattern(node(WHOLE), QP.dateParution, None))
    store.remove(day)
    wrong = Literal("2021-02-30", datatype=XSD.date)
    store.add(Quad(node(WHOLE), QP.dateParution, wrong))
    told = {row.value for row in control_rows(store) if row.control.name == "C3-delais"}
    assert "2021-02-30" in told


def test_a_blank_node_is_found(store: Store) -> None:
    store.load(b"[] a <http://example.org/x> .", format=RdfFormat.TURTLE)
    assert speaks(store, "C7-anonymes")


@pytest.mark.parametrize(
    ("subject", "predicate", "name"),
    [
        (WHOLE, QP.dateParution, "C1-dates"),
        (WHOLE, QP.ministereAttributaire, "C2-attributions"),
        (WHOLE, QP.dateLimite, "C3-delais"),
        (WHOLE, QP.delaiJours, "C3-delais"),
        (WHOLE, QP.dateReponse, "C4-statuts"),
    ],
)
def test_a_control_misses_what_is_gone(
    subject: str, predicate: NamedNode, name: str, store: Store
) -> None:
    gone = list(store.quads_for_pattern(node(subject), predicate, None))
    assert len(gone) == 1
    store.remove(gone[0])
    assert speaks(store, name)


def test_every_shape_is_applied_to_some_node(mixture: tuple[Path, BuildReport]) -> None:
    """In a release with all cases; the report states the number of nodes of each shape."""
    seen = mixture[1].focus_nodes
    own = {shape for shape in targets() if shape.removeprefix(SHAPES_NAMESPACE) not in ADDED}
    idle = {"Mandat", "Mandat-cause-sans-fin"}  # of archives AMO, which the build did without
    assert {shape for shape in own if not seen[shape]} == {f"{SHAPES_NAMESPACE}{s}" for s in idle}
    assert len(own) == 48
    report = {
        t.subject.value: int(t.object.value)  # type: ignore[union-attr]
        for t in read_turtle(current(mixture[0]) / "quality/report.ttl")
        if t.predicate == VOID.entities
    }
    assert report == {shape: n for shape, n in seen.items() if n}


def test_a_shape_applied_to_too_few_nodes_is_found(store: Store) -> None:
    """The count of the validation is compared with that of a query."""
    assert any("Question:" in message for message in unseen(store, {}))
    kinds = {kind for wanted in targets().values() for kind, _ in wanted}
    assert kinds == {CLASS, SUBJECTS}


def test_a_build_stops_where_a_control_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vies: Path
) -> None:
    """And `current` stays as it was; the message names control and resource."""
    monkeypatch.setattr("lod.rdf.deadlines.delai_jours", lambda q: 3)
    with pytest.raises(LodError, match=r"control C3-delais, a fault of the program"):
        build([vies.parent / "records"], tmp_path, Settings())
    assert not (tmp_path / "current").exists()


def rows_in(store: Store) -> dict[str, list[str]]:
    """Control → the resources that it finds in a store, as a report has them."""
    rows = sorted({(row.control.name, row.subject) for row in control_rows(store)})
    return {c.name: found for c in controls() if (found := [iri for n, iri in rows if n == c.name])}


def reported(report: BuildReport) -> dict[str, list[str]]:
    return {control.name: list(found) for control, found in report.control_rows.items()}


def test_parts_tell_what_the_whole_store_tells(mixture: tuple[Path, BuildReport]) -> None:
    """What local controls find in batches of questions they find in the finished store, too."""
    folder, report = mixture
    assert reported(report) == rows_in(open_store(current(folder) / "store")) != {}


@pytest.mark.parametrize(
    "fact", [fact for fact in FACTS if fact.said_by & LOCAL], ids=lambda fact: str(fact.number)
)
def test_a_local_control_needs_no_other_question(fact: WrongFact, store: Store) -> None:
    """It tells the same where a question stands alone, with its answers and what it refers to."""

    def told() -> set[tuple[str, str]]:
        rows = control_rows(store, (control for control in controls() if control.is_local))
        return {(r.control.name, r.subject) for r in rows if document_of(r.subject) in own}

    store.update(fact.update, base_iri=BASE, prefixes=PREFIXES)
    own = {document_of(fact.about)}
    for quad in store.quads_for_pattern(None, QP.reponse, None):
        pair = {quad.subject.value, quad.object.value}  # type: ignore[union-attr]
        own |= pair if pair & own else set()
    before = told()
    for quad in list(store):
        document = document_of(quad.subject.value)  # type: ignore[union-attr]
        if document.startswith((f"{BASE}question/", f"{BASE}reponse/")) and document not in own:
            store.remove(quad)
    assert told() == before and {name for name, _ in before} >= fact.said_by & LOCAL


@pytest.mark.slow
def test_a_warning_stays_until_its_question_is_mended(tmp_path: Path) -> None:
    """An update takes warnings over, and tells what a full build tells, on the page as well."""
    records, out = tmp_path / "records", tmp_path / "out"
    records.mkdir()
    issue, heading = (b'numJO": "2025', b'numJO": "2024'), (b"artisanat", "l\ufffdcole".encode())

    def write(numero: int, *wrong: tuple[bytes, bytes], end: str = "") -> None:
        data = record(numero, end).data
        for good, bad in wrong:
            data = data.replace(good, bad)
        (records / f"{numero}.json").write_bytes(data)

    def publish() -> dict[str, list[str]]:
        told = reported(build([records], out, Settings()))
        assert told == rows_in(open_store(current(out) / "store"))
        with (current(out) / "quality/remarques.csv").open(encoding="utf-8", newline="") as file:
            written = [iri for iri, line, *_ in csv.reader(file) if not line]
        assert written == [*chain(*told.values())]
        page = (current(out) / "site/qualite.html").read_text("utf-8")
        assert all(f">{iri.rpartition('/')[2]}</a>" in page for iri in written)
        return told

    for numero in (1, 2, 3):
        write(numero, issue, heading)
    first = publish()
    *questions, answer = first["C1-numeros"]
    assert [document_of(iri)[-1] for iri in questions] == ["1", "2", "3"] and "/reponse/" in answer
    assert len(first.pop("C15-encodage")) == 1 and len(first) == 1
    write(1, heading)
    write(3, issue, end="\n")
    told = publish()
    assert told == reported(build([records], tmp_path / "full", Settings()))
    assert told.pop("C15-encodage") and told == {"C1-numeros": questions[1:]}
    for numero in (1, 2, 3):
        write(numero)
    assert publish() == {}


def test_the_alignments_break_no_rule(good: set[Quad]) -> None:
    """Who reads all graphs of a dump as one is told no more than who reads the data."""
    data = [quad.triple for quad in good if quad.graph_name == DefaultGraph()]
    assert violations([*data, *read_turtle(packaged.ALIGNMENTS)]) == violations(data) != []


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact.number))
def test_a_wrong_fact_is_told(fact: WrongFact, store: Store, good: set[Quad], whole: Store) -> None:
    """By the controls and shapes that its head names, and no other one, where it is wrong."""
    store.update(fact.update, base_iri=BASE, prefixes=PREFIXES)
    now = set(store)
    lost, gained = good - now, now - good
    told = {(row.control.name, row.subject, row.value) for row in control_rows(store)}
    assert lost | gained, "the release has changed: nothing is wrong"
    nodes = {quad.subject.value for quad in lost | gained}  # type: ignore[union-attr]

    def shapes_tell(store: Store) -> set[tuple[str, str, str]]:
        return {(local(r.shape), r.focus, r.value) for r in results_about(nodes, store)}

    told |= shapes_tell(store) - shapes_tell(whole)
    document = document_of(fact.about)
    assert {name for name, *about in told if document in map(document_of, about)} == fact.said_by
