"""What became of each question between two releases: added, answered, withdrawn…

Only this module compares what two releases state: `history.py` logs the changes, `changelog.py` of
the site tells them on pages and in a feed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import NamedNode

from lod.pipeline.questions.previous import DAMAGED
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.publish.release import manifest
from lod.rdf.serialize import triples
from lod.rdf.store import RdfTerm
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
Values = Mapping[NamedNode, Set[RdfTerm]]  # property → its values
Stated = Mapping[RdfTerm, Values]  # subject → its values, of all documents of a question
NOTHING: Values = {}  # a question that is not there


@dataclass(frozen=True, slots=True)
class Change:
    """A question that differs between two releases."""

    uid: str
    name: str  # its type and number
    titre: str
    kinds: tuple[str, ...]  # one or more of CHANGE_KINDS, in their order
    champs: tuple[str, ...] = ()  # local names of the properties whose values differ
    reponses: tuple[tuple[str, str], ...] = ()  # (IRI of an answer it had, its successor)


def changes_between(old: Path, base: str, new: PublishedQuestions) -> tuple[list[Change], str]:
    """Return the changes from the release in folder `old` to the questions of another, in the order
    of their first kinds, then of uids, and ""; or none, and why they cannot be known.

    `base` is the base of the new release.
    """
    said, earlier = manifest(old), PublishedQuestions(old)
    if said["base"] != base:
        return [], OTHER_BASE
    try:
        if earlier.count() != sum(said["questions"].values()):
            return [], OLDER_PROGRAM  # it counts questions in another way
        uids = new.changed_since(earlier)
        before, after = ({s.uid: s for s in of.of_uids(uids)} for of in (earlier, new))
        found = (change_of(uid, before.get(uid), after.get(uid)) for uid in uids)
        changes = [change for change in found if change.kinds]
    except DAMAGED:
        return [], UNREADABLE
    return sorted(changes, key=lambda c: (CHANGE_KINDS.index(c.kinds[0]), c.uid)), ""


def change_of(uid: str, before: StoredQuestion | None, after: StoredQuestion | None) -> Change:
    """Return what became of a question, which has no kind of change if that is nothing."""
    (old_parts, old), (new_parts, new) = _stated(before), _stated(after)
    name = min(_texts(new or old, RDFS.label), default="")
    titre = min(_texts(new, QP.titre), default="")  # what is gone is not told again
    change = Change(uid, name, titre, kinds_of(old, new))
    if not (old and new and change.kinds):
        return change
    champs = champs_of(old_parts, old, new_parts, new)
    return replace(change, champs=champs, reponses=(*successors(old, new),))


def _stated(question: StoredQuestion | None) -> tuple[Stated, Values]:
    """Return what the documents of a question state of each subject, and of the question itself,
    with the hashes of its records in place of their IRIs.
    """
    stated: dict[RdfTerm, dict[NamedNode, set[RdfTerm]]] = {}
    for text in question.texts if question else ():
        for s, p, o in triples(text.nt):
            stated.setdefault(s, {}).setdefault(p, set()).add(o)
    if not question:
        return {}, NOTHING
    own = stated[NamedNode(question.texts[0].iri)]
    records = (stated.get(record, {}) for record in own.get(PROV.wasDerivedFrom, ()))
    hashes = {identifier for record in records for identifier in record.get(DCTERMS.identifier, ())}
    return stated, {**own, PROV.wasDerivedFrom: hashes}


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


def champs_of(old_parts: Stated, old: Values, new_parts: Stated, new: Values) -> tuple[str, ...]:
    """Return the local names of the properties whose values differ in two releases, sorted.

    What an event or an answer states counts for the property that leads to it. What changes with
    each reading or each day is left out.
    """

    def whole(parts: Stated, values: Values, p: NamedNode) -> dict[RdfTerm, object]:
        return {value: parts.get(value) if p in _PARTS else None for value in values.get(p, ())}

    compared = (old.keys() | new.keys()) - _OF_EACH_RELEASE
    changed = (p for p in compared if whole(old_parts, old, p) != whole(new_parts, new, p))
    return tuple(sorted(re.split("[#/]", p.value)[-1] for p in changed))


def successors(old: Values, new: Values) -> Iterator[tuple[str, str]]:
    """Yield (IRI of an answer that the question has no longer, IRI of the answer in its place): the
    IRI of an answer changes with its text.

    In its place is the only new answer of its day, else the only new one.
    """
    before, after = (_texts(values, QP.reponse) for values in (old, new))
    added = after - before
    for iri in sorted(before - after):
        day = day_of_answer(iri)
        of_day = [answer for answer in added if day_of_answer(answer) == day] or list(added)
        if len(of_day) == 1:
            yield iri, of_day[0]


def day_of_answer(answer: str) -> str:
    """Return the day that the IRI of an answer states, in ISO form."""
    return answer.rpartition("/")[2][:10]


def counts_of(changes: Iterable[Change]) -> dict[str, int]:
    """Return kind → number of changes of that kind, without the kinds that do not occur."""
    counts = Counter(kind for change in changes for kind in change.kinds)
    return {kind: counts[kind] for kind in CHANGE_KINDS if counts[kind]}
