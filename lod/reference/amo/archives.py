"""The archives AMO → the values of a directory: only the fields that are named here are taken,
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
from lod.reference.amo.records import JsonRecord, read_json_record
from lod.reference.amo.values import (
    ASSEMBLEE,
    GOUVERNEMENT,
    GROUPE,
    MINISTERE,
    Body,
    DeputySeat,
    Directory,
    DirectoryValue,
    GroupMembership,
    Person,
    group_by_key,
)

TYPES = frozenset({ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT})
HATVP = re.compile(r"https://www\.hatvp\.fr/[\w./?=&%-]+", re.ASCII)


def read_directory(paths: Iterable[Path]) -> tuple[Directory, tuple[Finding, ...]]:
    """Read archives, folders and files in their order, and what could not be read in them.

    A later archive wins over an earlier one, reference by reference. Raises UsageError for a path
    that is not there.
    """
    findings: list[Finding] = []
    persons: dict[str, Person] = {}
    seats: dict[str, DeputySeat] = {}
    memberships: dict[tuple[str, str], GroupMembership] = {}
    bodies: dict[str, Body] = {}
    for value in _read_values(paths, findings):
        match value:
            case Person():
                persons[value.ref] = value
            case DeputySeat():
                seats[value.ref] = value
            case GroupMembership():
                memberships[value.ref, value.groupe_ref] = value
            case Body():
                bodies[value.ref] = value
    directory = Directory(
        persons=persons,
        seats=seats,
        memberships=_merge_contiguous(memberships.values()),
        bodies=bodies,
    )
    return directory, tuple(findings)


def _read_values(paths: Iterable[Path], findings: list[Finding]) -> Iterator[DirectoryValue]:
    for path in paths:
        for record in records([path]):
            try:
                root = read_json_record(record, findings)
                parts = [(read, part) for read, names in LAYOUTS for part in root.each(*names)]
                if not parts:
                    keys = shorten(", ".join(root.value)) or "nothing"
                    raise SourceError(
                        Where(record.path),
                        f"neither acteur nor organe at the root, but: {keys}",
                        "give archives of acteurs and organes; this file is something else",
                    )
            except SourceError as error:
                findings.append(error.finding)
                continue
            for read, part in parts:
                yield from _tolerant(read, part)


def _tolerant(
    read: Callable[[JsonRecord], Iterator[DirectoryValue]], record: JsonRecord
) -> Iterator[DirectoryValue]:
    """Yield what one record says; what is wrong in it is a finding, and its rest is left out."""
    try:
        yield from read(record)
    except SourceError as error:
        record.findings.append(error.finding)


def _person(record: JsonRecord) -> Iterator[DirectoryValue]:
    ref = record.take(acteur_ref, "uid")
    yield Person(
        ref=ref,
        civilite=record.attempt(str, "etatCivil", "ident", "civ"),
        first_name=record.take(str, "etatCivil", "ident", "prenom"),
        last_name=record.take(str, "etatCivil", "ident", "nom"),
        birth_date=record.attempt(read_date, "etatCivil", "infoNaissance", "dateNais"),
        death_date=record.attempt(read_date, "etatCivil", "dateDeces"),
        profession=record.attempt(str, "profession", "libelleCourant"),
        hatvp=record.attempt(_hatvp, "uri_hatvp"),
    )
    for mandate in record.each("mandats", "mandat"):
        yield from _tolerant(lambda part: _mandate(part, ref), mandate)


def _mandate(record: JsonRecord, person_ref: str | None = None) -> Iterator[DirectoryValue]:
    """Read one of the many mandates of a person: only seats and memberships of groups."""
    nature = record.maybe(str, "typeOrgane")
    if nature == ASSEMBLEE:
        yield _deputy_seat(record, person_ref or record.take(acteur_ref, "acteurRef"))
    elif nature == GROUPE:
        yield from _memberships(record, person_ref or record.take(acteur_ref, "acteurRef"))


def _deputy_seat(record: JsonRecord, person_ref: str) -> DeputySeat:
    return DeputySeat(
        ref=record.take(mandat_ref, "uid"),
        acteur_ref=person_ref,
        legislature=record.take(number, "legislature"),
        start=record.take(read_date, "dateDebut"),
        prise_de_fonction=record.maybe(read_date, "mandature", "datePriseFonction"),
        end=record.maybe(read_date, "dateFin"),
        circonscription=_circonscription(record),
        region=record.maybe(str, "election", "lieu", "region"),
    )


def _circonscription(record: JsonRecord) -> Circonscription | None:
    nom = record.maybe(str, "election", "lieu", "departement")
    numero = record.maybe(number, "election", "lieu", "numCirco")
    code = record.maybe(str, "election", "lieu", "numDepartement")
    if nom is None or numero is None:
        return None
    return Circonscription(nom=nom, numero=numero, departement=code)


def _memberships(record: JsonRecord, person_ref: str) -> Iterator[GroupMembership]:
    for groupe in record.several(organe_ref, "organes", "organeRef"):
        yield GroupMembership(
            ref=record.take(mandat_ref, "uid"),
            acteur_ref=person_ref,
            groupe_ref=groupe,
            start=record.take(read_date, "dateDebut"),
            end=record.maybe(read_date, "dateFin"),
        )


def _body(record: JsonRecord) -> Iterator[DirectoryValue]:
    nature = record.take(str, "codeType")
    if nature not in TYPES:
        return
    yield Body(
        ref=record.take(organe_ref, "uid"),
        type=nature,
        libelle=record.take(str, "libelle"),
        short_label=record.maybe(str, "libelleAbrege"),
        sigle=record.maybe(str, "libelleAbrev"),
        start=record.take(read_date, "viMoDe", "dateDebut"),
        end=record.maybe(read_date, "viMoDe", "dateFin"),
        parent=record.maybe(organe_ref, "organeParent"),
        predecessor=record.maybe(organe_ref, "organePrecedentRef"),
        # a group lives in one legislature, and is named within it
        legislature=(record.take if nature == GROUPE else record.maybe)(number, "legislature"),
    )


READERS: tuple[tuple[str, Callable[[JsonRecord], Iterator[DirectoryValue]]], ...] = (
    ("acteur", _person),
    ("mandat", _mandate),
    ("organe", _body),
)
# one record a file, or all of them in one file, with or without an envelope
LAYOUTS = tuple(
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


def _merge_contiguous(
    memberships: Iterable[GroupMembership],
) -> dict[str, tuple[GroupMembership, ...]]:
    """Return the memberships of each person; what goes on in the same group is one of them.

    A president is a member too, and « apparenté » may become « membre » from one day to the next.
    """
    chains: dict[tuple[str, str], list[GroupMembership]] = {}
    for a in sorted(memberships, key=lambda a: (a.start, int(a.ref[2:]))):
        chain = chains.setdefault((a.acteur_ref, a.groupe_ref), [])
        end = chain[-1].end if chain else None
        if not chain or (end and a.start - end > timedelta(1)):
            chain.append(a)
        elif end:
            chain[-1] = replace(chain[-1], end=max(end, a.end) if a.end else None)
    merged = sorted((a for s in chains.values() for a in s), key=lambda a: (a.start, a.groupe_ref))
    return group_by_key((a.acteur_ref, a) for a in merged)
