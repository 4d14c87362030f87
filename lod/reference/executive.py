"""Governments, ministries and ministers since 1986: who a name means on a day.

A ministry is of one government, and a new body comes with each change of its name: so a name and a
day tell which one is meant.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import chain

from msgspec import structs

from lod.base.tabular import group_by_key
from lod.model.question import Organe
from lod.model.text import bare_name, fold, slug
from lod.reference.directory import Period
from lod.reference.matching import name_key, only

GRACE = timedelta(days=14)  # for which names are printed after a reshuffle, or before a decree
GAP = timedelta(days=60)  # at most, between a ministry and the next one of the same name
HEADS = ("premier ministre", "premiere ministre")
# how an office begins, folded → its code in `qp:fonctions`; the first that fits
OFFICES = {
    "premier ministre": "Premier ministre",
    "premiere ministre": "Premier ministre",
    "ministre d etat": "Ministre d'État",
    "ministre delegue": "Ministre délégué",
    "ministre": "Ministre",
    "garde de": "Ministre",
    "secretaire d etat": "Secrétaire d'État",
    "haut commissaire": "Haut-commissaire",
}
# values of `preuve` in `ministres.csv` that prove who a minister is in Wikidata
BY_OFFICE = "nom, fonction et jours"
BY_OFFICE_AND_BIRTH = "nom, fonction, jours et naissance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Government(Period):
    """A government, from its first day to the day before the next one."""

    code: str  # name of its IRI: `PO791579`, else `chirac-2`
    nom: str
    ref: str | None = None  # `PO…`
    qid: str = ""  # item of Wikidata


@dataclass(frozen=True, slots=True, kw_only=True)
class Ministry(Period):
    """A ministry of one government, under one name."""

    code: str  # name of its IRI: `PO791593`, else `affaires-etrangeres-chirac-2`
    libelle: str  # « Ministère de l’intérieur »
    abrege: str  # « Intérieur », as questions print it
    ref: str | None = None  # `PO…`
    gouvernement: str | None = None  # code

    @property
    def noms(self) -> tuple[str, ...]:
        """Its names, the short one first."""
        return (self.abrege, self.libelle) if self.abrege != self.libelle else (self.libelle,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minister(Period):
    """A person who held a ministry."""

    ministere: str  # code
    fonction: str
    first_name: str
    last_name: str
    ref: str | None = None  # `PA…`
    est_depute: bool = False  # whether tables or archives have a seat of the person
    qid: str = ""  # item of Wikidata of the person, as the table has it
    preuve: str = ""  # what makes it the item of the person
    postes: tuple[str, ...] = ()  # items of the offices that the item of the person holds then

    @property
    def nom(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def role(self) -> str | None:
        """One of the values of OFFICES; None for an office that begins otherwise."""
        begins = (role for words, role in OFFICES.items() if fold(self.fonction).startswith(words))
        return next(begins, None)

    @property
    def person(self) -> tuple[str, str]:
        """Kind and name of the IRI of the person."""
        if self.ref and self.est_depute:
            return "depute", self.ref
        return "personne", self.ref or slug(self.nom)


@dataclass(frozen=True, kw_only=True, eq=False)  # compared by identity; indexes are made on demand
class Executive:
    """All governments, ministries and ministers."""

    governments: dict[str, Government]  # by code, in their order
    ministries: dict[str, Ministry]  # by code
    ministers: dict[str, tuple[Minister, ...]] = field(default_factory=dict)  # by ministry
    # ministry → those that it follows, as table and archives state
    stated_predecessors: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def located(self, organe: Organe | None, days: Sequence[date | None]) -> Organe | None:
        """Return the ministry of a record with code, names and minister of the body that it means;
        unchanged if no body is found.

        A reference decides; else the labels, each tried on each of the days in turn. Between two
        governments a label means the outgoing ministry, which deals with current affairs.
        """
        if organe is None:
            return None
        stated = [day for day in days if day]
        if organe.ref:
            code = self.codes.get(organe.ref, organe.ref)
            noms = self.ministries[code].noms if code in self.ministries else ()
            ministre = self._holder(code, stated[:1])
            return structs.replace(organe, code=code, noms=noms, ministre=ministre)
        for label in organe.libelles:
            for day in stated:
                if m := self.ministry_named(label, day):
                    ministre = self._holder(m.code, [day])
                    return structs.replace(organe, code=m.code, noms=m.noms, ministre=ministre)
        return organe

    def ministry_named(self, label: str, day: date) -> Ministry | None:
        """Return the only ministry that bore a label on a day; if none did, the only one that bore
        it last within GRACE before; else the only one that bore it within GRACE after.
        """
        bearers = self.by_name.get(bare_name(label), ())
        near = (
            [m for m in bearers if m.covers(day)]
            or _ended_last(m for m in bearers if m.end and m.end < day <= m.end + GRACE)
            or [m for m in bearers if m.start - GRACE <= day < m.start]
        )
        return only(near)

    def holder(self, ministere: Organe, day: date) -> tuple[str, str] | None:
        """Return the only person (kind, name) who held on a day a ministry that is located, or one
        that follows it.
        """
        if not ministere.code:
            return None
        codes = [ministere.code, *(after for _, after in self.succession(ministere.code, day))]
        return only({person for code in codes if (person := self._holder(code, [day]))})

    def _holder(self, code: str, days: Iterable[date]) -> tuple[str, str] | None:
        """Return the person who held a ministry on the first of the days."""
        held = self.ministers.get(code, ())
        return next((m.person for day in days for m in held if m.covers(day)), None)

    def minister_named(self, name: str, day: date) -> Minister | None:
        """Return the only minister of a day with this name, in one of the offices held then."""
        on_day = [m for m in self._by_person.get(name_key(name), ()) if m.covers(day)]
        return on_day[0] if len({m.person for m in on_day}) == 1 else None

    def offices(self, person: tuple[str, str], day: date) -> tuple[str, ...]:
        """Return the codes of the ministries that a person held on a day."""
        held = self._by_iri.get(person, ())
        return tuple(minister.ministere for minister in held if minister.covers(day))

    def predecessors(self, code: str) -> tuple[str, ...]:
        """Return the ministries that a ministry follows: as table or archives state, else the last
        one of the same name, if it ended within GAP before.
        """
        if stated := self.stated_predecessors.get(code):
            return stated
        m = self.ministries[code]
        named = self.by_name[bare_name(m.abrege)]
        before = _ended_last(b for b in named if b.end and b.end < m.start <= b.end + GAP)
        return tuple(b.code for b in before) if len(before) == 1 else ()

    def succession(
        self, code: str, day: date, passed: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, str]]:
        """Yield (ministry, one that follows it) from a ministry to those in place on a day.

        Archives may state a cycle: ministries `passed` on the way are left out.
        """
        known, passed = self.ministries.get(code), (*passed, code)
        for after in () if known and known.covers(day) else self._successors.get(code, ()):
            if self.ministries[after].start <= day and after not in passed:
                yield code, after
                yield from self.succession(after, day, passed)

    def changes(self, before: date, after: date) -> bool:
        """Return whether the ministries in place differ between two days."""
        return bisect(self._days, before) != bisect(self._days, after)

    def identified(self) -> Iterator[Minister]:
        """Yield the first office that proves the item of each person; deputies are left out, since
        their items have evidence of their own.
        """
        for held in self._by_iri.values():
            proofs = [m for m in held if m.postes and m.preuve in (BY_OFFICE, BY_OFFICE_AND_BIRTH)]
            if proofs and not any(m.est_depute for m in held):
                yield min(proofs, key=lambda m: m.start)

    @cached_property
    def codes(self) -> dict[str, str]:
        """Reference of a ministry `PO…` → its code, nearly always the same."""
        return {m.ref: m.code for m in self.ministries.values() if m.ref}

    @cached_property
    def by_name(self) -> dict[str, tuple[Ministry, ...]]:
        """The ministries that bear each name, which is bare."""
        return group_by_key(
            (name, ministry)
            for ministry in self.ministries.values()
            for name in sorted({bare_name(label) for label in ministry.noms})
        )

    @cached_property
    def _days(self) -> list[date]:
        """The days on which a ministry begins, and the days after one has ended."""
        known = self.ministries.values()
        ends = (m.end for m in known if m.end)
        return sorted({m.first_day for m in known} | {end + timedelta(days=1) for end in ends})

    @cached_property
    def _successors(self) -> dict[str, tuple[str, ...]]:
        return group_by_key((b, code) for code in self.ministries for b in self.predecessors(code))

    @cached_property
    def _by_person(self) -> dict[str, tuple[Minister, ...]]:
        return group_by_key((name_key(m.nom), m) for m in self._all_ministers())

    @cached_property
    def _by_iri(self) -> dict[tuple[str, str], tuple[Minister, ...]]:
        return group_by_key((m.person, m) for m in self._all_ministers())

    @cached_property
    def heads(self) -> dict[str, tuple[Minister, ...]]:
        """Government → its prime ministers, in fact one."""
        return group_by_key(
            (gouvernement, m)
            for m in self._all_ministers()
            if (gouvernement := self.ministries[m.ministere].gouvernement)
            and bare_name(self.ministries[m.ministere].abrege) in HEADS
        )

    def _all_ministers(self) -> Iterator[Minister]:
        return chain.from_iterable(self.ministers.values())


def _ended_last(ministries: Iterable[Ministry]) -> list[Ministry]:
    """Return the ministries that ended last, all on one day."""
    by_end = group_by_key((end, m) for m in ministries if (end := m.end))
    return list(by_end[max(by_end)]) if by_end else []
