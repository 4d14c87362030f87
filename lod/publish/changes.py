"""Which questions two releases have differently, and in which way: added, answered, withdrawn…

The stores of both are compared question by question, sorted on disk: memory does not grow with
them. `history.py` publishes the changes in RDF; `diff.py` prints them for a person.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from lod.base import packaged
from lod.base.errors import LodError
from lod.publish.query_catalogue import bind
from lod.publish.release import manifest
from lod.rdf.iris import Iris
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PROV_DERIVED, QP

# in the order in which they are listed; concepts of `qp:changements` in the ontology
CHANGE_KINDS = (
    "ajoutee", "repondue", "reattribuee", "retiree", "rouverte", "corrigee", "supprimee",
)  # fmt: skip
# why two releases cannot be compared
OTHER_BASE, OLDER_PROGRAM, UNREADABLE = "other base", "older program", "unreadable"
COLUMNS = ("uid", "nom", "titre", "reponse", "retrait", "ministere", "source", "note")
_PARTS = {QP.evenement, QP.reponse, QP.attribution, QP.reste}
# the record, and the day up to which the data goes
_OF_EACH_RELEASE = {PROV_DERIVED, QP.statut, QP.statutAu}
TouchedUids = tuple[Set[str], Set[str]]  # uids of the questions that may differ: old, new release


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionState:
    """The facts about a question in one release that changes are found from."""

    uid: str
    nom: str  # what it is called: its type and number
    titre: str
    reponse: str  # day of the answer in ISO form, or ""
    retrait: str  # day of the withdrawal in ISO form, or ""
    ministere: str  # IRI of the ministry in charge, or ""
    read_from: tuple[
        tuple[str, str], ...
    ]  # (SHA-256 of a source, correction by the publisher or "")


@dataclass(frozen=True, slots=True)
class Change:
    """A question that two releases have differently."""

    uid: str
    name: str  # what it is called: its type and number
    titre: str
    kinds: tuple[str, ...]  # one or more of CHANGE_KINDS, in their order
    champs: tuple[str, ...] = ()  # local names of the properties of which it has other values
    reponses: tuple[tuple[str, str], ...] = ()  # (IRI of an answer that is gone, its successor)


def states_of(store: Store, base: str, uids: Iterable[str]) -> Iterator[QuestionState]:
    """Yield the states of some questions of a release, sorted by uid; absent ones are left out."""
    iris, query = Iris(base), packaged.CHANGES_QUERY.read_text("utf-8")
    for uid in sorted(uids):
        rows = select(store, bind(query, "question", iris.question(uid)))
        lines = sorted((tuple(row[name] for name in COLUMNS) for row in rows), key=itemgetter(6, 7))
        if lines:
            yield _state(lines)


def all_states(store: Store) -> Iterator[QuestionState]:
    """Yield the states of all questions of a release, sorted by uid."""
    with closing(sqlite3.connect("")) as disk:  # a file without a name, gone when it is closed
        disk.execute(f"CREATE TABLE ligne ({', '.join(COLUMNS)})")
        values = ", ".join(f":{name}" for name in COLUMNS)
        rows = select(store, packaged.CHANGES_QUERY.read_text("utf-8"))
        disk.executemany(f"INSERT INTO ligne VALUES ({values})", rows)
        lines = disk.execute("SELECT * FROM ligne ORDER BY uid, source, note")
        for _, rows_of_question in groupby(lines, key=itemgetter(0)):
            yield _state(list(rows_of_question))


def _state(lines: Sequence[tuple[str, ...]]) -> QuestionState:
    """Return the state of a question from its rows: they differ in source and note only."""
    read_from = tuple(dict.fromkeys((line[6], line[7]) for line in lines))
    return QuestionState(**dict(zip(COLUMNS[:6], lines[0], strict=False)), read_from=read_from)


def compare(old: Iterable[QuestionState], new: Iterable[QuestionState]) -> Iterator[Change]:
    """Yield the changes from old to new states; all three are sorted by uid."""
    before, after = ((e.uid, 0, e) for e in old), ((e.uid, 1, e) for e in new)
    for uid, states in groupby(merge(before, after), key=itemgetter(0)):
        sides = {side: state for _, side, state in states}
        kinds = kinds_of(sides.get(0), sides.get(1))
        if kinds:
            last = sides[max(sides)]
            yield Change(uid, last.nom, last.titre, kinds)


def kinds_of(old: QuestionState | None, new: QuestionState | None) -> tuple[str, ...]:
    """Return the kinds of change from one state to the other, in the order of CHANGE_KINDS.

    Another ministry counts only if the source has changed: new reference data alone may give a
    ministry another IRI.
    """
    if old is None or new is None:
        return ("ajoutee",) if old is None else ("supprimee",)
    is_other = old.read_from != new.read_from
    is_kind = {
        "repondue": bool(new.reponse) and not old.reponse,
        "reattribuee": is_other and old.ministere != new.ministere,
        "retiree": bool(new.retrait) and not old.retrait,
        "rouverte": bool(old.reponse or old.retrait) and not (new.reponse or new.retrait),
    }
    days = (old.reponse, old.retrait) != (new.reponse, new.retrait)
    is_kind["corrigee"] = (is_other or days) and not any(is_kind.values())
    return tuple(kind for kind in CHANGE_KINDS if is_kind.get(kind))


def champs_of(old: Store, new: Store, question: NamedNode) -> tuple[str, ...]:
    """Return the local names of the properties of which two releases have other values, sorted.

    What an event or an answer states counts for the property that leads to it. What each reading
    and each day changes is left out.
    """
    before, after = _stated(old, question), _stated(new, question)
    changed = (p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    return tuple(sorted(re.split("[#/]", p.value)[-1] for p in changed))


def _stated(store: Store, question: NamedNode) -> dict[NamedNode, set[str]]:
    """Return property → its values in a release, with all that parts of the question state."""
    stated: dict[NamedNode, set[str]] = {}
    for quad in store.quads_for_pattern(question, None, None, DefaultGraph()):
        if quad.predicate not in _OF_EACH_RELEASE:
            values = stated.setdefault(quad.predicate, set())
            values.add(str(quad.object))
            if quad.predicate in _PARTS and isinstance(quad.object, NamedNode):
                inner = store.quads_for_pattern(quad.object, None, None, DefaultGraph())
                values.update(str(part.triple) for part in inner)
    return stated


def successors(old: Store, new: Store, question: NamedNode) -> Iterator[tuple[str, str]]:
    """Yield (IRI, IRI) of each answer of a question that no question has any more, and of the one
    in its place: the IRI of an answer changes with its text.

    That is the only new answer of its day, else the only new one.
    """
    before, after = (_values(store, question, QP.reponse) for store in (old, new))
    added = after - before
    for iri in sorted(before - after):
        day = [each for each in added if day_of_answer(each) == day_of_answer(iri)] or list(added)
        if len(day) == 1 and not any(new.quads_for_pattern(NamedNode(iri), None, None)):
            yield iri, day[0]


def _values(store: Store, subject: NamedNode, predicate: NamedNode) -> set[str]:
    quads = store.quads_for_pattern(subject, predicate, None, DefaultGraph())
    return {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}


def day_of_answer(answer: str) -> str:
    """Return the day that the IRI of an answer states, in ISO form."""
    return answer.rpartition("/")[2][:10]


class CountedStates:
    """An iterable of states that counts them as they are read."""

    def __init__(self, states: Iterable[QuestionState]) -> None:
        self._states = states
        self.count = 0  # states read so far

    def __iter__(self) -> Iterator[QuestionState]:
        for state in self._states:
            self.count += 1
            yield state


class ChangeLog(AbstractContextManager["ChangeLog"]):
    """Changes on disk, in an SQLite file: counted, and iterated by kind, then by uid.

    Without a path the file is temporary. With one it is kept, and can be opened again.
    """

    def __init__(self, changes: Iterable[Change] = (), path: Path | str = "") -> None:
        self._disk = sqlite3.connect(path)
        self._disk.execute(
            "CREATE TABLE IF NOT EXISTS changement"
            " (rang, uid, nom, titre, genres, champs, reponses)"
        )
        self.add(changes)

    def add(self, changes: Iterable[Change]) -> None:
        """Append changes."""
        rows = (
            (
                CHANGE_KINDS.index(c.kinds[0]),
                c.uid,
                c.name,
                c.titre,
                *map(" ".join, (c.kinds, c.champs, chain.from_iterable(c.reponses))),
            )
            for c in changes
        )
        self._disk.executemany("INSERT INTO changement VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._disk.commit()

    def clear(self) -> None:
        """Remove all changes."""
        self._disk.execute("DELETE FROM changement")
        self._disk.commit()

    def __exit__(self, *exc: object) -> None:
        self._disk.close()

    def __len__(self) -> int:
        [count] = self._disk.execute("SELECT count(*) FROM changement").fetchone()
        return int(count)

    def __iter__(self) -> Iterator[Change]:
        rows = self._disk.execute("SELECT * FROM changement ORDER BY rang, uid")
        for _, uid, name, titre, *lists in rows:
            kinds, champs, answers = (text.split() for text in lists)
            pairs = zip(answers[::2], answers[1::2], strict=True)
            yield Change(uid, name, titre, tuple(kinds), tuple(champs), tuple(pairs))

    def counts(self) -> dict[str, int]:
        """Return kind → number of changes of that kind, without the kinds that do not occur."""
        counts = Counter[str]()
        for kinds, n in self._disk.execute("SELECT genres, count(*) FROM changement GROUP BY 1"):
            counts.update(dict.fromkeys(kinds.split(), n))
        return {kind: counts[kind] for kind in CHANGE_KINDS if counts[kind]}


def changes_between(
    old: Path, base: str, new: Store, path: Path | str = "", touched: TouchedUids | None = None
) -> tuple[ChangeLog, str]:
    """Return the changes from the release in folder `old` to the store `new`, and "" or, with an
    empty log, why they cannot be known.

    `base` is the base of `new`; `path` is the file of the log, if it is kept; `touched` are the
    questions to compare, None: all.
    """
    stated, change_log = manifest(old), ChangeLog(path=path)
    if stated["base"] != base:
        return change_log, OTHER_BASE
    if "noyau" not in stated:
        return change_log, OLDER_PROGRAM
    try:
        old_store, iris = open_store(old / "store"), Iris(base)
        before, after = _states(old_store, new, base, touched)
        change_log.add(
            _detailed(change, old_store, new, iris.question(change.uid))
            if {"ajoutee", "supprimee"}.isdisjoint(change.kinds)
            else change
            for change in compare(before, after)
        )
    except (LodError, OSError):
        change_log.clear()
        return change_log, UNREADABLE
    expected = sum(stated["questions"].values()) if touched is None else len(touched[0])
    if before.count == expected:
        return change_log, ""
    change_log.clear()  # an older program has written what our query does not find
    return change_log, OLDER_PROGRAM


def _detailed(change: Change, old: Store, new: Store, question: NamedNode) -> Change:
    """Return a change with what both releases state differently of its question."""
    return replace(
        change, champs=champs_of(old, new, question), reponses=tuple(successors(old, new, question))
    )


def _states(
    old: Store, new: Store, base: str, touched: TouchedUids | None
) -> tuple[CountedStates, Iterator[QuestionState]]:
    """Return the old and the new states that are to be compared."""
    if touched is None:
        return CountedStates(all_states(old)), all_states(new)
    return CountedStates(states_of(old, base, touched[0])), states_of(new, base, touched[1])
