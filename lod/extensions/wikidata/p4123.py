"""Links by identifier (P4123), where one item bears the number of one deputy; else anomalies."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lod.pipeline.mapping.linked_data import digits
from lod.pipeline.mapping.links import PREUVES
from lod.reference.reviewed_files import DOUBTFUL, P4123, AnomalyKind, sides

NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # a well-formed value


class PublishedLink(NamedTuple):
    qid: str
    preuve: str  # the class of its evidence


class Anomaly(NamedTuple):
    """A row of `anomalies.csv`; texts are "" where there is nothing to name."""

    kind: AnomalyKind
    ref: str  # acteurRef
    qid: str
    number: str  # the value, or the values, of P4123
    target: str  # the other items or deputies, separated by spaces
    explanation: str  # in French


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierFindings:
    """The links and anomalies of all pairs (item, number)."""

    links: Mapping[str, str]  # acteurRef → QID, one to one
    anomalies: tuple[Anomaly, ...]
    # acteurRefs and QIDs of both sides of doubtful anomalies: no link is written for them
    set_aside: frozenset[str]


def compare_identifiers(
    item_numbers: Iterable[tuple[str, str]],
    refs: Mapping[str, str],
    published: Mapping[str, PublishedLink],
    redirections: Mapping[str, str | None],
    mismatched: Collection[str] = (),
) -> IdentifierFindings:
    """Return the links and anomalies of pairs (QID, P4123).

    `refs` are number → acteurRef, `published` acteurRef → link, `redirections` the QID of a
    published item → the one that it was merged into, or None if it was deleted; `mismatched` are
    acteurRefs whose item has another name and another year of birth.
    """
    pairs = IdentifierPairs(item_numbers, refs)
    links = dict(pairs.links())
    anomalies = [*pairs.anomalies(), *_mismatches(links, mismatched)]
    for ref, link in sorted(published.items()):
        if not any(ref in (a.ref, *a.target.split()) for a in anomalies):
            item = redirections.get(link.qid, link.qid)
            anomalies += _contradictions(ref, link, item, links.get(ref, ""), pairs)
    set_aside = frozenset().union(
        *(sides(a.ref, a.qid, a.target) for a in anomalies if a.kind in DOUBTFUL)
    )
    kept = {ref: qid for ref, qid in links.items() if not set_aside & {ref, qid}}
    set_aside |= links.keys() - kept.keys()
    return IdentifierFindings(links=kept, anomalies=tuple(sorted(anomalies)), set_aside=set_aside)


class IdentifierPairs:
    """Pairs (item, number), by item and by number."""

    def __init__(self, item_numbers: Iterable[tuple[str, str]], refs: Mapping[str, str]) -> None:
        self.refs = refs  # number → acteurRef
        self.by_item: dict[str, set[str]] = {}  # QID → numbers
        self.by_number: dict[str, set[str]] = {}  # number → QIDs
        for qid, number in item_numbers:
            self.by_item.setdefault(qid, set()).add(number)
            self.by_number.setdefault(number, set()).add(qid)

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield (acteurRef, QID) where one item alone bears the one number of a deputy."""
        for number, ref in self.refs.items():
            items = self.by_number.get(number, set())
            if len(items) == 1 and self.by_item[min(items)] == {number}:
                yield ref, min(items)

    def anomalies(self) -> Iterator[Anomaly]:
        """Yield numbers of deputies that are not one to one, and values that are no numbers."""
        for number, items in self.by_number.items():
            first, *others = sorted(items)
            ref = self.refs.get(number, "")
            if not NUMBER.fullmatch(number):
                why = "P4123 est un nombre, sans PA ni zéro devant"
                yield Anomaly(AnomalyKind.MALFORMED, "", first, number, " ".join(others), why)
            elif ref and others:
                why = f"{len(items)} éléments portent ce numéro"
                yield Anomaly(AnomalyKind.TWO_ITEMS, ref, first, number, " ".join(others), why)
        for qid, numbers in self.by_item.items():
            deputies = sorted(self.refs[n] for n in numbers if n in self.refs)
            if deputies and len(numbers) > 1:
                why = f"l’élément porte {len(numbers)} numéros"
                ref, *others = deputies
                borne = " ".join(sorted(numbers))
                yield Anomaly(AnomalyKind.TWO_NUMBERS, ref, qid, borne, " ".join(others), why)


def _mismatches(links: Mapping[str, str], refs: Collection[str]) -> Iterator[Anomaly]:
    why = "ni le nom ni l’année de naissance de l’élément ne sont ceux du député"
    for ref in refs:
        yield Anomaly(AnomalyKind.DISCORDANT, ref, links[ref], digits(ref), "", why)


def _contradictions(
    ref: str, link: PublishedLink, item: str | None, holder: str, pairs: IdentifierPairs
) -> Iterator[Anomaly]:
    """Yield the anomalies of a published link.

    `item` is its item, or the one that this was merged into, None if it was deleted; `holder` is
    the item that bears the number of the deputy, or "".
    """
    number = digits(ref)
    if item is None:
        why = "l’élément n’existe plus\u00a0; retirer le lien ou le remplacer"
        yield Anomaly(AnomalyKind.DELETED, ref, link.qid, number, holder, why)
        return
    if item != link.qid:
        why = "l’élément redirige vers un autre, qui le remplace"
        yield Anomaly(AnomalyKind.MERGED, ref, link.qid, number, item, why)
    borne = " ".join(sorted(pairs.by_item.get(item, set())))
    if holder and holder != item:
        why = "un autre élément porte aujourd’hui le numéro du député"
        yield Anomaly(AnomalyKind.CONTRADICTED, ref, item, number, holder, why)
    elif borne and not holder:
        why = "l’élément publié porte le numéro d’un autre"
        yield Anomaly(AnomalyKind.CONTRADICTED, ref, item, borne, "", why)
    elif not holder and link.preuve == PREUVES[P4123]:
        why = "l’élément publié ne porte plus le numéro du député"
        yield Anomaly(AnomalyKind.LOST, ref, item, number, "", why)
