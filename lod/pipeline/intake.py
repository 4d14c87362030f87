"""Records as read, laid aside in a file by the question that they are about.

In memory stays where the records of each question are; the questions come out in the order of
their legislatures, types and numbers, so that nothing published depends on the order of the input.
"""

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import IO, Any

from lod.base.errors import Finding
from lod.base.output_tree import OutputTree
from lod.base.parallel import batches, ordered
from lod.base.pickling import pickled_by_field
from lod.model.identifiers import split_uid
from lod.rdf.iris import source_path
from lod.reference.tables import latest_day
from lod.sources.forms import ReadOutcome, Record, read_outcome

BATCH = 250  # records read at once, or fewer long ones
BATCH_BYTES = 8 * 1024 * 1024  # of records in one batch: long ones come alone
NUMBERS_PER_PARTITION = 32  # of questions in one partition
NUMBERS_PER_RANGE = 128  # whose questions that wait are one partition
WAITING = ".attente"  # at the end of its name
RecordKey = tuple[str, str]  # name and SHA-256: the name of a file may say what its text does not
# of an IntakeRecord: uid, auteur, legislature, last_day, waits
KnownRecord = tuple[str, str | None, int, date | None, bool]


@pickled_by_field
@dataclass(frozen=True, slots=True)
class IntakeRecord:
    """What the first pass needs of a record: its reading, or why it could not be read."""

    path: str  # as the person gave it
    name: str  # as it may be published: it begins at the input
    line: int  # where it begins in its file, counted from 1
    sha256: str  # of its bytes
    uid: str = ""
    auteur: str | None = None  # reference of the person
    legislature: int = 0
    last_day: date | None = None  # the latest that it names
    waits: bool = False  # it tells of neither an answer nor a withdrawal
    pickled: bytes = b""  # the reading; empty where it is that of the release before
    size: int = 0  # bytes of the record
    findings: tuple[Finding, ...] = ()

    @property
    def known(self) -> KnownRecord:
        """What is to be known of the record if it is met again."""
        return self.uid, self.auteur, self.legislature, self.last_day, self.waits


@dataclass(frozen=True, slots=True)
class PartitionRecords:
    """The records of one partition: the questions of 32 neighbouring numbers, `17-QE-00012`.

    Of 128 numbers those that wait for an answer are a partition apart, `17-QE-00012.attente`: what
    is said of them changes from day to day, of the others hardly ever.
    """

    name: str
    questions: list[tuple[IntakeRecord, ...]]  # the records of each question


def intake_record(read: ReadOutcome, size: int = 0) -> IntakeRecord:
    """Return what the first pass needs of a record that was read, of so many bytes."""
    found = IntakeRecord(read.path, read.name, read.line, read.sha256, findings=read.findings)
    if not read.reading:
        return found
    q = read.reading.question
    return replace(
        found,
        uid=q.uid,
        auteur=q.auteur.acteur_ref,
        legislature=q.legislature,
        last_day=latest_day(q),
        waits=q.attend,
        pickled=pickle.dumps(read),
        size=size,
    )


@dataclass(frozen=True)
class RecordReader:
    """What a process needs to read records."""

    site: OutputTree | None = None  # that keeps the bytes of the records, if any does
    known_records: Mapping[RecordKey, KnownRecord] = field(default_factory=dict)

    def read(self, batch: list[Record]) -> list[IntakeRecord]:
        """Return what was read of some records; those that could be are kept by their hash."""
        return [self._read_one(record) for record in batch]

    def _read_one(self, record: Record) -> IntakeRecord:
        found = self._known_record(record) or intake_record(read_outcome(record), len(record.data))
        if self.site and not found.findings:
            self.site.write(source_path(found.sha256), record.data)
        return found

    def _known_record(self, record: Record) -> IntakeRecord | None:
        """Return what is known of a record, if these very bytes were read for the release before.

        They are read again only if something else of their partition is new.
        """
        if not self.known_records or record.fault:
            return None
        sha256 = hashlib.sha256(record.data).hexdigest()
        known = self.known_records.get((record.name, sha256))
        size = len(record.data)
        return known and IntakeRecord(
            record.path, record.name, record.line, sha256, *known, size=size
        )


def read_records(
    records: Iterable[Record], reader: RecordReader, jobs: int
) -> Iterator[tuple[Record, IntakeRecord]]:
    """Yield each record with what was read of it, in order."""
    grouped = batches(records, BATCH, lambda record: len(record.data), BATCH_BYTES)
    for batch, found in ordered(reader.read, grouped, jobs):
        yield from zip(batch, found, strict=True)


