"""Records as read, laid aside in a file by the question that they are about.

In memory stays where the records of each question are; the questions come out in the order of
their legislatures, types and numbers, so that nothing published depends on the order of the input.
"""

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import IO

from lod.convert import dernier_jour
from lod.errors import Finding
from lod.iris import source_path
from lod.parallel import batches, ordered
from lod.site import Site
from lod.sources import Lecture, Record, lecture
from lod.sources.reading import split_uid
from lod.valeurs import compacte

BATCH = 250  # records read at once, or fewer long ones
BATCH_BYTES = 8 * 1024 * 1024  # of records in one batch: long ones come alone
TAILLE = 32  # numbers of questions in one tranche

Connue = tuple[str, str | None, int, date | None]  # of a Lue: uid, auteur, legislature, jour


@compacte
@dataclass(frozen=True, slots=True)
class Lue:
    """What the first pass needs of a record: where it came from, what it is about, and the reading
    itself, pickled; or why it could not be read.

    `pickled` is empty where the reading is known to be that of the release before.
    """

    path: str
    nom: str
    line: int
    sha256: str
    uid: str = ""
    auteur: str | None = None  # reference of the person
    legislature: int = 0
    jour: date | None = None  # the latest that it names
    pickled: bytes = b""
    longueur: int = 0  # bytes of the record
    findings: tuple[Finding, ...] = ()

    @property
    def connue(self) -> Connue:
        """What is to be known of the record if it is met again."""
        return self.uid, self.auteur, self.legislature, self.jour


@dataclass(frozen=True, slots=True)
class Tranche:
    """The questions of neighbouring numbers, each with its records: `17-QE-0012`."""

    nom: str
    questions: list[tuple[Lue, ...]]


def lue(read: Lecture, longueur: int = 0) -> Lue:
    """Return what the first pass needs of a record that was read, of so many bytes."""
    place = (read.path, read.nom, read.line, read.sha256)
    if not read.reading:
        return Lue(*place, findings=read.findings)
    q = read.reading.question
    about = (q.uid, q.auteur.acteur_ref, q.legislature, dernier_jour(q))
    return Lue(*place, *about, pickle.dumps(read), longueur)


@dataclass(frozen=True)
class Lecteur:
    """What a process needs to read records: the site that keeps their bytes, if any does, and what
    is known of them from the release before, by their hashes.
    """

    site: Site | None = None
    connues: Mapping[str, Connue] = field(default_factory=dict)

    def lire(self, batch: list[Record]) -> list[Lue]:
        """Return what was read of some records; those that could be are kept by their hash."""
        return [self._lire(record) for record in batch]

    def _lire(self, record: Record) -> Lue:
        found = self._connue(record) or lue(lecture(record), len(record.data))
        if self.site and not found.findings:
            self.site.write(source_path(found.sha256), record.data)
        return found

    def _connue(self, record: Record) -> Lue | None:
        """Return what is known of a record, if these very bytes were read for the release before.

        They are read again only if something else of their tranche is new.
        """
        if not self.connues or record.fault:
            return None
        sha256 = hashlib.sha256(record.data).hexdigest()
        known = self.connues.get(sha256)
        place = (record.path, record.nom, record.line, sha256)
        return known and Lue(*place, *known, longueur=len(record.data))


def lire(records: Iterable[Record], lecteur: Lecteur, jobs: int) -> Iterator[tuple[Record, Lue]]:
    """Yield each record with what was read of it, in order."""
    grouped = batches(records, BATCH, lambda record: len(record.data), BATCH_BYTES)
    for batch, found in ordered(lecteur.lire, grouped, jobs):
        yield from zip(batch, found, strict=True)


def relue(lue: Lue, data: bytes = b"") -> Lecture:
    """Return the reading of a record; `data` are its bytes where the reading is not at hand."""
    if lue.pickled:
        read: Lecture = pickle.loads(lue.pickled)
        return read
    return lecture(Record(lue.path, lue.nom, data, line=lue.line))


class Recueil:
    """The records of all questions, in a file; who wrote them, and up to when they go."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[str, list[int]] = {}
        self.auteurs: set[str] = set()  # references of persons
        self.donnees_au: dict[int, date] = {}  # legislature → the latest day read

    def add(self, lue: Lue) -> None:
        """Lay aside one record that could be read."""
        self._places.setdefault(lue.uid, []).append(self._file.tell())
        if lue.auteur:
            self.auteurs.add(lue.auteur)
        if lue.jour:
            known = self.donnees_au.get(lue.legislature, lue.jour)
            self.donnees_au[lue.legislature] = max(known, lue.jour)
        pickle.dump(lue, self._file)

    def tranches(self) -> Iterator[Tranche]:
        """Yield the questions, tranche by tranche; only after all records were laid aside.

        Where records are long, the questions of one range of numbers are several tranches.
        """
        ordered = sorted(self._places, key=split_uid)
        for nom, uids in groupby(ordered, key=_nom):
            records = map(self._records, uids)
            for part, some in enumerate(batches(records, TAILLE, longueur, BATCH_BYTES)):
                yield Tranche(f"{nom}.{part}" if part else nom, some)

    def _records(self, uid: str) -> tuple[Lue, ...]:
        return tuple(self._load(place) for place in self._places[uid])

    def _load(self, place: int) -> Lue:
        self._file.seek(place)
        found: Lue = pickle.load(self._file)
        return found


def longueur(lues: Iterable[Lue]) -> int:
    """Return how many bytes some records have."""
    return sum(lue.longueur for lue in lues)


def _nom(uid: str) -> str:
    legislature, type_, numero = split_uid(uid)
    return f"{legislature}-{type_}-{numero // TAILLE:05d}"
