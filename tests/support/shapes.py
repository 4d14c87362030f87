"""Shapes, their counterexamples, and what of the ones is broken by the others."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, parse
from rdflib import Graph
from rdflib.namespace import SH

from lod.base import packaged
from lod.pipeline.validation.pyshacl_engine import violations
from lod.pipeline.validation.shapes import Result
from lod.rdf.vocab import RDF_TYPE, SHAPES_NAMESPACE
from tests.support.paths import files_of_tests

FILES = files_of_tests("counterexamples", "*.ttl")
CONSTRAINTS = {
    "class", "closed", "datatype", "disjoint", "hasValue", "in", "languageIn", "lessThanOrEquals",
    "maxCount", "maxInclusive", "minCount", "minInclusive", "nodeKind", "or", "pattern",
    "uniqueLang",
}  # fmt: skip


def read(path: Path) -> list[Triple]:
    return [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE)]


# the names of the shapes that extensions add
ADDED = {
    t.subject.value.removeprefix(SHAPES_NAMESPACE)  # type: ignore[union-attr]  # no blank node
    for path in packaged.SHAPES.glob("extensions/*/*.ttl")
    for t in read(path)
    if t.predicate == RDF_TYPE
}


@cache
def broken_by(path: Path) -> set[tuple[str, str]]:
    return broken(violations(read(path)))


def broken(results: Iterable[Result]) -> set[tuple[str, str]]:
    return {(local(r.shape), r.component) for r in results}


def local(iri: object) -> str:
    return str(iri).removeprefix(SHAPES_NAMESPACE)


def constraints(shapes: Graph) -> set[tuple[str, str]]:
    """Every (shape, component); the alternatives inside `sh:or` speak through it."""
    inner = {shape for some in shapes.objects(None, SH["or"]) for shape in shapes.items(some)}
    return {
        (shape.removeprefix(SHAPES_NAMESPACE), f"{name[0].upper()}{name[1:]}ConstraintComponent")
        for shape, parameter, _ in shapes
        if shape not in inner and (name := parameter.removeprefix(str(SH))) in CONSTRAINTS
    }


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


DESCRIPTIONS = sorted((packaged.SHAPES / "description").glob("*.ttl"))


def shapes(*files: Path) -> Graph:
    """Return the shapes of descriptions, of the core and of all extensions unless files say."""
    graph = Graph()
    for path in files or packaged.with_extensions(packaged.SHAPES, "description", "*.ttl"):
        graph.parse(path)
    return graph
