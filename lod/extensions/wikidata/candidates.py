"""The items that may be a deputy: compared, scored, ranked, and certain or not."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lod.extensions.wikidata import criteria
from lod.extensions.wikidata.criteria import PlaceItems, Verdict
from lod.extensions.wikidata.people import KnownDeputy, WikidataItem
from lod.model.names import MATCH_SCORES, NameMatch, name_words, weighted_score

INITIAL_SCORE = 0.4  # of an initial; a whole name has 1
HIGHEST = 99  # 100 is for an equal identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCandidate:
    """An item that may be a deputy, and the result of each criterion."""

    deputy: KnownDeputy
    item: WikidataItem
    label: str  # the name of the item that agrees best
    name_match: NameMatch
    birth_year: Verdict
    birth_day: str  # that both state, or ""
    circonscription: Verdict
    legislature: Verdict
    groupe: Verdict

    @property
    def pair(self) -> tuple[str, str]:  # (acteurRef, QID)
        return self.deputy.ref, self.item.qid

    @property
    def fits(self) -> bool:
        """Whether name and year agree and the seat does not disagree; several items may fit."""
        return (
            self.name_match >= NameMatch.CONTAINED
            and self.birth_year is Verdict.YES
            and self.circonscription is not Verdict.NO
        )

    @property
    def deserves_review(self) -> bool:
        """Whether a person should see it: neither a name alone nor a year alone is enough."""
        confirmed = (self.birth_year, self.circonscription, self.legislature)
        if self.name_match >= NameMatch.CONTAINED:
            return Verdict.YES in confirmed
        if self.birth_year is not Verdict.YES or self.circonscription is Verdict.NO:
            return False
        return self.name_match is NameMatch.INITIAL or self.circonscription is Verdict.YES

    @property
    def score(self) -> int:
        """From 0 to 99: the weighted sum of name and properties; an unknown one adds nothing."""
        properties = (self.birth_year, self.circonscription, self.legislature)
        name_score = MATCH_SCORES.get(self.name_match, INITIAL_SCORE if self.name_match else 0)
        confirmed = properties.count(Verdict.YES)
        return min(HIGHEST, round(weighted_score(name_score, confirmed, len(properties))))


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
    deputy: KnownDeputy, items: Iterable[WikidataItem], place_items: PlaceItems | None = None
) -> list[LinkCandidate]:
    """Return the items that deserve a review, sorted by score and QID, the best first."""
    known = place_items or PlaceItems()
    compared = (_candidate(deputy, item, known) for item in items)
    return sorted((c for c in compared if c.deserves_review), key=lambda c: (-c.score, c.item.qid))


def _candidate(deputy: KnownDeputy, item: WikidataItem, place_items: PlaceItems) -> LinkCandidate:
    name_match, label = criteria.best_name_match(deputy, item)
    return LinkCandidate(
        deputy=deputy,
        item=item,
        label=label,
        name_match=name_match,
        birth_year=criteria.birth_year(deputy, item),
        birth_day=criteria.birth_day(deputy, item),
        circonscription=criteria.circonscription(deputy, item, place_items),
        legislature=criteria.legislature(deputy, item),
        groupe=criteria.groupe(deputy, item, place_items),
    )


class ItemIndex:
    """Items by the words of their names and by their seats."""

    def __init__(self, items: Iterable[WikidataItem]) -> None:
        self._by_key: dict[object, list[WikidataItem]] = {}  # word, or (legislature, QID)
        for item in items:
            for key in {*_last_words(item.names), *item.seats}:
                self._by_key.setdefault(key, []).append(item)

    def near(self, deputy: KnownDeputy, place_items: PlaceItems) -> list[WikidataItem]:
        """Return the items that share a word of a name or a seat with a deputy."""
        words = {word for name in deputy.names for word in name_words(name)}
        keys: set[object] = {*words, *place_items.seats_of(deputy)}
        return list({i.qid: i for key in keys for i in self._by_key.get(key, ())}.values())


def _last_words(names: Iterable[str]) -> Iterator[str]:
    """Yield the words of names without the first: no two names agree by a first name alone."""
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
    index = ItemIndex(items)
    candidates = [
        candidate
        for deputy in deputies
        for candidate in candidates_for(deputy, index.near(deputy, place_items), place_items)
        if candidate.pair not in refused
    ]
    held = {c.pair: holder_of(c, holders or {}) for c in candidates}
    fits = defaultdict[str, set[str]](set)  # acteurRef → items that fit, QID → deputies that fit
    for ref, qid in (c.pair for c in candidates if c.fits and not held[c.pair]):
        fits[ref].add(qid)
        fits[qid].add(ref)
    return [
        RankedCandidate(
            candidate=c,
            rivals=tuple(sorted((fits[c.deputy.ref] | fits[c.item.qid]) - {*c.pair})),
            holder=held[c.pair],
        )
        for c in candidates
    ]


def holder_of(candidate: LinkCandidate, holders: Mapping[str, str]) -> str:
    """Return another number that the item bears, or the other deputy that has it, or ""."""
    ref, qid = candidate.pair
    if numbers := candidate.item.p4123 - {candidate.deputy.number}:
        return min(numbers)
    return holders[qid] if holders.get(qid, ref) != ref else ""
