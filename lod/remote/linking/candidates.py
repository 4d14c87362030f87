"""Which items may be a person, with what speaks for each, a score, and whether one is certain."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lod.reference.names import MATCH_SCORES, NameMatch, name_words, weighted_score
from lod.remote.linking import criteria
from lod.remote.linking.criteria import PlaceItems, Verdict
from lod.remote.linking.people import KnownDeputy
from lod.remote.wikidata.item import WikidataItem

INITIAL_SCORE = 0.4  # what an initial is worth, of a whole name
MOST = 99  # 100 is an equal identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCandidate:
    """One item that may be one person, by criteria; `label` is the name that agrees."""

    deputy: KnownDeputy
    item: WikidataItem
    label: str
    name_match: NameMatch
    birth_year: Verdict
    birth_day: str
    circonscription: Verdict
    legislature: Verdict
    groupe: Verdict

    @property
    def pair(self) -> tuple[str, str]:
        """Reference and QID."""
        return self.deputy.ref, self.item.qid

    @property
    def fits(self) -> bool:
        """Whether name and year agree and the seat does not disagree; one of several may."""
        return (
            self.name_match >= NameMatch.CONTAINED
            and self.birth_year is Verdict.YES
            and self.circonscription is not Verdict.NO
        )

    @property
    def deserves_review(self) -> bool:
        """Whether a person should see it: a name alone, or a year alone, is no candidate."""
        confirmed = (self.birth_year, self.circonscription, self.legislature)
        if self.name_match >= NameMatch.CONTAINED:
            return Verdict.YES in confirmed
        if self.birth_year is not Verdict.YES or self.circonscription is Verdict.NO:
            return False
        return self.name_match is NameMatch.INITIAL or self.circonscription is Verdict.YES

    @property
    def score(self) -> int:
        """From 0 to 99: name and properties, weighed; what is unknown adds nothing."""
        properties = (self.birth_year, self.circonscription, self.legislature)
        name_score = MATCH_SCORES.get(self.name_match, INITIAL_SCORE if self.name_match else 0)
        return min(
            MOST, round(weighted_score(name_score, properties.count(Verdict.YES), len(properties)))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """A candidate among the others: what else fits, and whom else the item fits.

    `holder` is who has the item already: the number that it bears, or the deputy published.
    """

    candidate: LinkCandidate
    rivals: tuple[str, ...] = ()
    holder: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether all conditions hold; even then it is a proposal, and a person decides."""
        return self.candidate.fits and not self.rivals and not self.holder


def candidates_for(
    deputy: KnownDeputy, items: Iterable[WikidataItem], place_items: PlaceItems | None = None
) -> list[LinkCandidate]:
    """Return the items worth a look, the likeliest first; the order is that of score and QID."""
    known = place_items or PlaceItems()
    found = (_candidate(deputy, item, known) for item in items)
    return sorted((c for c in found if c.deserves_review), key=lambda c: (-c.score, c.item.qid))


def _candidate(deputy: KnownDeputy, item: WikidataItem, place_items: PlaceItems) -> LinkCandidate:
    agreement, label = criteria.best_name_match(deputy, item)
    return LinkCandidate(
        deputy=deputy,
        item=item,
        label=label,
        name_match=agreement,
        birth_year=criteria.birth_year(deputy, item),
        birth_day=criteria.birth_day(deputy, item),
        circonscription=criteria.circonscription(deputy, item, place_items),
        legislature=criteria.legislature(deputy, item),
        groupe=criteria.groupe(deputy, item, place_items),
    )


class ItemIndex:
    """Items by what a person shares with them: a word of a name, or a seat."""

    def __init__(self, items: Iterable[WikidataItem]) -> None:
        self._by_key: dict[object, list[WikidataItem]] = {}
        for item in items:
            for key in {*_telling_words(item.names), *item.seats}:
                self._by_key.setdefault(key, []).append(item)

    def near(self, deputy: KnownDeputy, place_items: PlaceItems) -> list[WikidataItem]:
        """Return the items that share a word or a seat with a person."""
        words = {word for name in deputy.names for word in name_words(name)}
        keys: set[object] = {*words, *place_items.seats_of(deputy)}
        return list({e.qid: e for key in keys for e in self._by_key.get(key, ())}.values())


def _telling_words(names: Iterable[str]) -> Iterator[str]:
    """Yield the words of names but for the first: no two names agree by that one alone."""
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
    """Return the candidates of all persons, in the order of persons and scores, with rivals.

    `refused` are pairs (acteurRef, QID) that a person has refused, which are no candidates and no
    rivals; `holders` says whose an item is already.
    """
    index = ItemIndex(items)
    found = [
        candidate
        for deputy in deputies
        for candidate in candidates_for(deputy, index.near(deputy, place_items), place_items)
        if candidate.pair not in refused
    ]
    taken = holders or {}
    fits: dict[str, set[str]] = {}  # of a person, the items that fit; of an item, the persons
    for candidate in found:
        if candidate.fits and not holder_of(candidate, taken):
            ref, qid = candidate.pair
            fits.setdefault(ref, set()).add(qid)
            fits.setdefault(qid, set()).add(ref)
    return [
        RankedCandidate(
            candidate=candidate,
            rivals=tuple(sorted((fits.get(ref, set()) | fits.get(qid, set())) - {ref, qid})),
            holder=holder_of(candidate, taken),
        )
        for candidate in found
        for ref, qid in [candidate.pair]
    ]


def holder_of(candidate: LinkCandidate, holders: Mapping[str, str]) -> str:
    """Return who has the item already: another number that it bears, or a deputy; else ""."""
    ref, qid = candidate.pair
    others = candidate.item.p4123 - {candidate.deputy.number}
    return min(others, default="") or (
        holders.get(qid, ref) if holders.get(qid, ref) != ref else ""
    )
