"""What it takes to find common texts: `python -m tests.extensions.common_texts.bench [COUNT]`.

Invented questions, 45,000 unless told, whose sentences come from a store of 400; then 200 new ones
on top of them. Prints seconds of processor of all processes, and the largest memory of one.
"""

import resource
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from lod.extensions.common_texts.finding import find_common_texts
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.rdf.iris import Iris
from tests.support.chantier import write_questions
from tests.support.paths import BASE
from tests.support.synthetic.lives import questions

COUNT, NEW, JOBS = 45_000, 200, 2


def written(folder: Path, count: int) -> PublishedQuestions:
    """Write questions, each with a key of its own."""
    folder.mkdir()
    found = write_questions(folder, questions(count))
    with closing(sqlite3.connect(found.path, isolation_level=None)) as disk:
        disk.execute("UPDATE question SET cle = CAST(uid AS BLOB)")
    return found


def used() -> float:
    """Seconds of processor, of this process and of those that have ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, who))


def measure(name: str, found: PublishedQuestions, before: Path | None, jobs: int) -> None:
    """Find the common texts, and print what it took."""
    clock, start = time.perf_counter(), used()
    groups = find_common_texts(found, Iris(BASE), before, jobs)
    seconds, wall = used() - start, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"{name}: {seconds:.1f} s of processor, {wall:.1f} s, {peak} MiB, {len(groups)} groups",
        flush=True,
    )


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        before = written(folder / "before", count - NEW)
        measure(f"{count - NEW} questions and their answers", before, None, JOBS)
        measure(f"{NEW} more", written(folder / "after", count), before.release, JOBS)


if __name__ == "__main__":
    main()
