"""The shapes bite: every constraint is broken by a counterexample, good data breaks none."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from pyoxigraph import RdfFormat, Triple, parse
from rdflib import BNode, Graph
from rdflib.namespace import SH

from lod.pipeline.convert import Publie
from lod.pipeline.validation.validate import Result, shapes_as_published, spread, violations
from lod.rdf.vocab import QP, RDF_TYPE, SHAPES_NAMESPACE, jour

FOLDER = Path(__file__).parent / "counterexamples"
FILES = sorted(FOLDER.glob("*.ttl"))
CONSTRAINTS = {
    "class", "closed", "datatype", "hasValue", "in", "languageIn", "lessThanOrEquals",
    "maxCount", "maxInclusive", "minCount", "minInclusive", "nodeKind", "or", "pattern",
    "uniqueLang",
}  # fmt: skip


def read(path: Path) -> list[Triple]:
    return [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE)]


@cache
def broken_by(path: Path) -> set[tuple[str, str]]:
    return broken(violations(read(path)))


def broken(results: Iterable[Result]) -> set[tuple[str, str]]:
    return {(r.shape.removeprefix(SHAPES_NAMESPACE), r.component) for r in results}


def constraints(shapes: Graph) -> set[tuple[str, str]]:
    """Every (shape, component); the alternatives inside `sh:or` speak through it."""
    inner = {shape for some in shapes.objects(None, SH["or"]) for shape in shapes.items(some)}
    return {
        (shape.removeprefix(SHAPES_NAMESPACE), f"{name[0].upper()}{name[1:]}ConstraintComponent")
        for shape, parameter, _ in shapes
        if shape not in inner and (name := parameter.removeprefix(str(SH))) in CONSTRAINTS
    }


def test_every_constraint_is_broken_by_a_counterexample() -> None:
    """No constraint stands that nobody has seen at work; none vanishes unseen."""
    assert len(FILES) == 22
    expected = constraints(shapes_as_published())
    assert len(expected) == 524
    assert set().union(*map(broken_by, FILES)) == expected


def attachments(shapes: Graph) -> set[tuple[str, str]]:
    """Every (class, shape) by which a shape with constraints of its own is given nodes."""
    bearers = {shape for shape, parameter, _ in shapes if parameter.removeprefix(str(SH))
               in CONSTRAINTS}  # fmt: skip
    return {
        (str(kind), str(shape).removeprefix(SHAPES_NAMESPACE))
        for node, kind in shapes.subject_objects(SH.targetClass)
        for shape in (node, *shapes.objects(node, SH.property))
        if shape in bearers
    }


def seen(triples: list[Triple], results: Iterable[Result]) -> set[tuple[str, str]]:
    """Every (class of the node, shape) that is in the results."""
    kinds = {(t.subject.value, t.object.value) for t in triples if t.predicate == RDF_TYPE}  # type: ignore[union-attr]
    return {(kind, r.shape.removeprefix(SHAPES_NAMESPACE))
            for r in results for focus, kind in kinds if focus == r.focus}  # fmt: skip


def test_every_class_is_refused_by_each_of_its_shapes() -> None:
    """A shape that several classes share has been seen at work on each; none is let go unseen."""
    expected = attachments(shapes_as_published())
    assert len(expected) == 253
    found = set().union(*(seen(read(path), violations(read(path))) for path in FILES))
    assert expected - found == set()


def test_the_shapes_in_both_forms_say_the_same() -> None:
    """What is handed to pySHACL for speed means what is published."""
    shapes = shapes_as_published()
    for path in FILES:
        triples = read(path)
        assert violations(triples, shapes) == violations(triples, spread(shapes)), path


def test_the_shapes_are_well_formed() -> None:
    """The shapes conform to the shapes of SHACL, and hold no blank node."""
    shapes = shapes_as_published()
    assert not any(isinstance(term, BNode) for triple in shapes for term in triple)
    assert pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)[0]


def test_every_shape_speaks_french_and_english() -> None:
    """A message says what is wrong, and after `;` what to do, in both languages."""
    shapes = shapes_as_published()
    inner = {shape for some in shapes.objects(None, SH["or"]) for shape in shapes.items(some)}
    for shape in set(shapes.subjects(SH.path)) | set(shapes.subjects(SH.targetClass)):
        if shape in inner:
            continue
        messages = {m.language: str(m) for m in shapes.objects(shape, SH.message)}
        assert set(messages) == {"fr", "en"}, shape
        assert " ; " in messages["fr"] and "; " in messages["en"], shape


def test_good_data_has_no_violation(publie: Publie) -> None:
    """The richest case conforms, as far as a violation goes."""
    assert [r for r in violations(triples_of(publie)) if r.severity == "Violation"] == []


def test_an_answer_before_the_question_is_told(publie: Publie) -> None:
    """One date changed, two warnings more, in words that say what to do."""
    before = violations(triples_of(publie))
    question = publie.question.uid
    changed = [
        Triple(t.subject, t.predicate, jour(publie.question.parutions[0].jour.replace(year=2019)))
        if t.predicate == QP.dateReponse
        else t
        for t in triples_of(publie)
    ]
    new = {r.message_en: r for r in violations(changed) if r not in before}
    assert set(new) == {
        "the answer comes before the publication; check both dates in the source",
        "closed by an answer that is missing, or bears another date; check the source",
    }
    assert all(r.focus.endswith(question) and r.severity == "Warning" for r in new.values())


def triples_of(publie: Publie) -> list[Triple]:
    return list(publie.triples())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_counterexample_is_needed(path: Path) -> None:
    """A file that breaks nothing that another does not break would only be read, not used."""
    assert broken_by(path) - set().union(*(broken_by(other) for other in FILES if other != path))
