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

from lod.base import packaged
from lod.base.errors import LodError
from lod.publish.release import manifest
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select

# in the order in which they are told; concepts of `qp:changements` in the ontology
CHANGE_KINDS = ("ajoutee", "repondue", "reattribuee", "retiree", "corrigee", "supprimee")
# why two releases cannot be compared
OTHER_BASE, OLDER_PROGRAM, UNREADABLE = "other base", "older program", "unreadable"
COLUMNS = ("uid", "nom", "titre", "reponse", "retrait", "ministere", "source", "note")
TouchedUids = tuple[Set[str], Set[str]]  # uids of the questions that may differ, before and after


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionState:
    """What a question was in one release, as far as its changes are told: days are ISO, or ""."""

    uid: str
    nom: str
    titre: str
    reponse: str
    retrait: str
    ministere: str
    read_from: tuple[
        tuple[str, str], ...
    ]  # (SHA-256 of a source, correction of the publisher or "")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a question: at least one of CHANGE_KINDS."""

    uid: str
    name: str
    titre: str
    kinds: tuple[str, ...]


def states_of(store: Store, base: str, uids: Iterable[str]) -> Iterator[QuestionState]:
    """Yield what some questions of a release are, by uid."""
    iris, query = Iris(base), packaged.CHANGES_QUERY.read_text("utf-8")
    for uid in sorted(uids):
        rows = select(store, query.replace("?question", str(iris.question(uid))))
        lines = sorted((tuple(row[name] for name in COLUMNS) for row in rows), key=itemgetter(6, 7))
        if lines:
            yield _state(lines)


def all_states(store: Store) -> Iterator[QuestionState]:
    """Yield what each question of a release is, by uid."""
    with closing(sqlite3.connect("")) as disk:  # a file without a name, gone when it is closed
        disk.execute(f"CREATE TABLE ligne ({', '.join(COLUMNS)})")
        values = ", ".join(f":{name}" for name in COLUMNS)
        rows = select(store, packaged.CHANGES_QUERY.read_text("utf-8"))
        disk.executemany(f"INSERT INTO ligne VALUES ({values})", rows)
        lines = disk.execute("SELECT * FROM ligne ORDER BY uid, source, note")
        for _, found in groupby(lines, key=itemgetter(0)):
            yield _state(list(found))


def _state(lines: Sequence[tuple[str, ...]]) -> QuestionState:
    said = dict(zip(COLUMNS[:6], lines[0], strict=False))
    return QuestionState(
        **said, read_from=tuple(dict.fromkeys((line[6], line[7]) for line in lines))
    )


def compare(old: Iterable[QuestionState], new: Iterable[QuestionState]) -> Iterator[Change]:
    """Yield what has changed, by uid; both are given by uid."""
    before, after = ((e.uid, 0, e) for e in old), ((e.uid, 1, e) for e in new)
    for uid, found in groupby(merge(before, after), key=itemgetter(0)):
        sides = {side: state for _, side, state in found}
        kinds = kinds_of(sides.get(0), sides.get(1))
        if kinds:
            last = sides[max(sides)]
            yield Change(uid, last.nom, last.titre, kinds)


def kinds_of(old: QuestionState | None, new: QuestionState | None) -> tuple[str, ...]:
    """Return what became of a question, in the order of CHANGE_KINDS; nothing if it is what it was.

    A ministry counts only if the record has changed: the reference data alone may name it anew.
    """
    if old is None or new is None:
        return ("ajoutee",) if old is None else ("supprimee",)
    is_other = old.read_from != new.read_from
    found = {
        "repondue": bool(new.reponse) and not old.reponse,
        "reattribuee": is_other and old.ministere != new.ministere,
        "retiree": bool(new.retrait) and not old.retrait,
    }
    days = (old.reponse, old.retrait) != (new.reponse, new.retrait)
    found["corrigee"] = (is_other or days) and not any(found.values())
    return tuple(kind for kind in CHANGE_KINDS if found.get(kind))


class CountedStates:
    """States as they pass by, and how many have."""

    def __init__(self, states: Iterable[QuestionState]) -> None:
        self._states, self.count = states, 0

    def __iter__(self) -> Iterator[QuestionState]:
        for state in self._states:
            self.count += 1
            yield state


class ChangeLog(AbstractContextManager["ChangeLog"]):
    """Changes, laid down on disk: counted, and given again by kind, then by uid.

    With a path it is a file, which may be opened again; without one it is gone when it is closed.
    """

    def __init__(self, changes: Iterable[Change] = (), path: Path | str = "") -> None:
        self._disk = sqlite3.connect(path)
        self._disk.execute("CREATE TABLE IF NOT EXISTS changement (rang, uid, nom, titre, genres)")
        self.add(changes)

    def add(self, changes: Iterable[Change]) -> None:
        """Lay down some more."""
        rows = (
            (CHANGE_KINDS.index(c.kinds[0]), c.uid, c.name, c.titre, " ".join(c.kinds))
            for c in changes
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

    def __iter__(self) -> Iterator[Change]:
        found = self._disk.execute("SELECT * FROM changement ORDER BY rang, uid")
        for _, uid, name, titre, kinds in found:
            yield Change(uid, name, titre, tuple(kinds.split()))

    def counts(self) -> dict[str, int]:
        """Return how often each kind occurs, of those that do."""
        counts = Counter[str]()
        for kinds, n in self._disk.execute("SELECT genres, count(*) FROM changement GROUP BY 1"):
            counts.update(dict.fromkeys(kinds.split(), n))
        return {kind: counts[kind] for kind in CHANGE_KINDS if counts[kind]}


def changes_between(
    old: Path, base: str, new: Store, path: Path | str = "", touched: TouchedUids | None = None
) -> tuple[ChangeLog, str]:
    """Return what has changed since a release, or nothing, and why that cannot be told.

    `base` is that of `new`; `path` is where the journal is kept, if it is; `touched` are the
    questions that alone can have changed, before and after.
    """
    told, change_log = manifest(old), ChangeLog(path=path)
    if told["base"] != base:
        return change_log, OTHER_BASE
    if "noyau" not in told:
        return change_log, OLDER_PROGRAM
    try:
        before, after = _sides(open_store(old / "store"), new, base, touched)
        change_log.add(compare(before, after))
    except (LodError, OSError):
        change_log.clear()
        return change_log, UNREADABLE
    expected = sum(told["questions"].values()) if touched is None else len(touched[0])
    if before.count == expected:
        return change_log, ""
    # our query has no hold on what another version of the program has written
    change_log.clear()
    return change_log, OLDER_PROGRAM


def _sides(
    old: Store, new: Store, base: str, touched: TouchedUids | None
) -> tuple[CountedStates, Iterator[QuestionState]]:
    """Return what the questions were, and what they are, which are to be compared."""
    if touched is None:
        return CountedStates(all_states(old)), all_states(new)
    was, is_ = touched
    return CountedStates(states_of(old, base, was)), states_of(new, base, is_)
