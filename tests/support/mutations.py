"""Constraints inside a `sh:or`, and targets that are no class, taken away one at a time: each must
change what the counterexamples report. All others are counted by `test_shapes.py`, and broken there
one by one; that a term has its name everywhere is what `test_names.py` looks at.

    python -m tests.support.mutations        (`make mutate`)
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor

from rdflib import Graph, URIRef
from rdflib.namespace import SH

from lod.pipeline.validation.pyshacl_engine import shapes_as_published, spread, violations
from lod.rdf.serialize import read_turtle
from tests.support.shapes import CONSTRAINTS, FILES, broken, broken_by, constraints, local

Triple = tuple[URIRef, URIRef, URIRef]


def choices(shapes: Graph) -> dict[URIRef, str]:
    """Return each alternative inside a `sh:or`, and the name of the shape that has it."""
    some = shapes.subject_objects(SH["or"])
    return {one: local(shape) for shape, ones in some for one in shapes.items(ones)}  # type: ignore[misc]


def removals(shapes: Graph) -> list[Triple]:
    """Return the triples that no test counts."""
    inner, named = choices(shapes), {SH[name] for name in CONSTRAINTS}
    targets = (SH.targetSubjectsOf, SH.targetObjectsOf)
    return sorted(
        (s, p, o) for s, p, o in shapes if p in targets or (s in inner and p in named)  # type: ignore[misc, type-var]
    )  # fmt: skip


def removal_survives(m: Triple) -> bool:
    """Whether the counterexamples report the same without the triple."""
    shapes = shapes_as_published()
    expected = constraints(shapes)
    # a target is told by the shape, or by those of its properties
    names = {choices(shapes).get(m[0], local(m[0])), *map(local, shapes.objects(m[0], SH.property))}
    shapes.remove(m)
    without = spread(shapes)
    still = set[tuple[str, str]]()
    for path in FILES:
        reported = broken_by(path)
        if any(shape in names for shape, _ in reported):
            reported = broken(violations(read_turtle(path), without))
        still |= reported
    return still == expected


def survivors() -> list[str]:
    """Take each away; return those that nobody misses."""
    triples = removals(shapes_as_published())
    assert len(triples) >= 25
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        alive = pool.map(removal_survives, triples)
        return [" ".join(map(local, t)) for t, lives in zip(triples, alive, strict=True) if lives]


if __name__ == "__main__":
    sys.exit("\n".join(survivors()) or None)
