"""Governments, ministries and ministers since 1986: who a name means on a day.

The tables of the package are reviewed; archives AMO add the bodies that the tables lack, and ends
that were not known when they were made. A ministry is of one government, and a new body comes with
each change of its name: so a name and a day tell which one is meant.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import pairwise

from msgspec import structs

from lod.base.packaged import MAPPINGS
from lod.base.tabular import group_by_key, rows
from lod.model.dates import french_date
from lod.model.names import bare_name, name_key
from lod.model.question import Organe
from lod.model.text import fold, slug
from lod.reference.amo.values import GOUVERNEMENT, MINISTERE, Body, Directory, Period
from lod.reference.tables import latest_names, split_cell

GRACE = timedelta(days=14)  # for how long names are printed after a reshuffle, or ahead of a decree
GAP = timedelta(days=60)  # for how long, at most, a ministry is vacant between two of one name
HEADS = ("premier ministre", "premiere ministre")
WORD = re.compile(r"[^\W\d_]+")
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
    nom: str  # first name and last name
    ref: str | None = None  # `PA…`
    est_depute: bool = False  # whether tables or archives have a seat of the person
    qid: str = ""  # item of Wikidata of the person, as the table has it
    preuve: str = ""  # what makes it the item of the person
    postes: tuple[str, ...] = ()  # items of the offices that the item of the person holds then

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
        """Return the ministry of a record with code, names and minister of the body it means.

        That is the body with its reference, else the only one that bore one of its labels on the
        first of the days on which one did, or within GRACE. Between two governments it is the
        outgoing one, which deals with current affairs. Without any, the record's ministry comes
        back.
        """
        if organe is None:
            return None
        stated = [day for day in days if day]
        if organe.ref:
            code = self.code_of(organe.ref)
            noms = self.ministries[code].noms if code in self.ministries else ()
            ministre = self._holder(code, stated[:1])
            return structs.replace(organe, code=code, noms=noms, ministre=ministre)
        for label in organe.libelles:
            for day in stated:
                if m := self.ministry_named(label, day):
                    ministre = self._holder(m.code, [day])
                    return structs.replace(organe, code=m.code, noms=m.noms, ministre=ministre)
        return organe

    def code_of(self, ref: str) -> str:
        """Return the code of the ministry `PO…`: nearly always the same."""
        return self._codes.get(ref, ref)

    def ministry_named(self, label: str, day: date) -> Ministry | None:
        """Return the only ministry that bore a label on a day; else the last one, then the next one
        that did within GRACE.
        """
        bearers = self.by_name.get(bare_name(label), ())
        near = (
            [m for m in bearers if m.covers(day)]
            or _ended_last(m for m in bearers if m.end and m.end < day <= m.end + GRACE)
            or [m for m in bearers if m.start - GRACE <= day < m.start]
        )
        return near[0] if len(near) == 1 else None

    def holder(self, ministere: Organe, day: date) -> tuple[str, str] | None:
        """Return the only person who held a ministry that is located, or one that follows it, on a
        day: kind and name.
        """
        if not ministere.code:
            return None
        codes = [ministere.code, *(after for _, after in self.succession(ministere.code, day))]
        held = {person for code in codes if (person := self._holder(code, [day]))}
        return held.pop() if len(held) == 1 else None

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
        """Return the ministries that a ministry follows: those that table or archives state, else
        the last one of its name, if it ended within GAP before.
        """
        if stated := self.stated_predecessors.get(code):
            return stated
        m = self.ministries[code]
        named = self.by_name[bare_name(m.abrege)]
        before = _ended_last(b for b in named if b.end and b.end < m.start <= b.end + GAP)
        return tuple(b.code for b in before) if len(before) == 1 else ()

    def succession(self, code: str, day: date) -> Iterator[tuple[str, str]]:
        """Yield (ministry, one that follows it) from a ministry to those in place on a day."""
        known = self.ministries.get(code)
        for after in () if known and known.covers(day) else self._successors.get(code, ()):
            if self.ministries[after].start <= day:
                yield code, after
                yield from self.succession(after, day)

    def identified(self) -> Iterator[Minister]:
        """Yield each person whose item offices prove, in the first office that does; no deputies,
        who have evidence of their own.
        """
        for held in self._by_iri.values():
            proofs = [m for m in held if m.postes and m.preuve in (BY_OFFICE, BY_OFFICE_AND_BIRTH)]
            if proofs and not any(m.est_depute for m in held):
                yield min(proofs, key=lambda m: m.start)

    def heads_of(self, gouvernement: str) -> tuple[Minister, ...]:
        """Return the prime ministers of a government: in fact one."""
        return self._heads.get(gouvernement, ())

    @cached_property
    def _codes(self) -> dict[str, str]:
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
    def _successors(self) -> dict[str, tuple[str, ...]]:
        return group_by_key((b, code) for code in self.ministries for b in self.predecessors(code))

    @cached_property
    def _by_person(self) -> dict[str, tuple[Minister, ...]]:
        return group_by_key((name_key(m.nom), m) for m in self._all_ministers())

    @cached_property
    def _by_iri(self) -> dict[tuple[str, str], tuple[Minister, ...]]:
        return group_by_key((m.person, m) for m in self._all_ministers())

    @cached_property
    def _heads(self) -> dict[str, tuple[Minister, ...]]:
        return group_by_key(
            (gouvernement, m)
            for m in self._all_ministers()
            if (gouvernement := self.ministries[m.ministere].gouvernement)
            and bare_name(self.ministries[m.ministere].abrege) in HEADS
        )

    def _all_ministers(self) -> Iterator[Minister]:
        return (m for held in self.ministers.values() for m in held)


@cache
def from_tables() -> Executive:
    """Return what the tables of the package state."""
    governments = {row["code"]: _government(row) for row in _table("gouvernements.csv", "nom")}
    codes = {code: government.code for code, government in governments.items()}
    ministries: dict[str, Ministry] = {}
    for row in _table("ministeres.csv", "abrege", "gouvernement"):
        made = _ministry(row, codes)
        if made.code in ministries:  # a second body of that name in one government
            made = replace(made, code=f"{made.code}-{made.start}")
        ministries[made.code] = made
    by_government = group_by_key((m.gouvernement, m) for m in ministries.values())
    ministers = []
    for row in _table("ministres.csv", "nom", "gouvernement"):
        government = codes[row["gouvernement"]]
        ministers.append(_minister(row, by_government.get(government, ())))
    return Executive(
        governments={government.code: government for government in governments.values()},
        ministries=ministries,
        ministers=group_by_key((m.ministere, m) for m in ministers),
        stated_predecessors=group_by_key(
            (row["ministere"], row["precedent"])
            for row in rows(MAPPINGS / "successions.csv", "ministere", "precedent", "motif")
        ),
    )


def with_archives(directory: Directory) -> Executive:
    """Return what tables and archives state together.

    A body that the tables have without its reference is known by its label and first day; it then
    has the reference, and keeps its code.
    """
    known = from_tables()
    governments, ministries = dict(known.governments), dict(known.ministries)
    codes: dict[str, str] = {}  # reference of a government → its code
    for ref, body in sorted(directory.bodies.items()):
        if body.type == GOUVERNEMENT:
            g = governments.get(ref) or _listed_government(body, governments) or _led(body)
            governments[g.code] = replace(g, ref=ref, end=g.end or body.end)
            codes[ref] = g.code
    for ref, body in sorted(directory.bodies.items()):
        if body.type == MINISTERE:
            m = ministries.get(ref) or _listed_ministry(body, known, ministries) or _archived(body)
            parent = m.gouvernement or codes.get(body.parent or "")
            end = m.end or body.end
            ministries[m.code] = replace(m, ref=ref, end=end, gouvernement=parent)
    governments = _ended(governments)
    seated = {seat.acteur_ref for seat in directory.seats.values()}
    ministers = {
        code: tuple(replace(m, est_depute=m.est_depute or m.ref in seated) for m in held)
        for code, held in known.ministers.items()
    }
    codes = {m.ref: m.code for m in ministries.values() if m.ref}
    stated = {
        codes[ref]: (codes[body.predecessor],)
        for ref, body in directory.bodies.items()
        if ref in codes and body.predecessor in codes
    }
    return Executive(
        governments=governments,
        ministries=ministries,
        ministers=ministers,
        stated_predecessors=stated | known.stated_predecessors,
    )


def _listed_government(body: Body, governments: dict[str, Government]) -> Government | None:
    """Return the government of the tables, without reference, that bears the short label of a body:
    RAFFARIN 3 is Jean-Pierre Raffarin 3; and that began with it.
    """
    words = set(fold(body.short_label or "").split())
    for g in governments.values():
        if not g.ref and words <= set(fold(g.nom).split()) and abs(g.start - body.start) <= GRACE:
            return g
    return None


def _listed_ministry(
    body: Body, known: Executive, ministries: dict[str, Ministry]
) -> Ministry | None:
    """Return the ministry of the tables, still without reference, that bore a label of a body and
    began with it; the long label says more.
    """
    for label in body.organe.libelles[::-1]:
        m = known.ministry_named(label, body.start)
        if m and not ministries[m.code].ref and abs(m.start - body.start) <= GRACE:
            return m
    return None


def _ended(governments: dict[str, Government]) -> dict[str, Government]:
    """Return the governments in their order, each with its end: the day before the next one.

    The archives leave some open that have ended.
    """
    in_order = sorted(governments.values(), key=lambda g: g.start)
    for n, (g, following) in enumerate(pairwise(in_order)):
        last = following.start - timedelta(days=1)
        in_order[n] = replace(g, end=min(g.end, last) if g.end else last)
    return {g.code: g for g in in_order}


def _ended_last(ministries: Iterable[Ministry]) -> list[Ministry]:
    """Return those of some ministries that ended on the latest day."""
    by_end = group_by_key((end, m) for m in ministries if (end := m.end))
    return list(by_end[max(by_end)]) if by_end else []


def _table(name: str, *required: str) -> Iterator[dict[str, str]]:
    return rows(MAPPINGS / name, "debut", *required)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _government(row: dict[str, str]) -> Government:
    return Government(
        code=row["organeRef"] or row["code"],
        nom=row["nom"],
        ref=row["organeRef"] or None,
        qid=row["qid"],
        start=date.fromisoformat(row["debut"]),
        end=_day(row["fin"]),
    )


def _ministry(row: dict[str, str], governments: dict[str, str]) -> Ministry:
    return Ministry(
        code=row["organeRef"] or f"{slug(row['abrege'])}-{row['gouvernement']}",
        libelle=row["libelle"] or row["abrege"],
        abrege=row["abrege"],
        ref=row["organeRef"] or None,
        gouvernement=governments[row["gouvernement"]],
        start=date.fromisoformat(row["debut"]),
        end=_day(row["fin"]),
    )


def _minister(row: dict[str, str], ministries: Iterable[Ministry]) -> Minister:
    """Return a minister, joined to the ministry by reference, else by its name and the day."""
    start = date.fromisoformat(row["debut"])
    code = row["organeRef"] or next(
        m.code for m in ministries if m.abrege == row["ministere"] and m.covers(start)
    )
    ref = row["acteurRef"] or None
    return Minister(
        ministere=code,
        fonction=row["fonction"],
        nom=f"{row['prenom']} {row['nom']}".strip(),
        ref=ref,
        est_depute=ref in latest_names(),
        qid=row["qid"],
        preuve=row["preuve"],
        postes=split_cell(row["postes"]),
        start=start,
        end=_day(row["fin"]),
    )


def _archived(body: Body) -> Ministry:
    """Return a ministry that only the archives have."""
    abrege = body.short_label or body.libelle
    return Ministry(
        code=body.ref, libelle=body.libelle, abrege=abrege, ref=body.ref, start=body.start,
        end=body.end,
    )  # fmt: skip


def _led(body: Body) -> Government:
    """Return a government that only the archives have."""
    return Government(
        code=body.ref, nom=government_name(body), ref=body.ref, start=body.start, end=body.end
    )


def government_name(body: Body) -> str:
    """Return the label of a government: « Gouvernement Fillon 2 », from its short label FILLON 2.

    The label of each government in the archive is just « Gouvernement ». One without a short label
    is named by its first day.
    """
    short = body.short_label
    if not short:
        return f"Gouvernement du {french_date(body.start)}"
    return f"Gouvernement {WORD.sub(_cased_word, short) if short.isupper() else short}"


def _cased_word(match: re.Match[str]) -> str:
    word = match[0]
    return word if set(word) <= set("IVX") else word.lower() if word == "DE" else word.capitalize()
