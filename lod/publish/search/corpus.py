"""The opened index: which questions are found, in which order; read by many threads at once."""

import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from lod.base.errors import LodError
from lod.publish.search.indexing import ENTRE, FICHIER, VERSION
from lod.publish.search.parameters import facettes
from lod.publish.search.search_request import Demande, Terme

SECONDS = 1.0  # that one search may take
STEPS = 2_000  # of SQLite's machine between two looks at the clock
POIDS = (8.0, 1.0, 0.5)  # of a word in the title, in the question, in the answer
RACINES = 50  # that a beginning of a word is completed by; there are hardly ever three
LAST = "\U0010ffff"  # comes after every letter
MMAP = 1 << 30  # bytes of the file that are read as memory


class TooLongError(Exception):
    """A search was given up after SECONDS."""


@dataclass(frozen=True, slots=True)
class Valeur:
    """A value of a facet: its code, IRI and name, and the value that is broader, if any."""

    facette: str
    cle: str
    iri: str
    nom: str
    large: int | None


@dataclass(frozen=True, slots=True)
class Fiche:
    """A question as a hit shows it; `valeurs` has those of its facets, by their names."""

    uid: str
    titre: str
    nom: str
    jour: date | None
    valeurs: dict[str, Valeur]


def open_corpus(folder: Path) -> "Corpus | None":
    """Open the index of a release, None if it has none; raise LodError if it cannot be read."""
    path = folder / FICHIER
    try:
        return Corpus(path) if is_index(path) else None
    except sqlite3.Error as error:
        raise LodError(f"{path}: {error}; build the release again") from error


def is_index(path: Path) -> bool:
    """Say whether there is an index, and of our version."""
    if not path.is_file():
        return False
    with closing(opened(path)) as connection:
        return bool(connection.execute("PRAGMA user_version").fetchone() == (VERSION,))


