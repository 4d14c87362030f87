"""How long it takes to read each form: `python -m tests.bench.forms [COUNT] [FORM…]`.

A FORM may be a folder of JSON records: they are repeated until there are COUNT.

A line a form: records a second on two processes, the memory of all of them, and how many times
longer that takes than only to unpack and parse the JSON of as many records. Linux only.
"""

import json
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from lod.base.inputs import Record, records
from lod.base.parallel import batches, ordered
from lod.sources.forms import read
from tests.bench.watching import watch
from tests.support.synthetic.forms import BIG, FORMS, write_zip

COUNT = 45_000
BATCH = 200  # records
JOBS = 2
PLAIN = "JSON L17"  # what forms that are no JSON are compared with


def read_all(batch: list[Record]) -> int:
    """Read records; return how many."""
    return sum(read(record).question.numero > 0 for record in batch)


def parse(archive: Path) -> int:
    """Unpack and parse every member of an archive; return how many there are."""
    with zipfile.ZipFile(archive) as members:
        return sum(json.loads(members.read(name)) is not None for name in members.namelist())


def seconds(way: str, archive: Path) -> float:
    """Return how long one way to go through an archive takes, from the first byte to the last."""
    start = time.perf_counter()
    if way == "read":
        for _ in ordered(read_all, batches(records([archive]), BATCH), JOBS):
            pass
    else:
        parse(archive)
    return time.perf_counter() - start


def repeat(archive: Path, folder: str, count: int) -> None:
    """Write so many records, those of a folder again and again."""
    found = [path.read_bytes() for path in sorted(Path(folder).rglob("*.json"))]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as members:
        for number in range(count):
            members.writestr(f"{number}.json", found[number % len(found)])


def measure(form: str, count: int, folder: Path) -> str:
    """Return the figures of a form as a line."""
    archive, plain = folder / "form.zip", folder / "plain.zip"
    start = time.perf_counter()
    write = repeat if Path(form).is_dir() else write_zip
    write(archive, form, count)
    writing = time.perf_counter() - start
    if not plain.exists():
        write_zip(plain, PLAIN, count)
    baseline = watch(
        "-m", __spec__.name, "parse", str(archive if "JSON" in form or write is repeat else plain)
    )
    reading = watch("-m", __spec__.name, "read", str(archive))
    took = float(reading.output)
    return (
        f"{form:14} {count / took:7.0f} records/s  peak {reading.peak >> 20:4d} MB"
        f"  {took / float(baseline.output):5.1f} × parsing JSON"
        f"  ({took:.1f} s, {reading.cpu:.1f} CPU s; written in {writing:.0f} s)"
    )


def main() -> None:
    """Print a line for each form."""
    if sys.argv[1:2] in (["read"], ["parse"]):
        print(seconds(sys.argv[1], Path(sys.argv[2])))
        return
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    with tempfile.TemporaryDirectory() as folder:
        for form in sys.argv[2:] or [*FORMS, *BIG]:
            print(measure(form, count, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
