"""The archives AMO → the values of `referentiel`: only the fields that are named here are taken,
whatever else a record holds.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from lod.base.errors import Finding, SourceError, Where
from lod.base.inputs import records
from lod.model.dates import read_date
from lod.model.identifiers import acteur_ref, number, organe_ref, shorten
from lod.model.question import Circonscription
from lod.reference.amo.records import Fiche, read_fiche
from lod.reference.amo.values import (
    ASSEMBLEE,
    GOUVERNEMENT,
    GROUPE,
    MINISTERE,
    Acteur,
    Appartenance,
    Corps,
    MandatDepute,
    Referentiel,
    Valeur,
    par_cle,
)

TYPES = frozenset({ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT})
HATVP = re.compile(r"https://www\.hatvp\.fr/[\w./?=&%-]+", re.ASCII)


def read_referentiel(paths: Iterable[Path]) -> tuple[Referentiel, tuple[Finding, ...]]:
    """Read archives, folders and files in their order, and what could not be read in them.

    A later archive wins over an earlier one, reference by reference. Raises UsageError for a path
    that is not there.
    """
    findings: list[Finding] = []
    acteurs: dict[str, Acteur] = {}
    mandats: dict[str, MandatDepute] = {}
    appartenances: dict[tuple[str, str], Appartenance] = {}
    organes: dict[str, Corps] = {}
    for valeur in _valeurs(paths, findings):
        match valeur:
            case Acteur():
                acteurs[valeur.ref] = valeur
            case MandatDepute():
                mandats[valeur.ref] = valeur
            case Appartenance():
                appartenances[valeur.ref, valeur.groupe_ref] = valeur
            case Corps():
                organes[valeur.ref] = valeur
    referentiel = Referentiel(
        acteurs=acteurs,
        mandats=mandats,
        appartenances=_sans_coupure(appartenances.values()),
        organes=organes,
    )
    return referentiel, tuple(findings)


def _valeurs(paths: Iterable[Path], findings: list[Finding]) -> Iterator[Valeur]:
    for path in paths:
        for record in records([path]):
            try:
                root = read_fiche(record, findings)
                parts = [(read, part) for read, names in FORMES for part in root.each(*names)]
                if not parts:
                    keys = shorten(", ".join(root.valeur)) or "nothing"
                    raise SourceError(
                        Where(record.path),
                        f"neither acteur nor organe at the root, but: {keys}",
                        "give archives of acteurs and organes; this file is something else",
                    )
            except SourceError as error:
                findings.append(error.finding)
                continue
            for read, part in parts:
                yield from _lues(read, part)


def _lues(read: Callable[[Fiche], Iterator[Valeur]], fiche: Fiche) -> Iterator[Valeur]:
    """Yield what one record says; what is wrong in it is a finding, and its rest is left out."""
    try:
        yield from read(fiche)
    except SourceError as error:
        fiche.findings.append(error.finding)


def _acteur(fiche: Fiche) -> Iterator[Valeur]:
    ref = fiche.take(acteur_ref, "uid")
    yield Acteur(
        ref=ref,
        civilite=fiche.attempt(str, "etatCivil", "ident", "civ"),
        prenom=fiche.take(str, "etatCivil", "ident", "prenom"),
        nom=fiche.take(str, "etatCivil", "ident", "nom"),
        naissance=fiche.attempt(read_date, "etatCivil", "infoNaissance", "dateNais"),
        deces=fiche.attempt(read_date, "etatCivil", "dateDeces"),
        profession=fiche.attempt(str, "profession", "libelleCourant"),
        hatvp=fiche.attempt(_hatvp, "uri_hatvp"),
    )
    for mandat in fiche.each("mandats", "mandat"):
        yield from _lues(lambda part: _mandat(part, ref), mandat)


def _mandat(fiche: Fiche, acteur: str | None = None) -> Iterator[Valeur]:
    """Read one of the many mandates of a person: only seats and memberships of groups."""
    nature = fiche.maybe(str, "typeOrgane")
    if nature == ASSEMBLEE:
        yield _mandat_depute(fiche, acteur or fiche.take(acteur_ref, "acteurRef"))
    elif nature == GROUPE:
        yield from _appartenances(fiche, acteur or fiche.take(acteur_ref, "acteurRef"))


def _mandat_depute(fiche: Fiche, acteur: str) -> MandatDepute:
    return MandatDepute(
        ref=fiche.take(mandat_ref, "uid"),
        acteur_ref=acteur,
        legislature=fiche.take(number, "legislature"),
        debut=fiche.take(read_date, "dateDebut"),
        prise_de_fonction=fiche.maybe(read_date, "mandature", "datePriseFonction"),
        fin=fiche.maybe(read_date, "dateFin"),
        circonscription=_circonscription(fiche),
        region=fiche.maybe(str, "election", "lieu", "region"),
    )


def _circonscription(fiche: Fiche) -> Circonscription | None:
    nom = fiche.maybe(str, "election", "lieu", "departement")
    numero = fiche.maybe(number, "election", "lieu", "numCirco")
    code = fiche.maybe(str, "election", "lieu", "numDepartement")
    if nom is None or numero is None:
        return None
    return Circonscription(nom=nom, numero=numero, departement=code)


def _appartenances(fiche: Fiche, acteur: str) -> Iterator[Appartenance]:
    for groupe in fiche.several(organe_ref, "organes", "organeRef"):
        yield Appartenance(
            ref=fiche.take(mandat_ref, "uid"),
            acteur_ref=acteur,
            groupe_ref=groupe,
            debut=fiche.take(read_date, "dateDebut"),
            fin=fiche.maybe(read_date, "dateFin"),
        )


def _organe(fiche: Fiche) -> Iterator[Valeur]:
    nature = fiche.take(str, "codeType")
    if nature not in TYPES:
        return
    yield Corps(
        ref=fiche.take(organe_ref, "uid"),
        type=nature,
        libelle=fiche.take(str, "libelle"),
        abrege=fiche.maybe(str, "libelleAbrege"),
        sigle=fiche.maybe(str, "libelleAbrev"),
        debut=fiche.take(read_date, "viMoDe", "dateDebut"),
        fin=fiche.maybe(read_date, "viMoDe", "dateFin"),
        parent=fiche.maybe(organe_ref, "organeParent"),
        precedent=fiche.maybe(organe_ref, "organePrecedentRef"),
        # a group lives in one legislature, and is named within it
        legislature=(fiche.take if nature == GROUPE else fiche.maybe)(number, "legislature"),
    )


READERS: tuple[tuple[str, Callable[[Fiche], Iterator[Valeur]]], ...] = (
    ("acteur", _acteur),
    ("mandat", _mandat),
    ("organe", _organe),
)
# one record a file, or all of them in one file, with or without an envelope
FORMES = tuple(
    (read, names)
    for name, read in READERS
    for names in ((name,), (f"{name}s", name), ("export", f"{name}s", name))
)


def mandat_ref(text: str) -> str:
    """Return the reference of a mandate; raise ValueError unless it is `PM…`."""
    if not re.fullmatch(r"PM[1-9]\d{0,8}", text, re.ASCII):
        raise ValueError(f"'{shorten(text)}' is not the reference of a mandate (PM…)")
    return text


def _hatvp(text: str) -> str:
    if not HATVP.fullmatch(text):
        raise ValueError(f"'{shorten(text)}' is not an address of the Haute Autorité")
    return text


def _sans_coupure(lues: Iterable[Appartenance]) -> dict[str, tuple[Appartenance, ...]]:
    """Return the memberships of each person; what goes on in the same group is one of them.

    A president is a member too, and « apparenté » may become « membre » from one day to the next.
    """
    suites: dict[tuple[str, str], list[Appartenance]] = {}
    for a in sorted(lues, key=lambda a: (a.debut, int(a.ref[2:]))):
        suite = suites.setdefault((a.acteur_ref, a.groupe_ref), [])
        fin = suite[-1].fin if suite else None
        if not suite or (fin and a.debut - fin > timedelta(1)):
            suite.append(a)
        elif fin:
            suite[-1] = replace(suite[-1], fin=max(fin, a.fin) if a.fin else None)
    toutes = sorted((a for s in suites.values() for a in s), key=lambda a: (a.debut, a.groupe_ref))
    return par_cle((a.acteur_ref, a) for a in toutes)
