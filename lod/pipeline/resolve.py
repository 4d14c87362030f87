"""Who asked, for which constituency, in which group: a reading completed from the tables.

A person is known by the Assemblée's reference. A page gives a name instead: it is resolved only
if the name, in any legislature's spelling, *and* a second fact, the place of election or else the
group, point to one person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cache

from lod.base.errors import Finding, Where
from lod.base.tabular import group_by_key
from lod.model.question import Auteur, Circonscription, Organe, Question
from lod.model.text import fold
from lod.reference.amo.values import Directory, Person
from lod.reference.names import NameMatch, best_match, name_key
from lod.reference.tables import (
    DeputyRow,
    departement_codes,
    deputy_rows,
    deputy_rows_by_key,
    group_refs_by_label,
    latest_names,
    names_by_person,
    rubriques_folded,
)
from lod.sources.forms import Reading

CIVILITES = {"H": "M.", "F": "Mme"}


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a person sat in one legislature, whichever table says so."""

    acteur_ref: str
    civilite: str | None
    circonscription: Circonscription | None
    region: str | None = None
    groupe: str | None = None


def complete(reading: Reading, path: str, directory: Directory | None = None) -> Reading:
    """Return the reading with author, constituency and group resolved where they can be.

    The archives AMO come before the tables of the package, where both speak.
    """
    q, remarks = reading.question, list(reading.remarks)
    circonscription = _located(q)
    if q.circonscription and not circonscription:
        wrong = f"'{q.circonscription.nom}' is no department of the tables"
        place = Where(path, reading.lines.get("circonscription", 1))
        remedy = "the place is published as printed; correct the name, or add it to the tables"
        remarks.append(Finding(place, wrong, remedy))
    listed = rubriques_folded().get(q.legislature)  # none for the current one: its records are it
    if q.rubrique and listed and fold(q.rubrique) not in listed:
        wrong = f"'{q.rubrique}' is not in the list of headings of legislature {q.legislature}"
        place = Where(path, reading.lines.get("rubrique", 1))
        remedy = "the heading is published as printed; correct it, or add it to rubriques.csv"
        remarks.append(Finding(place, wrong, remedy))
    auteur = q.auteur
    if not auteur.acteur_ref:
        found = sorted({seat.acteur_ref for seat in candidates(q, circonscription, directory)})
        if len(found) == 1:
            auteur = replace(auteur, acteur_ref=found[0])
        else:
            place = Where(path, reading.lines.get("auteur", 1))
            remarks.append(_unresolved(q, len(found), place))
    done = replace(
        q,
        auteur=_named(auteur, q, directory),
        circonscription=circonscription or _circonscription_on_day(auteur, q, directory),
        groupe=_referenced(q) if q.groupe else _groupe_on_day(auteur, q, directory),
    )
    return replace(reading, question=done, remarks=tuple(remarks))


def candidates(
    q: Question, circonscription: Circonscription | None, directory: Directory | None
) -> list[Seat]:
    """Return the seats of the legislature that name, civility and a second fact agree with.

    That is the constituency, else the department or the region that the page prints, else the
    group; without one nobody is a candidate: homonyms sat together.
    """
    return [
        seat
        for seat in _seats(q, directory)
        if _same_civilite(seat.civilite, q.auteur.civilite) and _confirms(seat, q, circonscription)
    ]


def _same_civilite(one: str | None, two: str | None) -> bool:
    """Whether two civilities may be one person's; the oldest pages print « Mlle »."""
    if one is None or two is None:
        return True
    return (one == "M.") == (two == "M.")


def _confirms(seat: Seat, q: Question, circonscription: Circonscription | None) -> bool:
    """Whether a second fact agrees: a place that disagrees is not made good by the group."""
    own = seat.circonscription
    if circonscription:
        return own is not None and (own.departement, own.numero) == (
            circonscription.departement,
            circonscription.numero,
        )
    printed = {fold(place) for place in q.lieux_election}
    if printed & {fold(place) for place in (own.nom if own else None, seat.region) if place}:
        return True
    # the tables know no regions: one that is printed says nothing against their seats
    if q.circonscription or (printed and (seat.region or printed & departement_codes().keys())):
        return False
    groupe = _referenced(q)
    return groupe is not None and groupe.ref is not None and groupe.ref == seat.groupe


def _seats(q: Question, directory: Directory | None) -> Iterator[Seat]:
    """Yield where the persons sat, in that legislature, whose name has the words of the author's.

    Where nobody's has, those count whose name contains it, or is contained in it.
    """
    name, legislature = q.auteur.nom, q.legislature
    if not name:
        return
    rows = _people().get((legislature, name_key(name)), ())
    persons = directory.persons_named(name, legislature) if directory else ()
    if not rows and not persons:
        rows = tuple(
            m for m in _mandats_of(legislature) if _contains(name, names_by_person()[m.acteur_ref])
        )
        known = directory.deputes(legislature) if directory else ()
        persons = tuple(a for a in known if _contains(name, [a.full_name]))
    for m in rows:
        groupe = group_refs_by_label().get((legislature, fold(m.groupe)))
        yield Seat(m.acteur_ref, CIVILITES.get(m.sexe), _circonscription_of(m), groupe=groupe)
    for person in persons:
        yield from _archive_seats(person, q, directory)


