"""What P4123 says now: links where it is one to one, anomalies where it is not."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lod.pipeline.mapping.links import PREUVES, digits
from lod.reference.reviewed_links import DOUBTFUL, P4123, AnomalyKind, sides

NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class PublishedLink(NamedTuple):
    """A link that is published: the item, and the class of its evidence."""

    qid: str
    preuve: str


class Anomaly(NamedTuple):
    """One line of the report; `target` is the other item, deputy or number that is meant."""

    kind: AnomalyKind
    ref: str
    qid: str
    number: str
    target: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierFindings:
    """What the pairs (item, number) come to: `links` are reference → QID, one to one.

    `set_aside` are references and QIDs of both sides of an anomaly: nothing is written for them.
    """

    links: Mapping[str, str]
    anomalies: tuple[Anomaly, ...]
    set_aside: frozenset[str]


def compare_identifiers(
    item_numbers: Iterable[tuple[str, str]],
    refs: Mapping[str, str],
    published: Mapping[str, PublishedLink],
    redirections: Mapping[str, str | None],
    mismatched: Collection[str] = (),
) -> IdentifierFindings:
    """Return links and anomalies of pairs (QID, P4123); `refs` are number → acteurRef.

    `redirections` say where a published item has gone, None if it is no more; `mismatched` are
    references whose item has another name and another year of birth.
    """
    pairs = IdentifierPairs(item_numbers, refs)
    links = dict(pairs.links())
    anomalies = [*pairs.anomalies(), *_mismatches(links, mismatched)]
    for ref, link in sorted(published.items()):
        if not any(ref in (a.ref, *a.target.split()) for a in anomalies):
            place = redirections.get(link.qid, link.qid)
            anomalies += _contradictions(ref, link, place, links.get(ref, ""), pairs)
    set_aside = frozenset().union(
        *(sides(a.ref, a.qid, a.target) for a in anomalies if a.kind in DOUBTFUL)
    )
    kept = {ref: qid for ref, qid in links.items() if not set_aside & {ref, qid}}
    set_aside |= links.keys() - kept.keys()
    return IdentifierFindings(links=kept, anomalies=tuple(sorted(anomalies)), set_aside=set_aside)


class IdentifierPairs:
    """Pairs of items and numbers, looked at from both sides."""

    def __init__(self, item_numbers: Iterable[tuple[str, str]], refs: Mapping[str, str]) -> None:
        self.refs = refs
        self.by_item: dict[str, set[str]] = {}
        self.by_number: dict[str, set[str]] = {}
        for qid, number in item_numbers:
            self.by_item.setdefault(qid, set()).add(number)
            self.by_number.setdefault(number, set()).add(qid)

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield (acteurRef, QID) where one item bears one number, that of a deputy of ours."""
        for number, ref in self.refs.items():
            items = self.by_number.get(number, set())
            if len(items) == 1 and self.by_item[min(items)] == {number}:
                yield ref, min(items)

    def anomalies(self) -> Iterator[Anomaly]:
        """Yield what is not one to one, where it touches a deputy of ours, or is no number."""
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
            ours = sorted(self.refs[n] for n in numbers if n in self.refs)
            if ours and len(numbers) > 1:
                why = f"l’élément porte {len(numbers)} numéros"
                said = (qid, " ".join(sorted(numbers)), " ".join(ours[1:]))
                yield Anomaly(AnomalyKind.TWO_NUMBERS, ours[0], *said, why)


def _mismatches(links: Mapping[str, str], refs: Collection[str]) -> Iterator[Anomaly]:
    why = "ni le nom ni l’année de naissance de l’élément ne sont ceux du député"
    for ref in refs:
        yield Anomaly(AnomalyKind.DISCORDANT, ref, links[ref], digits(ref), "", why)


def _contradictions(
    ref: str, link: PublishedLink, place: str | None, current_item: str, pairs: IdentifierPairs
) -> Iterator[Anomaly]:
    """Yield what is wrong with a published link; `place` is where its item is now, `current_item` the
    item that bears the number of the deputy.
    """
    number = digits(ref)
    if place is None:
        why = "l’élément n’existe plus\u00a0; retirer le lien ou le remplacer"
        yield Anomaly(AnomalyKind.DELETED, ref, link.qid, number, current_item, why)
        return
    if place != link.qid:
        why = "l’élément redirige vers un autre, qui le remplace"
        yield Anomaly(AnomalyKind.MERGED, ref, link.qid, number, place, why)
    borne_numbers = " ".join(sorted(pairs.by_item.get(place, set())))
    if current_item and current_item != place:
        why = "un autre élément porte aujourd’hui le numéro du député"
        yield Anomaly(AnomalyKind.CONTRADICTED, ref, place, number, current_item, why)
    elif borne_numbers and not current_item:
        why = "l’élément publié porte le numéro d’un autre"
        yield Anomaly(AnomalyKind.CONTRADICTED, ref, place, borne_numbers, "", why)
    elif not current_item and link.preuve == PREUVES[P4123]:
        why = "l’élément publié ne porte plus le numéro du député"
        yield Anomaly(AnomalyKind.LOST, ref, place, number, "", why)
