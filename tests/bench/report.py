"""Measurements → `README.md` and its picture: `python -m tests.bench.report [--committed]`.

What was measured since goes into `measured.json`, piece by piece, and both are made from that; with
`--committed` from what stands there already. With `BENCH=small` all goes to `build/bench/small`.
"""

import json
import sys
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.bench import conversion, measures, nightly, shacl
from tests.bench.build import BUILT, LOADED, PARSED, WRITTEN
from tests.bench.measures import HERE, Measures, Run
from tests.bench.picture import Bar, Group, number, placed
from tests.bench.results import Row, folder, scale

KEPT = HERE / "measured.json"
FLOORS = (PARSED, LOADED, WRITTEN)
LOADS = ("cheap", "mix")  # of serving, that are drawn


@cache
def templates() -> Environment:
    """Return the templates: those of SVG are escaped, Markdown is not."""
    loaded = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=lambda name: str(name).endswith(".svg"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    loaded.filters |= {"number": number, "ratio": measures.ratio, "per_record": measures.per_record}
    return loaded


def page(m: Measures) -> str:
    """Return the page in Markdown."""
    return templates().get_template("README.md").render(
        m=m, held=list(measures.held(m)), floors=FLOORS, stage_floors=measures.floors(),
        built=BUILT, stages=stages(m), machines=machines(m), conversion=conversion,
        nightly=nightly, shacl=shacl,
    )  # fmt: skip


def picture(m: Measures) -> str:
    """Return the picture as SVG."""
    return templates().get_template("measured.svg").render(placed(groups(m)))


def stages(m: Measures) -> list[tuple[Row, str, float | None]]:
    """Return the stages of the usual build, each with its floor and how many times that it took."""
    run = m.largest("build")
    found = []
    for row in run["rows"] if run else ():
        if row["what"] == "stage":
            floor = measures.floors().get(row["stage"], "")
            found.append((row, floor, measures.ratio(row, m.row("build", floor), "wall")))
    return found


def machines(m: Measures) -> list[tuple[Run, list[Run]]]:
    """Return each machine with its versions once, with the runs that were made there."""
    found: dict[str, list[Run]] = {}
    for run in m.runs:
        packages = run["versions"] | {"program": ""}  # a commit of its own is told of each run
        found.setdefault(json.dumps([run["machine"], packages]), []).append(run)
    return [(runs[0], runs) for runs in found.values()]


def groups(m: Measures) -> list[Group]:
    """Return what is drawn; a piece that was not measured is left out."""
    build, convert, proven = (m.largest(piece) for piece in ("build", "conversion", "shacl"))
    update = m.row("nightly", nightly.UPDATE)
    found = []
    if build:
        rows = [row for row in build["rows"] if row["what"] in (BUILT, *FLOORS)]
        found.append(
            group(f"A build of {build['count']:,} records", "seconds by the clock", rows, "wall")
        )
        costs = [row | {"cost": measures.per_record(row)} for row in _builds(m)]
        found.append(
            group(
                "A build’s cost a record", "milliseconds of processor", costs, "cost", name="count"
            )
        )
    if update:
        names = nightly.FULL, nightly.UPDATE, nightly.MOVED
        rows = [row for row in map(partial(m.row, "nightly"), names) if row]
        title = f"An update, {update['changed']} of {update['count']:,} records changed"
        found.append(group(title, "seconds of processor", rows, "cpu", ours=nightly.UPDATE))
    if convert:
        rows = [row | {"speed": row["count"] / row["wall"]} for row in convert["rows"]]
        found.append(group("Records → N-Triples", "records a second", rows, "speed", less=False))
    if proven:
        most = max(row["count"] for row in proven["rows"] if row["what"] == shacl.PEER)
        rows = [row for row in proven["rows"] if row["what"] != shacl.PEER or row["count"] == most]
        best = {row["what"]: row for row in reversed(rows)}
        found.append(
            group("SHACL", "questions a second", [*reversed(best.values())], "rate", less=False)
        )
    return found + [serving(m, load) for load in LOADS if m.largest("serving")]


def serving(m: Measures, load: str) -> Group:
    """Return how fast each server answers one load."""
    run = m.largest("serving")
    rows = [row for row in run["rows"] if row["load"] == load] if run else []
    return group(f"SPARQL, load « {load} »", "answers a second", rows, "rate", less=False)


def group(
    title: str, unit: str, rows: list[Row], figure: str, *, name: str = "what", ours: str = "lod",
    less: bool = True,
) -> Group:  # fmt: skip
    """Return rows as bars; those whose name begins so are ours."""
    bars = [Bar(_name(r[name]), r[figure], str(r["what"]).startswith(ours)) for r in rows]
    return Group(title, unit, less, tuple(bars))


def _name(value: Any) -> str:
    return f"of {value:,}" if isinstance(value, int) else str(value)


def _builds(m: Measures) -> list[Row]:
    return [row for run in m.of("build") for row in run["rows"] if row["what"] == BUILT]


def write(m: Measures, where: Path) -> None:
    """Write data, page and picture."""
    text = json.dumps(m.runs, indent=1, ensure_ascii=False) + "\n"
    (where / KEPT.name).write_text(text, "utf-8")
    (where / "README.md").write_text(page(m), "utf-8")
    (where / "measured.svg").write_text(picture(m), "utf-8")


def main() -> None:
    """Make page and picture of all that is kept."""
    kept: list[Run] = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else []
    here = folder() / "report" if scale() == "small" else HERE
    here.mkdir(parents=True, exist_ok=True)
    new = [] if "--committed" in sys.argv[1:] else measures.read(folder().glob("*.json"))
    m = measures.merged([] if scale() == "small" else kept, new)
    write(m, here)
    for bound, value, verdict in measures.held(m):
        told = "" if value is None else f"{number(value)} {bound.unit} "
        print(f"{verdict.strip('*'):14} {bound.words}: {told}(asked: {bound.asked})")
    print(here / "README.md")


if __name__ == "__main__":
    main()
