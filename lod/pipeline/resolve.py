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
from lod.model.question import Auteur, Circonscription, Organe, Question
from lod.model.text import fold
from lod.reference.amo.values import Acteur, Referentiel, par_cle
from lod.reference.names import Accord, cle, meilleur
from lod.reference.tables import (
    Mandat,
    departements,
    groupes_by_label,
    mandats,
    mandats_by_key,
    noms,
    noms_de,
    rubriques_folded,
)
from lod.sources.forms import Reading

CIVILITES = {"H": "M.", "F": "Mme"}


@dataclass(frozen=True, slots=True)
class Siege:
    """Where a person sat in one legislature, whichever table says so."""

    acteur_ref: str
    civilite: str | None
    circonscription: Circonscription | None
    region: str | None = None
    groupe: str | None = None


def complete(reading: Reading, path: str, referentiel: Referentiel | None = None) -> Reading:
    """Return the reading with author, constituency and group resolved where they can be.

    The archives AMO come before the tables of the package, where both speak.
    """
    q, remarks = reading.question, list(reading.remarks)
    lieu = _located(q)
    if q.circonscription and not lieu:
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
        found = sorted({siege.acteur_ref for siege in candidates(q, lieu, referentiel)})
        if len(found) == 1:
            auteur = replace(auteur, acteur_ref=found[0])
        else:
            place = Where(path, reading.lines.get("auteur", 1))
            remarks.append(_unresolved(q, len(found), place))
    done = replace(
        q,
        auteur=_named(auteur, q, referentiel),
        circonscription=lieu or _seat(auteur, q, referentiel),
        groupe=_referenced(q) if q.groupe else _member(auteur, q, referentiel),
    )
    return replace(reading, question=done, remarks=tuple(remarks))


def candidates(
    q: Question, lieu: Circonscription | None, referentiel: Referentiel | None
) -> list[Siege]:
    """Return the seats of the legislature that name, civility and a second fact agree with.

    That is the constituency, else the department or the region that the page prints, else the
    group; without one nobody is a candidate: homonyms sat together.
    """
    return [
        siege
        for siege in _sieges(q, referentiel)
        if _same_civilite(siege.civilite, q.auteur.civilite) and _confirms(siege, q, lieu)
    ]


def _same_civilite(one: str | None, two: str | None) -> bool:
    """Whether two civilities may be one person's; the oldest pages print « Mlle »."""
    if one is None or two is None:
        return True
    return (one == "M.") == (two == "M.")


def _confirms(siege: Siege, q: Question, lieu: Circonscription | None) -> bool:
    """Whether a second fact agrees: a place that disagrees is not made good by the group."""
    own = siege.circonscription
    if lieu:
        return own is not None and (own.departement, own.numero) == (lieu.departement, lieu.numero)
    printed = {fold(place) for place in q.lieux_election}
    if printed & {fold(place) for place in (own.nom if own else None, siege.region) if place}:
        return True
    # the tables know no regions: one that is printed says nothing against their seats
    if q.circonscription or (printed and (siege.region or printed & departements().keys())):
        return False
    groupe = _referenced(q)
    return groupe is not None and groupe.ref is not None and groupe.ref == siege.groupe


def _sieges(q: Question, referentiel: Referentiel | None) -> Iterator[Siege]:
    """Yield where the persons sat, in that legislature, whose name has the words of the author's.

    Where nobody's has, those count whose name contains it, or is contained in it.
    """
    nom, legislature = q.auteur.nom, q.legislature
    if not nom:
        return
    rows = _people().get((legislature, cle(nom)), ())
    acteurs = referentiel.personnes(nom, legislature) if referentiel else ()
    if not rows and not acteurs:
        rows = tuple(m for m in _sat(legislature) if _contains(nom, noms_de()[m.acteur_ref]))
        known = referentiel.deputes(legislature) if referentiel else ()
        acteurs = tuple(a for a in known if _contains(nom, [a.nom_complet]))
    for m in rows:
        groupe = groupes_by_label().get((legislature, fold(m.groupe)))
        yield Siege(m.acteur_ref, CIVILITES.get(m.sexe), _of(m), groupe=groupe)
    for acteur in acteurs:
        yield from _of_archives(acteur, q, referentiel)


