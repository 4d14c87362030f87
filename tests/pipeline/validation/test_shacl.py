"""The faster engine says what pySHACL says, and a fault of it is never silent."""

import logging
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import Mock

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from pyshacl.shapes_graph import ShapesGraph
from rdflib import URIRef
from rdflib.namespace import SH

from lod.base.errors import LodError
from lod.base.inputs import Record
from lod.base.parallel import batches
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.settling.convert import Accepted, convert
from lod.pipeline.validation import pyshacl_engine as reference
from lod.pipeline.validation import validate as fast
from lod.pipeline.validation.pyshacl_engine import shapes_as_published, violations
from lod.pipeline.validation.shapes import (
    CLASS,
    FAST,
    REFERENCE,
    SUBJECTS,
    Result,
    count_focus_nodes,
    targets,
)
from lod.pipeline.validation.validate import validate, versions
from lod.publish.release import current, manifest
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples, read_turtle
from lod.rdf.vocab import QP, RDF, RDFS, XSD
from tests.support.paths import BASE, BROKEN, CASES, RICH, ROOT, files_of_tests
from tests.support.programs import lod, output
from tests.support.synthetic.broken import break_some
from tests.support.synthetic.forms import lectures, triples

EXAMPLES = files_of_tests("counterexamples", "*.ttl")
BATCH = 250  # records
SHARES = (0.0, 0.01, 0.03, 0.06)  # shares of the triples, batch by batch
COMPONENTS = {  # all but UniqueLang and Disjoint: of these there are counterexamples
    "Class", "Closed", "Datatype", "HasValue", "In", "LanguageIn", "LessThanOrEquals", "MaxCount",
    "MaxInclusive", "MinCount", "MinInclusive", "NodeKind", "Or", "Pattern",
}  # fmt: skip
# how a shape may hand a node on to another one; any other way may lead further than `around` goes
INNER = (SH.node, SH["not"], SH["and"], SH.xone, SH.qualifiedValueShape, SH.sparql)

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean:UserWarning")


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Without what rdflib writes to the log about each literal that is none."""
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("rdflib.term").setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def thousand(iris: Iris) -> list[list[Triple]]:
    """Records of all forms, in batches; but for the first, some triples have gone wrong."""
    records = list(lectures(BATCH * len(SHARES)))
    Random(1).shuffle(records)
    made = zip(batches(records, BATCH), SHARES, strict=True)
    return [break_some(triples(batch, iris), Random(1), share) for batch, share in made]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.slow
def test_engines_agree_on_each_counterexample(path: Path) -> None:
    """The same results in the same order: severity, node, path, shape, value, both messages."""
    expected = violations(read_turtle(path))
    assert expected
    assert validate(read_turtle(path), FAST).results == expected


@pytest.mark.slow
def test_engines_agree_on_a_thousand_records(thousand: list[list[Triple]]) -> None:
    """Good ones and broken ones: thousands of results, of each kind of constraint."""
    results: list[Result] = []
    for batch in thousand:
        expected = violations(batch)
        assert validate(batch, FAST).results == expected
        results += expected
    assert len(results) > 2_000
    assert {r.component.removesuffix("ConstraintComponent") for r in results} >= COMPONENTS
    assert {r.severity for r in results} == {"Violation", "Warning", "Info"}


# values that the engines themselves take differently, on a property without bounds
@pytest.mark.parametrize(
    "value", ["12021-02-03", "-0044-03-15", "0000-01-01", "2021-W05-3", "2021-02-03T00:00:00"]
)
def test_pyshacl_decides_where_engines_read_a_literal_differently(value: str) -> None:
    """What only one of them takes for a date is refused, or not, as pySHACL has it."""
    question = NamedNode("http://localhost:8000/question/QANR5L15QE1")
    day = Triple(question, QP.dateSignalement, Literal(value, datatype=XSD.date))
    data = [Triple(question, RDF.type, QP.Question), day]
    expected, shape = violations(data), "Question-dateSignalement"
    assert validate(data, FAST).results == expected
    raw = {(r.shape, r.component) for r in fast.fast_results(ntriples(data))}
    assert raw != {(r.shape, r.component) for r in expected}, shape


def test_no_shape_looks_further_than_the_second_look() -> None:
    """From a node to its values and their classes: that much, and no more, is shown to pySHACL."""
    shapes = shapes_as_published()
    assert all(isinstance(path, URIRef) for path in shapes.objects(None, SH.path))
    assert not [which for which in INNER if (None, which, None) in shapes]
    # the targets that the triples of a node decide: for others `around` would have to look back
    assert {kind for wanted in targets().values() for kind, _ in wanted} == {CLASS, SUBJECTS}
    for shape in {*shapes.subjects(SH["or"]), *shapes.subjects(SH.property)}:
        assert (shape, SH.path, None) not in shapes, shape


@cache
def selecting() -> list[Any]:
    """The shapes that have a target, as pySHACL reads them."""
    found = ShapesGraph(shapes_as_published()).shapes
    return [shape for shape in found if str(shape.node) in targets()]


def by_pyshacl(batch: list[Triple]) -> dict[str, Counter[str]]:
    graph, found = reference.graph(batch), dict[str, Counter[str]]()
    for shape in selecting():
        for node in shape.focus_nodes(graph):
            found.setdefault(document_of(str(node)), Counter())[str(shape.node)] += 1
    return found


@pytest.mark.slow
def test_the_focus_nodes_are_those_that_pyshacl_selects(thousand: list[list[Triple]]) -> None:
    """In every document, of every shape: of good data, of broken data, of counterexamples."""
    for batch in (*thousand, *map(read_turtle, EXAMPLES)):
        counted = count_focus_nodes(ntriples(batch))
        assert counted == by_pyshacl(batch)
        assert sum(map(Counter.total, counted.values())) > 10


def test_the_focus_nodes_of_a_class_are_those_of_classes_below_it() -> None:
    """As far down as the data says, in circles too; and a node counts once."""
    node, one, two = (NamedNode(f"http://localhost:8000/{name}") for name in ("q#1", "k", "l"))
    data = [
        Triple(node, RDF.type, two), Triple(node, RDF.type, QP.Question),
        Triple(two, RDFS.subClassOf, one), Triple(one, RDFS.subClassOf, two),
        Triple(one, RDFS.subClassOf, QP.Reponse),
    ]  # fmt: skip
    counted = count_focus_nodes(ntriples(data))
    assert counted == by_pyshacl(data) == validate(data, FAST).focus_nodes
    assert {name.rpartition("#")[2] for name in counted["http://localhost:8000/q"]} >= {
        "Question", "Reponse",
    }  # fmt: skip
    assert set(counted["http://localhost:8000/q"].values()) == {1}


def test_an_engine_that_fails_is_told() -> None:
    with pytest.raises(LodError, match=r"shacl failed \(parse error.*--engine pyshacl"):
        fast.fast_results(b"<http://localhost:8000/q> <")


def test_a_panic_of_the_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rust panics with what is no Exception."""

    class PanicException(BaseException):  # as PyO3 makes it
        pass

    monkeypatch.setattr(fast, "_compiled_shapes", Mock(side_effect=PanicException))
    with pytest.raises(LodError, match="failed"):
        validate([], FAST)


