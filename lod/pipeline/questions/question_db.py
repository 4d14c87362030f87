"""The file `questions.db` of a release: the memo of every question, and its records as they came.

Its tables are in `question_db.sql`; it is written once, in the order of the questions, so that the
same questions give the same bytes.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson

from lod.base.durable import read_only
from lod.base.errors import LodError
from lod.base.in_hand import each
from lod.base.packing import DAMAGED, Codec, crc32, unpack
from lod.model.question import Question
from lod.pipeline.questions.question_memo import (
    QUESTION,
    SUMMARY,
    TEXTS,
    DocumentText,
    QuestionFacts,
    QuestionMemo,
    QuestionSummary,
    Subjects,
)
from lod.rdf.jsonld import compact
from lod.rdf.vocab import QP

QUESTIONS_FILE = "questions.db"
REMAINDER = "reste.nt"  # in a release: what questions refer to, as N-Triples
SCHEMA = Path(__file__).with_suffix(".sql")
MADE_WITH = "fait avec"  # property: hash of what questions are made with besides records
TOGETHER = 512  # records that are written at once
PIECE = 1024  # questions loaded into a store at once; its memory grows with the piece
ANEW = "remove the release, and build it anew"
COPY_SOURCES = """
INSERT OR IGNORE INTO source SELECT source.* FROM json_each(?) CROSS JOIN before.source AS source
ON sha256 = value ORDER BY key
"""
NOT_COPIED = """
SELECT count(*) FROM json_each(?) LEFT JOIN source ON sha256 = value WHERE sha256 IS NULL
"""
T = TypeVar("T")
Values = Sequence[object]  # of a query
IN_CHARGE = compact(QP.ministereAttributaire.value)  # role of the ministry that has to answer
IN_PORTFOLIO = "portefeuille"  # role of a portfolio in the questions of its ministries
# in the order of the table: a third of the time
SORT_SUBJECTS = "INSERT OR IGNORE INTO sujet SELECT * FROM sujet_lu ORDER BY entite, role, rang"
COPY_TO_PORTFOLIO = f"""
INSERT OR IGNORE INTO sujet
SELECT ?2, '{IN_PORTFOLIO}', rang FROM sujet WHERE entite = ?1 AND role = '{IN_CHARGE}'
"""
FACT_COLUMNS = ", ".join(QuestionFacts._fields)
CHANGED = """
SELECT uid FROM question AS here FULL JOIN earlier.question AS there USING (uid)
WHERE here.etat IS NOT there.etat ORDER BY uid
"""


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question of a release, whose parts are unpacked when they are asked for."""

    rank: int  # its place among all, from 1
    uid: str
    key: bytes
    day: str | None  # as in `QuestionMemo`
    stated_before: tuple[str, ...]  # its answers that an earlier question states
    packed: tuple[bytes, bytes, bytes]  # summary, question, texts

    @property
    def summary(self) -> QuestionSummary:
        """What the rest of a build adds up; raises LodError if it is damaged."""
        return self._unpacked(SUMMARY, self.packed[0])

    @property
    def question(self) -> Question:
        """The question itself; raises LodError if it is damaged."""
        return self._unpacked(QUESTION, self.packed[1])

    @property
    def texts(self) -> tuple[DocumentText, ...]:
        """Its documents, its own first; raises LodError if it is damaged."""
        return self._unpacked(TEXTS, self.packed[2])

    def _unpacked(self, codec: Codec[T], packed: bytes) -> T:
        try:
            return codec.unpack(packed)
        except DAMAGED as error:
            wrong = f"{QUESTIONS_FILE}: what it has of {self.uid} is damaged"
            raise LodError(f"{wrong}; {ANEW}") from error

    @property
    def nt(self) -> bytes:
        """What it states, and no earlier one, as N-Triples."""
        return b"".join(text.nt for text in self.texts if text.iri not in self.stated_before)


class Waiting(NamedTuple):
    """A question whose status follows the data: nearly always, it waits."""

    iri: str
    legislature: int
    statut: str  # IRI
    day: str  # of that status


class KnownRecord(NamedTuple):
    """What is to be known of a record that was published, if it is met again."""

    uid: str
    auteur: str | None  # reference of the person
    legislature: int
    last_day: date | None  # the latest that it names


