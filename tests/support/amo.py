"""Synthetic records in the form of the archives AMO, and how they are read: nobody here exists,
nothing is quoted.

`archive_of_lives` is about some authors of the release of lives. It makes what a query may take for
a question, or count twice: one deputy has two seats of one legislature, one sits where nobody asks,
one has changed her group; a ministry follows another one.
"""

import json
import random
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lod.base.errors import Remark
from lod.reference.amo_archives import read_directory
from lod.reference.directory import Directory

NIL = {"@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "@xsi:nil": "true"}
# what the original archives hold beside, and what must come out nowhere
PRIVE = "NE-PAS-PUBLIER"


def acteur(ref: str, prenom: str, nom: Any, *mandats: Any, **autres: Any) -> dict[str, Any]:
    """A person, with everything private that an original archive holds."""
    fiche = {
        "uid": {"@xsi:type": "IdActeur_type", "#text": ref},
        "etatCivil": {
            "ident": {"civ": "Mme", "prenom": prenom, "nom": nom, "trigramme": PRIVE},
            "infoNaissance": {"dateNais": "1970-01-31", "villeNais": PRIVE},
            "dateDeces": NIL,
        },
        "profession": {
            "libelleCourant": "Géomètre",
            "socProcINSEE": {
                "catSocPro": "Professions libérales",
                "famSocPro": "Cadres et professions intellectuelles supérieures",
            },
        },
        "uri_hatvp": "https://www.hatvp.fr/pages_nominatives/exemple-synthetique",
        "adresses": {
            "adresse": [
                {"@xsi:type": "AdresseMail_Type", "valElec": f"{PRIVE}@example.org"},
                {"@xsi:type": "AdressePostale_Type", "nomRue": PRIVE, "telephone": PRIVE},
            ]
        },
        "telephone": PRIVE,
        "email": f"{PRIVE}@example.org",
        "mandats": {"mandat": list(mandats)},
    } | autres
    return {"acteur": fiche}


def siege(ref: str, debut: str, fin: Any = None, prise: Any = None, **autres: Any) -> Any:
    """A mandate of deputy, with the staff that an original archive lists in it."""
    lieu = {"region": "Exemplie", "departement": "Ain", "numDepartement": "01", "numCirco": "1"}
    return {
        "uid": ref,
        "legislature": "17",
        "typeOrgane": "ASSEMBLEE",
        "dateDebut": debut,
        "dateFin": fin,
        "organes": {"organeRef": "PO838901"},
        "suppleants": {
            "suppleant": {"dateDebut": debut, "dateFin": fin, "suppleantRef": "PA999999"}
        },
        "collaborateurs": {"collaborateur": [{"qualite": PRIVE, "prenom": PRIVE, "nom": PRIVE}]},
        "election": {"lieu": lieu, "causeMandat": "élections générales"},
        "mandature": {
            "datePriseFonction": prise or debut,
            "causeFin": "Fin synthétique" if fin else None,
            "placeHemicycle": PRIVE,
        },
    } | autres


def adhesion(ref: str, groupe: Any, debut: str, fin: Any = None, role: Any = "Membre") -> Any:
    return {
        "uid": ref,
        "legislature": "17",
        "typeOrgane": "GP",
        "dateDebut": debut,
        "dateFin": fin,
        "organes": {"organeRef": groupe},
        "infosQualite": {"codeQualite": role, "libQualite": PRIVE},
    }


def organe(ref: str, nature: str, libelle: str, debut: str, fin: Any = None, **autres: Any) -> Any:
    return {
        "organe": {
            "uid": ref,
            "codeType": nature,
            "libelle": libelle,
            "libelleEdition": PRIVE,
            "viMoDe": {"dateDebut": debut, "dateAgrement": None, "dateFin": fin},
            "organeParent": None,
            "secretariat": {"secretaire01": PRIVE},
        }
        | autres
    }


def groupe(
    ref: str, libelle: str, sigle: str, debut: str, fin: Any = None, position: Any = None,
    legislature: str = "17",
) -> Any:  # fmt: skip
    noms = {"libelleAbrege": sigle, "libelleAbrev": sigle, "legislature": legislature}
    return organe(ref, "GP", libelle, debut, fin, positionPolitique=position, **noms)


def ministere(
    ref: str, libelle: str, abrege: str, parent: str, debut: str, fin: Any = None, **autres: Any
) -> Any:
    noms = {"libelleAbrege": abrege, "libelleAbrev": "MIN", "organeParent": parent}
    return organe(ref, "MINISTERE", libelle, debut, fin, **noms, **autres)


def gouvernement(ref: str, abrege: str, debut: str, fin: Any = None) -> Any:
    """A government: the archive gives each of them the same label."""
    return organe(ref, "GOUVERNEMENT", "Gouvernement", debut, fin, libelleAbrege=abrege)


def archive(path: Path, members: Iterable[Any]) -> Path:
    """Write a zip with one record a file; a text is written as it is."""
    with zipfile.ZipFile(path, "w") as file:
        for number, member in enumerate(members):
            text = member if isinstance(member, str) else json.dumps(member, ensure_ascii=False)
            file.writestr(f"json/{number:03}.json", text)
    return path


# one of each: a deputy who changed her group and heads the new one, her former mandate, a group
# that has gone, two governments
EXEMPLE = (
    acteur(
        "PA900001", "Alix", "Exemple",
        siege("PM910001", "2024-07-07", prise="2024-07-08"),
        siege("PM910000", "2022-06-19", "2024-06-09", legislature="16"),
        adhesion("PM920001", "PO930001", "2024-07-19", "2025-03-31", "Membre apparenté"),
        adhesion("PM920002", "PO930002", "2025-04-01"),
        adhesion("PM920003", "PO930002", "2025-04-02", role="Président"),
    ),
    groupe("PO930001", "Les Exemples", "EX", "2024-07-18", "2025-03-31", "Opposition"),
    groupe("PO930002", "Synthétique et apparentés", "SYN", "2024-07-18"),
    gouvernement("PO940001", "DUPONT-EXEMPLE II", "2024-09-21", "2024-12-13"),
    gouvernement("PO940002", "DE SYNTHÈSE", "2024-12-14"),
    ministere("PO950001", "Ministère des essais", "Essais", "PO940001", "2024-09-21", "2024-12-13"),
    ministere("PO950002", "Ministère des essais", "Essais", "PO940002", "2024-12-23",
              organePrecedentRef="PO950001"),
    organe("PO960001", "ASSEMBLEE", "Assemblée", "2024-07-01", legislature="17"),
    organe("PO970001", "CIRCONSCRIPTION", "Circonscription", "2024-07-01"),
)  # fmt: skip


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, "", " ", "\u0000", "\u202e", "a" * 5_000, [], {}, [[]],
    [None, None], {"#text": "x"}, {"@xsi:nil": "true"}, {"#text": {"#text": []}}, "31/02/2021",
    "0000-00-00", "\ud7ff", "<p><b>", "</p>" * 50, "PA0", "é", ["a", "b", "c"],
)  # fmt: skip


