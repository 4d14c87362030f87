"""Wrong facts: what tells of each, and which of them nothing in the data can know."""

from pathlib import Path

import pytest
from pyoxigraph import Quad, Store

from lod.pipeline.validation.controls import control_rows
from lod.pipeline.validation.pyshacl_engine import violations
from lod.pipeline.validation.validate import around
from lod.publish.release import current
from lod.rdf.iris import document_of
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES, SHAPES_NAMESPACE
from tests.support.paths import BASE
from tests.support.shapes import FACTS, WrongFact

UNKNOWABLE = ["The title is that of another question", "The department Ain is in Île-de-France"]


@pytest.fixture(scope="module")
def good(vies: Path) -> set[Quad]:
    """What the good store states."""
    return set(open_store(current(vies) / "store"))


@pytest.fixture(scope="module")
def store(good: set[Quad]) -> Store:
    """A copy of it, in memory."""
    copy = Store()
    copy.extend(good)
    return copy


def shapes_tell(quads: set[Quad], nodes: set[str]) -> set[tuple[str, str, str]]:
    """The shapes that tell of nodes, with node and value."""
    results = violations(around(nodes, [quad.triple for quad in quads]), only=nodes)
    return {(r.shape.removeprefix(SHAPES_NAMESPACE), r.focus, r.value) for r in results}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact.number))
def test_a_wrong_fact_is_told(fact: WrongFact, store: Store, good: set[Quad]) -> None:
    """By the controls and shapes that its head names, and by no other one, where it is wrong; no
    control tells of the good store, as another test has it.
    """
    store.update(fact.update, base_iri=BASE, prefixes=PREFIXES)
    now = set(store)
    lost, gained = good - now, now - good
    told = {(row.control.name, row.subject, row.value) for row in control_rows(store)}
    for quad in gained:
        store.remove(quad)
    store.extend(lost)
    assert lost | gained, "the release has changed: nothing is wrong"
    nodes = {quad.subject.value for quad in lost | gained}  # type: ignore[union-attr]
    told |= shapes_tell(now, nodes) - shapes_tell(good, nodes)
    document = document_of(fact.about)
    assert {name for name, *about in told if document in map(document_of, about)} == fact.said_by


def test_how_many_are_told() -> None:
    """All but two, which would need to know what the source says, or a map."""
    numbers = [fact.number for fact in FACTS]
    assert numbers == sorted(set(numbers)) and numbers[:58] == [*range(1, 59)]
    assert [fact.words for fact in FACTS if not fact.said_by] == UNKNOWABLE
