"""What speaks for an item being a deputy, and what against it: names, birth, seat, group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lod.reference.names import NameMatch, name_match
from lod.remote.linking.people import KnownDeputy
from lod.remote.wikidata.item import BirthDay, WikidataItem

YEAR_PRECISION, DAY_PRECISION = 9, 11  # precisions of Wikidata


class Verdict(StrEnum):
    """Whether both sides say the same; unknown if one of them says nothing."""

    YES = "oui"
    NO = "non"
    UNKNOWN = "inconnue"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceItems:
    """Items of places and groups: (department, number) and (legislature, short name) → QID."""

    circonscriptions: Mapping[tuple[str, int], str] = field(default_factory=dict)
    groupes: Mapping[tuple[int, str], str] = field(default_factory=dict)

    def seats_of(self, deputy: KnownDeputy) -> frozenset[tuple[int, str]]:
        """Return where a person sat as an item states it: (legislature, QID)."""
        return frozenset(
            (s.legislature, qid)
            for s in deputy.seats
            if (qid := self.circonscriptions.get((s.departement, s.numero)))
        )


def best_name_match(deputy: KnownDeputy, item: WikidataItem) -> tuple[NameMatch, str]:
    """Return how the names agree at best, and the name of the item that does."""
    agreements = (
        (max(name_match(name, other) for name in deputy.names), other)
        for other in sorted(item.names)
    )
    return max(agreements, key=lambda found: found[0], default=(NameMatch.NONE, ""))


def birth_year(deputy: KnownDeputy, item: WikidataItem) -> Verdict:
    """Whether a year of birth of one is one of the other; a decade or a century is no year."""
    theirs = {n.year for n in item.births if n.precision >= YEAR_PRECISION}
    return _in_common(deputy.birth_years, theirs)


def birth_day(deputy: KnownDeputy, item: WikidataItem) -> str:
    """Return a day of birth that both state, or ""; 1 January of a bare year is no day."""
    same = [n.day for n in sorted(item.births) if n.precision >= DAY_PRECISION]
    return next((day for day in same if day in deputy.births), "")


def circonscription(deputy: KnownDeputy, item: WikidataItem, place_items: PlaceItems) -> Verdict:
    """Whether both had the same seat in a legislature; others say nothing of each other."""
    ours, theirs = place_items.seats_of(deputy), {seat for seat in item.seats if seat[1]}
    common = {number for number, _ in ours} & {number for number, _ in theirs}
    return _in_common(
        {seat for seat in ours if seat[0] in common}, {seat for seat in theirs if seat[0] in common}
    )


def legislature(deputy: KnownDeputy, item: WikidataItem) -> Verdict:
    """Whether both sat in the same legislature; an item without seats says nothing."""
    return _in_common(deputy.legislatures, {number for number, _ in item.seats})


def groupe(deputy: KnownDeputy, item: WikidataItem, place_items: PlaceItems) -> Verdict:
    """Whether both sat in the same group: weak, for items of groups outlive legislatures."""
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
    names = {9: (4, "année"), 10: (7, "mois"), 11: (10, "jour")}
    said = []
    for day, precision in sorted(births):
        length, name = names.get(precision, (4, f"précision {precision}"))
        said.append(f"{day[:length]} ({name})")
    return " ".join(said)
