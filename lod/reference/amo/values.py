"""Who sat where and in which group, which ministry stood under which government: the archives AMO
of the Assemblée nationale, as values.

Dates are civil days; a period includes its first and its last day. `archives.py` reads them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from lod.model.question import Circonscription, Organe
from lod.model.text import fold
from lod.reference.names import name_key

ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT = "ASSEMBLEE", "GP", "MINISTERE", "GOUVERNEMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person: `hatvp` is the address of the page of the Haute Autorité about her."""

    ref: str
    first_name: str
    last_name: str
    civilite: str | None = None
    birth_date: date | None = None
    death_date: date | None = None
    profession: str | None = None
    hatvp: str | None = None

    @property
    def full_name(self) -> str:
        """First name and name, as the tables and the pages print them."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Something that lasts from `start` to `end`; without `end` no end is stated."""

    start: date
    end: date | None = None

    @property
    def first_day(self) -> date:
        """The first day that counts."""
        return self.start

    def covers(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.first_day <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputySeat(Period):
    """A seat: `start` is the election, which for a substitute is that of the deputy replaced."""

    ref: str
    acteur_ref: str
    legislature: int
    prise_de_fonction: date | None = None
    circonscription: Circonscription | None = None
    region: str | None = None

    @property
    def first_day(self) -> date:
        """The day of taking the seat: before it a substitute, elected with her, did not sit."""
        return self.prise_de_fonction or self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMembership(Period):
    """Membership of a group without a break; `ref` is the mandate (`PM…`) that it begins with."""

    ref: str
    acteur_ref: str
    groupe_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Period):
    """A body: group, ministry, government or assembly, by `type`; `parent` is its government."""

    ref: str
    type: str
    libelle: str
    short_label: str | None = None
    sigle: str | None = None
    parent: str | None = None
    predecessor: str | None = None
    legislature: int | None = None

    @property
    def organe(self) -> Organe:
        """The body as a question names it: short label, long label."""
        short = self.short_label or self.libelle
        long = self.libelle if self.libelle != short else None
        return Organe(libelle=short, libelle_long=long, ref=self.ref)


DirectoryValue = Person | DeputySeat | GroupMembership | Body
P = TypeVar("P", bound=Period)
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)  # no slots: the indexes are made when first asked for
class Directory:
    """What the archives say, by reference; `memberships` by person, in the order of time."""

    persons: dict[str, Person]
    seats: dict[str, DeputySeat]
    memberships: dict[str, tuple[GroupMembership, ...]]
    bodies: dict[str, Body]

    def values(self) -> Iterator[DirectoryValue]:
        """Yield every value, in a fixed order."""
        for values in (self.persons, self.seats, self.bodies):
            yield from (values[ref] for ref in sorted(values))
        for ref in sorted(self.memberships):
            yield from self.memberships[ref]

    def seat(self, ref: str) -> DeputySeat | None:
        """Return the mandate `PM…`, if the archives have it."""
        return self.seats.get(ref)

    def seat_of(
        self, acteur_ref: str, legislature: int, day: date | None = None
    ) -> DeputySeat | None:
        """Return the one mandate of a person that day, in a legislature; None for none or two.

        Without a day, the one mandate of the legislature, if there is only one.
        """
        seats = self._seats_by_person.get((acteur_ref, legislature), ())
        return _only(_on_day(seats, day) if day else seats)

    def groupe_on(self, acteur_ref: str, day: date) -> Body | None:
        """Return the group of a person that day; None for none, or two at once."""
        membership = _only(_on_day(self.memberships.get(acteur_ref, ()), day))
        return self.bodies.get(membership.groupe_ref) if membership else None

    def body(self, ref: str) -> Body | None:
        """Return the body `PO…`, if the archives have it."""
        return self.bodies.get(ref)

    def gouvernement_of(self, ministere_ref: str) -> Body | None:
        """Return the government of a ministry, if the archives have both."""
        ministere = self.bodies.get(ministere_ref)
        parent = self.bodies.get(ministere.parent) if ministere and ministere.parent else None
        return parent if parent and parent.type == GOUVERNEMENT else None

    def ministere_named(self, libelle: str, day: date) -> Body | None:
        """Return the ministry that alone bears a folded label that day, short or long."""
        named = _on_day(self._ministeres_by_label.get(libelle, ()), day)
        return _only([m for m in named if m.end or not self._is_outdated(m, day)])

    def persons_named(self, name: str, legislature: int) -> tuple[Person, ...]:
        """Return the deputies of a legislature whose name has the same words: all homonyms."""
        return self._persons_by_name.get((name_key(name), legislature), ())

    def deputes(self, legislature: int) -> tuple[Person, ...]:
        """Return the deputies of a legislature."""
        return self._deputes_by_legislature.get(legislature, ())

    def _is_outdated(self, ministere: Body, day: date) -> bool:
        """Whether another government, or a new assembly, has come since an open ministry began.

        The archive leaves governments open that are long gone (ATTAL in that of legislature 17).
        """
        others = (c for c in self._governments_and_assemblies if c.ref != ministere.parent)
        return any(ministere.start < c.start <= day for c in others)

    @cached_property
    def _governments_and_assemblies(self) -> tuple[Body, ...]:
        return tuple(c for c in self.bodies.values() if c.type in (GOUVERNEMENT, ASSEMBLEE))

    @cached_property
    def _seats_by_person(self) -> dict[tuple[str, int], tuple[DeputySeat, ...]]:
        return group_by_key(((m.acteur_ref, m.legislature), m) for m in self.seats.values())

    @cached_property
    def _ministeres_by_label(self) -> dict[str, tuple[Body, ...]]:
        return group_by_key(
            (libelle, body)
            for body in self.bodies.values()
            if body.type == MINISTERE
            for libelle in {fold(libelle) for libelle in body.organe.libelles}
        )

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


def _on_day(periods: Iterable[P], day: date) -> list[P]:
    """Return what covers the day; what ends on the day of a change gives way to what goes on."""
    covering = [p for p in periods if p.covers(day)]
    return [p for p in covering if p.end != day] or covering


def _only(values: Iterable[V]) -> V | None:
    found = list(values)
    return found[0] if len(found) == 1 else None


def group_by_key(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Return key → its values, in their order."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
