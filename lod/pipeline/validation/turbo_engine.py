"""Validation by pyshacl-turbo, some five times as fast, with the results of pySHACL.

The two read some literals differently, pyshacl-turbo more strictly. So the few nodes with a
violation, or with a result about compared values, are validated again by pySHACL. Tests compare the
results of both, one by one.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from pyoxigraph import NamedNode, Triple
from rdflib import Graph

from lod.base.errors import LodError
from lod.pipeline.validation import pyshacl_engine as reference
from lod.pipeline.validation.result import Result, in_order
from lod.pipeline.validation.shapes import concepts, shapes_as_published
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP, RDF_TYPE, RDFS_SUBCLASS, SHAPES_NAMESPACE

NAME = "pyshacl-turbo"
# a question without any property, added to all data: without a result about it nothing is checked
WITNESS = f"{SHAPES_NAMESPACE}temoin"
COMPARING = ("LessThan", "MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive")
# years that xsd:date allows and Python does not: only pySHACL refuses them
BEYOND = re.compile(rb'"(?:-|0000|[0-9]{5})[^"]*"\^\^<http://www.w3.org/2001/XMLSchema#date')


def violations(triples: Iterable[Triple], nt: bytes = b"") -> list[Result]:
    """Return the results that pySHACL has for the triples, in order.

    `nt` are the same triples as N-Triples, if they exist already. Raises LodError if the engine
    fails, or has no result about the witness.
    """
    triples = list(triples)
    data = nt or ntriples(triples)
    if BEYOND.search(data):
        return reference.violations(triples)
    found = results(data)
    doubtful = {
        r.focus for r in found if r.severity == "Violation" or r.component.startswith(COMPARING)
    }
    if not doubtful:
        return in_order(found)
    checked = reference.violations(around(doubtful, triples), only=doubtful)
    return in_order([*checked, *(r for r in found if r.focus not in doubtful)])


def results(data: bytes) -> list[Result]:
    """Return the results of the engine itself for N-Triples, in any order; raise LodError."""
    try:
        found = list(reference.results(_report(_constant() + data)))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of its Rust code is no Exception
        raise LodError(f"{NAME} failed ({error}); use --engine {reference.NAME}") from error
    others = [r for r in found if r.focus != WITNESS]
    if len(others) == len(found):
        raise LodError(f"{NAME} lets pass what is wrong; use --engine {reference.NAME}")
    return others


def around(nodes: set[str], triples: Sequence[Triple]) -> list[Triple]:
    """Return the triples that decide the results about `nodes`: those of the nodes, the classes
    of their objects, and all subclass relations. A test proves that no shape needs more.
    """
    own = [t for t in triples if t.subject.value in nodes]  # type: ignore[union-attr]
    near = {t.object for t in own}
    classes = [
        t
        for t in triples
        if (t.predicate == RDF_TYPE and t.subject in near) or t.predicate == RDFS_SUBCLASS
    ]
    return [*own, *classes]


@cache
def _engine() -> tuple[Any, Any]:
    """Return the compiled shapes, and the class that makes their input from a text.

    Imported here, so that pySHACL works without the package.
    """
    from pyshacl_turbo import compile_shapes
    from pyshacl_turbo.rdf import Input

    return compile_shapes(shapes_as_published()), Input


def _report(data: bytes) -> Graph:
    """Return the report about N-Triples; not from a store, which would change `-1.0`."""
    shapes, text = _engine()
    report: Graph = shapes.validate(text(data.decode(), "nt", None, {}))[1]
    return report


@cache
def _constant() -> bytes:
    return ntriples([*concepts(), Triple(NamedNode(WITNESS), RDF_TYPE, QP.Question)])
