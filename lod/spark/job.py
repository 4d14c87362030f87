"""The stages of the job in order: chunks of the inputs, records, questions, messages, the whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lod.base.errors import LodError, UsageError
from lod.base.inputs import Chunk, chunks
from lod.base.settings import Settings
from lod.pipeline.build_report import BuildReport
from lod.pipeline.intake import RecordFacts
from lod.pipeline.reference_data import read_reference_data
from lod.pipeline.validation.shapes import FAST
from lod.rdf.iris import Iris
from lod.spark.gathering import gather_partition
from lod.spark.messages import JobContext, KeyedRecord, Message, by_name, by_question
from lod.spark.settling import read_chunk, settle_partition
from lod.spark.whole import WholeJob

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkContext
ZIP_MEMBERS = 500  # members of a zip in one chunk: some seconds of work
PARTITION_BYTES = 32 * 1024 * 1024  # of inputs, mostly zips, in one partition: some 10,000 records
Stage = Callable[[int, Iterable[Any], JobContext], Iterator[Message]]


def convert(
    sc: "SparkContext",
    inputs: Iterable[Path],
    folder: Path,
    settings: Settings,
    reference: Sequence[Path] = (),
    partitions: int = 0,
    engine: str = FAST,
) -> BuildReport:
    """Write what a build publishes of the records as parts in `folder`; return the counts.

    Inputs and folder are paths that every executor sees. Raises UsageError if the folder is not
    empty; LodError if nothing can be published.
    """
    _make_folder(folder)
    tables, findings = read_reference_data(settings, reference)
    cut = tuple(chunks((path.absolute() for path in inputs), ZIP_MEMBERS))
    job = JobContext(folder.absolute(), Iris(settings.base), tables, cut, engine)
    parts = partitions or max(sc.defaultParallelism, _total_size(cut) // PARTITION_BYTES)
    read = (
        sc.parallelize(list(enumerate(cut)), min(parts, len(cut)) or 1)
        .flatMap(read_visible_chunk)
        .partitionBy(parts, by_question)
    )
    facts = read.values().treeAggregate(RecordFacts(), RecordFacts.add, RecordFacts.join)
    job = replace(job, tables=replace(tables, data_until=facts.data_until))
    context = sc.broadcast(job)
    sent = (
        read.repartitionAndSortWithinPartitions(parts, by_question)
        .mapPartitionsWithIndex(partial(_run_stage, settle_partition, context))
        .repartitionAndSortWithinPartitions(parts, by_name)
        .mapPartitionsWithIndex(partial(_run_stage, gather_partition, context))
        .collect()
    )
    whole = WholeJob(job, sent)
    whole.check(facts)
    whole.build_report.until = facts.data_until
    whole.finish(facts, whole.write(whole.describe(facts.auteurs), findings))
    return whole.build_report


def read_visible_chunk(numbered: tuple[int, Chunk]) -> Iterator[KeyedRecord]:
    """Yield what is read of a chunk; raise LodError where this machine does not have the file."""
    path = numbered[1].path
    if not path.parent.is_dir():
        raise LodError(f"{path}: an executor does not see it; put the inputs where all do")
    return read_chunk(numbered)


def _run_stage(
    stage: Stage, context: "Broadcast[JobContext]", index: int, items: Iterable[Any]
) -> Iterator[Message]:
    """Run one stage on one partition."""
    return stage(index, items, context.value)


def _total_size(cut: Iterable[Chunk]) -> int:
    """Return the bytes of all files that have been cut into chunks."""
    paths = {chunk.path for chunk in cut}
    return sum(path.stat().st_size for path in paths if path.is_file())


def _make_folder(folder: Path) -> None:
    """Make the folder; raise UsageError if something is in it, so that two runs are never mixed."""
    folder.mkdir(parents=True, exist_ok=True)
    if next(folder.iterdir(), None):
        raise UsageError(f"{folder}: is not empty; give a folder that is not there yet")
