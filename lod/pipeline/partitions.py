"""A tranche of questions: made once, kept in a file, taken over by the next release as it is.

What is made depends on the records of the tranche, on the tables and on the program alone; all of
that is in its key. The file has a head, the key and the sizes of what follows; a summary, which is
all that the rest of the build needs to know of it; pieces of the dumps, each a gzip member; and the
questions.
"""

import gzip
import hashlib
import pickle
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import SEEK_END, BytesIO
from itertools import accumulate, chain
from operator import attrgetter
from pathlib import Path
from typing import Any

from lod.base.compression import gzipped_member
from lod.base.output_tree import reuse_file
from lod.base.parallel import batches, ordered
from lod.base.tabular import csv_line
from lod.model.question import Question
from lod.pipeline.convert import (
    Accepted,
    ConvertedBatch,
    Fate,
    ProvenBefore,
    convert_batch,
    documents_of,
)
from lod.pipeline.csv_rows import csv_row
from lod.pipeline.intake import (
    BATCH_BYTES,
    IntakeRecord,
    KnownRecord,
    PartitionRecords,
    outcome_of,
    total_size,
)
from lod.pipeline.partition_summary import PartitionSummary, record_usage, summarize
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.validation.controls import control_part
from lod.pipeline.validation.validate import Result
from lod.rdf.iris import Iris, source_path
from lod.rdf.serialize import ntriples, turtle_piece

FOLDER = "tranches"
PAGES = ".pages"  # after the name of a tranche: which pages were made of it
OWN_PIECES = ".reste"  # after the name of a tranche: its pieces without what earlier ones have
KNOWN_RECORDS = "lues.pickle"  # in it: which records were read, with which program
BATCH = 256  # questions validated at once: the engine is linear, and its memory bounded
MEMBERS = ("nt", "ttl", "csv")
PARTS = ("sommaire", *MEMBERS, "questions")  # of a file, after its head