def bent(value: Any, rng: random.Random, depth: int = 0) -> Any:
    """Return a JSON value with members removed, doubled, renamed or replaced by odd ones."""
    if rng.random() < 0.03:
        return rng.choice(ODD)
    if isinstance(value, dict):
        items = [(k, bent(v, rng, depth + 1)) for k, v in value.items() if rng.random() > 0.02]
        if rng.random() < 0.05:
            items.append((f"clé {rng.randrange(9)}", rng.choice(ODD)))
        return dict(items)
    if isinstance(value, list):
        return [bent(v, rng, depth + 1) for v in value] * rng.choice((1, 1, 1, 2))
    return [value] if rng.random() < 0.02 else value


def lu(tmp_path: Path, *members: Any) -> tuple[Directory, tuple[Remark, ...]]:
    return read_directory([archive(tmp_path / "amo.zip", members)])


def bien_lu(tmp_path: Path, *members: Any) -> Directory:
    directory, remarks = lu(tmp_path, *members)
    assert remarks == ()
    return directory


def alix(*mandates: dict[str, Any], ref: str = "PA1", **fields: Any) -> dict[str, Any]:
    return acteur(ref, "Alix", "Exemple", *mandates, **fields)


PARIS = {"region": "Ile-de-France", "departement": "Paris", "numDepartement": "75",
         "numCirco": "12"}  # fmt: skip
REUNION = {"region": "Outre-mer", "departement": "Réunion", "numDepartement": "974",
           "numCirco": "1"}  # fmt: skip
MEMBERS = (
    acteur(
        "PA721764", "Olivia", "Grégoire",
        siege("PM843001", "2022-06-22", "2022-08-04", legislature="16", election={"lieu": PARIS}),
        siege("PM843416", "2024-07-07", election={"lieu": PARIS}),
        adhesion("PM844001", "PO845407", "2024-07-19"),
    ),
    acteur(
        "PA610681", "Ericka", "Bareigts",
        siege("PM610001", "2017-06-21", "2017-12-31", legislature="15", election={"lieu": REUNION}),
        siege("PM610002", "2018-01-01", "2022-06-21", legislature="15", election={"lieu": REUNION}),
        adhesion("PM611001", "PO980003", "2017-06-27", "2022-06-21"),
    ),
    EXEMPLE[0],  # sits for a constituency that nobody asks from; has changed her group
    *EXEMPLE[1:3],  # groups
    gouvernement("PO847639", "BARNIER", "2024-09-06", "2024-12-13"),
    gouvernement("PO855052", "BAYROU", "2024-12-14", "2025-09-09"),
    groupe("PO845407", "Ensemble pour la République", "EPR", "2024-07-18"),
    groupe("PO980003", "Démocrate (MoDem et Indépendants)", "DEM", "2017-06-27", "2022-06-21",
           legislature="15"),
    ministere("PO855000", "Ministère de l’économie, des finances et de la relance",
              "Économie, finances et relance", "PO847639",
              "2024-09-21", "2024-12-13"),
    ministere("PO855083", "Ministère de l’économie et des finances", "Économie et finances",
              "PO855052", "2024-12-23", organePrecedentRef="PO855000"),
)  # fmt: skip


def archive_of_lives(path: Path) -> Path:
    return archive(path, MEMBERS)
