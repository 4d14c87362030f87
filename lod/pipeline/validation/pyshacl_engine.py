"""Validation by pySHACL, the reference engine: other engines must give the same results.

It takes some hundred questions at a time, which keeps its time linear and its memory bounded. Each
process reads the shapes itself, since a run changes the graph of shapes.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import RDF, SH

from lod.pipeline.validation.result import Result, in_order
from lod.pipeline.validation.shapes import concepts, shapes_as_published, spread

NAME = "pyshacl"


def violations(
    triples: Iterable[Triple], shapes: Graph | None = None, only: Iterable[str] = ()
) -> list[Result]:
    """Return all results for the triples, in order; with `only`, those about these nodes.

    Raises ValueError for a blank node or a quoted triple.
    """
    _, report, _ = pyshacl.validate(
        graph(triples), shacl_graph=shapes or shapes_graph(), inference="none", inplace=True,
        do_owl_imports=False, advanced=False, js=False,
        focus_nodes=[URIRef(node) for node in only] or None,
    )  # fmt: skip
    return in_order(results(report))


@cache
def shapes_graph() -> Graph:
    """Return the shapes in the form that pySHACL reads fastest, read once a process."""
    return spread(shapes_as_published())


def graph(triples: Iterable[Triple]) -> Graph:
    """Return the triples, and the concepts that they may point to, as a graph of rdflib."""
    made = Graph()
    for triple in (*concepts(), *triples):
        made.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    return made


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
