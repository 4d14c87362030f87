"""How fast each engine of SHACL is: `python -m tests.bench.shacl [COUNT]`.

A line for each engine in one process and in two: questions a second, CPU milliseconds a question,
all included (text or graph, engine, second look, results, what each shape looked at) but for
making the triples. The questions have the size of real ones, about 70 triples.
"""

import sys
import time
from collections.abc import Iterable
from functools import partial
from random import Random

from pyoxigraph import Triple

from lod.iris import Iris
from lod.parallel import ordered
from lod.settings import Settings
from lod.sources import Lecture, Record, lecture
from lod.validate import ENGINES, validate, versions
from tests.synthetic.batches import triples
from tests.synthetic.forms import FORMS
from tests.synthetic.lives import questions

COUNT = 5_000
BATCH = 250  # as a build has it
FORM = FORMS["JSON L17"]


def batch(seed: int) -> list[Triple]:
    """Return what so many invented questions say."""
    rng = Random(seed)
    written = (FORM.write(q, rng) for q in questions(BATCH, seed, FORM.legislature))
    return triples([(_read(data),) for data in written], Iris(Settings().base))


def _read(data: bytes) -> Lecture:
    return lecture(Record("record.json", "record.json", data))


def measure(seed: int, engine: str) -> tuple[int, float, float, int]:
    """Return how many triples a batch has, seconds and CPU seconds for it, and its results."""
    made = batch(seed)
    validate([], engine)  # shapes are read once a process
    wall, cpu = time.perf_counter(), time.process_time()
    results = validate(made, engine).results
    return len(made), time.perf_counter() - wall, time.process_time() - cpu, len(results)


def line(engine: str, count: int, jobs: int) -> str:
    """Return the figures of an engine, so many processes at once."""
    seeds: Iterable[int] = range(1, 1 + max(jobs, count // BATCH))
    figures = [f for _, f in ordered(partial(measure, engine=engine), seeds, jobs)]
    size, wall, cpu, results = map(sum, zip(*figures, strict=True))
    total = BATCH * len(figures)
    return (
        f"{engine:14} {jobs} process{'es' if jobs > 1 else '  '} {jobs * total / wall:7.0f} "
        f"questions/s {1000 * cpu / total:6.2f} CPU ms a question"
        f"  ({total} questions, {size / total:.0f} triples each, {results} results)"
    )


def main() -> None:
    """Print a line for each engine and number of processes."""
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    named = {name: v for engine in ENGINES for name, v in versions(engine).items()}
    print(", ".join(f"{name} {version}" for name, version in named.items()))
    for engine in ENGINES:
        for jobs in (1, 2):
            print(line(engine, count, jobs), flush=True)


if __name__ == "__main__":
    main()
