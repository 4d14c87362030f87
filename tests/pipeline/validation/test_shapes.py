"""Every constraint is broken by a counterexample; good data breaks none."""

import pyshacl
import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple
from rdflib import BNode, Graph
from rdflib.namespace import SH

from lod.model.safe_html import BLOCKS, CELLS, INLINE, sanitized, settled
from lod.pipeline.validation.controls import control_rows, controls
from lod.pipeline.validation.pyshacl_engine import shapes_as_published, violations
from lod.rdf.ontology import concepts
from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import QP, RDF
from tests.support.hostile_html import hostile
from tests.support.paths import BASE
from tests.support.shapes import (
    ADDED,
    FILES,
    attachments,
    broken,
    broken_by,
    constraints,
    local,
    results_of,
    seen,
)  # fmt: skip


@pytest.mark.slow
def test_every_constraint_is_broken_by_a_counterexample() -> None:
    expected = constraints(shapes_as_published())
    assert len([shape for shape, _ in expected if shape not in ADDED]) == 581
    assert set().union(*map(broken_by, FILES)) == expected


@pytest.mark.slow
def test_every_class_is_refused_by_each_of_its_shapes() -> None:
    """A shape that several classes share has been seen at work on each; none is let go unseen."""
    shapes = shapes_as_published()
    expected = attachments(shapes)
    added = {str(kind) for s, kind in shapes.subject_objects(SH.targetClass) if local(s) in ADDED}
    own = [(kind, s) for kind, s in expected if kind not in added and s not in ADDED]
    assert len(own) == 317
    found = set().union(*(seen(read_turtle(path), results_of(path)) for path in FILES))
    assert expected - found == set()


@pytest.mark.slow
def test_the_shapes_in_both_forms_say_the_same() -> None:
    """What is handed to pySHACL for speed means what is published."""
    shapes = shapes_as_published()
    for path in FILES:
        assert violations(read_turtle(path), shapes) == results_of(path), path


@pytest.mark.slow
def test_the_shapes_are_well_formed() -> None:
    shapes = shapes_as_published()
    assert not any(isinstance(term, BNode) for triple in shapes for term in triple)
    assert pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)[0]


def test_every_shape_speaks_french_and_english() -> None:
    """A message says what is wrong, and after `;` what to do, in both languages."""
    shapes = shapes_as_published()
    inner = {shape for some in shapes.objects(None, SH["or"]) for shape in shapes.items(some)}
    open_shapes = set(shapes.subjects(SH.targetClass)) - set(shapes.subjects(SH.closed))
    for shape in set(shapes.subjects(SH.path)) | set(shapes.subjects(SH.targetClass)):
        if shape in inner | open_shapes:  # these constrain nothing themselves
            continue
        messages = {m.language: str(m) for m in shapes.objects(shape, SH.message)}
        assert set(messages) == {"fr", "en"}, shape
        assert " ; " in messages["fr"] and "; " in messages["en"], shape


def test_the_markup_that_a_control_allows_is_what_the_program_leaves() -> None:
    """Each of its elements, no other one, and whatever it makes of hostile HTML."""
    [control] = [c for c in controls() if c.name == "C15-balises"]

    def told(*texts: str) -> list[str]:
        store = Store()
        store.extend(
            Quad(NamedNode(f"urn:{n}"), QP.texteHtml, Literal(text)) for n, text in enumerate(texts)
        )
        return [row.value for row in control_rows(store, [control])]

    assert not told(*(f"x<{e}>x</{e}>" for e in {*BLOCKS, *CELLS, *INLINE} - {"center"}))
    wrong = ("<a>", "<center>", "<p class=x>", '<p title="x">', '<tr colspan="2">', "x < y", "<<p>")
    assert len(told(*wrong)) == len(wrong)
    assert told("<p>un\n<script>x</script></p>") == ["<script"]
    made = [settled(sanitized(given)) for given in hostile(600, 1)]
    assert not told(*made) and sum("<" in one for one in made) > 100


def test_the_known_reasons_of_withdrawal_are_those_of_the_ontology() -> None:
    """Each of its concepts, and no other one: a record of legislature 8 has the code AU."""
    of_ontology = [*concepts(QP.motifs).values()]
    asked, wrong = NamedNode(f"{BASE}question/QANR5L8QOSD176"), "Question-motifRetrait-inconnu"
    for reason in (*of_ontology, NamedNode(f"{BASE}motif/autre")):
        stated = [Triple(asked, RDF.type, QP.Question), Triple(asked, QP.motifRetrait, reason)]
        told = {shape for shape, _ in broken(violations(stated))}
        assert (wrong in told) == (reason not in of_ontology)
    assert len(of_ontology) == 2
