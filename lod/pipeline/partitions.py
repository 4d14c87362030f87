"""Make partitions: the questions of 32 neighbouring numbers, in one process, into one file.

Which questions are of one partition is decided by `Intake.partitions`. A partition whose key is
that of the release before is taken over as it is.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from lod.base.compression import gzipped_member
from lod.base.parallel import batches, ordered
from lod.base.tabular import csv_line
from lod.pipeline.convert import Accepted, ConvertedBatch, Fate, convert_batch, documents_of
from lod.pipeline.csv_rows import csv_row
from lod.pipeline.intake import BATCH_BYTES, IntakeRecord, PartitionRecords, outcome_of, total_size
from lod.pipeline.partition_file import summary_of, write_partition
from lod.pipeline.partition_summary import PartitionSummary, summarize
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.reuse.keys import Keys, joint_key
from lod.pipeline.reuse.previous import NO_PREVIOUS, Previous
from lod.pipeline.validation.controls import control_part
from lod.rdf.iris import Iris, source_path
from lod.rdf.serialize import ntriples, turtle_piece

BATCH = 256  # questions validated at once: the engine is linear, and its memory bounded


@dataclass(frozen=True)
class PartitionMaker:
    """What a process needs to make partitions."""

    folder: Path  # where their files go
    site: Path  # where the bytes of the records are kept
    iris: Iris
    keys: Keys  # with the tables that questions are completed from
    engine: str  # of SHACL
    previous: Previous = NO_PREVIOUS

    def make(self, partitions: Sequence[PartitionRecords]) -> list[PartitionSummary]:
        """Make some partitions; return their summaries."""
        found = chain.from_iterable(one.questions for one in partitions)
        outcomes = [tuple(outcome_of(r, self._data(r)) for r in records) for records in found]
        proven = self.previous.proven(partitions, self.keys)
        made = convert_batch(outcomes, self.iris, self.keys.tables, self.engine, proven)
        control_part(published(made))
        fates = iter(made.fates)
        return [self._write(one, [next(fates) for _ in one.questions], made) for one in partitions]

    def reuse(self, partition: PartitionRecords) -> bool:
        """Take over the file of the release before, if it was made of the very same."""
        return self.previous.take_partition(partition, self.keys, self.folder)

    def _data(self, record: IntakeRecord) -> bytes:
        return b"" if record.pickled else (self.site / source_path(record.sha256)).read_bytes()

    def _write(
        self, partition: PartitionRecords, fates: list[Fate], made: ConvertedBatch
    ) -> PartitionSummary:
        """Write the file of a partition; return its summary."""
        keys = [self.keys.question(records) for records in partition.questions]
        summary = PartitionSummary(partition.name, joint_key(keys), self.keys.day(partition))
        for record in chain.from_iterable(partition.questions):
            summary.known_records[record.name, record.sha256] = record.known
        accepted = {
            fate.question.uid: (fate, key)
            for fate, key in zip(fates, keys, strict=True)
            if isinstance(fate, Accepted)
        }
        summary.keys = {uid: key for uid, (_, key) in accepted.items()}
        published = [fate for fate, _ in accepted.values()]
        documents = documents_of(published)
        summarize(summary, fates, documents, made, self.iris)
        texts = {iri: made.text(iri, triples) for iri, triples in documents.items()}
        rows = b"".join(csv_line(csv_row(fate.question, self.iris)) for fate in published)
        turtle = turtle_piece(chain.from_iterable(documents.values()))
        write_partition(
            self.folder / partition.name,
            summary,
            self.keys.made_with,
            [*map(gzipped_member, (b"".join(texts.values()), turtle, rows))],
            [fate.question for fate in published],
            {iri: len(text) for iri, text in texts.items()},
        )
        return summary


def make_partitions(
    maker: PartitionMaker, partitions: Iterable[PartitionRecords], jobs: int
) -> Iterator[PartitionSummary]:
    """Yield the summary of every partition, in order; only what must be is made anew."""
    order: deque[str] = deque()

    def changed() -> Iterator[PartitionRecords]:
        for partition in partitions:
            order.append(partition.name)
            if not maker.reuse(partition):
                yield partition

    for _, made in ordered(maker.make, _batched(changed()), jobs):
        for summary in made:
            while (name := order.popleft()) != summary.name:
                yield summary_of(maker.folder / name)
            yield summary
    for name in order:
        yield summary_of(maker.folder / name)


def converted_batches(
    partitions: Iterable[PartitionRecords],
    iris: Iris,
    tables: ReferenceData,
    jobs: int,
    engine: str,
) -> Iterator[ConvertedBatch]:
    """Yield the fate of every question, batch by batch; nothing is written."""
    make = partial(_convert_some, iris=iris, tables=tables, engine=engine)
    return (made for _, made in ordered(make, _batched(partitions), jobs))


def _convert_some(
    some: Sequence[PartitionRecords], iris: Iris, tables: ReferenceData, engine: str
) -> ConvertedBatch:
    """Convert some partitions; triples stay behind, since only fates and results are looked at."""
    found = chain.from_iterable(partition.questions for partition in some)
    outcomes = [tuple(map(outcome_of, records)) for records in found]
    return replace(convert_batch(outcomes, iris, tables, engine), documents={}, nt={})


def _batched(partitions: Iterable[PartitionRecords]) -> Iterator[list[PartitionRecords]]:
    """Yield as many partitions as are converted at once: bounded in questions and in bytes."""
    return batches(partitions, BATCH, _weight, BATCH_BYTES)


def _weight(partition: PartitionRecords) -> int:
    """Return the bytes of a partition; so many, at least, that a batch has no more than BATCH."""
    size = total_size(chain.from_iterable(partition.questions))
    return max(size, len(partition.questions) * BATCH_BYTES // BATCH)


def published(made: ConvertedBatch) -> Iterator[bytes]:
    """Yield what is published of the new questions and of all that they refer to, as N-Triples."""
    accepted = made.newly_accepted()
    yield from (made.text(iri, triples) for iri, triples in documents_of(accepted).items())
    yield ntriples(chain.from_iterable(fate.references for fate in accepted))
