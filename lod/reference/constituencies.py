"""Who is elected in each constituency."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from lod.base.tabular import group_by_key
from lod.model.question import Circonscription
from lod.reference.directory import DeputySeat, Directory
from lod.reference.tables import DeputyRow, deputy_rows, group_rows, legislatures

FIRST = 14  # legislature from which on constituencies are those of the table of communes


@dataclass(frozen=True, slots=True, kw_only=True)
class Elected:
    """Who sits for a constituency on a day, or was the last who is known to be elected there."""

    place: Circonscription  # with the code of its department
    acteur_ref: str
    name: str
    group: str = ""  # its full name, "" if none is known
    legislature: int
    as_of: date | None = None  # the day on which it is known who sits; None if it is not


def elected(directory: Directory, day: date) -> list[Elected]:
    """Return who sits for each constituency, by department and number, on the latest day up to
    `day` that the archives name.

    If they have no seat there in the legislature of that day, the deputies of the table are
    returned, which has no days: several if one has followed another. The list is empty for days
    before the constituencies of today.
    """
    as_of = max((d for d in _days(directory) if d <= day), default=day)
    current = max((n for n, row in legislatures().items() if row.debut <= day), default=0)
    if current < FIRST:
        return []
    seats = group_by_key(
        ((place.departement, place.numero), seat)
        for seat in directory.seats.values()
        if seat.legislature == current and seat.first_day <= as_of
        if (place := seat.circonscription) and place.departement
    )
    tabled = group_by_key(
        ((row.departement, row.circonscription), row)
        for row in deputy_rows()
        if row.legislature == current
    )
    people: list[Elected] = []
    for key in sorted({*seats, *tabled}):
        own = seats.get(key, ())
        sitting = [seat for seat in own if seat.covers(as_of)]
        if own:
            last = max(sitting or own, key=lambda seat: (seat.first_day, seat.ref))
            people.append(_of_archives(directory, last, as_of if sitting else None))
        else:
            people += map(_of_table, tabled[key])
    return people


def _days(directory: Directory) -> Iterator[date]:
    """Yield the days that the archives state of seats and groups."""
    for seat in directory.seats.values():
        yield from (seat.first_day, seat.end or seat.first_day)
    for memberships in directory.memberships.values():
        for membership in memberships:
            yield from (membership.start, membership.end or membership.start)


def _of_archives(directory: Directory, seat: DeputySeat, as_of: date | None) -> Elected:
    person = directory.persons.get(seat.acteur_ref)
    group = directory.groupe_on(seat.acteur_ref, as_of or seat.end or seat.first_day)
    assert seat.circonscription
    return Elected(
        place=seat.circonscription,
        acteur_ref=seat.acteur_ref,
        name=person.full_name if person else seat.acteur_ref,
        group=group.libelle if group else "",
        legislature=seat.legislature,
        as_of=as_of,
    )


@cache
def _names_of_groups() -> dict[tuple[int, str], str]:
    return {(row.legislature, row.sigle): row.libelle for row in group_rows()}


def _of_table(row: DeputyRow) -> Elected:
    return Elected(
        place=row.place,
        acteur_ref=row.acteur_ref,
        name=row.nom_complet,
        group=_names_of_groups().get((row.legislature, row.groupe), row.groupe),
        legislature=row.legislature,
    )
