"""pyshacl-turbo, some five times as fast as pySHACL, which is asked where the two might differ.

They read literals differently, the faster one more strictly: so pySHACL looks once more at each
node that is refused, or where values are compared. These are few. What remains are the warnings
that something is absent or outside a list. Tests hold both together, result by result.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Triple
from rdflib import Graph

from lod.base.errors import LodError
from lod.pipeline.validation import pyshacl_engine as reference
from lod.pipeline.validation.result import Result, in_order
from lod.pipeline.validation.shapes import concepts, shapes_as_published
from lod.rdf.vocab import QP, RDF_TYPE, RDFS_SUBCLASS, SHAPES_NAMESPACE

NAME = "pyshacl-turbo"
# a question without anything, in all that is validated: where it is let pass, nothing was proven
WITNESS = f"{SHAPES_NAMESPACE}temoin"
COMPARING = ("LessThan", "MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive")
# years that xsd:date has and Python has not: pySHACL refuses them, the engine does not
BEYOND = re.compile(rb'"(?:-|0000|[0-9]{5})[^"]*"\^\^<http://www.w3.org/2001/XMLSchema#date')


def violations(triples: Iterable[Triple], nt: bytes = b"") -> list[Result]:
    """Return every result that pySHACL has for the triples, in order; `nt` are the same as
    N-Triples, where these are at hand.

    Raises LodError if the engine fails, or lets pass what nothing may let pass.
    """
    triples = list(triples)
    data = nt or as_ntriples(triples)
    if BEYOND.search(data):
        return reference.violations(triples)
    found = results(data)
    doubtful = {r.focus for r in found if _is_doubtful(r)}
    if not doubtful:
        return in_order(found)
    told = reference.violations(around(doubtful, triples), only=doubtful)
    return in_order([*told, *(r for r in found if r.focus not in doubtful)])


def results(data: bytes) -> list[Result]:
    """Return what the engine itself has to say of N-Triples, in any order."""
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


def _is_doubtful(result: Result) -> bool:
    return result.severity == "Violation" or result.component.startswith(COMPARING)


def around(nodes: set[str], triples: Sequence[Triple]) -> list[Triple]:
    """Return all that the shapes look at to judge the nodes: their triples, the classes of what
    these point to, the order of classes. A test holds that no shape looks any further.
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
    """Return the compiled shapes, and the class of the text that they validate.

    Imported here: without it, pySHACL still works.
    """
    from pyshacl_turbo import compile_shapes
    from pyshacl_turbo.rdf import Input

    return compile_shapes(shapes_as_published()), Input


def _report(data: bytes) -> Graph:
    """Return the report about N-Triples; as text, since a store would not keep `-1.0` as it is."""
    shapes, text = _engine()
    report: Graph = shapes.validate(text(data.decode(), "nt", None, {}))[1]
    return report


@cache
def _constant() -> bytes:
    return as_ntriples([*concepts(), Triple(NamedNode(WITNESS), RDF_TYPE, QP.Question)])


def as_ntriples(triples: Iterable[Triple]) -> bytes:
    """Return the triples as the engine is given them."""
    return pyoxigraph.serialize(triples, format=RdfFormat.N_TRIPLES) or b""