@dataclass(frozen=True)
class PartitionMaker:
    """What a process needs to make tranches; `before` is where those of the release before are."""

    folder: Path
    site: Path  # where the bytes of the records are kept
    iris: Iris
    tables: ReferenceData
    made_with: str  # all else that a tranche depends on: program, shapes, settings
    engine: str  # of SHACL
    before: Path | None = None

    def make(self, partitions: Sequence[PartitionRecords]) -> list[PartitionSummary]:
        """Make some tranches; return their summaries."""
        outcomes, proven = list(self._outcomes(partitions)), self._proven_before(partitions)
        made = convert_batch(outcomes, self.iris, self.tables, self.engine, proven)
        control_part(published(made))
        fates = iter(made.fates)
        return [
            self._write(partition, [next(fates) for _ in partition.questions], made)
            for partition in partitions
        ]

    def reuse(self, partition: PartitionRecords) -> bool:
        """Take over the file of the release before, if it was made of the very same."""
        path, key = self._previous_file(partition)
        if not path or key != self.key_of(partition):
            return False
        reuse_file(path, self.folder / partition.name)
        return True

    def _previous_file(self, partition: PartitionRecords) -> tuple[Path | None, str]:
        """Return the file of a tranche in the release before and what it was made of, if that was
        with the same program, for a day on which nothing else is said; no file if there is none, or
        half of one.
        """
        path = self.before / partition.name if self.before else None
        try:
            with path.open("rb") if path else BytesIO() as file:
                key, made_with, day, sizes = pickle.load(file)
                is_whole = file.tell() + sum(sizes) == file.seek(0, SEEK_END)
        except (OSError, EOFError, pickle.UnpicklingError, ValueError):  # none, or cut off
            return None, ""
        is_true = made_with == self.made_with and day in (None, self._day(partition))
        return path if is_whole and is_true else None, key

    def _proven_before(self, partitions: Iterable[PartitionRecords]) -> ProvenBefore:
        """Return what the release before knows of questions whose tranche has changed, and they
        have not.
        """
        uids: set[str] = set()
        results: list[Result] = []
        focus_nodes: dict[str, Counter[str]] = {}
        for partition in partitions:
            path, _ = self._previous_file(partition)
            if path:
                old = summary_of(path)
                made_of = (
                    (records[0].uid, self.question_key(records)) for records in partition.questions
                )
                uids |= {uid for uid, key in made_of if old.keys.get(uid) == key}
                results += old.results
                focus_nodes |= old.focus_nodes
        return ProvenBefore(uids, results, focus_nodes)

    def _day(self, partition: PartitionRecords) -> str:
        return str(self.tables.data_until.get(partition.questions[0][0].legislature))

    def key_of(self, partition: PartitionRecords) -> str:
        """Return the hash of what a tranche is made of, but for the day up to which data goes."""
        return _joint_hash(map(self.question_key, partition.questions))

    def question_key(self, records: Sequence[IntakeRecord]) -> str:
        """Return the hash of what a question is made of, likewise."""
        hashed = hashlib.sha256(self.made_with.encode())
        hashed.update(self.tables.review.fingerprint_of(records[0].uid).encode())
        for record in records:
            hashed.update(f"{record.name}\0{record.line}\0{record.sha256}\n".encode())
        return hashed.hexdigest()

    def _outcomes(self, partitions: Iterable[PartitionRecords]) -> Iterator[tuple[Any, ...]]:
        for records in chain.from_iterable(map(attrgetter("questions"), partitions)):
            yield tuple(outcome_of(one, self._data(one)) for one in records)

    def _data(self, record: IntakeRecord) -> bytes:
        return b"" if record.pickled else (self.site / source_path(record.sha256)).read_bytes()

    def _write(
        self, partition: PartitionRecords, fates: list[Fate], made: ConvertedBatch
    ) -> PartitionSummary:
        """Write the file of a tranche; return its summary."""
        keys = [self.question_key(records) for records in partition.questions]
        summary = PartitionSummary(partition.name, _joint_hash(keys), self._day(partition))
        for record in chain.from_iterable(partition.questions):
            summary.known_records[record.sha256] = record.known
        accepted = [fate for fate in fates if isinstance(fate, Accepted)]
        summary.keys = {
            fate.question.uid: key
            for key, fate in zip(keys, fates, strict=True)
            if isinstance(fate, Accepted)
        }
        documents = documents_of(accepted)
        summarize(summary, fates, documents, made, self.iris)
        record_usage(summary, documents, self.iris.base)
        texts = {iri: made.text(iri, triples) for iri, triples in documents.items()}
        rows = b"".join(csv_line(csv_row(fate.question, self.iris)) for fate in accepted)
        turtle = turtle_piece(chain.from_iterable(documents.values()))
        pieces = (b"".join(texts.values()), turtle, rows)
        sizes = {iri: len(text) for iri, text in texts.items()}
        told = [fate.question for fate in accepted], [*summary.keys.values()], sizes
        questions = pickle.dumps(told)  # with their hashes: nobody opens the summary for these
        parts = (pickle.dumps(summary), *map(gzipped_member, pieces), zlib.compress(questions, 1))
        day = summary.day if summary.depends_on_day else None
        with (self.folder / partition.name).open("xb") as file:
            pickle.dump((summary.key, self.made_with, day, tuple(map(len, parts))), file)
            file.writelines(parts)
        return summary


