"""Records as read, laid aside in a file by the question that they are about; and the room that a
release of them will take on the disk.

In memory stays where the records of each question are; the questions come out in the order of
their legislatures, types and numbers, so that nothing published depends on the order of the input.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import IO, NamedTuple

from lod.base.errors import LodError, Remark
from lod.base.inputs import Record, archive_of
from lod.base.packing import Codec, pack, unpack
from lod.base.parallel import batches, unless_known
from lod.model.identifiers import split_uid
from lod.pipeline.questions.previous import NO_PREVIOUS, Previous
from lod.pipeline.questions.question_db import ANEW, KnownRecord, NamedRecord
from lod.pipeline.reading.reference_data import Archive, ReferenceData, Review, unmatched
from lod.rdf.deadlines import stops_before
from lod.reference.tables import latest_day, legislature_end
from lod.sources.forms import ReadRecord, read_record

BATCH = 250  # records read at once, or fewer long ones
BATCH_BYTES = 8 * 1024 * 1024  # of records in one batch: long ones come alone
READ_RECORD = Codec(ReadRecord)
NOTHING_REVIEWED = Review()
# of fewer questions of a legislature, nobody can tell that one of them is far ahead of all others
ENOUGH_TO_COMPARE = 20
# measured with 479, 5,000 and 24,000 records. Bytes for a new record: a constant and a multiple of
# its size; for one that the release before has published, whose store is shared; for any release
OCTETS_NEW, TIMES_ITS_SIZE, OCTETS_KNOWN, OCTETS_AT_ALL = 38_000, 4, 20_000, 50_000_000


class IntakeRecord(NamedTuple):
    """What the first pass needs of a record: its reading, or why it could not be read."""

    path: str  # as the person gave it
    name: str  # as it may be published: it begins at the input
    line: int  # where it begins in its file, counted from 1
    sha256: str  # of its bytes
    uid: str = ""
    auteur: str | None = None  # reference of the person
    legislature: int = 0
    last_day: date | None = None  # the latest that it names
    size: int = 0  # bytes of the record
    reading: bytes = b""  # the reading; empty if the release before has published the record
    source: bytes = b""  # its bytes, packed; empty too if they are not kept
    reasons: tuple[Remark, ...] = ()

    @property
    def named(self) -> NamedRecord:
        """The record as it is kept, with what is to be known of it if it is met again."""
        known = KnownRecord(self.uid, self.auteur, self.legislature, self.last_day)
        return NamedRecord(self.name, self.sha256, self.source, known)


RECORD = Codec(IntakeRecord)


def intake_record(read: ReadRecord, size: int = 0, data: bytes = b"") -> IntakeRecord:
    """Return what the first pass needs of a record; `data` are its bytes, if they are kept."""
    unread = IntakeRecord(read.path, read.name, read.line, read.sha256, reasons=read.reasons)
    if not read.reading:
        return unread
    q = read.reading.question
    return unread._replace(
        uid=q.uid,
        auteur=q.auteur.acteur_ref,
        legislature=q.legislature,
        last_day=latest_day(q),
        size=size,
        reading=READ_RECORD.encode(read),
        source=pack(data) if data else b"",
    )


@dataclass(frozen=True)
class RecordReader:
    """What a process needs to read records."""

    previous: Previous = NO_PREVIOUS  # what it published of the very same bytes is not read again
    keeps_bytes: bool = False  # of the records that it reads

    def read(self, batch: list[Record]) -> list[IntakeRecord]:
        return [
            intake_record(
                read_record(record), len(record.data), record.data if self.keeps_bytes else b""
            )
            for record in batch
        ]

    def known(self, record: Record) -> IntakeRecord | None:
        """Return what is known of a record, if these very bytes were published before.

        They are read again only if something else of their question is new.
        """
        if self.previous.folder is None or record.fault:
            return None
        sha256 = hashlib.sha256(record.data).hexdigest()
        known = self.previous.known_record(record.name, sha256)
        unread = IntakeRecord(record.path, record.name, record.line, sha256, size=len(record.data))
        return known and unread._replace(**known._asdict())


def read_records(
    records: Iterable[Record], reader: RecordReader, jobs: int
) -> Iterator[tuple[Record, IntakeRecord]]:
    """Yield each record with what was read of it, in order."""
    grouped = batches(records, BATCH, lambda record: len(record.data), BATCH_BYTES)
    return unless_known(reader.known, reader.read, grouped, jobs)


def read_again(record: IntakeRecord, previous: Previous = NO_PREVIOUS) -> ReadRecord:
    """Return the reading of a record; a known record is read again, from its bytes."""
    if record.reading:
        return READ_RECORD.decode(record.reading)
    data = bytes_of(record, previous)
    return read_record(Record(record.path, record.name, data, line=record.line))


def bytes_of(record: IntakeRecord, previous: Previous) -> bytes:
    """Return the bytes of a record; raise LodError if the release before no longer has them."""
    packed = record.source or previous.source(record.sha256)
    if packed is None:
        wrong = f"{previous.folder}: it no longer has the record {record.name}"
        raise LodError(f"{wrong}; {ANEW}")
    return unpack(packed)


@dataclass(slots=True)
class RecordFacts:
    """Counts, authors and latest days of some records, of which misprints may be left out."""

    record_counts: dict[str, int] = field(default_factory=dict)  # input → number of records
    auteurs: set[str] = field(default_factory=set)  # acteurRefs of all authors
    # archive → latest day of a record → the uids of those that have it
    days: dict[Archive, dict[date, list[str]]] = field(default_factory=dict)
    # uid → its day, which does not count: it is too long after those of all others
    ahead: dict[str, date] = field(default_factory=dict)

    def add(self, record: IntakeRecord) -> "RecordFacts":
        """Add the facts of one record; return self, as a reduction of Spark asks for."""
        name = input_of(record.name)
        self.record_counts[name] = self.record_counts.get(name, 0) + 1
        if record.auteur:
            self.auteurs.add(record.auteur)
        self.add_day(record)
        return self

    def add_day(self, record: IntakeRecord) -> None:
        """Add the last day of a record, if it states one."""
        if record.last_day:
            archive = archive_of(record.name), record.legislature, split_uid(record.uid)[1]
            days = self.days.setdefault(archive, {})
            days.setdefault(record.last_day, []).append(record.uid)

    def join(self, other: "RecordFacts") -> "RecordFacts":
        """Add the facts of other records; return self."""
        for name, count in other.record_counts.items():
            self.record_counts[name] = self.record_counts.get(name, 0) + count
        self.auteurs |= other.auteurs
        for archive, days in other.days.items():
            for day, uids in days.items():
                self.days.setdefault(archive, {}).setdefault(day, []).extend(uids)
        return self

    def newest(self, most: int) -> set[str]:
        """Return the uids of the `most` records of each archive that have the latest days."""
        newest = set[str]()
        for days in self.days.values():
            uids = chain.from_iterable(sorted(days[day]) for day in sorted(days, reverse=True))
            newest.update(islice(uids, most))
        return newest

    def leave_out(self, refused: Collection[str]) -> None:
        """Forget the days of questions that are not published."""
        for archive, days in self.days.items():
            kept = {day: [uid for uid in uids if uid not in refused] for day, uids in days.items()}
            self.days[archive] = {day: uids for day, uids in kept.items() if uids}

    def leave_out_misprints(self) -> None:
        """Drop dates that are misprints: a last day of an open legislature that one question alone
        has, further from the day before it than the longest recess.
        """
        by_legislature: dict[int, dict[date, set[str]]] = {}
        for (_, legislature, _), days in self.days.items():
            if legislature_end(legislature):
                continue
            known = by_legislature.setdefault(legislature, {})
            for day, uids in days.items():
                known.setdefault(day, set()).update(uids)
        for known in by_legislature.values():
            if len(set().union(*known.values())) < ENOUGH_TO_COMPARE:
                continue
            for before, day in reversed([*pairwise(sorted(known))]):
                if len(known[day]) > 1 or not stops_before(day, before):
                    break
                self.ahead |= dict.fromkeys(known[day], day)
        self.leave_out(self.ahead)

    def dated(self, tables: ReferenceData) -> ReferenceData:
        """Return the tables with the days up to which the records go."""
        archives_until = {archive: max(days) for archive, days in self.days.items() if days}
        data_until: dict[int, date] = {}
        for (_, legislature, _), day in archives_until.items():
            data_until[legislature] = max(data_until.get(legislature, day), day)
        return replace(tables, data_until=data_until, archives_until=archives_until)


def input_of(name: str) -> str:
    """Return the input that a record was read from: the first part of its name.

    >>> input_of("data.zip/17/1.json"), input_of("lines.jsonl#12")
    ('data.zip', 'lines.jsonl')
    """
    return name.split("/")[0].split("#")[0]


class Intake:
    """The records of all questions, laid aside in a file until all are read."""

    def __init__(self, file: IO[bytes], review: Review = NOTHING_REVIEWED) -> None:
        self._file, self._review = file, review
        self._places: dict[str, list[tuple[int, int]]] = {}  # uid → offsets, lengths in the file
        # without the days of questions that are withheld, or corrected: they may be misprints
        self.facts = RecordFacts()

    def add(self, record: IntakeRecord) -> None:
        """Lay aside one record that could be read."""
        data = RECORD.encode(record)
        self._places.setdefault(record.uid, []).append((self._file.tell(), len(data)))
        self._file.write(data)
        is_reviewed = record.uid in self._review.withheld or record.uid in self._review.corrections
        self.facts.add(record._replace(last_day=None) if is_reviewed else record)

    def questions(self) -> Iterator[tuple[IntakeRecord, ...]]:
        """Yield the records of each question; only after all records were laid aside."""
        for uid in sorted(self._places, key=split_uid):
            yield self.records(uid)

    def unmatched(self) -> Iterator[Remark]:
        """Yield the reviewed rows whose uid no record has; only after all were laid aside."""
        return unmatched(self._review, self._places)

    def corrected(self) -> Iterator[tuple[IntakeRecord, ...]]:
        """Yield the records of each question that is corrected, and not withheld."""
        for uid in self._review.corrections:
            if uid in self._places and uid not in self._review.withheld:
                yield self.records(uid)

    def records(self, uid: str) -> tuple[IntakeRecord, ...]:
        return tuple(map(self._load, self._places[uid]))

    def _load(self, place: tuple[int, int]) -> IntakeRecord:
        offset, length = place
        self._file.seek(offset)
        return RECORD.decode(self._file.read(length))


@dataclass(slots=True)
class Room:
    """The bytes that a release takes on the disk."""

    octets: int = OCTETS_AT_ALL

    def add(self, record: IntakeRecord) -> None:
        """Take in a record that will be published."""
        if record.reading:
            self.octets += OCTETS_NEW + TIMES_ITS_SIZE * record.size
        else:
            self.octets += OCTETS_KNOWN

    def check(self, folder: Path) -> str:
        """Say what is needed; raise LodError if the disk of a folder has less."""
        disk = os.statvfs(folder)
        free, needed = disk.f_bavail * disk.f_frsize, f"about {self.octets / 1e6:,.0f} MB"
        if free < self.octets:
            wrong = f"{folder.parent}: this release needs {needed}, {free / 1e6:,.0f} MB are free"
            raise LodError(f"{wrong}; free some, or build on another disk")
        return needed
