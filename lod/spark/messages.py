"""What partitions tell each other: by kind and name, so that all that is about one thing meets."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from lod.pipeline.intake import Lue
from lod.pipeline.reference_data import Tables
from lod.pipeline.validation.validate import FAST, Result
from lod.rdf.iris import Iris
from lod.sources.forms import Morceau

Place = tuple[int | str, ...]  # of a question: legislature, type, number; and further in
Cle = tuple[Place, tuple[int, int]]  # of a record: () if it cannot be read; piece, number in it
Lu = tuple[Cle, Lue]
Envoi = tuple[tuple[str, str, Place], Any]  # by kind, name and place; the earliest place counts
BILAN = "bilan"  # what was counted
CELLULE = "cellule"  # of the statistics
FICHIER = "fichier"  # that was written
RAPPEL = "rappel"  # of a question, by others; without a place: it is published
REFERENCE = "reference"  # a triple about what questions refer to, by its line
REFUS = "refus"  # a result of SHACL that refuses
REJET = "rejet"  # a record that is not published, by the piece that has it
REPONSE = "reponse"  # an answer, by its IRI


@dataclass(frozen=True, slots=True)
class Chantier:
    """What every task is given: where to write, how IRIs begin, the tables, what is read; and what
    validates.
    """

    folder: Path
    iris: Iris
    tables: Tables
    morceaux: tuple[Morceau, ...]
    engine: str = FAST


@dataclass(frozen=True, slots=True)
class Redaction:
    """A document that several questions may state: N-Triples, results, nodes looked at."""

    lines: bytes
    results: tuple[Result, ...]
    foyers: Counter[str]


@dataclass(frozen=True, slots=True)
class Fichier:
    """A file that a task wrote: name in the folder, bytes, SHA-256."""

    nom: str
    octets: int
    sha256: str


def by_question(key: Cle) -> int:
    """Return where a record goes: with those of its question, or anywhere."""
    question, place = key
    return crc32(repr(question or place).encode())


def by_name(key: tuple[str, str, Place]) -> int:
    """Return where a message goes: with those of its kind and name."""
    kind, name, _ = key
    return crc32(f"{kind} {name}".encode())
