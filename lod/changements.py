"""What differs between two releases, question by question: read from their stores, sorted on disk.

Memory does not depend on how many questions there are.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter

from pyoxigraph import Store

from lod import files
from lod.store import select

# in the order in which they are told; concepts of `qp:changements` in the ontology
GENRES = ("ajoutee", "repondue", "reattribuee", "retiree", "corrigee", "supprimee")
COLUMNS = ("uid", "nom", "titre", "reponse", "retrait", "ministere", "source", "note")


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
    """Changes, laid down on disk: counted, and given again by kind, then by uid."""

    def __init__(self, changements: Iterable[Changement] = ()) -> None:
        self._disk = sqlite3.connect("")
        self._disk.execute("CREATE TABLE changement (rang, uid, nom, titre, genres)")
        self._counts: Counter[str] = Counter()
        rows = (self._row(changement) for changement in changements)
        self._disk.executemany("INSERT INTO changement VALUES (?, ?, ?, ?, ?)", rows)

    def _row(self, c: Changement) -> tuple[int, str, str, str, str]:
        self._counts.update(c.genres)
        return GENRES.index(c.genres[0]), c.uid, c.nom, c.titre, " ".join(c.genres)

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
        return {kind: self._counts[kind] for kind in GENRES if self._counts[kind]}
