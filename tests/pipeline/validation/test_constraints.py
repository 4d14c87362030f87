"""The rules as others run them: on a dump, by the files that are published beside it."""

from collections.abc import Callable
from pathlib import Path

import pyshacl
import pytest
import shacl
from pyoxigraph import Store
from rdflib import BNode, Graph
from rdflib.namespace import SH

from lod.pipeline.validation.constraints import as_constraint
from lod.pipeline.validation.controls import control_rows, controls
from lod.publish.release import current
from lod.rdf.serialize import ntriples
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES
from tests.support.paths import BASE
from tests.support.shapes import FACTS, local

# nine wrong facts that are plausible (numbers of `faits-faux.ru`) → the rule that tells each
NINE = {
    5: "C6-numeros",  # the number
    11: "C1-dates",  # the day of the answer, on question and answer
    27: "C1-numeros",  # the issue of the Journal officiel
    28: "C2-attributions",  # the rank
    67: "C4-statuts",  # it waits, beside its answer
    68: "C6-identites",  # the identifier
    69: "C1-editions",  # the edition
    70: "Identifie-type",  # the class is gone
    71: "C11-parties",  # a part without a whole
}
Said = set[tuple[str, str]]  # (name of a rule, IRI of the node at fault)


@pytest.fixture(scope="module")
def dumps(vies: Path) -> Path:
    return current(vies) / "dumps"


@pytest.fixture(scope="module")
def spoiled(vies: Path) -> Store:
    """The good store with all wrong facts at once."""
    store = Store()
    store.bulk_extend(open_store(current(vies) / "store"))
    for fact in FACTS:
        store.update(fact.update, base_iri=BASE, prefixes=PREFIXES)
    return store


def merged(store: Store) -> bytes:
    """Return all its triples: who validates has one graph."""
    return ntriples({quad.triple for quad in store})


def said_by_the_fast_engine(rules: str, data: bytes) -> Said:
    report = shacl.Shapes.from_turtle(rules).validate_text(data.decode(), "ntriples")
    of_sparql = "SPARQLConstraintComponent"
    return {
        (
            local(str(r.source_shape)[1:-1]),
            str(r.value_plain if r.component == of_sparql else r.focus_node[1:-1]),
        )
        for r in report.results
    }


def said_by_pyshacl(rules: str, data: bytes) -> Said:
    _, report, _ = pyshacl.validate(
        Graph().parse(data=data, format="nt"), shacl_graph=Graph().parse(data=rules, format="ttl")
    )
    said = set()
    for result in report.subjects(SH.sourceShape):
        component = report.value(result, SH.sourceConstraintComponent)
        at_fault = SH.value if component == SH.SPARQLConstraintComponent else SH.focusNode
        name = local(report.value(result, SH.sourceShape))
        said.add((name, str(report.value(result, at_fault))))
    return said


def test_nine_plausible_wrong_facts_are_told(dumps: Path, spoiled: Store) -> None:
    hold_nine(said_by_the_fast_engine, dumps, spoiled)


def test_pyshacl_tells_them_too(dumps: Path, spoiled: Store) -> None:
    """At night."""
    hold_nine(said_by_pyshacl, dumps, spoiled)


def hold_nine(judge: Callable[[str, bytes], Said], dumps: Path, spoiled: Store) -> None:
    """Both files of rules tell each, about the node at fault, and whatever the controls say."""
    rules = "\n".join((dumps / name).read_text("utf-8") for name in ("shapes.ttl", "controles.ttl"))
    said = judge(rules, merged(spoiled))
    expected = {(NINE[fact.number], fact.about) for fact in FACTS if fact.number in NINE}
    assert len(expected) == 9 and expected <= said
    names = {control.name for control in controls()}
    assert {pair for pair in said if pair[0] in names} == {
        (row.control.name, row.subject)
        for row in control_rows(spoiled)
        if not row.control.only_here
    }


def test_nothing_is_told_of_a_good_dump(vies: Path, dumps: Path) -> None:
    rules = (dumps / "controles.ttl").read_text("utf-8")
    assert not said_by_the_fast_engine(rules, merged(open_store(current(vies) / "store")))


def test_the_constraints_are_well_formed(dumps: Path) -> None:
    """One for each control but one, in both languages, with what SHACL allows alone."""
    rules = Graph().parse(dumps / "controles.ttl")
    assert not any(isinstance(term, BNode) for triple in rules for term in triple)
    shapes = {local(shape) for shape in rules.subjects(SH.sparql)}
    assert {control.name for control in controls()} - shapes == {"C9-comptes"}
    for constraint in rules.objects(None, SH.sparql):
        messages = {m.language for m in rules.objects(constraint, SH.message)}
        assert messages == {"fr", "en"}, constraint
    for control in controls():
        query = as_constraint(control.query)
        assert "VALUES" not in query and "MINUS" not in query, control.name
        assert query.count("SELECT") == query.count("$this") - query.count("BY $this")
        assert not any(f"{word}(?" in query for word in ("YEAR", "MONTH", "DAY")), control.name
    declared = {str(p) for p in rules.objects(None, SH.prefix)}
    assert declared < set(PREFIXES)
