"""The criteria by which an item is compared with a deputy: names, birth, seat, group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lod.extensions.wikidata.people import BirthDay, KnownDeputy, WikidataItem
from lod.model.names import NameMatch, name_match

BIRTH_WORDS = {9: "année", 10: "mois", 11: "jour"}  # by precision


class Verdict(StrEnum):
    """Whether both sides state the same; unknown if one of them states nothing."""

    YES = "oui"
    NO = "non"
    UNKNOWN = "inconnue"


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


def best_name_match(deputy: KnownDeputy, item: WikidataItem) -> tuple[NameMatch, str]:
    """Return the best agreement of a name of both, and that name of the item."""
    matches = (
        (max(name_match(name, other) for name in deputy.names), other)
        for other in sorted(item.names)
    )
    return max(matches, key=lambda match: match[0], default=(NameMatch.NONE, ""))


def birth_year(deputy: KnownDeputy, item: WikidataItem) -> Verdict:
    """Return whether both have a year of birth in common."""
    return _in_common(deputy.birth_years, {born.year for born in item.births})


def birth_day(deputy: KnownDeputy, item: WikidataItem) -> str:
    """Return a day of birth that both state, or ""; a year or a month is not a day."""
    days = {born.day for born in item.births if born.known_part == born.day}
    return min(days & deputy.births, default="")


def circonscription(deputy: KnownDeputy, item: WikidataItem, place_items: PlaceItems) -> Verdict:
    """Return whether both have the same seat in a legislature in which both state one."""
    ours, theirs = place_items.seats_of(deputy), {seat for seat in item.seats if seat[1]}
    common = {number for number, _ in ours} & {number for number, _ in theirs}
    return _in_common(
        {seat for seat in ours if seat[0] in common}, {seat for seat in theirs if seat[0] in common}
    )


def legislature(deputy: KnownDeputy, item: WikidataItem) -> Verdict:
    """Return whether both sat in a same legislature."""
    return _in_common(deputy.legislatures, {number for number, _ in item.seats})


def groupe(deputy: KnownDeputy, item: WikidataItem, place_items: PlaceItems) -> Verdict:
    """Return whether both sat in a same group; the item of a group may be of several terms."""
    ours = {place_items.groupes[key] for key in deputy.groupes if key in place_items.groupes}
    return _in_common(ours, item.groupes)


def _in_common(ours: Iterable[object], theirs: Iterable[object]) -> Verdict:
    one, two = set(ours), set(theirs)
    if not one or not two:
        return Verdict.UNKNOWN
    return Verdict.YES if one & two else Verdict.NO


def written_births(births: Iterable[BirthDay]) -> str:
    """Return days of birth with their precision, for a reviewer.

    >>> written_births([BirthDay("1975-06-15", 11), BirthDay("1972-01-01", 9)])
    '1972 (année) 1975-06-15 (jour)'
    """
    return " ".join(f"{b.known_part} ({BIRTH_WORDS[b.precision]})" for b in sorted(births))
