"""Author, constituency, group and ministries of a question, completed from tables and archives.

A person is identified by the Assemblée's reference. A page prints a name instead, which becomes a
reference only if the name, in the spelling of any legislature, *and* a second fact (the place of
election, else the group) fit one person alone. A ministry is printed by its name, which on a day
means one body; who answers in a sitting is named, and is a minister of that day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from msgspec import structs

from lod.base.errors import Remark, Where
from lod.model.question import Attribution, Auteur, Circonscription, Organe, Question, Reponse
from lod.model.text import digest, fold
from lod.pipeline.settling.speakers import interventions, ministers
from lod.reference.directory import NO_ARCHIVES, Directory
from lod.reference.executive import Executive
from lod.reference.executive_tables import from_tables
from lod.reference.matching import (
    NameMatch,
    best_match,
    civilite,
    in_common,
    likeness,
    misprints,
    name_key,
    only,
)
from lod.reference.tables import (
    DeputyRow,
    departement_codes,
    deputy_rows,
    deputy_rows_by_key,
    deputy_rows_named,
    latest_names,
    legislature_end,
    names_by_person,
    rubriques_folded,
)
from lod.sources.fields import Reading

LEAST_LIKENESS = 0.6  # of a name that a remark calls the nearest, 0 to 1


@dataclass(frozen=True, slots=True)
class Seat:
    """The seat of a person in one legislature, from a table of the package or from the archives."""

    acteur_ref: str
    civilite: str | None  # M. or Mme; Mlle in the archives
    circonscription: Circonscription | None
    region: str | None = None  # its name; the tables have none
    groupe: str | None = None  # organeRef of the group


def complete(
    reading: Reading,
    path: str,
    directory: Directory = NO_ARCHIVES,
    executive: Executive | None = None,
) -> Reading:
    """Return the reading with author, constituency, group and ministries resolved where possible.

    The archives AMO take precedence over the tables of the package. A name that cannot be resolved
    stays as printed: a person's with a remark; a ministry's is counted by the shapes.
    """
    q, remarks = reading.question, list(reading.remarks)

    def remark(fact: str, wrong: str, remedy: str) -> None:
        remarks.append(Remark(Where(path, reading.lines.get(fact, 1)), wrong, remedy))

    circonscription = _located(q)
    if q.circonscription and not circonscription:
        wrong = f"'{q.circonscription.nom}' is no department of the tables"
        remedy = "the place is published as printed; correct the name in corrections.csv"
        remark("circonscription", wrong, remedy)
    if wrong := _wrong_heading(q):
        remedy = "the heading is published as printed; correct a misprint in corrections.csv"
        remark("rubrique", wrong, remedy)
    auteur = q.auteur
    if not auteur.acteur_ref:
        fitting = {seat.acteur_ref for seat in candidates(q, circonscription, directory)}
        if ref := only(fitting):
            auteur = structs.replace(auteur, acteur_ref=ref)
        else:
            remark("auteur", *_unresolved(q, len(fitting), directory))
    groupe, objection = _groupe_on_day(auteur, q, directory)
    if objection:
        remark("groupe" if "groupe" in reading.lines else "circonscription", *objection)
    resolved = structs.replace(
        q,
        auteur=_named(auteur, q, directory),
        circonscription=circonscription or _circonscription_on_day(auteur, q, directory),
        groupe=groupe,
        groupe_imprime=_with_reference(q, directory) if objection else None,
        fin_legislature=legislature_end(q.legislature),
    )
    resolved = _with_ministries(resolved, directory, executive or from_tables())
    return replace(reading, question=resolved, remarks=tuple(remarks))


def _wrong_heading(q: Question) -> str:
    """Return what is wrong with the heading, or "". The current legislature has no list yet: what
    nearly is a heading of another one is told of it.
    """
    known, heading = rubriques_folded().get(q.legislature), fold(q.rubrique or "")
    among = known or _all_headings()
    if not heading or heading in among:
        return ""
    near = next((f"'{among[word]}'" for word in misprints(heading, among)), "")
    if known:
        wrong = f"'{q.rubrique}' is not in the list of headings of legislature {q.legislature}"
        return f"{wrong}, {near} is" if near else wrong
    return f"'{q.rubrique}' is in no list of headings, {near} is" if near else ""


@cache
def _all_headings() -> dict[str, str]:
    return {word: name for listed in rubriques_folded().values() for word, name in listed.items()}


def _with_ministries(q: Question, directory: Directory, executive: Executive) -> Question:
    """Return the question with ministries and answering ministers resolved by name and day, and its
    answers with the digests of their texts, and with the turns of transcripts.

    An attribution without a day is the last one, which pages print: it is looked up on the day on
    which the question ended, else on which it was published.
    """
    asked, ended = _day(q), q.date_reponse or (q.cloture.jour if q.cloture else None)

    def located(a: Attribution) -> Attribution:
        days = (a.jo.jour,) if a.jo else (ended, asked) if not q.chaine_complete else (asked, ended)
        return structs.replace(a, ministere=executive.located(a.ministere, days) or a.ministere)

    attributions = tuple(map(located, q.attributions))
    charge = attributions[-1].ministere if attributions else None

    def answered(r: Reponse) -> Reponse:
        days = r.jours_de_seance if q.est_orale else (r.jo.jour,)
        ministre = only({executive.holder(charge, day) for day in days}) if charge else None
        code = digest(r.texte) if r.texte else None
        turns = interventions(q, r, directory, executive)
        return structs.replace(
            r,
            code=code,
            orateurs=ministers(q, r, turns, executive),
            interventions=turns,
            ministre=ministre,
        )

    return structs.replace(
        q,
        ministere_interroge=executive.located(q.ministere_interroge, (asked, ended)),
        ministere_repondant=executive.located(q.ministere_repondant, (ended,)),
        attributions=attributions,
        reponses=tuple(map(answered, q.reponses)),
    )


def candidates(
    q: Question, circonscription: Circonscription | None, directory: Directory
) -> list[Seat]:
    """Return the seats of the legislature that fit the author's name, civility and a second fact.

    The second fact is the constituency, else the printed department or region, else the group. A
    question without any has no candidate, since homonyms sat together.
    """
    return [
        seat
        for seat in _seats(q, directory)
        if in_common([civilite(seat.civilite)], [civilite(q.auteur.civilite)]) is not False
        and _confirms(seat, q, circonscription, directory)
    ]


def _confirms(
    seat: Seat, q: Question, circonscription: Circonscription | None, directory: Directory
) -> bool:
    """Return whether a second fact fits; the group does not count if the place does not fit."""
    own = seat.circonscription
    if circonscription:
        return own is not None and (own.departement, own.numero) == (
            circonscription.departement,
            circonscription.numero,
        )
    printed = {fold(place) for place in q.lieux_election}
    if printed & {fold(place) for place in (own.nom if own else None, seat.region) if place}:
        return True
    # the tables have no regions, so that a printed region does not contradict their seats
    if q.circonscription or (printed and (seat.region or printed & departement_codes().keys())):
        return False
    return bool(q.groupe and seat.groupe == (_groupe_ref(q.groupe, q, directory) or ""))


def _seats(q: Question, directory: Directory) -> Iterator[Seat]:
    """Yield the seats, in the legislature, of persons whose name has the words of the author's;
    without any, of persons whose name contains the author's, or is contained in it.
    """
    name, legislature = q.auteur.nom, q.legislature
    if not name:
        return
    rows = deputy_rows_named().get((legislature, name_key(name)), ())
    persons = directory.persons_named(name, legislature)
    if not rows and not persons:
        known = _rows_of(legislature)
        rows = tuple(r for r in known if _contains(name, names_by_person()[r.acteur_ref]))
        deputies = directory.deputes(legislature)
        persons = tuple(p for p in deputies if _contains(name, [p.full_name]))
    for row in rows:
        groupe = directory.groupe_named([row.groupe], legislature)
        ref = groupe.ref if groupe else None
        yield Seat(row.acteur_ref, civilite(row.sexe), row.place, groupe=ref)
    day = _day(q)
    for person in persons:
        if seat := directory.seat_of(person.ref, legislature, day):
            groupe = directory.groupe_on(person.ref, day) if day else None
            ref = groupe.ref if groupe else None
            yield Seat(person.ref, person.civilite, seat.circonscription, seat.region, ref)


def _contains(name: str, names: Iterable[str]) -> bool:
    return best_match([name], names)[0] is NameMatch.CONTAINED


def _day(q: Question) -> date | None:
    return q.parution.jour if q.parution else None


@cache
def _rows_of(legislature: int) -> tuple[DeputyRow, ...]:
    return tuple(row for row in deputy_rows() if row.legislature == legislature)


def _unresolved(q: Question, fitting: int, directory: Directory) -> tuple[str, str]:
    """Return why an author whom `fitting` deputies fit is not resolved, and what to do."""
    nom = q.auteur.nom
    if not nom:
        return "no author is stated", "it is published without an author; complete the record"
    remedy = "it is published unresolved; correct it, or give --reference an archive that has it"
    names = {name_key(row.nom_complet): row.nom_complet for row in _rows_of(q.legislature)}
    if not names and not directory.deputes(q.legislature):
        wrong = f"'{nom}': no table has the deputies of legislature {q.legislature}"
        return wrong, remedy
    near = max(sorted(names), key=lambda known: likeness(known, nom), default="")
    nearest = names.get(near, "nobody") if likeness(near, nom) >= LEAST_LIKENESS else "nobody"
    why = f"{fitting} deputies fit" if fitting else f"nearest: {nearest}"
    wrong = f"'{nom}' is no deputy of legislature {q.legislature} that name and "
    return f"{wrong}a second fact agree on ({why})", remedy


def _located(q: Question) -> Circonscription | None:
    """Return the printed constituency with the code of its department; None if it has none."""
    if not q.circonscription:
        return None
    code = departement_codes().get(fold(q.circonscription.nom), q.circonscription.departement)
    return structs.replace(q.circonscription, departement=code) if code else None


def _named(auteur: Auteur, q: Question, directory: Directory) -> Auteur:
    """Return the author with the name that archives or tables have, else as the page prints it."""
    ref = auteur.acteur_ref or ""
    if person := directory.persons.get(ref):
        known = auteur.civilite or person.civilite
        return structs.replace(auteur, nom=person.full_name, civilite=known)
    row = deputy_rows_by_key().get((ref, q.legislature))
    known = auteur.civilite or (civilite(row.sexe) if row else None)
    return structs.replace(auteur, nom=latest_names().get(ref, auteur.nom), civilite=known)


def _circonscription_on_day(
    auteur: Auteur, q: Question, directory: Directory
) -> Circonscription | None:
    """Return the constituency of the first seat that is known: the one that the record names, the
    author's on the day of the question, the author's only one in the legislature, the tables'.
    """
    ref = auteur.acteur_ref or ""
    seat = (
        directory.seats.get(auteur.mandat_ref or "")
        or directory.seat_of(ref, q.legislature, _day(q))
        or directory.seat_of(ref, q.legislature)
    )
    if seat and seat.circonscription and seat.circonscription.departement:
        return seat.circonscription
    row = deputy_rows_by_key().get((ref, q.legislature))
    return row.place if row else None


def _groupe_on_day(
    auteur: Auteur, q: Question, directory: Directory
) -> tuple[Organe | None, tuple[str, str] | None]:
    """Return the author's group on the day of the question; and if the record names another one,
    what is wrong and what was done.

    Official records may name a later group, which did not exist on that day. A membership in the
    archives decides; without one, the group of that day with the same label, if there is one.
    """
    printed, day = q.groupe, _day(q)
    joined = directory.groupe_on(auteur.acteur_ref or "", day) if day else None
    if not printed:
        return (joined.organe if joined else None), None
    ref = _groupe_ref(printed, q, directory)
    if joined and ref in (None, joined.ref):
        return structs.replace(printed, ref=joined.ref), None
    named_group = f"group '{printed.libelles[-1]}' ({ref}), but on {day}"
    if joined:
        wrong = f"{named_group} the author was a member of '{joined.libelle}' ({joined.ref})"
        return joined.organe, (wrong, "that group is published, the printed label kept")
    stated = directory.groups.get(ref or "")
    if not (stated and day) or stated.covers(day):
        return structs.replace(printed, ref=ref), None
    if named := directory.groupe_named(printed.libelles, q.legislature, day):
        remedy = f"the group of that name on that day is published, '{named.libelle}' ({named.ref})"
        return named.organe, (f"{named_group} that group did not exist", remedy)
    remedy = (
        "its label is published without a group; archives of deputies and bodies (--reference) "
        "know that of the day"
    )
    return None, (f"{named_group} that group did not exist", remedy)


def _with_reference(q: Question, directory: Directory) -> Organe | None:
    """Return the printed group of a question, with the reference that its label has."""
    return q.groupe and structs.replace(q.groupe, ref=_groupe_ref(q.groupe, q, directory))


def _groupe_ref(groupe: Organe, q: Question, directory: Directory) -> str | None:
    """Return the reference of a printed group, found by its labels and the day if need be."""
    if groupe.ref:
        return groupe.ref
    named = directory.groupe_named(groupe.libelles, q.legislature, _day(q))
    named = named or directory.groupe_named(groupe.libelles, q.legislature)
    return named.ref if named else None
