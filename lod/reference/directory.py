"""Deputies with their seats and groups, ministries and governments: the archives AMO as values.

Dates are civil days; a period includes its first and its last day. `amo_archives.py` reads them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import TypeVar

from lod.base.tabular import group_by_key
from lod.model.question import Circonscription, Organe
from lod.model.text import fold
from lod.reference.matching import Verdict, name_key, only
from lod.reference.tables import group_rows

ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT = "ASSEMBLEE", "GP", "MINISTERE", "GOUVERNEMENT"
# what the archives call the role of a deputy in a group, and the place of a group in the Assemblée
ROLES = frozenset({"Membre", "Membre apparenté", "Président", "Député non-inscrit"})
POSITIONS = frozenset({"Majoritaire", "Minoritaire", "Opposition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A deputy, or a former one."""

    ref: str  # `PA…`
    first_name: str
    last_name: str
    civilite: str | None = None
    birth_date: date | None = None
    death_date: date | None = None
    profession: str | None = None
    categorie: str | None = None  # socio-professional category, in the words of the archives
    famille: str | None = None  # family of categories
    hatvp: str | None = None  # address of the page of the Haute Autorité about the person

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    start: date
    end: date | None = None  # None if no end is stated

    @property
    def first_day(self) -> date:
        return self.start

    def covers(self, day: date) -> bool:
        return self.first_day <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputySeat(Period):
    """The seat of a deputy; `start` is the election, also where a substitute has taken the seat."""

    ref: str  # `PM…`
    acteur_ref: str
    legislature: int
    prise_de_fonction: date | None = None  # the day from which the deputy sat
    circonscription: Circonscription | None = None
    region: str | None = None
    cause: str | None = None  # of the mandate: « élections générales »
    end_cause: str | None = None
    suppleants: tuple[str, ...] = ()  # `PA…`: elected with the deputy, in the case of a vacancy

    @property
    def first_day(self) -> date:
        """The day of taking the seat, where it is stated, else the day of the election."""
        return self.prise_de_fonction or self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMembership(Period):
    """Uninterrupted membership of a group in one role; a president is a member as well."""

    ref: str  # `PM…`: the mandate that it begins with
    acteur_ref: str
    groupe_ref: str
    role: str | None = None  # one of ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Period):
    """A group, ministry, government or assembly."""

    ref: str  # `PO…`
    type: str  # ASSEMBLEE, GROUPE, MINISTERE or GOUVERNEMENT
    libelle: str  # long label
    short_label: str | None = None
    sigle: str | None = None  # abbreviation
    parent: str | None = None  # `PO…`: of a ministry its government
    predecessor: str | None = None  # `PO…`
    legislature: int | None = None
    position: str | None = None  # of a group: one of POSITIONS

    @property
    def organe(self) -> Organe:
        """The body as a question names it."""
        short = self.short_label or self.libelle
        long = self.libelle if self.libelle != short else None
        return Organe(libelle=short, libelle_long=long, ref=self.ref)


DirectoryValue = Person | DeputySeat | GroupMembership | Body
P = TypeVar("P", bound=Period)


@dataclass(frozen=True, kw_only=True)  # no slots: the indexes are made when first asked for
class Directory:
    """All that the archives state, by reference."""

    persons: dict[str, Person]
    seats: dict[str, DeputySeat]
    memberships: dict[str, tuple[GroupMembership, ...]]  # by reference of the person, oldest first
    bodies: dict[str, Body]
    # name of each archive, in the order in which they count, and hash of what is read of it
    archives: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def values(self) -> Iterator[DirectoryValue]:
        """Yield every value, in a fixed order."""
        for values in (self.persons, self.seats, self.bodies):
            yield from (values[ref] for ref in sorted(values))
        for ref in sorted(self.memberships):
            yield from self.memberships[ref]

    def seat_of(
        self, acteur_ref: str, legislature: int, day: date | None = None
    ) -> DeputySeat | None:
        """Return the only seat of a person in a legislature, on a day if one is given."""
        seats = self._seats_by_person.get((acteur_ref, legislature), ())
        return only(_on_day(seats, day) if day else seats)

    def sat(self, acteur_ref: str, legislature: int, days: Iterable[date]) -> Verdict:
        """Return whether a person had a seat on one of the days; None if no seat is known."""
        seats = self._seats_by_person.get((acteur_ref, legislature))
        return any(seat.covers(day) for day in days for seat in seats) if seats else None

    def groupe_on(self, acteur_ref: str, day: date) -> Body | None:
        """Return the only group of a person on a day, in any role; None for no group, or two.

        A membership counts as long as its group lasts.
        """
        memberships = _on_day(self.memberships.get(acteur_ref, ()), day)
        groups = [self.groups.get(ref) for ref in {m.groupe_ref for m in memberships}]
        return only(g for g in groups if g is None or g.covers(day))

    def groupe_named(
        self, labels: Iterable[str], legislature: int, day: date | None = None
    ) -> Body | None:
        """Return the group of a legislature, or of a day in it, by the first of the labels that
        exactly one group bears.
        """
        for label in labels:
            bearers = self._groups_by_label.get((legislature, fold(label)), ())
            if groupe := only(g for g in bearers if day is None or g.covers(day)):
                return groupe
        return None

    def persons_named(self, name: str, legislature: int) -> tuple[Person, ...]:
        """Return the deputies of a legislature whose names have these words: all homonyms."""
        return self._persons_by_name.get((name_key(name), legislature), ())

    def deputes(self, legislature: int) -> tuple[Person, ...]:
        return self._deputes_by_legislature.get(legislature, ())

    @cached_property
    def groups(self) -> dict[str, Body]:
        """Reference → group, as the archives state it, else the table."""
        archived = {ref: body for ref, body in self.bodies.items() if body.type == GROUPE}
        return _groups_of_the_table() | archived

    @cached_property
    def _groups_by_label(self) -> dict[tuple[int | None, str], tuple[Body, ...]]:
        return group_by_key(
            ((g.legislature, label), g)
            for g in self.groups.values()
            for label in sorted(
                {fold(name) for name in (g.libelle, g.short_label, g.sigle) if name}
            )
        )

    @cached_property
    def _seats_by_person(self) -> dict[tuple[str, int], tuple[DeputySeat, ...]]:
        return group_by_key(((m.acteur_ref, m.legislature), m) for m in self.seats.values())

    @cached_property
    def _persons_by_name(self) -> dict[tuple[str, int], tuple[Person, ...]]:
        return group_by_key(
            ((name_key(person.full_name), legislature), person)
            for legislature, persons in self._deputes_by_legislature.items()
            for person in persons
        )

    @cached_property
    def _deputes_by_legislature(self) -> dict[int, tuple[Person, ...]]:
        return group_by_key(
            (legislature, person)
            for ref, legislature in self._seats_by_person
            if (person := self.persons.get(ref))
        )


NO_ARCHIVES = Directory(persons={}, seats={}, memberships={}, bodies={})


@cache
def _groups_of_the_table() -> dict[str, Body]:
    return {
        row.ref: Body(
            ref=row.ref, type=GROUPE, libelle=row.libelle, short_label=row.sigle, start=row.debut,
            end=row.fin, legislature=row.legislature,
        )
        for row in group_rows()
    }  # fmt: skip


def _on_day(periods: Iterable[P], day: date) -> list[P]:
    """Return the periods that cover a day, without those that end on it if others cover it."""
    covering = [p for p in periods if p.covers(day)]
    return [p for p in covering if p.end != day] or covering
