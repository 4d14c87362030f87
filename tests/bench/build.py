"""What a whole build takes, and its physical floors in the same run:
`python -m tests.bench.build [--count N]…`.

Floors: the same archive unpacked and parsed; the same N-Triples loaded by the command line of
Oxigraph; the same files written anew. The tables are written once more, too, and their sizes in MB
told beside that of the Turtle. If the build says what its stages took, each is a row:
`LOD_TIMES` names the file, a line of JSON a stage. Cost per record must not grow with their number.
"""

import gzip
import json
import os
import shutil
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import floor, tabulating
from tests.bench.results import BUILD, Row, archive, measured, row
from tests.bench.watching import observe, watch

FILES, OCTETS = 1, 130_000  # of two releases, for each record; one takes 0.3 and 55,000
BUILT, PARSED, LOADED, WRITTEN = "lod build", "unzip, parse", "oxigraph load", "write the files"
TABLES = "the tables alone"
FORMS = ("parquet", "csv", "sqlite")


@contextmanager
def workplace(name: str) -> Iterator[Path]:
    """Give a folder on the disk where releases are to be measured, removed afterwards."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix=f"{name}-") as folder:
        yield Path(folder)


def lacking(count: int, folder: Path) -> str:
    """Say why there is no room for the release of so many records, empty if there is."""
    free, needed = shutil.disk_usage(folder).free, count * OCTETS
    if free < needed:
        return f"{needed >> 30} GiB are needed, {free >> 30} are free"
    inodes = os.statvfs(folder).f_favail
    if inodes < count * FILES:
        return f"{count * FILES} inodes are needed, {inodes} are free"
    return ""


def build(records: Path, folder: Path, times: Path) -> Row:
    """Build a release; return what it took."""
    arguments = ["-m", "lod", "build", str(records), "--to", str(folder)]
    figures = watch(*arguments, LOD_TIMES=str(times))
    told = json.loads((folder / "current" / "manifest.json").read_text("utf-8"))
    more = {"triples": told["triples"]["store"], "release": told["id"]}
    files = sum(1 for _ in floor.found((folder / "current").resolve()))
    return row(BUILT, told["read"], figures, **more, files=files)


def stages(times: Path, count: int) -> Iterator[Row]:
    """Yield what a build says of its stages, if it says anything."""
    if times.is_file():
        for text in times.read_text("utf-8").splitlines():
            said = json.loads(text)
            wall, cpu = round(said["wall"], 2), round(said["cpu"], 2)
            yield {"what": "stage", "stage": said["stage"], "count": count, "wall": wall,
                   "cpu": cpu, "peak": 0}  # fmt: skip


def parsed(records: Path, count: int) -> Row:
    """Unpack and parse the records."""
    return row(PARSED, count, watch("-m", floor.__name__, "parse", str(records)))


def loaded(release: Path, folder: Path, count: int) -> Row:
    """Load the N-Triples of the questions of a release with the command line of Oxigraph."""
    triples = folder / "questions.nt"
    with gzip.open(release / "dumps" / "questions.nt.gz") as packed, triples.open("wb") as file:
        shutil.copyfileobj(packed, file)
    program = Path(sysconfig.get_path("scripts")) / "oxigraph"
    home = ["--location", str(folder / "store"), "--file", str(triples)]
    figures = observe([str(program), "load", *home])
    with triples.open("rb") as file:
        lines = sum(1 for _ in file)
    return row(LOADED, count, figures, triples=lines)


def written(release: Path, folder: Path, count: int) -> Row:
    """Write all files of a release anew."""
    paths = list(floor.found(release))
    size = sum(path.stat().st_size for path in paths)
    jobs = str(len(os.sched_getaffinity(0)))
    figures = watch("-m", floor.__name__, "write", str(release), str(folder / "anew"), jobs)
    return row(WRITTEN, count, figures, files=len(paths), octets=size)


def tabulated(release: Path, folder: Path, count: int) -> Row:
    """Write the tables of a release anew; tell the size of each form, in MB."""
    figures = watch("-m", tabulating.__name__, str(release), str(folder / "tables"))
    files = [*(folder / "tables").iterdir(), release / "dumps" / "questions.ttl.gz"]
    sizes = {
        form: round(sum(f.stat().st_size for f in files if f".{form}" in f.name) / 1e6, 1)
        for form in (*FORMS, "ttl")
    }
    return row(TABLES, count, figures, **sizes)


def measure(count: int) -> Iterator[Row]:
    """Yield the whole, its stages, its floors."""
    with workplace("build") as folder:
        if lack := lacking(count, folder):
            print(f"SKIPPED: a build of {count} records: {lack}")
            return
        records, times = archive(count), folder / "times.jsonl"
        yield build(records, folder / "out", times)
        yield from stages(times, count)
        release = (folder / "out" / "current").resolve()
        yield tabulated(release, folder, count)
        yield parsed(records, count)
        yield loaded(release, folder, count)
        if lack := lacking(count, folder):
            print(f"SKIPPED: writing the files of {count} records anew: {lack}")
        else:
            yield written(release, folder, count)


if __name__ == "__main__":
    measured("build", measure)