def _of_archives(acteur: Acteur, q: Question, referentiel: Referentiel | None) -> Iterator[Siege]:
    mandat = referentiel and referentiel.mandat_du(acteur.ref, q.legislature, _day(q))
    if mandat:
        membre = _member(Auteur(acteur_ref=acteur.ref), q, referentiel)
        groupe = membre.ref if membre else None
        lieu, region = mandat.circonscription, mandat.region
        yield Siege(acteur.ref, acteur.civilite, lieu, region, groupe)


def _contains(nom: str, autres: Iterable[str]) -> bool:
    return meilleur([nom], autres) is Accord.CONTENU


def _day(q: Question) -> date | None:
    return q.parution.jour if q.parution else None


@cache
def _people() -> dict[tuple[int, str], tuple[Mandat, ...]]:
    """Return (legislature, words of a name) → mandates."""
    return par_cle(
        ((m.legislature, name), m)
        for m in mandats()
        for name in sorted({cle(nom) for nom in noms_de()[m.acteur_ref]})
    )


@cache
def _sat(legislature: int) -> tuple[Mandat, ...]:
    """Return the mandates of a legislature."""
    return tuple(m for m in mandats() if m.legislature == legislature)


@cache
def _named_in(legislature: int) -> dict[str, str]:
    """Return words of a name → the name, of the deputies of a legislature."""
    return {cle(m.nom_complet): m.nom_complet for m in _sat(legislature)}


def _unresolved(q: Question, found: int, place: Where) -> Finding:
    names = _named_in(q.legislature)
    near = get_close_matches(cle(q.auteur.nom or ""), sorted(names), n=1)
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
    code = departements().get(fold(q.circonscription.nom))
    return replace(q.circonscription, departement=code) if code else None


def _named(auteur: Auteur, q: Question, referentiel: Referentiel | None) -> Auteur:
    """Return the author as the tables name the person, else as the page does."""
    ref = auteur.acteur_ref or ""
    if referentiel and (acteur := referentiel.acteurs.get(ref)):
        civilite = auteur.civilite or acteur.civilite
        return replace(auteur, nom=acteur.nom_complet, civilite=civilite)
    mandat = mandats_by_key().get((ref, q.legislature))
    civilite = auteur.civilite or (CIVILITES.get(mandat.sexe) if mandat else None)
    return replace(auteur, nom=noms().get(ref, auteur.nom), civilite=civilite)


def _seat(auteur: Auteur, q: Question, referentiel: Referentiel | None) -> Circonscription | None:
    """Return the constituency on the day of the question; the mandate says it best."""
    ref = auteur.acteur_ref or ""
    if referentiel:
        mandat = (
            referentiel.mandat(auteur.mandat_ref or "")
            or referentiel.mandat_du(ref, q.legislature, _day(q))
            or referentiel.mandat_du(ref, q.legislature)
        )
        if mandat and mandat.circonscription and mandat.circonscription.departement:
            return mandat.circonscription
    row = mandats_by_key().get((ref, q.legislature))
    return _of(row) if row else None


def _member(auteur: Auteur, q: Question, referentiel: Referentiel | None) -> Organe | None:
    """Return the group that the archives know, where the source names none."""
    jour = _day(q)
    if not (referentiel and auteur.acteur_ref and jour):
        return None
    groupe = referentiel.groupe_du(auteur.acteur_ref, jour)
    return groupe.organe if groupe else None


def _of(mandat: Mandat) -> Circonscription:
    return Circonscription(
        nom=mandat.nom_departement, numero=mandat.circonscription, departement=mandat.departement
    )


def _referenced(q: Question) -> Organe | None:
    """Return the group with its reference, by the label it bears in its legislature."""
    groupe = q.groupe
    if not groupe or groupe.ref:
        return groupe
    known = (groupes_by_label().get((q.legislature, fold(label))) for label in groupe.libelles)
    return replace(groupe, ref=next((ref for ref in known if ref), None))
