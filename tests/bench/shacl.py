"""SHACL on every question, beside pySHACL in one graph: `python -m tests.bench.shacl [--count N]…`.

All are given the same N-Triples, and parsing them counts: ours in batches as a build makes them,
in one process and in as many as there are cores; pySHACL all of them in one graph, with the shapes
as they stand in their files. Starting a process, loading shapes and making triples do not count:
each has proven one batch, or a small graph, before the clock starts; only the seconds of several
processors have their start in them. As much must be found.
"""

import json
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import pyshacl
from pyoxigraph import RdfFormat
from rdflib import SH, Graph

from lod.base.inputs import records
from lod.base.parallel import batches, ordered
from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from lod.pipeline.validation.shapes import FAST
from lod.pipeline.validation.validate import validate
from lod.rdf.ontology import ontology
from lod.rdf.serialize import ntriples
from tests.bench.build import workplace
from tests.bench.conversion import BATCH, made
from tests.bench.results import Row, archive, measured, row
from tests.bench.watching import Figures, watch

ONE_GRAPH = (500, 1_000, 2_000)  # questions; pySHACL is not asked about more
PEER = "pySHACL, one graph"
Timed = dict[str, float]


def ours_in(jobs: int) -> str:
    """Return what our way is called in so many processes."""
    return f"lod, {jobs} process{'es' if jobs > 1 else ''}"


def proven(batch: bytes) -> int:
    """Validate some questions as a build does; return how many results there are."""
    quads = pyoxigraph.parse(batch, format=RdfFormat.N_TRIPLES)
    return len(validate((q.triple for q in quads), FAST).results)


def ours(pieces: list[bytes], jobs: int) -> Timed:
    """Validate all batches; the first `jobs` of them, given twice, only warm the processes."""
    found = ordered(proven, [*pieces[:1] * jobs, *pieces], jobs)
    for _ in range(jobs):
        next(found)
    return clocked(lambda: sum(results for _, results in found))


def peer(pieces: list[bytes]) -> Timed:
    """Validate all of it in one graph, with what the ontology says of its concepts."""
    shapes, model = shapes_as_published(), ntriples(ontology())
    one_graph([model], shapes)
    return clocked(lambda: one_graph([model, *pieces], shapes))


def one_graph(pieces: list[bytes], shapes: Graph) -> int:
    """Return how many results a graph has; what stands in `sh:detail` is a part of another."""
    graph = Graph()
    for piece in pieces:
        graph.parse(data=piece, format="nt")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", inplace=True)
    assert isinstance(report, Graph), "it could validate"
    results = set(report.objects(None, SH.result))
    return len(results - set(report.objects(None, SH.detail)))


def clocked(work: Callable[[], int]) -> Timed:
    """Return what a piece of work took, and how many results it found."""
    start, before = time.perf_counter(), sum(os.times()[:4])
    results = work()
    wall, cpu = time.perf_counter() - start, sum(os.times()[:4]) - before
    return {"wall": wall, "cpu": cpu, "results": results}


def measure(count: int) -> Iterator[Row]:
    """Yield what each took; questions a second are those of the clock."""
    with workplace("shacl") as folder:
        pieces = [made(batch) for batch in batches(records([archive(count)]), BATCH)]
        for jobs in sorted({1, len(os.sched_getaffinity(0))}):
            yield timed(ours_in(jobs), count, pieces, folder / "all", jobs)
        for few in (n for n in ONE_GRAPH if n <= count):
            part = pieces[: few // BATCH]
            yield timed(ours_in(1), few, part, folder / "ours", 1)
            yield timed(PEER, few, part, folder / "peer", 0)


def timed(what: str, count: int, pieces: list[bytes], given: Path, jobs: int) -> Row:
    """Let a process of its own validate; `jobs` are ours, 0 is pySHACL."""
    given.write_bytes(pickle.dumps(pieces))
    figures = watch("-m", __spec__.name, str(given), str(jobs))
    found = json.loads(figures.output.splitlines()[-1])
    inner = Figures(found["wall"], found["cpu"], figures.peak, "")
    rate = round(count / found["wall"])
    return row(what, count, inner, results=found["results"], rate=rate)


def main() -> None:
    """Measure, or be what is measured."""
    match sys.argv[1:]:
        case [given, jobs] if not given.startswith("-"):
            pieces = pickle.loads(Path(given).read_bytes())
            print(json.dumps(ours(pieces, int(jobs)) if int(jobs) else peer(pieces)))
        case _:
            measured("shacl", measure)


if __name__ == "__main__":
    main()