def _joint_hash(keys: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def make_partitions(
    maker: PartitionMaker, partitions: Iterable[PartitionRecords], jobs: int
) -> Iterator[PartitionSummary]:
    """Yield the summary of every tranche, in order; only what must be is made anew."""
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
    for _, made in ordered(make, _batched(partitions), jobs):
        yield made


def _convert_some(
    some: Sequence[PartitionRecords], iris: Iris, tables: ReferenceData, engine: str
) -> ConvertedBatch:
    found = chain.from_iterable(partition.questions for partition in some)
    made = convert_batch(
        [tuple(map(outcome_of, records)) for records in found], iris, tables, engine
    )
    return replace(made, documents={}, nt={})  # nobody asks for them, and they have far to go


def _batched(partitions: Iterable[PartitionRecords]) -> Iterator[list[PartitionRecords]]:
    return batches(partitions, BATCH, _weight, BATCH_BYTES)


def _weight(partition: PartitionRecords) -> int:
    """Return the bytes of a tranche; so many, at least, that a batch has no more than BATCH."""
    size = total_size(chain.from_iterable(partition.questions))
    return max(size, len(partition.questions) * BATCH_BYTES // BATCH)


def parts_of(path: Path, *names: str) -> Iterator[bytes]:
    """Yield some of PARTS of a tranche; what is not asked for is not read.

    Raises EOFError where the file has been cut off.
    """
    with path.open("rb") as file:
        *_, sizes = pickle.load(file)
        ends = [*accumulate(sizes, initial=file.tell())]
        for name in names:
            number = PARTS.index(name)
            file.seek(ends[number])
            data = file.read(sizes[number])
            if len(data) < sizes[number]:
                raise EOFError(f"{path} is cut off; remove the release and build it anew")
            yield data


def names_in(folder: Path) -> list[str]:
    """Return the names of the tranches of a release; none if there is no such folder."""
    return [path.name for path in folder.glob("*-*-*") if path.suffix not in (PAGES, OWN_PIECES)]


def head_of(path: Path) -> tuple[Any, ...] | None:
    """Return the head of a tranche: the same head, the same content; None if there is no file."""
    try:
        with path.open("rb") as file:
            found: tuple[Any, ...] = pickle.load(file)
    except (OSError, EOFError, pickle.UnpicklingError):
        return None
    return found


def summary_of(path: Path) -> PartitionSummary:
    """Return the summary of a tranche; raise OSError or EOFError if there is none."""
    [packed] = parts_of(path, "sommaire")
    found: PartitionSummary = pickle.loads(packed)
    return found


def members(path: Path) -> dict[str, bytes]:
    """Return the pieces of the dumps that a tranche has, each a gzip member."""
    return dict(zip(MEMBERS, parts_of(path, *MEMBERS), strict=True))


def questions_of(path: Path) -> list[Question]:
    """Return the published questions of a tranche."""
    return [q for q, _ in keyed_questions(path)]


def keyed_questions(path: Path) -> list[tuple[Question, str]]:
    """Return the published questions of a tranche, each with the hash of what it was made of."""
    [packed] = parts_of(path, "questions")
    questions, keys, _ = pickle.loads(zlib.decompress(packed))
    return list(zip(questions, keys, strict=True))


def documents_in(path: Path) -> tuple[list[Question], dict[str, bytes]]:
    """Return the published questions of a tranche, and document → its N-Triples."""
    packed, member = parts_of(path, "questions", "nt")
    questions, _, sizes = pickle.loads(zlib.decompress(packed))
    text = BytesIO(gzip.decompress(member))
    return questions, {iri: text.read(size) for iri, size in sizes.items()}


def published(made: ConvertedBatch) -> Iterator[bytes]:
    """Yield what is published of the new questions and of all that they refer to, as N-Triples."""
    accepted = made.newly_accepted()
    yield from (made.text(iri, triples) for iri, triples in documents_of(accepted).items())
    yield ntriples(chain.from_iterable(fate.references for fate in accepted))


def write_known_records(
    folder: Path, made_with: str, known_records: Mapping[str, KnownRecord]
) -> None:
    """Keep what is known of the records, for the next build with the same program and tables."""
    with (folder / KNOWN_RECORDS).open("xb") as file:
        pickle.dump((made_with, known_records), file)


def read_known_records(folder: Path | None, made_with: str) -> dict[str, KnownRecord]:
    """Return what a release knows of its records, if it was made with the same; else nothing."""
    try:
        with (folder / KNOWN_RECORDS).open("rb") if folder else BytesIO() as file:
            found_with, known_records = pickle.load(file)
    except (OSError, EOFError, pickle.UnpicklingError):
        return {}
    return known_records if found_with == made_with else {}
