"""pySHACL, the reference: what it says of triples is what counts.

It is given small graphs, hundreds of questions at a time: it is then linear, and its memory is
bounded. The shapes are read anew in each process, since a run changes the graph of shapes.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from lod.pipeline.validation.result import Result, in_order
from lod.pipeline.validation.shapes import concepts, shapes_as_published, spread

NAME = "pyshacl"


def violations(
    triples: Iterable[Triple], shapes: Graph | None = None, only: Iterable[str] = ()
) -> list[Result]:
    """Return every result, in order, of validating the triples; about some nodes `only`, if named.

    Raises ValueError for a term that we never publish.
    """
    _, report, _ = pyshacl.validate(
        graph(triples), shacl_graph=shapes or shapes_graph(), inference="none", inplace=True,
        do_owl_imports=False, advanced=False, js=False,
        focus_nodes=[URIRef(node) for node in only] or None,
    )  # fmt: skip
    return in_order(results(report))


@cache
def shapes_graph() -> Graph:
    """Return the shapes of this process, in the form that pySHACL is quick at."""
    return spread(shapes_as_published())


def graph(triples: Iterable[Triple]) -> Graph:
    """Return the triples and the concepts that they may point to, as rdflib has them."""
    made = Graph()
    for triple in (*concepts(), *triples):
        made.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    return made


def results(report: Graph) -> Iterator[Result]:
    """Yield the results of a report; what only details another one is left out."""
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
