"""The stages of the job, in their order: pieces → records → questions → what is stated once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lod.base.errors import LodError, UsageError
from lod.base.settings import Settings
from lod.pipeline.build_report import BuildReport
from lod.pipeline.reference_data import read_reference_data
from lod.pipeline.validation.validate import FAST
from lod.rdf.iris import Iris
from lod.sources.forms import Chunk, chunks
from lod.spark.gathering import gather_partition
from lod.spark.messages import JobContext, KeyedRecord, Message, by_name, by_question
from lod.spark.settling import read_chunk, settle_partition
from lod.spark.whole import FirstPass, WholeJob

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkContext
ZIP_MEMBERS = 500  # of a zip, in one piece: some seconds of work
PARTITION_BYTES = 32 * 1024 * 1024  # of inputs, mostly zips, in one partition: some 10,000 records
Step = Callable[[int, Iterable[Any], JobContext], Iterator[Message]]


def convert(
    sc: "SparkContext",
    inputs: Iterable[Path],
    folder: Path,
    settings: Settings,
    reference: Sequence[Path] = (),
    partitions: int = 0,
    engine: str = FAST,
) -> BuildReport:
    """Write what a build publishes of the records as parts in `folder`; return what was done.

    Inputs and folder are paths that every executor sees. Raises UsageError if the folder is not
    empty; LodError if nothing can be published.
    """
    _make_folder(folder)
    tables, remarks = read_reference_data(settings, reference)
    pieces = tuple(chunks((path.absolute() for path in inputs), ZIP_MEMBERS))
    job = JobContext(folder.absolute(), Iris(settings.base), tables, pieces, engine)
    parts = partitions or max(sc.defaultParallelism, _total_size(pieces) // PARTITION_BYTES)
    read = (
        sc.parallelize(list(enumerate(pieces)), min(parts, len(pieces)) or 1)
        .flatMap(read_visible_chunk)
        .partitionBy(parts, by_question)
    )
    first_pass: FirstPass = read.values().treeAggregate(FirstPass(), FirstPass.add, FirstPass.join)
    job = replace(job, tables=replace(tables, data_until=first_pass.data_until))
    given = sc.broadcast(job)
    told = (
        read.repartitionAndSortWithinPartitions(parts, by_question)
        .mapPartitionsWithIndex(partial(_step, settle_partition, given))
        .repartitionAndSortWithinPartitions(parts, by_name)
        .mapPartitionsWithIndex(partial(_step, gather_partition, given))
        .collect()
    )
    return _finished(WholeJob(job, told), first_pass, remarks)


def _finished(whole: WholeJob, first_pass: FirstPass, remarks: Iterable[Any]) -> BuildReport:
    whole.check(first_pass)
    whole.build_report.until = first_pass.data_until
    link_count = whole.write(whole.describe(first_pass.auteurs), remarks)
    whole.finish(first_pass.record_counts, link_count)
    return whole.build_report


def read_visible_chunk(numbered: tuple[int, Chunk]) -> Iterator[KeyedRecord]:
    """Yield what is read of a piece; raise LodError where this machine does not have it."""
    if not numbered[1].path.parent.is_dir():
        raise LodError(
            f"{numbered[1].path}: an executor does not see it; put the inputs where all do"
        )
    return read_chunk(numbered)


def _step(
    step: Step, given: "Broadcast[JobContext]", index: int, items: Iterable[Any]
) -> Iterator[Message]:
    """Run one stage on one partition, with what every task is given."""
    return step(index, items, given.value)


def _total_size(pieces: Iterable[Chunk]) -> int:
    paths = {piece.path for piece in pieces}
    return sum(path.stat().st_size for path in paths if path.is_file())


def _make_folder(folder: Path) -> None:
    """Make the folder, unless something is in it: parts of two runs are never mixed."""
    folder.mkdir(parents=True, exist_ok=True)
    if next(folder.iterdir(), None):
        raise UsageError(f"{folder}: is not empty; give a folder that is not there yet")