def opened(path: Path) -> sqlite3.Connection:
    """Open an index that nobody will ever write again."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    connection.execute(f"PRAGMA mmap_size = {MMAP}")
    return connection


class Corpus:
    """The index of one release. Small columns are in memory, words and texts on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        with self.connection() as connection:
            self.proprietes = dict(connection.execute("SELECT nom, valeur FROM propriete"))
            rows = connection.execute("SELECT id, facette, cle, iri, nom, large FROM valeur")
            self.valeurs = {number: Valeur(*row) for number, *row in rows}
            self._read_columns(connection)

    def _read_columns(self, connection: sqlite3.Connection) -> None:
        names = facettes()
        # ids begin with 1; lists, not arrays: to look a number up must not make it anew
        self.colonnes: dict[str, list[int]] = {name: [0] for name in names}
        self._jours, self._rangs = [0], [0]
        columns = [self.colonnes[name] for name in names]
        numbers: dict[int, int] = {}  # one object for each, shared
        select = f"SELECT coalesce(jour, ''), {', '.join(names)} FROM question ORDER BY id"
        for jour, *values in connection.execute(select):
            self._jours.append(date.fromisoformat(jour).toordinal() if jour else 0)
            for column, value in zip(columns, values, strict=True):
                column.append(numbers.setdefault(value or 0, value or 0))
        self._rangs.extend(range(len(self)))
        order = connection.execute("SELECT id FROM question ORDER BY jour DESC, uid")
        for rang, (number,) in enumerate(order):
            self._rangs[number] = rang

    def __len__(self) -> int:
        return len(self._jours) - 1

    def close(self) -> None:
        """Close every connection; nobody may be using one."""
        try:
            while True:
                self._idle.get_nowait().close()
        except Empty:
            pass

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to one thread; as many are open as were ever needed at once."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = opened(self._path)
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def trouvees(self, demande: Demande) -> list[int]:
        """Return the ids of all hits, in the order asked for; raise TooLongError."""
        termes = demande.termes
        if demande.q and not termes:
            return []  # no letter in it
        scores = self._par_mots(termes, demande.par_pertinence) if termes else None
        hits = self._filtrees(range(1, len(self) + 1) if scores is None else scores, demande)
        hits.sort(key=self._rangs.__getitem__)
        if scores is not None and demande.par_pertinence:
            hits.sort(key=scores.__getitem__)
        return hits

    def _par_mots(self, termes: tuple[Terme, ...], is_ranked: bool) -> dict[int, float]:
        """Return the ids of the questions that have the words → how good they are, low is best."""
        score = f"bm25(mots, {', '.join(map(str, POIDS))})" if is_ranked else "0.0"
        with self.connection() as connection, _bounded(connection):
            select = f"SELECT rowid, {score} FROM mots WHERE mots MATCH ?"
            return dict(connection.execute(select, (expression(connection, termes),)))

    def _filtrees(self, hits: Iterable[int], demande: Demande) -> list[int]:
        """Return the hits that have the values and the days asked for."""
        kept = list(hits)
        for facette, cle in demande.filtres:
            wanted, column = self.nommees(facette, cle), self.colonnes[facette]
            kept = [number for number in kept if column[number] in wanted]
        if demande.depuis or demande.jusque:
            depuis, jusque = demande.bornes
            jours = self._jours
            kept = [number for number in kept if depuis <= jours[number] <= jusque]
        return kept

    def nommees(self, facette: str, cle: str) -> set[int]:
        """Return the values that a code stands for: its own, and those that are narrower."""
        own = {n for n, v in self.valeurs.items() if (v.facette, v.cle) == (facette, cle)}
        return own | {n for n, v in self.valeurs.items() if v.large in own}

    def fiches(self, hits: Iterable[int]) -> list[tuple[Fiche, list[str]]]:
        """Return what is shown of each hit, and its texts: the question, then the answers."""
        with self.connection() as connection:
            return [self._fiche(connection, number) for number in hits]

    def uids(self, hits: Iterable[int]) -> list[str]:
        """Return the uids of some hits."""
        with self.connection() as connection:
            return [_one(connection, "SELECT uid FROM question WHERE id = ?", n)[0] for n in hits]

    def _fiche(self, connection: sqlite3.Connection, number: int) -> tuple[Fiche, list[str]]:
        select = (
            "SELECT uid, titre, nom, jour, contenu FROM question JOIN texte USING (id) WHERE id = ?"
        )
        uid, titre, nom, jour, contenu = _one(connection, select, number)
        ids = {name: self.colonnes[name][number] for name in facettes()}
        valeurs = {name: self.valeurs[n] for name, n in ids.items() if n}
        fiche = Fiche(uid, titre, nom, date.fromisoformat(jour) if jour else None, valeurs)
        return fiche, zlib.decompress(contenu).decode().split(ENTRE)


def _one(connection: sqlite3.Connection, select: str, number: int) -> tuple[Any, ...]:
    row: tuple[Any, ...] = connection.execute(select, (number,)).fetchone()
    return row


def expression(connection: sqlite3.Connection, termes: Iterable[Terme]) -> str:
    """Return what FTS5 is asked: all of the terms."""
    return " AND ".join(terme.expression(_racines(connection, terme.debut)) for terme in termes)


def _racines(connection: sqlite3.Connection, debut: str) -> list[str]:
    """Return what stands for the words that begin so, where it does not begin so itself."""
    if not debut:
        return []
    select = (
        "SELECT DISTINCT racine FROM lexique WHERE mot >= :debut AND mot < :fin "
        "AND substr(racine, 1, length(:debut)) <> :debut ORDER BY racine LIMIT :most"
    )
    bounds = {"debut": debut, "fin": debut + LAST, "most": RACINES}
    return [racine for (racine,) in connection.execute(select, bounds)]


@contextmanager
def _bounded(connection: sqlite3.Connection) -> Iterator[None]:
    """Give up, with TooLongError, what takes longer than a search may."""
    deadline = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        raise TooLongError from error
    finally:
        connection.set_progress_handler(None, 0)
