"""Where measurements are kept: a JSON file for each piece and count, with machine and versions.

`BENCH=small` measures few records and keeps them apart, so that they never stand for the real ones.
"""

import argparse
import json
import os
import platform
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

from lod.base.packaged import PACKAGE
from tests.bench.watching import Figures
from tests.support.synthetic.forms import write_zip

Row = dict[str, Any]  # `what` was measured, how many `count`, and its figures
ROOT = PACKAGE.parent
BUILD = ROOT / "build" / "bench"
FORM = "JSON L17"
COUNTS = {  # records of each piece; what some peers are too slow for is said in their rows
    "full": {
        "build": [5_000, 45_000, 200_000],
        "nightly": [45_000],
        "conversion": [5_000],
        "shacl": [5_000],
        "serving": [45_000],
    },
    "small": {
        "build": [250, 1_000],
        "nightly": [1_000],
        "conversion": [500],
        "shacl": [500],
        "serving": [1_000],
    },
}
PEERS = ("oxigraph",)  # measured from the same environment; the others name their versions


def scale() -> str:
    """Return `full`, or `small` if the environment asks for it; ends the bench on anything else."""
    asked = os.environ.get("BENCH") or "full"
    if asked not in COUNTS:
        raise SystemExit(f"BENCH={asked} is unknown; give one of: {', '.join(COUNTS)}")
    return asked


def folder() -> Path:
    """Return where results of this scale are kept."""
    return BUILD / scale()


def measured(piece: str, measure: Callable[[int], Iterable[Row]]) -> None:
    """Measure a piece for each count, print a line for each row, keep them."""
    for count in _counts(piece):
        began = os.getloadavg()[0]
        rows = []
        for row in measure(count):
            print(line(row), flush=True)
            rows.append(row)
        if rows:
            keep(piece, count, rows, began)


def _counts(piece: str) -> list[int]:
    parser = argparse.ArgumentParser(prog=f"python -m tests.bench.{piece}")
    parser.add_argument("--count", type=int, action="append", help="records; more than once")
    asked: list[int] | None = parser.parse_args().count
    return asked or COUNTS[scale()][piece]


def keep(piece: str, count: int, rows: list[Row], load: float) -> None:
    """Write what was measured, with the day, the machine and the versions."""
    run = {
        "piece": piece, "count": count, "date": date.today().isoformat(), "load": round(load, 1),
        "machine": machine(), "versions": versions(), "rows": rows,
    }  # fmt: skip
    folder().mkdir(parents=True, exist_ok=True)
    text = json.dumps(run, indent=1, ensure_ascii=False) + "\n"
    (folder() / f"{piece}-{count}.json").write_text(text, "utf-8")


def row(what: str, count: int, figures: Figures, **more: Any) -> Row:
    """Return what a command took as a row, rounded to what means something."""
    return {
        "what": what, "count": count, "wall": round(figures.wall, 2), "cpu": round(figures.cpu, 2),
        "peak": figures.peak, **more,
    }  # fmt: skip


def line(row: Row) -> str:
    """Return a row as it is printed while measuring."""
    told = [f"{row['count']:>7} {row['what']:44}"]
    if "wall" in row:
        told.append(f"{row['wall']:8.1f} s {row['cpu']:8.1f} CPU s {row['peak'] >> 20:6} MiB")
    skipped = ("what", "count", "wall", "cpu", "peak")
    told += [f"{name} {value}" for name, value in row.items() if name not in skipped]
    return "  ".join(told)


def archive(count: int) -> Path:
    """Return a zip of so many generated records, made once."""
    path = BUILD / f"records-{count}.zip"
    if not path.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        write_zip(part, FORM, count)
        part.rename(path)
    return path


def machine() -> dict[str, str]:
    """Return what the machine is: processor, cores, memory, system."""
    models = re.findall(r"(?m)^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"))
    kib = re.search(r"MemTotal:\s+([0-9]+)", Path("/proc/meminfo").read_text("utf-8"))
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(kib[1]) / (1 << 20):.0f} GiB" if kib else "",
        "kernel": f"{platform.system()} {platform.release()}",
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python, of the program with its commit, and of all that it needs."""
    needed = (re.match(r"[\w.-]+", text) for text in requires("questions-parlementaires-lod") or ())
    names = sorted({found[0].lower() for found in needed if found} | set(PEERS))
    return {"python": platform.python_version(), "program": commit()} | dict(_present(names))


def _present(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, version(name)
        except ModuleNotFoundError:  # an extra that is not installed
            continue


def commit() -> str:
    """Return the version, and the commit that is measured, empty where there is no repository."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    found = subprocess.run(asked, check=False, capture_output=True, text=True)
    return f"{version('questions-parlementaires-lod')} {found.stdout.strip()}".strip()
