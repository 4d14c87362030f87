"""Triples against the shapes: what does not conform is told, node by node, in the shapes' words.

pySHACL is given small graphs, hundreds of questions at a time: it is then linear, and its memory
is bounded. The shapes are read anew in each process, since a run changes the graph of shapes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from pyshacl.shapes_graph import ShapesGraph
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from lod import files
from lod.ontology import ontology
from lod.vocab import RDF_TYPE, SKOS_CONCEPT, SKOS_SCHEME

TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result of the report: severity, focus node, path, constraint, shape, value, messages."""

    severity: str
    focus: str
    path: str
    component: str
    shape: str
    value: str
    message_fr: str
    message_en: str


def shapes_as_published() -> Graph:
    """Return a copy of the shapes as they stand in their files."""
    graph = Graph()
    graph += _parsed()
    return graph


@cache
def _parsed() -> Graph:
    graph = Graph()
    for path in files.shapes():
        graph.parse(path, format="turtle")
    return graph


@cache
def shapes_graph() -> Graph:
    """Return the shapes of this process, in the form that pySHACL is quick at."""
    return spread(shapes_as_published())


def spread(shapes: Graph) -> Graph:
    """Return equivalent shapes in which each property shape bears the target itself.

    pySHACL calls a property shape once for every node that its node shape hands over, but a shape
    with a target once for all: 13 against 4 ms a question (0.40.1). What a closed shape allows
    then stands in its list of ignored properties. A test holds both forms together.
    """
    graph = Graph()
    graph += shapes
    for shape, kind in list(shapes.subject_objects(SH.targetClass)):
        paths = []
        for prop in shapes.objects(shape, SH.property):
            graph.remove((shape, SH.property, prop))
            graph.add((prop, SH.targetClass, kind))
            paths.append(str(shapes.value(prop, SH.path)))
        if (shape, SH.closed, None) in shapes:
            ignored = shapes.value(shape, SH.ignoredProperties) or RDF.nil
            allowed = [*Collection(shapes, ignored), *map(URIRef, sorted(set(paths)))]
            graph.set((shape, SH.ignoredProperties, Collection(graph, BNode(), allowed).uri))
    return graph


@cache
def _concepts() -> tuple[Triple, ...]:
    """Return what the ontology says of its concepts and schemes: questions point to them."""
    kinds = (SKOS_CONCEPT, SKOS_SCHEME)
    subjects = {t.subject for t in ontology() if t.predicate == RDF_TYPE and t.object in kinds}
    return tuple(t for t in ontology() if t.subject in subjects)


@dataclass(frozen=True, slots=True)
class Validation:
    """What a run found, and how many nodes each shape looked at, by the document they stand in."""

    results: list[Result]
    foyers: dict[str, Counter[str]]


def violations(triples: Iterable[Triple], shapes: Graph | None = None) -> list[Result]:
    """Return every result of validating the triples, in a fixed order; the graph must be small."""
    return _run(_graph(triples), shapes)


def validate(triples: Iterable[Triple]) -> Validation:
    """Return every result, and what was looked at; the graph must be small."""
    graph = _graph(triples)
    results = _run(graph, None)
    return Validation(results, foyers(graph))


def foyers(graph: Graph) -> dict[str, Counter[str]]:
    """Return document → shape → number of its focus nodes, as the engine itself selects them."""
    found: dict[str, Counter[str]] = {}
    for shape in targeted():
        for node in shape.focus_nodes(graph):
            document = str(node).partition("#")[0]
            found.setdefault(document, Counter())[str(shape.node)] += 1
    return found


@cache
def targeted() -> tuple[Any, ...]:
    """Return the shapes as published that have a target, as pySHACL reads them."""
    found: list[Any] = list(ShapesGraph(shapes_as_published()).shapes)
    chosen = (shape for shape in found if str(shape.node) in targets())
    return tuple(sorted(chosen, key=lambda shape: str(shape.node)))


@cache
def targets() -> dict[str, tuple[tuple[URIRef, str], ...]]:
    """Return shape → (kind of target, class or property), for each shape that has a target."""
    shapes = shapes_as_published()
    found: dict[str, list[tuple[URIRef, str]]] = {}
    for kind in TARGETS:
        for shape, what in sorted(shapes.subject_objects(kind)):
            found.setdefault(str(shape), []).append((kind, str(what)))
    return {shape: tuple(wanted) for shape, wanted in sorted(found.items())}


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph()
    for triple in (*_concepts(), *triples):
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    return graph


def _run(graph: Graph, shapes: Graph | None) -> list[Result]:
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=shapes or shapes_graph(), inference="none", inplace=True,
        do_owl_imports=False, advanced=False, js=False,
    )  # fmt: skip
    return sorted(_results(report), key=lambda r: (r.focus, r.path, r.component, r.shape, r.value))


def _results(report: Graph) -> Iterator[Result]:
    for node in report.subjects(RDF.type, SH.ValidationResult):
        messages = {
            m.language: str(m)
            for m in report.objects(node, SH.resultMessage)
            if isinstance(m, RdfLiteral)
        }

        def one(predicate: URIRef, node: Node = node) -> str:
            found = report.value(node, predicate)
            return "" if found is None else str(found)  # the literal 0 is false

        if not one(SH.focusNode) or (None, SH.detail, node) in report:
            continue
        yield Result(
            severity=one(SH.resultSeverity).rpartition("#")[2],
            focus=one(SH.focusNode),
            path=one(SH.resultPath),
            component=one(SH.sourceConstraintComponent).rpartition("#")[2],
            shape=one(SH.sourceShape),
            value=one(SH.value),
            message_fr=messages.get("fr", ""),
            message_en=messages.get("en", ""),
        )


def _node(term: NamedNode | Literal | BlankNode | Triple) -> Any:
    """Return the rdflib term; raise ValueError for what we never publish."""
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, Literal):
        if term.language:
            return RdfLiteral(term.value, lang=term.language)
        return RdfLiteral(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise ValueError(f"unexpected term: {term!r}")
