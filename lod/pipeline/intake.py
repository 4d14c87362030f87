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
from lod.base.output_tree import Site
from lod.base.parallel import batches, ordered
from lod.base.pickling import compacte
from lod.model.identifiers import split_uid
from lod.rdf.iris import source_path
from lod.reference.latest_day import dernier_jour
from lod.sources.forms import Lecture, Record, lecture

BATCH = 250  # records read at once, or fewer long ones
BATCH_BYTES = 8 * 1024 * 1024  # of records in one batch: long ones come alone
TAILLE = 32  # numbers of questions in one tranche
GAMME = 128  # numbers whose questions that wait are one tranche
ATTENTE = ".attente"  # in the name of that tranche
# of a Lue: uid, auteur, legislature, jour, attend
Connue = tuple[str, str | None, int, date | None, bool]


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
    attend: bool = False  # it tells of neither an answer nor a withdrawal
    pickled: bytes = b""
    longueur: int = 0  # bytes of the record
    findings: tuple[Finding, ...] = ()

    @property
    def connue(self) -> Connue:
        """What is to be known of the record if it is met again."""
        return self.uid, self.auteur, self.legislature, self.jour, self.attend


@dataclass(frozen=True, slots=True)
class Tranche:
    """The questions of neighbouring numbers, each with its records: `17-QE-00012`; those that wait
    apart, `17-QE-00012.attente`.

    What is said of a question that waits changes from day to day, of another one hardly ever.
    """

    nom: str
    questions: list[tuple[Lue, ...]]


def lue(read: Lecture, longueur: int = 0) -> Lue:
    """Return what the first pass needs of a record that was read, of so many bytes."""
    found = Lue(read.path, read.nom, read.line, read.sha256, findings=read.findings)
    if not read.reading:
        return found
    q = read.reading.question
    return replace(
        found,
        uid=q.uid,
        auteur=q.auteur.acteur_ref,
        legislature=q.legislature,
        jour=dernier_jour(q),
        attend=q.attend,
        pickled=pickle.dumps(read),
        longueur=longueur,
    )


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
        size = len(record.data)
        return known and Lue(record.path, record.nom, record.line, sha256, *known, longueur=size)


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
        self._closes: set[str] = set()  # questions of which a record tells the end
        self.auteurs: set[str] = set()  # references of persons
        self.donnees_au: dict[int, date] = {}  # legislature → the latest day read

    def add(self, lue: Lue) -> None:
        """Lay aside one record that could be read."""
        self._places.setdefault(lue.uid, []).append(self._file.tell())
        if not lue.attend:
            self._closes.add(lue.uid)
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
        ordered = sorted(self._places, key=self._rang)
        for nom, uids in groupby(ordered, key=self._nom):
            records = map(self._records, uids)
            for part, some in enumerate(batches(records, GAMME, longueur, BATCH_BYTES)):
                yield Tranche(f"{nom}.{part}" if part else nom, some)

    def _rang(self, uid: str) -> tuple[Any, ...]:
        legislature, type_, numero = split_uid(uid)
        return legislature, type_, numero // GAMME, uid not in self._closes, numero

    def _nom(self, uid: str) -> str:
        legislature, type_, numero = split_uid(uid)
        if uid in self._closes:
            return f"{legislature}-{type_}-{numero // TAILLE:05d}"
        return f"{legislature}-{type_}-{numero // GAMME * (GAMME // TAILLE):05d}{ATTENTE}"

    def _records(self, uid: str) -> tuple[Lue, ...]:
        return tuple(self._load(place) for place in self._places[uid])

    def _load(self, place: int) -> Lue:
        self._file.seek(place)
        found: Lue = pickle.load(self._file)
        return found


def longueur(lues: Iterable[Lue]) -> int:
    """Return how many bytes some records have."""
    return sum(lue.longueur for lue in lues)


def gamme_of(nom: str) -> tuple[str, int]:
    """Return what the tranches of one range of numbers have in common, those that wait among them.

    >>> gamme_of("17-QE-00013.1") == gamme_of("17-QE-00012.attente")
    True
    """
    kind, _, rest = nom.rpartition("-")
    return kind, int(rest.partition(".")[0]) * TAILLE // GAMME
