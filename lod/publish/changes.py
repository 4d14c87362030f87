"""What differs between two releases, question by question: read from their stores, sorted on disk.

Memory does not depend on how many questions there are.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from pyoxigraph import Store

from lod.base import packaged as files
from lod.base.errors import LodError
from lod.publish.release import manifest
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select

# in the order in which they are told; concepts of `qp:changements` in the ontology
GENRES = ("ajoutee", "repondue", "reattribuee", "retiree", "corrigee", "supprimee")
# why two releases cannot be compared
AILLEURS, ANTERIEURE, ILLISIBLE = "other base", "older program", "unreadable"
COLUMNS = ("uid", "nom", "titre", "reponse", "retrait", "ministere", "source", "note")
Touchees = tuple[Set[str], Set[str]]  # uids of the questions that may differ, before and after


@dataclass(frozen=True, slots=True, kw_only=True)
class Etat:
    """What a question was in one release, as far as its changes are told: days are ISO, or ""."""

    uid: str
    nom: str
    titre: str
    reponse: str
    retrait: str
    ministere: str
    lue: tuple[tuple[str, str], ...]  # (SHA-256 of a source, correction of the publisher or "")


@dataclass(frozen=True, slots=True)
class Changement:
    """What became of a question: at least one of GENRES."""

    uid: str
    nom: str
    titre: str
    genres: tuple[str, ...]


def etats_de(store: Store, base: str, uids: Iterable[str]) -> Iterator[Etat]:
    """Yield what some questions of a release are, by uid."""
    iris, texte = Iris(base), files.CHANGEMENTS.read_text("utf-8")
    for uid in sorted(uids):
        rows = select(store, texte.replace("?question", str(iris.question(uid))))
        lines = sorted((tuple(row[name] for name in COLUMNS) for row in rows), key=itemgetter(6, 7))
        if lines:
            yield _etat(lines)


def etats(store: Store) -> Iterator[Etat]:
    """Yield what each question of a release is, by uid."""
    with closing(sqlite3.connect("")) as disk:  # a file without a name, gone when it is closed
        disk.execute(f"CREATE TABLE ligne ({', '.join(COLUMNS)})")
        values = ", ".join(f":{name}" for name in COLUMNS)
        rows = select(store, files.CHANGEMENTS.read_text("utf-8"))
        disk.executemany(f"INSERT INTO ligne VALUES ({values})", rows)
        lines = disk.execute("SELECT * FROM ligne ORDER BY uid, source, note")
        for _, found in groupby(lines, key=itemgetter(0)):
            yield _etat(list(found))


def _etat(lines: Sequence[tuple[str, ...]]) -> Etat:
    said = dict(zip(COLUMNS[:6], lines[0], strict=False))
    return Etat(**said, lue=tuple(dict.fromkeys((line[6], line[7]) for line in lines)))


def comparer(avant: Iterable[Etat], apres: Iterable[Etat]) -> Iterator[Changement]:
    """Yield what has changed, by uid; both are given by uid."""
    before, after = ((e.uid, 0, e) for e in avant), ((e.uid, 1, e) for e in apres)
    for uid, found in groupby(merge(before, after), key=itemgetter(0)):
        sides = {side: etat for _, side, etat in found}
        kinds = genres(sides.get(0), sides.get(1))
        if kinds:
            last = sides[max(sides)]
            yield Changement(uid, last.nom, last.titre, kinds)


def genres(avant: Etat | None, apres: Etat | None) -> tuple[str, ...]:
    """Return what became of a question, in the order of GENRES; nothing if it is what it was.

    A ministry counts only if the record has changed: the reference data alone may name it anew.
    """
    if avant is None or apres is None:
        return ("ajoutee",) if avant is None else ("supprimee",)
    is_other = avant.lue != apres.lue
    found = {
        "repondue": bool(apres.reponse) and not avant.reponse,
        "reattribuee": is_other and avant.ministere != apres.ministere,
        "retiree": bool(apres.retrait) and not avant.retrait,
    }
    days = (avant.reponse, avant.retrait) != (apres.reponse, apres.retrait)
    found["corrigee"] = (is_other or days) and not any(found.values())
    return tuple(kind for kind in GENRES if found.get(kind))


class Comptees:
    """States as they pass by, and how many have."""

    def __init__(self, etats: Iterable[Etat]) -> None:
        self._etats, self.nombre = etats, 0

    def __iter__(self) -> Iterator[Etat]:
        for etat in self._etats:
            self.nombre += 1
            yield etat


class Journal(AbstractContextManager["Journal"]):
    """Changes, laid down on disk: counted, and given again by kind, then by uid.

    With a path it is a file, which may be opened again; without one it is gone when it is closed.
    """

    def __init__(self, changements: Iterable[Changement] = (), path: Path | str = "") -> None:
        self._disk = sqlite3.connect(path)
        self._disk.execute("CREATE TABLE IF NOT EXISTS changement (rang, uid, nom, titre, genres)")
        self.add(changements)

    def add(self, changements: Iterable[Changement]) -> None:
        """Lay down some more."""
        rows = (
            (GENRES.index(c.genres[0]), c.uid, c.nom, c.titre, " ".join(c.genres))
            for c in changements
        )
        self._disk.executemany("INSERT INTO changement VALUES (?, ?, ?, ?, ?)", rows)
        self._disk.commit()

    def clear(self) -> None:
        """Forget all."""
        self._disk.execute("DELETE FROM changement")
        self._disk.commit()

    def __exit__(self, *exc: object) -> None:
        self._disk.close()

    def __len__(self) -> int:
        [count] = self._disk.execute("SELECT count(*) FROM changement").fetchone()
        return int(count)

    def __iter__(self) -> Iterator[Changement]:
        found = self._disk.execute("SELECT * FROM changement ORDER BY rang, uid")
        for _, uid, nom, titre, kinds in found:
            yield Changement(uid, nom, titre, tuple(kinds.split()))

    def comptes(self) -> dict[str, int]:
        """Return how often each kind occurs, of those that do."""
        counts = Counter[str]()
        for kinds, n in self._disk.execute("SELECT genres, count(*) FROM changement GROUP BY 1"):
            counts.update(dict.fromkeys(kinds.split(), n))
        return {kind: counts[kind] for kind in GENRES if counts[kind]}


def entre(
    avant: Path, base: str, apres: Store, path: Path | str = "", touchees: Touchees | None = None
) -> tuple[Journal, str]:
    """Return what has changed since a release, or nothing, and why that cannot be told.

    `base` is that of `apres`; `path` is where the journal is kept, if it is; `touchees` are the
    questions that alone can have changed, before and after.
    """
    told, journal = manifest(avant), Journal(path=path)
    if told["base"] != base:
        return journal, AILLEURS
    if "noyau" not in told:
        return journal, ANTERIEURE
    try:
        before, after = _sides(open_store(avant / "store"), apres, base, touchees)
        journal.add(comparer(before, after))
    except (LodError, OSError):
        journal.clear()
        return journal, ILLISIBLE
    expected = sum(told["questions"].values()) if touchees is None else len(touchees[0])
    if before.nombre == expected:
        return journal, ""
    # our query has no hold on what another version of the program has written
    journal.clear()
    return journal, ANTERIEURE


def _sides(
    avant: Store, apres: Store, base: str, touchees: Touchees | None
) -> tuple[Comptees, Iterator[Etat]]:
    """Return what the questions were, and what they are, which are to be compared."""
    if touchees is None:
        return Comptees(etats(avant)), etats(apres)
    was, is_ = touchees
    return Comptees(etats_de(avant, base, was)), etats_de(apres, base, is_)