def outcome_of(record: IntakeRecord, data: bytes = b"") -> ReadOutcome:
    """Return the reading of a record; `data` are its bytes where the reading is not at hand."""
    if record.pickled:
        read: ReadOutcome = pickle.loads(record.pickled)
        return read
    return read_outcome(Record(record.path, record.name, data, line=record.line))


@dataclass(slots=True)
class RecordFacts:
    """The facts of some records; those of other records may be joined."""

    record_counts: dict[str, int] = field(default_factory=dict)  # input → number of records
    auteurs: set[str] = field(default_factory=set)  # acteurRefs of all authors
    data_until: dict[int, date] = field(default_factory=dict)  # legislature → latest day stated

    def add(self, record: IntakeRecord) -> "RecordFacts":
        """Add the facts of one record; return self, as a reduction of Spark asks for."""
        name = input_of(record.name)
        self.record_counts[name] = self.record_counts.get(name, 0) + 1
        if record.auteur:
            self.auteurs.add(record.auteur)
        if record.last_day:
            self._extend(record.legislature, record.last_day)
        return self

    def join(self, other: "RecordFacts") -> "RecordFacts":
        """Add the facts of other records; return self."""
        for name, count in other.record_counts.items():
            self.record_counts[name] = self.record_counts.get(name, 0) + count
        self.auteurs |= other.auteurs
        for legislature, day in other.data_until.items():
            self._extend(legislature, day)
        return self

    def _extend(self, legislature: int, day: date) -> None:
        self.data_until[legislature] = max(self.data_until.get(legislature, day), day)


def input_of(name: str) -> str:
    """Return the input that a record was read from: the first part of its name.

    >>> input_of("data.zip/17/1.json"), input_of("lines.jsonl#12")
    ('data.zip', 'lines.jsonl')
    """
    return name.split("/")[0].split("#")[0]


class Intake:
    """The records of all questions, laid aside in a file until all are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[str, list[int]] = {}  # uid → where its records are in the file
        self._ended: set[str] = set()  # questions of which a record tells the end
        self.facts = RecordFacts()  # who wrote them, up to when they go

    def add(self, record: IntakeRecord) -> None:
        """Lay aside one record that could be read."""
        self._places.setdefault(record.uid, []).append(self._file.tell())
        if not record.waits:
            self._ended.add(record.uid)
        self.facts.add(record)
        pickle.dump(record, self._file)

    def partitions(self) -> Iterator[PartitionRecords]:
        """Yield the questions, partition by partition; only after all records were laid aside.

        Where records are long, the questions of one range of numbers are several partitions.
        """
        ordered = sorted(self._places, key=self._sort_key)
        for name, uids in groupby(ordered, key=self._name):
            records = map(self._records, uids)
            parts = batches(records, NUMBERS_PER_RANGE, total_size, BATCH_BYTES)
            for part, some in enumerate(parts):
                yield PartitionRecords(f"{name}.{part}" if part else name, some)

    def _sort_key(self, uid: str) -> tuple[Any, ...]:
        legislature, type_, numero = split_uid(uid)
        return legislature, type_, numero // NUMBERS_PER_RANGE, uid not in self._ended, numero

    def _name(self, uid: str) -> str:
        legislature, type_, numero = split_uid(uid)
        if uid in self._ended:
            return f"{legislature}-{type_}-{numero // NUMBERS_PER_PARTITION:05d}"
        first = numero // NUMBERS_PER_RANGE * NUMBERS_PER_RANGE
        return f"{legislature}-{type_}-{first // NUMBERS_PER_PARTITION:05d}{WAITING}"

    def _records(self, uid: str) -> tuple[IntakeRecord, ...]:
        return tuple(self._load(place) for place in self._places[uid])

    def _load(self, place: int) -> IntakeRecord:
        self._file.seek(place)
        found: IntakeRecord = pickle.load(self._file)
        return found


def total_size(records: Iterable[IntakeRecord]) -> int:
    """Return how many bytes some records have."""
    return sum(record.size for record in records)


def range_of(name: str) -> tuple[str, int]:
    """Return the range of numbers that a partition belongs to, by its name.

    >>> range_of("17-QE-00013.1") == range_of("17-QE-00012.attente")
    True
    """
    kind, _, rest = name.rpartition("-")
    return kind, int(rest.partition(".")[0]) * NUMBERS_PER_PARTITION // NUMBERS_PER_RANGE
