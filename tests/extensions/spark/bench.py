"""What one core does of the job on Spark: `python -m tests.extensions.spark.bench [COUNT]`.

CPU seconds and bytes a record of each stage: the functions of a partition, called one after the
other without Spark. The last line is the whole job in local mode, all processes together.
"""

import pickle
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from lod.base.inputs import chunks
from lod.extensions.spark.job import ZIP_MEMBERS
from lod.extensions.spark.messages import JobContext
from lod.extensions.spark.settling import group_by_question, read_chunk, settle_partition
from lod.extensions.spark.whole import gather_partition
from lod.pipeline.reading.intake import read_again
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.settling.convert import convert_records
from lod.rdf.iris import Iris
from tests.bench.watching import EVERY, memory
from tests.support.live import TICK, descendants, stat
from tests.support.synthetic.forms import write_zip

T = TypeVar("T")
COUNT = 2_000


def timed(name: str, count: int, work: Callable[[], T]) -> T:
    start = time.process_time()
    done = work()
    seconds = time.process_time() - start
    print(f"{name:<28} {seconds:7.2f} CPU s {1000 * seconds / count:7.3f} ms a record", flush=True)
    return done


def size(name: str, count: int, data: list[bytes]) -> None:
    """Print how many bytes a record has, and how many as Spark compresses them, roughly."""
    plain, zipped = sum(map(len, data)), len(zlib.compress(b"".join(data), 1))
    print(f"{name:<28} {plain / count:7.0f} B {zipped / count:7.0f} B compressed, a record")


def stages(archive: Path, folder: Path, count: int) -> None:
    """Measure the functions of a partition on the records of an archive."""
    cut = tuple(chunks([archive], ZIP_MEMBERS))
    job = JobContext(folder, Iris("http://localhost:8000/"), ReferenceData(), cut)
    with zipfile.ZipFile(archive) as opened:
        unpacked = sum(member.file_size for member in opened.infolist())
    packed = archive.stat().st_size
    print(f"{'JSON, zip':<28} {unpacked / count:7.0f} B {packed / count:7.0f} B, a record")
    list(read_chunk((0, cut[0])))  # tables and patterns are read once a process
    read = timed("read", count, lambda: [r for p in enumerate(cut) for r in read_chunk(p)])
    first = timed("shuffle 1, pickled", count, lambda: [pickle.dumps(item, 5) for item in read])
    size("shuffle 1", count, first)
    read.sort(key=itemgetter(0))
    cases = [tuple(map(read_again, item.records)) for item in group_by_question(read)]
    timed("convert", count, lambda: [convert_records(c, job.iris, job.tables) for c in cases])
    sent = timed("convert, SHACL, write", count, lambda: list(settle_partition(0, read, job)))
    size("shuffle 2", count, [pickle.dumps(message, 5) for message in sent])
    sent.sort(key=itemgetter(0))
    timed("answers, recalls, sums", count, lambda: list(gather_partition(0, sent, job)))
    written = sum(path.stat().st_size for path in folder.rglob("*.gz"))
    print(f"{'parts, gzip':<28} {written / count:7.0f} B a record")


def run(archive: Path, folder: Path) -> None:
    """Run the job in local mode; print what all its processes took, that of Java too."""
    module, master = ("-m", "lod.extensions.spark"), ("--master", "local[2]")
    command = (sys.executable, *module, archive, "--to", folder, *master)
    start, cpu, peak = time.monotonic(), 0.0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            cpu, peak = max(cpu, used(process.pid)), max(peak, memory(process.pid))
            time.sleep(EVERY)
        told = process.stdout.read().strip() if process.stdout else ""
    wall = time.monotonic() - start
    print(f"job, local[2]: {wall:.0f} s, {cpu:.1f} CPU s, peak {peak >> 20} MB; {told}")


def used(root: int) -> float:
    ticks = 0
    for pid in (root, *descendants(root)):
        with suppress(OSError):  # it ended meanwhile
            ticks += sum(map(int, stat(pid)[11:15]))
    return ticks / TICK


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        generated = Path(name) / f"{number}.zip"
        write_zip(generated, number)
        stages(generated, Path(name) / "stages", number)
        run(generated, Path(name) / "job")