def test_an_engine_that_lets_everything_pass_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Compiled without a shape it is content with the witness too; no release comes of it."""
    fast._compiled_shapes.cache_clear()
    monkeypatch.setattr(fast, "shapes", tuple)
    try:
        with pytest.raises(LodError, match="lets pass what is wrong"):
            build([RICH], tmp_path, Settings())
    finally:
        fast._compiled_shapes.cache_clear()
    assert not (tmp_path / "current").exists()


def test_check_asks_the_engine_that_a_build_asks() -> None:
    """pySHACL, if it is told to, says the same of the same records."""
    command = ("check", "--jobs", 1, RICH, BROKEN)
    asked = lod(*command)
    assert asked.output == lod(*command, "--engine", REFERENCE).output
    assert "not complete JSON" in asked.output and asked.exit_code == 1
    shown = {name: lod(name, "--help").output for name in ("build", "check")}
    assert all(f"[default: {FAST}]" in text for text in shown.values())


@pytest.mark.slow
def test_without_the_fast_engine_pyshacl_validates(tmp_path: Path) -> None:
    """It has no wheel for some machines: the same command builds there, and names who judged."""
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['shacl'] = None\n")
    command = [sys.executable, "-m", "lod", "build", RICH, "--to", tmp_path / "out"]
    said = output(*command, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert "1 read = 1 published" in said
    assert list(manifest(current(tmp_path / "out"))["shacl"]) == [REFERENCE]


def test_the_release_names_its_engines(sample: Path) -> None:
    """In the manifest and on the quality page, with versions."""
    release = current(sample)
    engines: Any = manifest(release)["shacl"]
    assert engines == versions(FAST)
    assert list(engines) == [FAST, REFERENCE]
    page = (release / "site/qualite.html").read_text("utf-8")
    for name, version in engines.items():
        assert f"{name} {version}" in page


@pytest.fixture(scope="module")
def judged() -> list[Triple]:
    """A question without a text, of which SHACL warns, and one with all that a question has."""
    made = []
    for name in ("without_text", "whole_life"):
        data = (CASES / f"an_json/{name}/source.json").read_bytes()
        verdict = convert(Record("x.json", "x.json", data), Iris(BASE))
        assert isinstance(verdict, Accepted)
        made += verdict.triples()
    return made


def test_nodes_are_chosen_by_chance_but_always_the_same(judged: list[Triple]) -> None:
    """In one of three validations, one node of two hundred."""
    chosen = [fast.sample(judged, b"%d" % n) for n in range(900)]
    assert chosen == [fast.sample(judged, b"%d" % n) for n in range(900)]
    found = [node for some in chosen for node in some]
    expected = 900 / 3 * len({str(t.subject) for t in judged}) / 200
    assert expected / 2 < len(found) < 2 * expected and len(set(found)) > len(judged) / 50


@pytest.fixture
def all_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "SAMPLED_RUNS", 1)
    monkeypatch.setattr(fast, "SAMPLED_NODES", 1)


@pytest.mark.usefixtures("all_judged")
def test_both_agree(judged: list[Triple]) -> None:
    results = validate(judged, FAST).results
    assert results == validate(judged, REFERENCE).results and len(results) > 1


@pytest.mark.usefixtures("all_judged")
@pytest.mark.parametrize("fault", ["one is lost", "one is added", "another severity"])
def test_that_they_differ_is_an_error(
    judged: list[Triple], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the fast engine gets wrong about a node of the sample, the build stops."""
    results = fast.fast_results(ntriples(judged))
    first = next(result for result in results if result.severity == "Warning")
    others = [result for result in results if result != first]
    wrong = {
        "one is lost": others,
        "one is added": [*results, replace(first, path="http://x/y")],
        "another severity": [*others, replace(first, severity="Info")],
    }[fault]
    monkeypatch.setattr(fast, "fast_results", lambda data: wrong)
    with pytest.raises(LodError, match=r"shacl and pyshacl differ about one of .*; use --engine"):
        validate(judged, FAST)
