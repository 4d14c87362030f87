"""pyshacl-turbo as a sieve: it looks at everything, and pySHACL at what it has caught.

Most nodes conform, and for them the sieve is enough: it is five times as fast. Of what it reports
only the nodes count; pySHACL looks at them once more, and its words are the results. So the sieve
may catch too much, never too little: tests hold it against pySHACL for both.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Triple
from rdflib import Graph
from rdflib.namespace import SH

from lod.errors import LodError
from lod.shacl import reference
from lod.shacl.result import Result
from lod.shacl.shapes import concepts, shapes_as_published
from lod.vocab import QP, RDF_TYPE, RDFS_SUBCLASS, SHAPES_NAMESPACE

NAME = "pyshacl-turbo"
# a question without anything, in all that is validated: where it is let pass, nothing was proven
TEMOIN = Triple(NamedNode(f"{SHAPES_NAMESPACE}temoin"), RDF_TYPE, QP.Question)


def violations(triples: Iterable[Triple]) -> list[Result]:
    """Return every result that pySHACL has for the triples, in order.

    Raises LodError if the engine fails, or lets pass what nothing may let pass.
    """
    triples = list(triples)
    caught = reported(triples)
    return reference.violations(around(caught, triples), only=caught) if caught else []


def reported(triples: Iterable[Triple]) -> set[str]:
    """Return the focus nodes that the engine has a result for."""
    data = _constant() + _ntriples(triples)
    try:
        report = _report(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of its Rust code is no Exception
        raise LodError(f"{NAME} failed ({error}); use --engine {reference.NAME}") from error
    found = {str(node) for node in report.objects(None, SH.focusNode)}
    if TEMOIN.subject.value not in found:  # type: ignore[union-attr]
        raise LodError(f"{NAME} lets pass what is wrong; use --engine {reference.NAME}")
    return found - {TEMOIN.subject.value}  # type: ignore[union-attr]


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
    return _ntriples([*concepts(), TEMOIN])


def _ntriples(triples: Iterable[Triple]) -> bytes:
    return pyoxigraph.serialize(triples, format=RdfFormat.N_TRIPLES) or b""
