"""Constraints taken away from the shapes, one at a time; for each, a test must fail.

    python -m tests.support.mutations        all of them, some minutes (`make mutate`)
    python -m tests.support.mutations 50     each fiftieth, always the same ones

A constraint is judged by the functions of `shapes.py`: what its tests count must change, and the
counterexamples no longer report it; likewise what gives a shape its nodes (targets, `sh:property`).
What stands inside a `sh:or` must change what the counterexamples report. That a term has its name
everywhere is what `test_names.py` looks at, in each file.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import SH

from lod.pipeline.validation.pyshacl_engine import shapes_as_published, spread, violations
from lod.pipeline.validation.shapes import Result
from lod.rdf.serialize import read_turtle
from tests.support.shapes import (
    CONSTRAINTS,
    FILES,
    attachments,
    broken,
    broken_by,
    constraints,
    local,
    seen,
)

ATTACHED = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.property)
Triple = tuple[URIRef, URIRef, URIRef]


def removals(shapes: Graph) -> list[Triple]:
    """Return the triples of constraints, and those that give shapes their nodes."""
    named = {SH[name] for name in CONSTRAINTS} | set(ATTACHED)
    return sorted((s, p, o) for s, p, o in shapes if p in named)  # type: ignore[misc, type-var]


def removal_survives(m: Triple) -> bool:
    """Whether the tests of the shapes would not see that the triple is gone."""
    before, after = shapes_as_published(), without(m)
    expected = constraints(before)
    component = m[1].removeprefix(str(SH))
    said = (local(m[0]), f"{component[0].upper()}{component[1:]}ConstraintComponent")
    if said in expected:  # the first test counts them, and compares those left with the broken ones
        files = [path for path in FILES if said in broken_by(path)]
        silent = all(said not in reported(path, after) for path in files)
        return not (said not in constraints(after) and files and silent)
    if gone := attachments(before) - attachments(after):  # counted and compared as well
        files = [path for path in FILES if seen_by(path) & gone]
        silent = not any(seen(read_turtle(path), results(path, after)) & gone for path in files)
        return not (files and silent)
    names = affected(m, before)
    files = [path for path in FILES if names & {shape for shape, _ in broken_by(path)}]
    still = [reported(path, after) if path in files else broken_by(path) for path in FILES]
    return set().union(*still) == expected


def without(m: Triple) -> Graph:
    """Return the shapes without the triple, and without what only qualifies it."""
    shapes = shapes_as_published()
    shapes.remove(m)
    if m[1] == SH.closed:
        shapes.remove((m[0], SH.ignoredProperties, None))
    return shapes


def affected(m: Triple, shapes: Graph) -> set[str]:
    """Return the shapes that report otherwise without the triple: its own, or the `sh:or`."""
    choices = shapes.subject_objects(SH["or"])
    outer = {local(shape) for shape, some in choices if m[0] in shapes.items(some)}
    return outer or {local(m[0])}


def results(path: Path, shapes: Graph) -> list[Result]:
    return violations(read_turtle(path), spread(shapes))


def reported(path: Path, shapes: Graph) -> set[tuple[str, str]]:
    return broken(results(path, shapes))


@cache
def seen_by(path: Path) -> set[tuple[str, str]]:
    return seen(read_turtle(path), results(path, shapes_as_published()))


def survivors(every: int) -> tuple[int, list[str]]:
    """Take away each constraint, or each of `every`; return how many there were, and which of them
    nobody misses.
    """
    triples = removals(shapes_as_published())[::every]
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        alive = pool.map(removal_survives, triples)
        left = [t for t, survives in zip(triples, alive, strict=True) if survives]
    return len(triples), [f"{local(s)} {p.removeprefix(str(SH))} {local(o)}" for s, p, o in left]


def main() -> None:
    total, names = survivors(int((*sys.argv[1:], "1")[0]))
    print(f"{total} constraints taken away: {len(names)} survived")
    sys.exit("".join(f"  survived: {name}\n" for name in names))


if __name__ == "__main__":
    main()
