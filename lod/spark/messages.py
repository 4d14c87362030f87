"""What partitions tell each other: by kind and name, so that all that is about one thing meets."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from lod.pipeline.intake import IntakeRecord
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.validation.validate import FAST, Result
from lod.rdf.iris import Iris
from lod.sources.forms import Chunk

Place = tuple[int | str, ...]  # of a question: legislature, type, number; and further in
RecordKey = tuple[
    Place, tuple[int, int]
]  # of a record: () if it cannot be read; piece, number in it
KeyedRecord = tuple[RecordKey, IntakeRecord]
Message = tuple[tuple[str, str, Place], Any]  # by kind, name and place; the earliest place counts
BUILD_REPORT = "bilan"  # what was counted
CELL = "cellule"  # of the statistics
FILE = "fichier"  # that was written
RAPPEL = "rappel"  # of a question, by others; without a place: it is published
REFERENCE = "reference"  # a triple about what questions refer to, by its line
REFUSAL = "refus"  # a result of SHACL that refuses
REJECTION = "rejet"  # a record that is not published, by the piece that has it
REPONSE = "reponse"  # an answer, by its IRI


@dataclass(frozen=True, slots=True)
class JobContext:
    """What every task is given: where to write, how IRIs begin, the tables, what is read; and what
    validates.
    """

    folder: Path
    iris: Iris
    tables: ReferenceData
    chunks: tuple[Chunk, ...]
    engine: str = FAST


@dataclass(frozen=True, slots=True)
class StatedDocument:
    """A document that several questions may state: N-Triples, results, nodes looked at."""

    lines: bytes
    results: tuple[Result, ...]
    focus_nodes: Counter[str]


@dataclass(frozen=True, slots=True)
class TaskFile:
    """A file that a task wrote: name in the folder, bytes, SHA-256."""

    name: str
    size: int
    sha256: str


def by_question(key: RecordKey) -> int:
    """Return where a record goes: with those of its question, or anywhere."""
    question, place = key
    return crc32(repr(question or place).encode())


def by_name(key: tuple[str, str, Place]) -> int:
    """Return where a message goes: with those of its kind and name."""
    kind, name, _ = key
    return crc32(f"{kind} {name}".encode())
