"""Validation by pySHACL, the reference engine: other engines must give the same results.

It takes some hundred questions at a time, which keeps its time linear and its memory bounded. Each
process reads the shapes itself, since a run changes the graph of shapes. To import this module
takes half a second, so that it is imported only where it is needed.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from lod.pipeline.validation.shapes import Result, concepts, in_order, shapes


def violations(
    triples: Iterable[Triple], shacl_graph: Graph | None = None, only: Iterable[str] = ()
) -> list[Result]:
    """Return all results for the triples, in order; with `only`, those about these nodes.

    Raises ValueError for a blank node or a quoted triple.
    """
    _, report, _ = pyshacl.validate(
        graph(triples), shacl_graph=shacl_graph or shapes_graph(), inference="none", inplace=True,
        do_owl_imports=False, advanced=False, js=False,
        focus_nodes=[URIRef(node) for node in only] or None,
    )  # fmt: skip
    return in_order(results(report))


@cache
def shapes_graph() -> Graph:
    """Return the shapes in the form that pySHACL reads fastest, read once a process."""
    return spread(shapes_as_published())


def shapes_as_published() -> Graph:
    """Return a new graph of the shapes, as their files state them."""
    return _as_graph(shapes())


def spread(published: Graph) -> Graph:
    """Return equivalent shapes in which each property shape has the target of its node shape.

    pySHACL evaluates a property shape for each node of its node shape, but a shape that has a
    target once for all nodes: 4 instead of 13 ms a question (0.40.1). The properties of a closed
    shape become its ignored properties. A test compares the results of both forms.
    """
    graph = Graph() + published
    for shape, kind in list(published.subject_objects(SH.targetClass)):
        paths = []
        for prop in published.objects(shape, SH.property):
            graph.remove((shape, SH.property, prop))
            graph.add((prop, SH.targetClass, kind))
            paths.append(str(published.value(prop, SH.path)))
        if (shape, SH.closed, None) in published:
            ignored = published.value(shape, SH.ignoredProperties) or RDF.nil
            allowed = [*Collection(published, ignored), *map(URIRef, sorted(set(paths)))]
            graph.set((shape, SH.ignoredProperties, Collection(graph, BNode(), allowed).uri))
    return graph


def graph(triples: Iterable[Triple]) -> Graph:
    """Return the triples, and the concepts that they may point to, as a graph of rdflib."""
    return _as_graph((*concepts(), *triples))


def _as_graph(triples: Iterable[Triple]) -> Graph:
    rdflib_graph = Graph()
    for triple in triples:
        rdflib_graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    return rdflib_graph


def results(report: Graph) -> Iterator[Result]:
    """Yield the results of a report, without those that are a `sh:detail` of another one."""
    for node in report.subjects(RDF.type, SH.ValidationResult):
        values = {p: str(o) for p, o in report.predicate_objects(node)}
        messages = {getattr(m, "language", ""): m for m in report.objects(node, SH.resultMessage)}
        if SH.focusNode not in values or (None, SH.detail, node) in report:
            continue
        yield Result(
            severity=values[SH.resultSeverity].rpartition("#")[2],
            focus=values[SH.focusNode],
            path=values.get(SH.resultPath, ""),
            component=values[SH.sourceConstraintComponent].rpartition("#")[2],
            shape=values[SH.sourceShape],
            value=values.get(SH.value, ""),
            message_fr=str(messages.get("fr", "")),
            message_en=str(messages.get("en", "")),
        )


def _node(term: NamedNode | Literal | BlankNode | Triple) -> Any:
    """Return the same term of rdflib; raise ValueError for a blank node or a quoted triple."""
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, Literal):
        if term.language:
            return RdfLiteral(term.value, lang=term.language)
        return RdfLiteral(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise ValueError(f"unexpected term: {term!r}")
