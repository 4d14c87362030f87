"""What was measured → the page `README.md`, with what must hold of it."""

from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

HERE = Path(__file__).parent
KEPT = "measured.json"
GENERATED, REAL = "generated", "real"
LOAD = "oxigraph load"
STEADY = (
    1.2  # times that the slowest of the loads of one case takes the fastest: else they say nothing
)
COUNT = 45_000  # records that the bounds are about: with fewer, starting the program is most of it
Row = dict[str, Any]
Rows = list[Row]
Value = Callable[[Rows], float | None]  # reads a figure, None if it was not measured
HEAD = """# Measurements

`python -m tools.bench.measure` measures, and makes this page from [`measured.json`](measured.json).
No figure is typed by hand.
Generated records: official JSON of legislature 17 with invented texts.
Real ones: all that `../shared` has in JSON; they are not repeated.
The machine may have had other work to do: the same build differs by a tenth from hour to hour,
ratios of one run by less. So triples are loaded again after each update; where one of these loads
takes a fifth longer than another one, nothing is said of ratios to them.
"""
UPDATING = """
An update is built on top of the full build, of the same archive with 200 records changed: half of
them have a longer text, half were open and have an answer; *a day later* these answers are of the
day after the data, so that each open question changes. Of real records, texts alone change.
Memory is the proportional share of all processes.
"""
ASKING = """
`lod serve` without a proxy, one client, one request after the other, each another one.
"""


class Bound(NamedTuple):
    """What must hold of the generated records: a figure that is at most so large."""

    words: str
    most: float
    unit: str
    value: Value


def figure(rows: Rows, count: int, what: str, name: str) -> float | None:
    """Return a figure of generated records, None if it was not measured."""
    wanted = {"records": GENERATED, "count": count, "what": what}
    return next((float(r[name]) for r in rows if wanted.items() <= r.items() and name in r), None)


def ratio(one: float | None, to: float | None) -> float | None:
    """Return how many times a figure is another one; None if one is missing, or nothing."""
    return one / to if one is not None and to else None


def of(what: str, name: str, count: int = COUNT) -> Value:
    """Return what reads a figure."""
    return lambda rows: figure(rows, count, what, name)


def over(one: Value, other: Value) -> Value:
    """Return what compares a figure with another one."""
    return lambda rows: ratio(one(rows), other(rows))


def per(value: Value, divisor: float) -> Value:
    return over(value, lambda _: divisor)


def loads(what: str) -> Value:
    """Return what compares seconds of a build with the mean of the loads around it."""

    def compared(rows: Rows) -> float | None:
        case = [r for r in rows if (r["records"], r["count"]) == (GENERATED, COUNT)]
        seconds = [float(r["wall"]) for r in case if r["what"] == LOAD]
        if not seconds or max(seconds) > STEADY * min(seconds):
            return None
        before = sum(r["what"] == LOAD for r in takewhile(lambda r: r["what"] != what, case))
        around = seconds[max(0, before - 1) : before + 1]
        return ratio(figure(rows, COUNT, what, "wall"), fmean(around))

    return compared


CPU = of("build", "cpu")
BOUNDS = (
    Bound("processor a record of a build", 5, "ms", per(CPU, COUNT / 1000)),
    Bound("files a question", 1.3, "", per(of("build", "files"), COUNT)),
    Bound("memory of a build", 1.3, "GiB", per(of("build", "peak"), 1 << 30)),
    Bound("a build, against `oxigraph load` of its triples", 9, "×", loads("build")),
    Bound("an update, against `oxigraph load` of the whole", 2.2, "×", loads("update")),
    Bound("an update a day later, against `oxigraph load`", 2.5, "×", loads("update, a day later")),
    Bound("processor of an update, against the build", 0.18, "×", over(of("update", "cpu"), CPU)),
    Bound("processor of a build of the same", 0.03, "×", over(of("build of the same", "cpu"), CPU)),
    Bound("the page of a question, p95", 10, "ms", of("page of a question", "p95")),
    Bound("the API, p95", 60, "ms", of("API", "p95")),
    *(
        Bound(f"{what} of 45,000 against 5,000 records, p95", 1.5, "×",
              over(of(what, "p95"), of(what, "p95", 5_000)))
        for what in ("point query", "page of a question", "API", "API, a page", "search")
    ),
)  # fmt: skip


def number(value: float | None) -> str:
    """Return a number with the digits that mean something; a dash for none.

    >>> [number(n) for n in (None, 0.1234, 12.345, 45000, 1.5)]
    ['–', '0.123', '12.3', '45,000', '1.5']
    """
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def verdict(bound: Bound, value: float | None) -> str:
    if value is None:
        return "not measured"
    return "holds" if value <= bound.most else "**does not hold**"


def table(names: list[str], lines: list[list[str]]) -> str:
    rule = ["---" if n < 2 else "--:" for n in range(len(names))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (names, rule, *lines)) + "\n"


def page(measured: Row) -> str:
    rows: Rows = measured["rows"]
    held = [
        [b.words, verdict(b, value), f"≤ {number(b.most)} {b.unit}".rstrip(), number(value)]
        for b, value in ((b, b.value(rows)) for b in BOUNDS)
    ]
    works = [
        [r["what"], r["records"], number(r["count"]), number(r.get("changed")), number(r["wall"]),
         number(r["cpu"]), number(1000 * r["cpu"] / r["count"]), number(r["peak"] / (1 << 20)),
         number(r.get("triples"))]
        for r in rows if "wall" in r
    ]  # fmt: skip
    asked = [
        [r["what"], r["records"], number(r["count"]), number(r["p50"]), number(r["p95"]),
         number(r["peak"] / (1 << 20))]
        for r in rows if "p50" in r
    ]  # fmt: skip
    bounds = table(["what must hold, of generated records", "", "asked", "measured"], held)
    took = table(["what", "records", "how many", "changed", "seconds", "of processor",
                  "ms of processor a record", "memory, MiB", "triples"], works)  # fmt: skip
    requests = table(["request", "records", "how many", "p50, ms", "p95, ms", "memory, MiB"], asked)
    return f"""{HEAD}
{bounds}
## Reading, building, updating
{UPDATING}
{took}
## Requests
{ASKING}
{requests if asked else "Not measured." + chr(10)}
## Conditions

{measured["machine"]}.
Measured on {measured["date"]}, commit {measured["commit"]}, load before: {measured["load"]:.1f}.
"""
