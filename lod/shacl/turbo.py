"""pyshacl-turbo, five times as fast as the reference; what it refuses, pySHACL is asked about.

Few nodes are refused, so the second look costs little, and no record is rejected without pySHACL.
Both agree but where a literal is not what its datatype says: pySHACL lets it pass bounds that are
no bounds for it, and reports the datatype, which refuses the node. Tests hold both together.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Triple
from rdflib import Graph

from lod.errors import LodError
from lod.shacl import reference
from lod.shacl.result import Result, in_order
from lod.shacl.shapes import concepts, shapes_as_published
from lod.vocab import QP, RDF_TYPE, RDFS_SUBCLASS, SHAPES_NAMESPACE

NAME = "pyshacl-turbo"
# a question without anything, in all that is validated: where it is let pass, nothing was proven
TEMOIN = f"{SHAPES_NAMESPACE}temoin"


def violations(triples: Iterable[Triple]) -> list[Result]:
    """Return every result that pySHACL has for the triples, in order.

    Raises LodError if the engine fails, or lets pass what nothing may let pass.
    """
    triples = list(triples)
    found = results(triples)
    refused = {r.focus for r in found if r.severity == "Violation"}
    if not refused:
        return in_order(found)
    told = reference.violations(around(refused, triples), only=refused)
    return in_order([*told, *(r for r in found if r.focus not in refused)])


def results(triples: Iterable[Triple]) -> list[Result]:
    """Return what the engine itself has to say, in any order."""
    try:
        found = list(reference.results(_report(_constant() + _ntriples(triples))))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of its Rust code is no Exception
        raise LodError(f"{NAME} failed ({error}); use --engine {reference.NAME}") from error
    others = [r for r in found if r.focus != TEMOIN]
    if len(others) == len(found):
        raise LodError(f"{NAME} lets pass what is wrong; use --engine {reference.NAME}")
    return others


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
    return _ntriples([*concepts(), Triple(NamedNode(TEMOIN), RDF_TYPE, QP.Question)])


def _ntriples(triples: Iterable[Triple]) -> bytes:
    return pyoxigraph.serialize(triples, format=RdfFormat.N_TRIPLES) or b""