class NamedRecord(NamedTuple):
    """A record that is published."""

    name: str
    sha256: str
    packed: bytes  # its bytes; empty if the release before has them
    known: KnownRecord

    @property
    def row(self) -> Values:
        """What is known of it, as it is kept, but for the sum."""
        *known, day = self.known
        return self.name, self.sha256, *known, day and day.isoformat()


class QuestionWriter(AbstractContextManager["QuestionWriter"]):
    """Writes the file of a release, question by question in their order; `before` are those of the
    release before, which has the bytes of records that have not changed.
    """

    def __init__(
        self, release: Path, made_with: str, before: "PublishedQuestions | None" = None
    ) -> None:
        file = (release / QUESTIONS_FILE).absolute().as_uri()
        self._disk = sqlite3.connect(file, uri=True, isolation_level=None)
        self._disk.executescript(SCHEMA.read_text("utf-8"))
        self._before = before.path if before else None
        if before:
            with suppress(sqlite3.Error):  # a damaged file: no record is known to be there
                self._disk.execute("ATTACH ? AS before", (read_only(before.path),))
        self._disk.execute("BEGIN")
        self._disk.execute("INSERT INTO propriete VALUES (?, ?)", (MADE_WITH, made_with))
        self._records: list[NamedRecord] = []  # that are still to be written
        self._portfolios: list[tuple[str, str]] = []
        self.count = 0  # questions

    def __exit__(self, kind: object, *exc: object) -> None:
        with closing(self._disk):
            if kind is None:
                self._write_records()
                self._disk.execute(SORT_SUBJECTS)
                self._disk.executemany(COPY_TO_PORTFOLIO, self._portfolios)
                self._disk.execute("COMMIT")

    def add(
        self, memo: QuestionMemo, subjects: Subjects, stated_before: Sequence[str], state: bytes
    ) -> None:
        """Write a question after those before it; `state` is the digest of its state."""
        self.count += 1
        head = (self.count, memo.uid, memo.key, memo.day, state, " ".join(stated_before))
        packed = memo.summary, memo.question, memo.texts
        self._insert("question", *head, memo.summary, crc32(*packed))
        self._insert("fait", self.count, *memo.facts)
        for role, iri in subjects:
            self._insert("sujet_lu", iri, compact(role), self.count)
        self._insert("contenu", self.count, memo.question, memo.texts)

    def _insert(self, table: str, *row: object) -> None:
        marks = ", ".join("?" * len(row))
        self._disk.execute(f"INSERT INTO {table} VALUES ({marks})", row)

    def add_record(self, record: NamedRecord) -> None:
        """Write a record and its bytes, copied if the release before has them; raise LodError if it
        no longer has them.
        """
        self._records.append(record)
        if len(self._records) == TOGETHER:  # so that the same come together in each build
            self._write_records()

    def _write_records(self) -> None:
        for is_new, records in groupby(self._records, lambda record: bool(record.packed)):
            if is_new:
                rows = ((r.sha256, r.packed, crc32(r.packed)) for r in records)
                self._disk.executemany("INSERT OR IGNORE INTO source VALUES (?, ?, ?)", rows)
            else:
                self._copy_sources([record.sha256 for record in records])
        known = (record.row for record in self._records)
        text = "INSERT OR IGNORE INTO enregistrement VALUES (?, ?, ?, ?, ?, ?, ?)"
        self._disk.executemany(text, ((*row, sum_of(row)) for row in known))
        self._records.clear()

    def _copy_sources(self, hashes: list[str]) -> None:
        asked = (orjson.dumps(hashes).decode(),)
        try:
            self._disk.execute(COPY_SOURCES, asked)
            [[missing]] = self._disk.execute(NOT_COPIED, asked)
        except sqlite3.Error as error:
            raise LodError(f"{self._before}: it is damaged ({error}); {ANEW}") from error
        if missing:
            raise LodError(f"{self._before}: it no longer has {missing} records; {ANEW}")

    def add_portfolios(self, portfolios: Iterable[tuple[str, str]]) -> None:
        """List the questions of ministries under portfolios; pairs are ministry, portfolio."""
        self._portfolios += portfolios


def sum_of(values: Values) -> int:
    """Return a checksum of these values, which shows damage of the disk."""
    return crc32(repr(values).encode())


