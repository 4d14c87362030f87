"""The stages of the job in order: chunks of the inputs, records, questions, messages, the whole.

Also the context of Spark that they need, or an error of one line that says what is missing for it.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lod.base.errors import LodError, UsageError
from lod.base.inputs import chunks
from lod.base.settings import Settings
from lod.extensions import marks, reviewed
from lod.extensions.spark.messages import JobContext, Message, by_name, by_question
from lod.extensions.spark.settling import read_chunk, settle_partition
from lod.extensions.spark.whole import WholeJob, gather_partition
from lod.pipeline.reading.given import given
from lod.pipeline.reading.intake import RecordFacts
from lod.pipeline.reading.reference_data import read_reference_data
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.validation.shapes import USUAL
from lod.rdf.iris import Iris

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkContext
ZIP_MEMBERS = 500  # members of a zip in one chunk: some seconds of work
PARTITION_BYTES = 32 * 1024 * 1024  # of inputs, mostly zips, in one partition: some 10,000 records
Stage = Callable[[int, Iterable[Any], JobContext], Iterator[Message]]
HERE = "127.0.0.1"
LOCAL = {  # settings of local mode: nothing listens to the network
    "spark.driver.bindAddress": HERE,
    "spark.driver.host": HERE,
    "spark.ui.enabled": "false",
}
EXTRA = "pip install 'questions-parlementaires-lod[spark]'"
JAVA = "install Java 17 or newer (Debian: apt-get install default-jre-headless), or set JAVA_HOME"
MARK = "lod.base.errors.LodError: "  # before the message, in the traceback of an executor


@contextmanager
def session(master: str = "") -> Iterator[Any]:
    """Give a context: that of `master`, else that of spark-submit, else one of this machine alone.

    Raises UsageError if PySpark or Java is missing; raises a LodError of an executor again here.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkRuntimeError
    except ImportError as error:
        raise UsageError(f"PySpark is not installed; {EXTRA}") from error
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ  # spark-submit has started Java
    if not submitted and not _java():
        raise UsageError(f"Spark needs Java, and there is none; {JAVA}")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    configuration = SparkConf().setAppName("lod.extensions.spark")
    if master := master or ("" if submitted else "local[*]"):
        configuration.setMaster(master)
    for key, value in LOCAL.items() if master.startswith("local") else ():
        configuration.setIfMissing(key, value)
    try:
        context = SparkContext.getOrCreate(configuration)
    except PySparkRuntimeError as error:
        raise UsageError(f"Java does not start Spark, see above; {JAVA}") from error
    try:
        yield context
    except Py4JError as error:
        _, mark, rest = str(error).partition(MARK)
        if not mark:
            raise
        raise LodError(rest.splitlines()[0]) from error
    finally:
        context.stop()


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which(str(Path(home, "bin", "java")) if home else "java"))


def convert(
    sc: "SparkContext",
    inputs: Iterable[Path],
    folder: Path,
    settings: Settings,
    reference: Sequence[Path] = (),
    partitions: int = 0,
    engine: str = USUAL,
) -> BuildReport:
    """Write what a build would publish of the records, as parts in `folder`; return the counts.

    Every executor must see inputs and folder under the same paths. Raises UsageError if the folder
    is not empty, LodError if nothing can be published.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder}: is not empty; give a folder that is not there yet")
    given_files = given([path.absolute() for path in inputs], reference, marks=marks())
    tables, remarks = read_reference_data(settings, given_files, reviewed())
    input_chunks = tuple(chunks(given_files.inputs, ZIP_MEMBERS, given_files.without))
    job = JobContext(folder.absolute(), Iris(settings.base), tables, input_chunks, engine)
    paths = {chunk.path for chunk in input_chunks}
    size = sum(path.stat().st_size for path in paths if path.is_file())
    parts = partitions or max(sc.defaultParallelism, size // PARTITION_BYTES)
    read = (
        sc.parallelize(list(enumerate(input_chunks)), min(parts, len(input_chunks)) or 1)
        .flatMap(read_chunk)
        .partitionBy(parts, by_question)
    )
    facts = read.values().treeAggregate(RecordFacts(), RecordFacts.add, RecordFacts.join)
    facts.leave_out_misprints()
    job = replace(job, tables=facts.dated(tables))
    context = sc.broadcast(job)
    sent = (
        read.repartitionAndSortWithinPartitions(parts, by_question)
        .mapPartitionsWithIndex(partial(_run_stage, settle_partition, context))
        .repartitionAndSortWithinPartitions(parts, by_name)
        .mapPartitionsWithIndex(partial(_run_stage, gather_partition, context))
        .collect()
    )
    return WholeJob(job, sent).publish(facts, remarks)


def _run_stage(
    stage: Stage, context: "Broadcast[JobContext]", index: int, items: Iterable[Any]
) -> Iterator[Message]:
    return stage(index, items, context.value)