def _archive_seats(person: Person, q: Question, directory: Directory | None) -> Iterator[Seat]:
    mandat = directory and directory.seat_of(person.ref, q.legislature, _day(q))
    if mandat:
        organe = _groupe_on_day(Auteur(acteur_ref=person.ref), q, directory)
        groupe = organe.ref if organe else None
        circonscription, region = mandat.circonscription, mandat.region
        yield Seat(person.ref, person.civilite, circonscription, region, groupe)


def _contains(name: str, others: Iterable[str]) -> bool:
    return best_match([name], others) is NameMatch.CONTAINED


def _day(q: Question) -> date | None:
    return q.parution.jour if q.parution else None


@cache
def _people() -> dict[tuple[int, str], tuple[DeputyRow, ...]]:
    """Return (legislature, words of a name) → mandates."""
    return group_by_key(
        ((m.legislature, name), m)
        for m in deputy_rows()
        for name in sorted({name_key(spelling) for spelling in names_by_person()[m.acteur_ref]})
    )


@cache
def _mandats_of(legislature: int) -> tuple[DeputyRow, ...]:
    """Return the mandates of a legislature."""
    return tuple(m for m in deputy_rows() if m.legislature == legislature)


@cache
def _named_in(legislature: int) -> dict[str, str]:
    """Return words of a name → the name, of the deputies of a legislature."""
    return {name_key(m.nom_complet): m.nom_complet for m in _mandats_of(legislature)}


def _unresolved(q: Question, found: int, place: Where) -> Finding:
    names = _named_in(q.legislature)
    near = get_close_matches(name_key(q.auteur.nom or ""), sorted(names), n=1)
    why = f"{found} deputies fit" if found else f"nearest: {names[near[0]] if near else 'nobody'}"
    return Finding(
        place,
        f"'{q.auteur.nom}' is no deputy of legislature {q.legislature} that name and "
        f"a second fact agree on ({why})",
        "the name is published unresolved; correct it, or complete the table of deputies",
    )


def _located(q: Question) -> Circonscription | None:
    if not q.circonscription:
        return None
    code = departement_codes().get(fold(q.circonscription.nom))
    return replace(q.circonscription, departement=code) if code else None


def _named(auteur: Auteur, q: Question, directory: Directory | None) -> Auteur:
    """Return the author as the tables name the person, else as the page does."""
    ref = auteur.acteur_ref or ""
    if directory and (person := directory.persons.get(ref)):
        civilite = auteur.civilite or person.civilite
        return replace(auteur, nom=person.full_name, civilite=civilite)
    mandat = deputy_rows_by_key().get((ref, q.legislature))
    civilite = auteur.civilite or (CIVILITES.get(mandat.sexe) if mandat else None)
    return replace(auteur, nom=latest_names().get(ref, auteur.nom), civilite=civilite)


def _circonscription_on_day(
    auteur: Auteur, q: Question, directory: Directory | None
) -> Circonscription | None:
    """Return the constituency on the day of the question; the mandate says it best."""
    ref = auteur.acteur_ref or ""
    if directory:
        mandat = (
            directory.seat(auteur.mandat_ref or "")
            or directory.seat_of(ref, q.legislature, _day(q))
            or directory.seat_of(ref, q.legislature)
        )
        if mandat and mandat.circonscription and mandat.circonscription.departement:
            return mandat.circonscription
    row = deputy_rows_by_key().get((ref, q.legislature))
    return _circonscription_of(row) if row else None


def _groupe_on_day(auteur: Auteur, q: Question, directory: Directory | None) -> Organe | None:
    """Return the group that the archives know, where the source names none."""
    day = _day(q)
    if not (directory and auteur.acteur_ref and day):
        return None
    groupe = directory.groupe_on(auteur.acteur_ref, day)
    return groupe.organe if groupe else None


def _circonscription_of(mandat: DeputyRow) -> Circonscription:
    return Circonscription(
        nom=mandat.nom_departement, numero=mandat.circonscription, departement=mandat.departement
    )


def _referenced(q: Question) -> Organe | None:
    """Return the group with its reference, by the label it bears in its legislature."""
    groupe = q.groupe
    if not groupe or groupe.ref:
        return groupe
    known = (group_refs_by_label().get((q.legislature, fold(label))) for label in groupe.libelles)
    return replace(groupe, ref=next((ref for ref in known if ref), None))