@dataclass(frozen=True, slots=True)
class PublishedQuestions:
    """The questions of a finished file, which any process may ask; each answer opens it anew."""

    release: Path

    @property
    def path(self) -> Path:
        return self.release / QUESTIONS_FILE

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file, which nobody changes any more, for as long as it is asked."""
        with closing(sqlite3.connect(read_only(self.path), uri=True, isolation_level=None)) as disk:
            yield disk

    def count(self) -> int:
        [[number]] = self.rows("SELECT count(*) FROM question")
        return int(number)

    def questions(self, first: int = 1, last: int = 2**62) -> Iterator[StoredQuestion]:
        """Yield the questions of some ranks, in order."""
        return self._stored("rang BETWEEN ? AND ?", [(first, last)])

    def uids(self, first: int = 1, last: int = 2**62) -> Iterator[tuple[int, str]]:
        """Yield rank and identifier of the questions of some ranks, in order."""
        text = "SELECT rang, uid FROM question WHERE rang BETWEEN ? AND ? ORDER BY rang"
        return self.rows(text, first, last)

    def waiting(self) -> Iterator[Waiting]:
        """Yield the questions whose status follows the data, in order, if they have one."""
        text = "SELECT iri, legislature, statut, jour FROM question JOIN fait USING (rang)"
        yield from map(Waiting._make, self.rows(f"{text} WHERE jour > '' ORDER BY rang"))

    def has(self, uid: str) -> bool:
        return any(self.rows("SELECT 1 FROM question WHERE uid = ?", uid))

    def of_uid(self, uid: str) -> StoredQuestion | None:
        """Return a question; None if it is not published."""
        return next(self.of_uids([uid]), None)

    def of_uids(self, uids: Iterable[str]) -> Iterator[StoredQuestion]:
        """Yield the questions with some uids, in their order, as far as they are published."""
        return self._stored("uid = ?", ((uid,) for uid in uids))

    def of_ranks(self, ranks: Iterable[int]) -> Iterator[StoredQuestion]:
        """Yield the questions of some ranks, in their order."""
        return self._stored("rang = ?", ((rank,) for rank in ranks))

    def states(self) -> dict[str, bytes]:
        """Return uid → digest of the state of each question, in order."""
        return dict(self.rows("SELECT uid, etat FROM question ORDER BY rang"))

    def ntriples(self) -> Iterator[bytes]:
        """Yield all triples, in pieces of whole lines."""
        for _, questions in groupby(self.questions(), key=lambda question: question.rank // PIECE):
            yield b"".join(question.nt for question in questions)
        yield self.remainder()

    def remainder(self) -> bytes:
        """Return what the questions refer to, as N-Triples."""
        return (self.release / REMAINDER).read_bytes()

    def source(self, sha256: str) -> bytes | None:
        """Return the bytes of a record; None if there is none with that hash."""
        rows = self.rows("SELECT octets FROM source WHERE sha256 = ?", sha256)
        return next((unpack(data) for (data,) in rows), None)

    def sources(self) -> Iterator[tuple[str, bytes]]:
        for sha256, data in self.rows("SELECT sha256, octets FROM source ORDER BY sha256"):
            yield sha256, unpack(data)

    def changed_since(self, earlier: "PublishedQuestions") -> list[str]:
        """Return the uids of the questions whose state differs from that in an earlier release, of
        new ones, and of those that are gone.
        """
        with self.connected() as disk:
            disk.execute("ATTACH ? AS earlier", (read_only(earlier.path),))
            return [uid for (uid,) in disk.execute(CHANGED)]

    def _stored(self, where: str, values: Iterable[Values]) -> Iterator[StoredQuestion]:
        columns = "rang, uid, cle, jour, deja, resume, question, textes"
        tables = f"question JOIN contenu USING (rang) WHERE {where} ORDER BY rang"
        rows = each(self._rows(f"SELECT {columns} FROM {tables}", values), lambda row: str(row[1]))
        for rank, uid, key, day, before, *packed in rows:
            yield StoredQuestion(rank, uid, key, day, tuple(before.split()), tuple(packed))

    def rows(self, text: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query."""
        return self._rows(text, [values])

    def named_rows(self, text: str, *values: object) -> Iterator[dict[str, str]]:
        """Yield column → text of each row of a query."""
        with self.connected() as disk:
            rows = disk.execute(text, values)
            names = [name for name, *_ in rows.description]
            for row in rows:
                yield dict(zip(names, map(str, row), strict=True))

    def _rows(self, text: str, values: Iterable[Values]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, which is run for each of the values in turn."""
        with self.connected() as disk:
            for parameters in values:
                yield from disk.execute(text, parameters)
