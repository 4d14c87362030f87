"""Who asked, for which constituency, in which group: a reading completed from the tables.

A person is known by the Assemblée's reference. A page gives a name instead: it is resolved only
if the name, in any legislature's spelling, *and* the constituency point to one person.
"""

from dataclasses import replace
from difflib import get_close_matches
from functools import cache

from lod.errors import Finding, Where
from lod.mappings import (
    Mandat,
    departements,
    groupes,
    mandats,
    mandats_by_key,
    noms,
)
from lod.model import Auteur, Circonscription, Organe, Question, Reste
from lod.sources import Reading
from lod.texts import fold

SEXES = {"M.": "H", "Mme": "F", "Mlle": "F"}
CIVILITES = {"H": "M.", "F": "Mme"}


def complete(reading: Reading, path: str) -> Reading:
    """Return the reading with author, constituency and group resolved where they can be."""
    q, remarks = reading.question, list(reading.remarks)
    lieu, restes = _located(q), q.restes
    if q.circonscription and not lieu:
        lu = f"{q.circonscription.nom} ({q.circonscription.numero}e circonscription)"
        restes += (Reste(libelle="Circonscription", texte=lu),)
        remarks.append(
            Finding(
                Where(path, reading.lines.get("circonscription", 1)),
                f"'{q.circonscription.nom}' is no department of the tables",
                "it is kept as raw text; correct the name, or add it to the tables",
            )
        )
    auteur = q.auteur
    if not auteur.acteur_ref:
        found = candidates(q, lieu)
        if len(found) == 1:
            auteur = replace(auteur, acteur_ref=found[0].acteur_ref)
        else:
            place = Where(path, reading.lines.get("auteur", 1))
            remarks.append(_unresolved(q, found, place))
    mandat = mandats_by_key().get((auteur.acteur_ref or "", q.legislature))
    return Reading(
        replace(
            q,
            auteur=_named(auteur, mandat),
            circonscription=lieu or (_of(mandat) if mandat else None),
            groupe=_referenced(q) if q.groupe else None,
            restes=restes,
        ),
        tuple(remarks),
    )


def candidates(q: Question, lieu: Circonscription | None) -> list[Mandat]:
    """Return the mandates of the legislature that name, civility and constituency agree with.

    Without a constituency nobody is a candidate: homonyms sat together.
    """
    if lieu is None or not q.auteur.nom:
        return []
    named = _people().get((q.legislature, fold(q.auteur.nom)), ())
    sexe = SEXES.get(q.auteur.civilite or "")
    return [
        m
        for m in named
        if (m.departement, m.circonscription) == (lieu.departement, lieu.numero)
        and sexe in (None, m.sexe)
    ]


@cache
def _people() -> dict[tuple[int, str], tuple[Mandat, ...]]:
    """Return (legislature, folded name) → mandates; a person bears the names of every row."""
    names: dict[str, set[str]] = {}
    for m in mandats():
        names.setdefault(m.acteur_ref, set()).add(fold(m.nom_complet))
    found: dict[tuple[int, str], tuple[Mandat, ...]] = {}
    for m in mandats():
        for name in names[m.acteur_ref]:
            found[m.legislature, name] = (*found.get((m.legislature, name), ()), m)
    return found


def _unresolved(q: Question, found: list[Mandat], place: Where) -> Finding:
    names = sorted({name for legislature, name in _people() if legislature == q.legislature})
    near = get_close_matches(fold(q.auteur.nom or ""), names, n=1)
    why = f"{len(found)} deputies fit" if found else f"nearest: {near[0] if near else 'nobody'}"
    return Finding(
        place,
        f"'{q.auteur.nom}' is no deputy of legislature {q.legislature} that name and "
        f"constituency agree on ({why})",
        "the name is published unresolved; correct it, or complete the table of deputies",
    )


def _located(q: Question) -> Circonscription | None:
    if not q.circonscription:
        return None
    code = departements().get(fold(q.circonscription.nom))
    return replace(q.circonscription, departement=code) if code else None


def _named(auteur: Auteur, mandat: Mandat | None) -> Auteur:
    civilite = auteur.civilite or (CIVILITES.get(mandat.sexe) if mandat else None)
    nom = noms().get(auteur.acteur_ref or "", auteur.nom)
    return replace(auteur, nom=nom, civilite=civilite)


def _of(mandat: Mandat) -> Circonscription:
    return Circonscription(
        nom=mandat.nom_departement, numero=mandat.circonscription, departement=mandat.departement
    )


def _referenced(q: Question) -> Organe | None:
    """Return the group with its reference, by the label it bears in its legislature."""
    groupe = q.groupe
    if not groupe or groupe.ref:
        return groupe
    known = (groupes().get((q.legislature, fold(label))) for label in _labels(groupe))
    return replace(groupe, ref=next((ref for ref in known if ref), None))


def _labels(organe: Organe) -> tuple[str, ...]:
    return (organe.libelle, *([organe.libelle_long] if organe.libelle_long else []))
