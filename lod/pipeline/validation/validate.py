"""Validation of triples against the shapes, by the engine of one's choice: pySHACL, the reference,
or `shacl`, an engine in Rust some twenty times as fast, with the same results.

The two read some literals differently, `shacl` more strictly. So the few nodes with a violation, or
with a result about compared values, are validated again by pySHACL. Tests compare the results of
both, one by one; and in each build pySHACL judges a sample of the other nodes, too: if the two
differ, the build fails.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING
from zlib import crc32

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.errors import LodError
from lod.pipeline.validation.shapes import (
    FAST,
    REFERENCE,
    USUAL,
    Result,
    concepts,
    count_focus_nodes,
    in_order,
    shapes,
)
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import QP, RDF, RDFS, SH, SHAPES_NAMESPACE

if TYPE_CHECKING:
    import shacl

ENGINES = tuple(dict.fromkeys((REFERENCE, USUAL)))  # those that are installed
# a question without any property, added to all data: without a result about it nothing is checked
WITNESS = f"{SHAPES_NAMESPACE}temoin"
COMPARING = ("LessThan", "MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive")
# one validation in so many, and one node in so many of it, is judged by both: 1 % of a build
SAMPLED_RUNS, SAMPLED_NODES = 3, 200
# years that xsd:date allows and Python does not: only pySHACL refuses them
BEYOND = re.compile(rb'"(?:-|0000|[0-9]{5})[^"]*"\^\^<http://www.w3.org/2001/XMLSchema#date')


@dataclass(frozen=True, slots=True)
class Validation:
    """What one run found."""

    results: list[Result]
    focus_nodes: dict[str, Counter[str]]  # document → shape → nodes it was applied to


def validate(triples: Iterable[Triple], engine: str = REFERENCE, nt: bytes = b"") -> Validation:
    """Return all results, which do not depend on the engine, and the focus nodes.

    Give some hundred questions at a time. `nt` are the same triples as N-Triples, if they exist
    already. Raises LodError if the engine fails.
    """
    triples = list(triples)
    nt = nt or ntriples(triples)
    is_refereed = engine == REFERENCE or BEYOND.search(nt)
    results = _referee(triples) if is_refereed else _fast_violations(triples, nt)
    return Validation(results, count_focus_nodes(nt))


def versions(engine: str) -> dict[str, str]:
    """Return package → version, of all that takes part in a validation by the engine."""
    return {name: version(name) for name in dict.fromkeys((engine, REFERENCE))}


def _fast_violations(triples: list[Triple], nt: bytes) -> list[Result]:
    """Return the results that pySHACL has for the triples, which `nt` has as well, in order.

    Raises LodError if the engine fails, or has no result about the witness.
    """
    results = fast_results(nt)
    doubtful = {
        r.focus for r in results if r.severity == "Violation" or r.component.startswith(COMPARING)
    }
    clear = [result for result in results if result.focus not in doubtful]
    if nodes := sample(triples, nt) - doubtful:
        _check_agreement(nodes, triples, clear)
    if not doubtful:
        return in_order(results)
    checked = _referee(around(doubtful, triples), only=doubtful)
    return in_order([*checked, *clear])


def sample(triples: Iterable[Triple], data: bytes) -> set[str]:
    """Return the nodes that both engines judge: by chance, but the same for the same data."""
    seed = crc32(data)
    if seed % SAMPLED_RUNS:
        return set()
    nodes = {triple.subject.value for triple in triples}  # type: ignore[union-attr]
    return {node for node in nodes if crc32(node.encode(), seed) % SAMPLED_NODES == 0}


def _check_agreement(nodes: set[str], triples: Sequence[Triple], results: Iterable[Result]) -> None:
    """Raise LodError if pySHACL has other results about some nodes than `results`."""
    judged = in_order(_referee(around(nodes, triples), only=nodes))
    if judged != in_order([result for result in results if result.focus in nodes]):
        wrong = f"{FAST} and {REFERENCE} differ about one of {', '.join(sorted(nodes)[:3])} …"
        raise LodError(f"{wrong}; use --engine {REFERENCE}, and report it")


def _referee(triples: Iterable[Triple], only: Iterable[str] = ()) -> list[Result]:
    """Return the results of pySHACL, which is imported only if it is asked."""
    from lod.pipeline.validation.pyshacl_engine import violations

    return violations(triples, only=only)


def fast_results(data: bytes) -> list[Result]:
    """Return the results of the engine itself for N-Triples, in any order; raise LodError."""
    try:
        report = _compiled_shapes().validate_text((_constant() + data).decode(), "ntriples")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of its Rust code is no Exception
        raise LodError(f"{FAST} failed ({error}); use --engine {REFERENCE}") from error
    results = [_fast_result(result) for result in report.results]
    of_data = [r for r in results if r.focus != WITNESS]
    if len(of_data) == len(results):
        raise LodError(f"{FAST} lets pass what is wrong; use --engine {REFERENCE}")
    return of_data


def _fast_result(result: "shacl.Result") -> Result:
    """Return a result, of which the engine gives the IRIs as N-Triples; every shape has one."""
    shape = str(result.source_shape)[1:-1]
    messages = _messages()[shape]
    return Result(
        severity=result.severity,
        focus=result.focus_node[1:-1],
        path=result.path[1:-1] if result.path else "",
        component=result.component,
        shape=shape,
        value=result.value_plain or "",
        message_fr=messages.get("fr", ""),
        message_en=messages.get("en", ""),
    )


def around(nodes: set[str], triples: Sequence[Triple]) -> list[Triple]:
    """Return the triples that decide the results about `nodes`: what they state, the classes
    of their objects, and all subclass relations. A test proves that no shape needs more.
    """
    own = [t for t in triples if t.subject.value in nodes]  # type: ignore[union-attr]
    near = {t.object for t in own}
    classes = [
        t
        for t in triples
        if (t.predicate == RDF.type and t.subject in near) or t.predicate == RDFS.subClassOf
    ]
    return [*own, *classes]


@cache
def _compiled_shapes() -> "shacl.Shapes":
    import shacl

    return shacl.Shapes.from_text(ntriples(shapes()).decode(), "ntriples")


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    """Return shape → language → its message."""
    messages: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for s, p, o in shapes():
        if p == SH.message and isinstance(s, NamedNode) and isinstance(o, Literal):
            messages[s.value][o.language or ""] = o.value
    return messages


@cache
def _constant() -> bytes:
    return ntriples([*concepts(), Triple(NamedNode(WITNESS), RDF.type, QP.Question)])
