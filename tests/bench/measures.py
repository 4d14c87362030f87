"""The kept measurements as a table of what was found; what must hold of them."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench import conversion, nightly, serving, shacl
from tests.bench.build import BUILT, LOADED
from tests.bench.results import Row

HERE = Path(__file__).parent
Run = dict[str, Any]  # as `results.keep` writes it
COUNT = 45_000  # records of the sentences that must hold
MANY = 200_000  # of the largest build
FEW = 5_000  # of those about a stage alone: with fewer, starting the processes is most of it
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Measures:
    """All runs that are kept, at most one of each piece and count."""

    runs: tuple[Run, ...]

    def of(self, piece: str) -> list[Run]:
        """Return the runs of a piece, of few records first."""
        return sorted((r for r in self.runs if r["piece"] == piece), key=lambda r: int(r["count"]))

    def largest(self, piece: str) -> Run | None:
        """Return the run of most records; of a build, the one that the sentences are about."""
        found = self.of(piece)
        usual = [run for run in found if run["count"] == COUNT]
        return (usual or found)[-1] if found else None

    def row(self, piece: str, what: str, **more: Any) -> Row | None:
        """Return the last row of the largest run of a piece that measures this."""
        run = self.largest(piece)
        wanted = {"what": what, **more}
        rows = run["rows"] if run else []
        return next((r for r in reversed(rows) if wanted.items() <= r.items()), None)


def merged(kept: Iterable[Run], new: Iterable[Run]) -> Measures:
    """Return what was kept, but for the pieces that were measured anew."""
    fresh = list(new)
    again = {run["piece"] for run in fresh}
    runs = [*(run for run in kept if run["piece"] not in again), *fresh]
    return Measures(tuple(sorted(runs, key=lambda run: (run["piece"], run["count"]))))


def read(paths: Iterable[Path]) -> list[Run]:
    """Return the runs of some files."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(paths)]


def per_record(row: Row) -> float:
    """Return milliseconds of processor a record."""
    return 1000 * float(row["cpu"]) / int(row["count"])


def ratio(one: Row | None, other: Row | None, figure: str) -> float | None:
    """Return how many times the figure of the other one has; None if one is missing, or nothing."""
    if not one or not other or not other[figure]:
        return None
    return float(one[figure]) / float(other[figure])


@cache
def floors() -> dict[str, str]:
    """Return stage of a build → the floor it is compared with."""
    with (HERE / "stages.csv").open(encoding="utf-8", newline="") as file:
        return {row["stage"]: row["floor"] for row in csv.DictReader(file)}


@dataclass(frozen=True, slots=True)
class Bound:
    """A sentence that must hold: at most or at least so much of what was measured."""

    piece: str
    words: str
    unit: str
    bound: float
    value: Callable[[Measures], float | None]
    at_most: bool = True
    records: int = 0  # with fewer the sentence says nothing
    count: int = 0  # records of the run that it is about; 0 for the usual one

    @property
    def asked(self) -> str:
        """Return what is asked for, in words."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:,} {self.unit}".strip()


def cost(m: Measures) -> float | None:
    """Return milliseconds of processor a record of the usual build."""
    row = m.row("build", BUILT)
    return per_record(row) if row else None


def files_a_question(m: Measures) -> float | None:
    """Return how many files a release has for each record, of the usual build."""
    row = m.row("build", BUILT)
    return int(row["files"]) / int(row["count"]) if row and "files" in row else None


def served(load: str) -> Callable[[Measures], float | None]:
    """Return what compares answers a second with those of the engine's own server."""

    def value(m: Measures) -> float | None:
        one, other = (m.row("serving", name, load=load) for name in (serving.OURS, serving.ENGINE))
        return ratio(one, other, "rate")

    return value


def growth(m: Measures) -> float | None:
    """Return the cost per record of the largest build, against that of the usual one."""
    found = [run for run in m.of("build") if run["count"] >= COUNT]
    if len(found) < 2:
        return None
    few, many = (per_record(run["rows"][0]) for run in (found[0], found[-1]))
    return many / few


def most_memory(m: Measures) -> float | None:
    """Return GiB of the largest build; None if it was not one of 200,000."""
    run = next((run for run in m.of("build") if run["count"] >= MANY), None)
    return int(run["rows"][0]["peak"]) / GIB if run else None


def of(piece: str, what: str, figure: str, unit: float = 1.0) -> Callable[[Measures], float | None]:
    """Return what reads one figure."""

    def value(m: Measures) -> float | None:
        row = m.row(piece, what)
        return float(row[figure]) / unit if row else None

    return value


def against(
    piece: str, one: str, other: str, figure: str, times: float = 1.0
) -> Callable[[Measures], float | None]:
    """Return what compares two rows of one run."""

    def value(m: Measures) -> float | None:
        found = ratio(m.row(piece, one), m.row(piece, other), figure)
        return None if found is None else found * times

    return value


BOUNDS = (
    Bound("build", "a whole build, against `oxigraph load` of its triples, by the clock", "×", 7,
          against("build", BUILT, LOADED, "wall"), records=COUNT),
    Bound("build", "processor a record", "ms", 5, cost, records=COUNT),
    Bound("build", "files a question", "", 1.3, files_a_question, records=COUNT),
    Bound("build", "memory of a build of 200,000, all processes", "GiB", 2, most_memory,
          count=MANY),
    Bound("build", "processor a record at 200,000, against 45,000", "×", 1.1, growth,
          count=MANY),
    *(Bound("nightly", f"an {update}, against `oxigraph load` of the whole, by the clock", "×", 2,
            against("nightly", update, LOADED, "wall"), records=COUNT)
      for update in (nightly.UPDATE, nightly.MOVED)),
    Bound("shacl", "SHACL on every question, two processes", "/s", 3000,
          of("shacl", shacl.ours_in(2), "rate"), at_most=False, records=FEW),
    *(Bound("conversion", f"conversion: {peer}, against ours, by the clock", "×", times,
            against("conversion", peer, conversion.OURS, "wall"), at_most=False, records=FEW)
      for peer, times in ((conversion.RDFLIB, 8), (conversion.NESTED, 4))),
    *(Bound("serving", f"answers a second, against `oxigraph serve-read-only`: {load}", "×", times,
            served(load), at_most=False)
      for load, times in ((serving.CHEAP_UNIQUE, 0.25), (serving.CACHED, 0.8), (serving.MIX, 2))),
)  # fmt: skip


def held(m: Measures) -> Iterator[tuple[Bound, float | None, str]]:
    """Yield each sentence with what was measured, and whether it holds."""
    for bound in BOUNDS:
        value = bound.value(m)
        run = m.largest(bound.piece)
        if value is None or run is None:
            yield bound, None, "not measured"
        elif run["count"] < bound.records:
            yield bound, value, f"says nothing below {bound.records:,} records"
        else:
            good = value <= bound.bound if bound.at_most else value >= bound.bound
            yield bound, value, "holds" if good else "**does not hold**"
