"""The items that may be a deputy: compared by name, birth, seat and group, scored and ranked, and
whether they are certain.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lod.base.tabular import group_by_key
from lod.extensions.wikidata.people import KnownDeputy, WikidataItem
from lod.reference.matching import (
    NameMatch,
    Verdict,
    best_match,
    in_common,
    name_words,
    weighted_score,
)

INITIAL_SCORE = 0.4  # score of a name of which only an initial agrees; a whole name has 1
HIGHEST = 99  # highest score: 100 is for an equal identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceItems:
    """The items of constituencies and groups."""

    # (department, number) → QID
    circonscriptions: Mapping[tuple[str, int], str] = field(default_factory=dict)
    # (legislature, short name) → QID
    groupes: Mapping[tuple[int, str], str] = field(default_factory=dict)

    def seats_of(self, deputy: KnownDeputy) -> frozenset[tuple[int, str]]:
        """Return the seats of a deputy as an item states them: (legislature, QID)."""
        return frozenset(
            (s.legislature, qid)
            for s in deputy.seats
            if (qid := self.circonscriptions.get((s.departement, s.numero)))
        )

    def groups_of(self, deputy: KnownDeputy) -> frozenset[str]:
        """Return the QIDs of the groups of a deputy; one may be that of several legislatures."""
        return frozenset(self.groupes[key] for key in deputy.groupes if key in self.groupes)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCandidate:
    """An item that may be a deputy, and the result of each criterion."""

    deputy: KnownDeputy
    item: WikidataItem
    label: str  # the name of the item that agrees best
    name_match: NameMatch
    birth_year: Verdict
    birth_day: str  # the day that both state, or ""
    circonscription: Verdict  # in the legislatures in which both state one
    legislature: Verdict
    groupe: Verdict

    @property
    def pair(self) -> tuple[str, str]:  # (acteurRef, QID)
        return self.deputy.ref, self.item.qid

    @property
    def fits(self) -> bool:
        """Whether name and birth year agree and the seat does not differ; several items may fit."""
        return (
            self.name_match >= NameMatch.CONTAINED
            and self.birth_year is True
            and self.circonscription is not False
        )

    @property
    def deserves_review(self) -> bool:
        """Whether a person should see it: neither a name alone nor a year alone is enough."""
        confirmed = (self.birth_year, self.circonscription, self.legislature)
        if self.name_match >= NameMatch.CONTAINED:
            return True in confirmed
        if not self.birth_year or self.circonscription is False:
            return False
        return self.name_match is NameMatch.INITIAL or self.circonscription is True

    @property
    def score(self) -> int:
        """From 0 to 99: the weighted sum of name and properties; an unknown one adds nothing."""
        properties = (self.birth_year, self.circonscription, self.legislature)
        initial, agreed = INITIAL_SCORE if self.name_match else 0, properties.count(True)
        score = weighted_score(self.name_match, initial, agreed, len(properties))
        return min(HIGHEST, round(score))


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """A candidate, and what keeps it from being certain."""

    candidate: LinkCandidate
    # other items that fit the deputy, and other deputies that fit the item
    rivals: tuple[str, ...] = ()
    holder: str = ""  # the number that the item bears, or the other deputy that it is linked to

    @property
    def is_certain(self) -> bool:
        """Whether all conditions hold; a person decides even then."""
        return self.candidate.fits and not self.rivals and not self.holder


def candidates_for(
    deputy: KnownDeputy, items: Iterable[WikidataItem], place_items: PlaceItems
) -> list[LinkCandidate]:
    """Return the items that deserve a review, sorted by score and QID, the best first."""
    compared = (_candidate(deputy, item, place_items) for item in items)
    return sorted((c for c in compared if c.deserves_review), key=lambda c: (-c.score, c.item.qid))


def _candidate(deputy: KnownDeputy, item: WikidataItem, place_items: PlaceItems) -> LinkCandidate:
    match, label = best_match(deputy.names, sorted(item.names))
    days = {born.day for born in item.births if born.known_part == born.day}  # no years, no months
    seats, item_seats = place_items.seats_of(deputy), {seat for seat in item.seats if seat[1]}
    common = {number for number, _ in seats} & {number for number, _ in item_seats}  # legislatures
    return LinkCandidate(
        deputy=deputy,
        item=item,
        label=label,
        name_match=match,
        birth_year=in_common(deputy.birth_years, item.birth_years),
        birth_day=min(days & deputy.births, default=""),
        circonscription=in_common(seats, item_seats) if common else None,
        legislature=in_common(deputy.legislatures, {number for number, _ in item.seats}),
        groupe=in_common(place_items.groups_of(deputy), item.groupes),
    )


def _last_words(names: Iterable[str]) -> Iterator[str]:
    """Yield the words of names but the first: a common first name alone makes no candidate."""
    for words in map(name_words, names):
        yield from words[1:] or words


def rank_candidates(
    deputies: Iterable[KnownDeputy],
    items: Iterable[WikidataItem],
    place_items: PlaceItems,
    *,
    refused: Collection[tuple[str, str]] = (),
    holders: Mapping[str, str] | None = None,
) -> list[RankedCandidate]:
    """Return the candidates of all deputies with their rivals, in the order of deputies and scores.

    `refused` are pairs (acteurRef, QID) that a person has refused: they are neither candidates nor
    rivals. `holders` are QID → acteurRef of items that are linked already.
    """
    # word of a name, or (legislature, QID of a constituency) → items
    index: dict[object, tuple[WikidataItem, ...]] = group_by_key(
        (key, item) for item in items for key in {*_last_words(item.names), *item.seats}
    )
    candidates = []
    for deputy in deputies:
        words = {word for name in deputy.names for word in name_words(name)}
        keys: set[object] = {*words, *place_items.seats_of(deputy)}
        near = {item.qid: item for key in keys for item in index.get(key, ())}.values()
        compared = candidates_for(deputy, near, place_items)
        candidates += [candidate for candidate in compared if candidate.pair not in refused]
    holder = {c.pair: holder_of(c, holders or {}) for c in candidates}
    fits = defaultdict[str, set[str]](set)  # acteurRef → items that fit, QID → deputies that fit
    for ref, qid in (c.pair for c in candidates if c.fits and not holder[c.pair]):
        fits[ref].add(qid)
        fits[qid].add(ref)
    return [
        RankedCandidate(
            candidate=c,
            rivals=tuple(sorted((fits[c.deputy.ref] | fits[c.item.qid]) - {*c.pair})),
            holder=holder[c.pair],
        )
        for c in candidates
    ]


def holder_of(candidate: LinkCandidate, holders: Mapping[str, str]) -> str:
    """Return another number that the item bears, or the other deputy it is linked to, or ""."""
    ref, qid = candidate.pair
    if numbers := candidate.item.p4123 - {candidate.deputy.number}:
        return min(numbers)
    return holders[qid] if holders.get(qid, ref) != ref else ""
