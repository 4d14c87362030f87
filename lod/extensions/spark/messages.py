"""Messages between partitions, by kind and name: all about the same thing meet in one partition."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from lod.base.inputs import Chunk
from lod.pipeline.reading.intake import IntakeRecord
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.validation.shapes import USUAL, Result
from lod.rdf.iris import Iris

Place = tuple[int | str, ...]  # legislature, type and number of a question, then a place in it
# place of the question, () if the record cannot be read; number of the chunk, number in the chunk
RecordKey = tuple[Place, tuple[int, int]]
KeyedRecord = tuple[RecordKey, IntakeRecord]
# ((kind, name, place), content); of several with the same kind and name, the first place counts
Message = tuple[tuple[str, str, Place], Any]
BUILD_REPORT = "report"  # the counts of a task
CELL = "cell"  # CellCount of the statistics, named by its key
FILE = "file"  # TaskFile that was written
RAPPEL = "rappel"  # line that recalls the question in its name; at place (): that is published
REFERENCE = "reference"  # no content; named by a line about what questions refer to
REJECTION = "rejection"  # named by the chunk of the record, at its number there
REPONSE = "reponse"  # StatedDocument of an answer, named by its IRI
VIOLATION = "violation"  # Result about what questions refer to


@dataclass(frozen=True, slots=True)
class JobContext:
    """What every task gets."""

    folder: Path  # where the job writes
    iris: Iris
    tables: ReferenceData
    chunks: tuple[Chunk, ...]  # of all inputs
    engine: str = USUAL  # of SHACL


@dataclass(frozen=True, slots=True)
class StatedDocument:
    """The document of a question or of an answer, as one question states it."""

    lines: bytes  # N-Triples
    results: tuple[Result, ...]  # of SHACL, about its nodes
    focus_nodes: Counter[str]  # shape → number


@dataclass(frozen=True, slots=True)
class TaskFile:
    name: str  # path below the folder of the job
    size: int  # bytes
    sha256: str


def by_question(key: RecordKey) -> int:
    """Return a hash that is the same for all records of a question."""
    question, place = key
    return crc32(repr(question or place).encode())


def by_name(key: tuple[str, str, Place]) -> int:
    """Return a hash that is the same for all messages of one kind and name."""
    kind, name, _ = key
    return crc32(f"{kind} {name}".encode())
