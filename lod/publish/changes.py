"""What became of each question between two releases: added, answered, withdrawn…

Only this module compares the stores of both: `history.py` logs the changes, `changelog.py` of the
site tells them on pages and in a feed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from lod.base.errors import LodError
from lod.publish.release import manifest
from lod.rdf.iris import Iris
from lod.rdf.store import RdfTerm, open_store, select
from lod.rdf.vocab import DCTERMS, PROV, QP, RDFS, SKOS

# in the order in which they are listed; concepts of `qp:changements` in the ontology
CHANGE_KINDS = (
    "ajoutee", "repondue", "reattribuee", "retiree", "rouverte", "corrigee", "supprimee",
)  # fmt: skip
# why two releases cannot be compared
OTHER_BASE, OLDER_PROGRAM, UNREADABLE = "other base", "older program", "unreadable"
_PARTS = {QP.evenement, QP.reponse, QP.attribution, QP.reste}
# the record, and the day up to which the data goes
_OF_EACH_RELEASE = {PROV.wasDerivedFrom, QP.statut, QP.statutAu}
TouchedUids = tuple[Set[str], Set[str]]  # uids of the questions that may differ: old, new release
Values = Mapping[NamedNode, Set[RdfTerm]]  # property → its values; none for a question that is gone


@dataclass(frozen=True, slots=True)
class Change:
    """A question that differs between two releases."""

    uid: str
    name: str  # its type and number
    titre: str
    kinds: tuple[str, ...]  # one or more of CHANGE_KINDS, in their order
    champs: tuple[str, ...] = ()  # local names of the properties whose values differ
    reponses: tuple[tuple[str, str], ...] = ()  # (IRI of an answer that is gone, its successor)


def changes_between(
    old: Path, base: str, new: Store, touched: TouchedUids | None = None
) -> tuple[list[Change], str]:
    """Return the changes from the release in folder `old` to the store `new`, in the order of their
    first kinds, then of uids, and ""; or none, and why they cannot be known.

    `base` is the base of `new`; `touched` are the questions to compare, None: all.
    """
    stated, iris, changes, known = manifest(old), Iris(base), list[Change](), 0
    if stated["base"] != base:
        return [], OTHER_BASE
    try:
        old_store = open_store(old / "store")
        before, after = touched or (_uids(old_store), _uids(new))
        for uid in before | after:
            earlier, later = (_values_of(store, iris.question(uid)) for store in (old_store, new))
            known += bool(earlier)
            if kinds := kinds_of(earlier, later):
                name = min(_texts(later or earlier, RDFS.label), default="")
                titre = min(_texts(later, QP.titre), default="")  # what is gone is not told again
                change = Change(uid, name, titre, kinds)
                if earlier and later:
                    champs = champs_of(old_store, earlier, new, later)
                    change = replace(
                        change, champs=champs, reponses=(*successors(earlier, new, later),)
                    )
                changes.append(change)
    except (LodError, OSError, RuntimeError):  # the last one: a part of the store is damaged
        return [], UNREADABLE
    if known != (sum(stated["questions"].values()) if touched is None else len(before)):
        return [], OLDER_PROGRAM  # it states questions in another way
    return sorted(changes, key=lambda c: (CHANGE_KINDS.index(c.kinds[0]), c.uid)), ""


def _uids(store: Store) -> set[str]:
    return {row["uid"] for row in select(store, f"SELECT ?uid {{ ?question {QP.uid} ?uid }}")}


def _values_of(store: Store, question: NamedNode) -> Values:
    """Return what a question states, with the hashes of its records in place of their IRIs; nothing
    if it is not there, or has no record or name.
    """
    values = _stated(store, question)
    records = (_stated(store, record) for record in values.get(PROV.wasDerivedFrom, ()))
    hashes = {identifier for record in records for identifier in record.get(DCTERMS.identifier, ())}
    return values | {PROV.wasDerivedFrom: hashes} if hashes and RDFS.label in values else {}


def _stated(store: Store, subject: RdfTerm) -> dict[NamedNode, set[RdfTerm]]:
    values: dict[NamedNode, set[RdfTerm]] = {}
    if isinstance(subject, NamedNode):
        for quad in store.quads_for_pattern(subject, None, None, DefaultGraph()):
            values.setdefault(quad.predicate, set()).add(quad.object)
    return values


def _texts(values: Values, p: NamedNode) -> set[str]:
    return {getattr(value, "value", "") for value in values.get(p, ())}


def kinds_of(old: Values, new: Values) -> tuple[str, ...]:
    """Return the kinds of change from old to new values, in the order of CHANGE_KINDS.

    Another ministry counts only if the source has changed: new reference data alone may give a
    ministry another IRI.
    """
    if not (old and new):
        return ("ajoutee",) if new else ("supprimee",) if old else ()

    def differ(*properties: NamedNode) -> bool:
        return any(old.get(p) != new.get(p) for p in properties)

    is_reread = differ(PROV.wasDerivedFrom, SKOS.editorialNote)
    ends = QP.dateReponse, QP.dateRetrait
    is_kind = {
        "repondue": QP.dateReponse in new.keys() - old.keys(),
        "reattribuee": is_reread and differ(QP.ministereAttributaire),
        "retiree": QP.dateRetrait in new.keys() - old.keys(),
        "rouverte": any(p in old for p in ends) and not any(p in new for p in ends),
    }
    is_kind["corrigee"] = (is_reread or differ(*ends)) and not any(is_kind.values())
    return tuple(kind for kind in CHANGE_KINDS if is_kind.get(kind))


def champs_of(old_store: Store, old: Values, new_store: Store, new: Values) -> tuple[str, ...]:
    """Return the local names of the properties whose values differ in two releases, sorted.

    What an event or an answer states counts for the property that leads to it. What changes with
    each reading or each day is left out.
    """

    def whole(store: Store, values: Values, p: NamedNode) -> dict[RdfTerm, object]:
        return {value: _stated(store, value) if p in _PARTS else {} for value in values.get(p, ())}

    compared = (old.keys() | new.keys()) - _OF_EACH_RELEASE
    changed = (p for p in compared if whole(old_store, old, p) != whole(new_store, new, p))
    return tuple(sorted(re.split("[#/]", p.value)[-1] for p in changed))


def successors(old: Values, new_store: Store, new: Values) -> Iterator[tuple[str, str]]:
    """Yield (IRI of an answer that no question has any more, IRI of the answer in its place): the
    IRI of an answer changes with its text.

    In its place is the only new answer of its day, else the only new one.
    """
    before, after = (_texts(values, QP.reponse) for values in (old, new))
    added = after - before
    for iri in sorted(before - after):
        day = day_of_answer(iri)
        of_day = [answer for answer in added if day_of_answer(answer) == day] or list(added)
        if len(of_day) == 1 and not any(new_store.quads_for_pattern(NamedNode(iri), None, None)):
            yield iri, of_day[0]


def day_of_answer(answer: str) -> str:
    """Return the day that the IRI of an answer states, in ISO form."""
    return answer.rpartition("/")[2][:10]


def counts_of(changes: Iterable[Change]) -> dict[str, int]:
    """Return kind → number of changes of that kind, without the kinds that do not occur."""
    counts = Counter(kind for change in changes for kind in change.kinds)
    return {kind: counts[kind] for kind in CHANGE_KINDS if counts[kind]}
