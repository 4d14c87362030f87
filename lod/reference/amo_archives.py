"""Archives AMO → a directory; only the fields that are named here are read.

An old archive states no end for seats, groups and memberships that ended later: the end of the
group or of the legislature is taken.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from lod.base.errors import Remark, SourceError, UsageError, Where
from lod.base.inputs import Record, records
from lod.base.tabular import group_by_key
from lod.model.dates import read_date
from lod.model.identifiers import acteur_ref, mandat_ref, number, organe_ref, shorten
from lod.model.question import Circonscription
from lod.reference.amo_records import FileRemarks, JsonRecord, read_json_record
from lod.reference.directory import (
    ASSEMBLEE,
    GOUVERNEMENT,
    GROUPE,
    MINISTERE,
    POSITIONS,
    ROLES,
    Body,
    DeputySeat,
    Directory,
    DirectoryValue,
    GroupMembership,
    Person,
)
from lod.reference.matching import civilite
from lod.reference.tables import FIRST_DAY, LAST_DAY, group_end, legislature_end

TYPES = frozenset({ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT})
Reader = Callable[[JsonRecord], Iterator[DirectoryValue]]
CIVILITIES = ("M.", "Mme", "Mlle")  # that the shapes allow
HATVP = re.compile(r"https://www\.hatvp\.fr/[\w./?=&%-]+", re.ASCII)


def read_directory(
    paths: Iterable[Path], recognised: Iterable[Path] = ()
) -> tuple[Directory, tuple[Remark, ...]]:
    """Return the directory that archives, folders and files state, and remarks about them.

    Of two values with one reference the later one stays, those of `recognised` after those of
    `paths`. Raises UsageError for one of `paths` that is not there, or of which nothing is read.
    """
    remarks: list[Remark] = []
    sums: dict[Path, Any] = {}
    persons: dict[str, Person] = {}
    seats: dict[str, DeputySeat] = {}
    memberships: dict[tuple[str, str], GroupMembership] = {}
    bodies: dict[str, Body] = {}
    for path, value in _read_values([*paths], [*recognised], remarks):
        sums.setdefault(path, hashlib.sha256()).update(f"{value}\n".encode())
        match value:
            case Person():
                persons[value.ref] = value
            case DeputySeat():
                seats[value.ref] = value
            case GroupMembership():
                memberships[value.ref, value.groupe_ref] = value
            case Body():
                bodies[value.ref] = value
    lasting = (_within_group(m, bodies.get(m.groupe_ref)) for m in memberships.values())
    directory = Directory(
        persons=persons,
        seats=seats,
        memberships=_merge_contiguous(lasting),
        bodies=bodies,
        archives=tuple((path.name, hashed.hexdigest()) for path, hashed in sums.items()),
    )
    return directory, tuple(remarks)


def _read_values(
    paths: list[Path], recognised: list[Path], all_remarks: list[Remark]
) -> Iterator[tuple[Path, DirectoryValue]]:
    for path in (*paths, *recognised):
        before, is_empty, is_read = len(all_remarks), True, False
        for record in records([path]):
            remarks, is_empty = FileRemarks(record.path), False
            for value in _read_file(record, remarks):
                is_read = True
                yield path, value
            all_remarks += remarks.kept()
        # an archive that has nothing but bodies that are not needed is no mistake
        if path in paths and (is_empty or (all_remarks[before:] and not is_read)):
            first = next(iter(all_remarks[before:]), "give an archive of acteurs and organes")
            raise UsageError(f"{path}: no acteur and no organe is read of it; {first}")


def _read_file(record: Record, remarks: FileRemarks) -> Iterator[DirectoryValue]:
    try:
        root = read_json_record(record, remarks)
        parts = [(read, part) for read, names in LAYOUTS for part in root.each(*names)]
    except SourceError as error:
        remarks.append(error.remark)
        return
    if not parts:
        keys = shorten(", ".join(root.value)) or "nothing"
        wrong = f"neither acteur nor organe at the root, but: {keys}"
        remedy = "give archives of acteurs and organes; this file is something else"
        remarks.append(Remark(Where(record.path), wrong, remedy))
    for read, part in parts:
        yield from _tolerant(read, part)


def _tolerant(read: Reader, record: JsonRecord) -> Iterator[DirectoryValue]:
    """Yield the values of one record up to its first error, which becomes a remark."""
    try:
        yield from read(record)
    except SourceError as error:
        record.remarks.append(error.remark)


def _person(record: JsonRecord) -> Iterator[DirectoryValue]:
    ref = record.take(acteur_ref, "uid")
    yield Person(
        ref=ref,
        civilite=record.attempt(_civility, "etatCivil", "ident", "civ"),
        first_name=record.take(str, "etatCivil", "ident", "prenom"),
        last_name=record.take(str, "etatCivil", "ident", "nom"),
        birth_date=record.attempt(read_date, "etatCivil", "infoNaissance", "dateNais"),
        death_date=record.attempt(read_date, "etatCivil", "dateDeces"),
        profession=record.attempt(str, "profession", "libelleCourant"),
        categorie=record.attempt(str, "profession", "socProcINSEE", "catSocPro"),
        famille=record.attempt(str, "profession", "socProcINSEE", "famSocPro"),
        hatvp=record.attempt(_hatvp, "uri_hatvp"),
    )
    for mandate in record.each("mandats", "mandat"):
        yield from _tolerant(lambda part: _mandate(part, ref), mandate)


def _mandate(record: JsonRecord, person_ref: str | None = None) -> Iterator[DirectoryValue]:
    """Yield the seat, or the memberships of groups; nothing for a mandate of another kind."""
    nature = record.maybe(str, "typeOrgane")
    if nature == ASSEMBLEE:
        yield _deputy_seat(record, person_ref or record.take(acteur_ref, "acteurRef"))
    elif nature == GROUPE:
        yield from _memberships(record, person_ref or record.take(acteur_ref, "acteurRef"))


def _deputy_seat(record: JsonRecord, person_ref: str) -> DeputySeat:
    legislature = record.take(number, "legislature")
    return DeputySeat(
        ref=record.take(mandat_ref, "uid"),
        acteur_ref=person_ref,
        legislature=legislature,
        start=record.take(_day, "dateDebut"),
        prise_de_fonction=_day_or_none(record, "mandature", "datePriseFonction"),
        end=_day_or_none(record, "dateFin") or legislature_end(legislature),
        circonscription=_circonscription(record),
        region=record.maybe(str, "election", "lieu", "region"),
        cause=record.attempt(str, "election", "causeMandat"),
        end_cause=record.attempt(str, "mandature", "causeFin"),
        suppleants=tuple(  # the days beside them are the days of the mandate
            ref
            for part in record.each("suppleants", "suppleant")
            if (ref := part.attempt(acteur_ref, "suppleantRef"))
        ),
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
            start=record.take(_day, "dateDebut"),
            end=_day_or_none(record, "dateFin"),
            role=record.attempt(_role, "infosQualite", "codeQualite"),
        )


def _body(record: JsonRecord) -> Iterator[DirectoryValue]:
    nature = record.take(str, "codeType")
    if nature not in TYPES:
        return
    body = Body(
        ref=record.take(organe_ref, "uid"),
        type=nature,
        libelle=record.take(str, "libelle"),
        short_label=record.maybe(str, "libelleAbrege"),
        sigle=record.maybe(str, "libelleAbrev"),
        start=record.take(_day, "viMoDe", "dateDebut"),
        end=_day_or_none(record, "viMoDe", "dateFin"),
        parent=record.maybe(organe_ref, "organeParent"),
        predecessor=record.maybe(organe_ref, "organePrecedentRef"),
        # required of a group, which exists in one legislature only
        legislature=(record.take if nature == GROUPE else record.maybe)(number, "legislature"),
        position=record.attempt(_position, "positionPolitique") if nature == GROUPE else None,
    )
    if nature == GROUPE and body.legislature and not body.end:
        body = replace(body, end=group_end(body.ref, body.legislature))
    yield body


# reader and path of the records: one a file, or all in one file, below `export` or not
LAYOUTS: tuple[tuple[Reader, tuple[str, ...]], ...] = tuple(
    (read, names)
    for name, read in (("acteur", _person), ("mandat", _mandate), ("organe", _body))
    for names in ((name,), (f"{name}s", name), ("export", f"{name}s", name))
)


def _day(text: str) -> date:
    day = read_date(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"'{day}' is not of the years 1958 to 2099")
    return day


def _day_or_none(record: JsonRecord, *names: str) -> date | None:
    """Return a day that may be missing; None, with a remark, for one such as « 9999-12-31 », which
    stands for none. Raises SourceError for a value that is no day.
    """
    return record.maybe(read_date, *names) and record.attempt(_day, *names)


def _civility(text: str) -> str:
    known = text if text in CIVILITIES else civilite(text)
    if known is None:
        raise ValueError(f"'{shorten(text)}' is no known form of address")
    return known


def _hatvp(text: str) -> str:
    if not HATVP.fullmatch(text):
        raise ValueError(f"'{shorten(text)}' is not an address of the Haute Autorité")
    return text


def _known(words: Collection[str], what: str, text: str) -> str:
    if text not in words:
        raise ValueError(f"'{shorten(text)}' is no known {what}")
    return text


_role = partial(_known, ROLES, "role in a group")
_position = partial(_known, POSITIONS, "political position")


def _within_group(m: GroupMembership, groupe: Body | None) -> GroupMembership:
    """Return a membership that ends no later than its group; an old archive may state no end."""
    if groupe and groupe.end and (m.end is None or m.end > groupe.end):
        return replace(m, end=groupe.end)
    return m


def _merge_contiguous(
    memberships: Iterable[GroupMembership],
) -> dict[str, tuple[GroupMembership, ...]]:
    """Return person → memberships; those in one group and role without a gap are joined."""
    chains: dict[tuple[str, str, str | None], list[GroupMembership]] = {}
    for m in sorted(memberships, key=lambda m: (m.start, int(m.ref[2:]))):
        chain = chains.setdefault((m.acteur_ref, m.groupe_ref, m.role), [])
        end = chain[-1].end if chain else None
        if not chain or (end and m.start - end > timedelta(1)):
            chain.append(m)
        elif end:
            chain[-1] = replace(chain[-1], end=max(end, m.end) if m.end else None)
    joined = (m for chain in chains.values() for m in chain)
    merged = sorted(joined, key=lambda m: (m.start, m.groupe_ref, int(m.ref[2:])))
    return group_by_key((m.acteur_ref, m) for m in merged)
