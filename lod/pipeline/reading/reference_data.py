"""The data from which questions are completed and corrected, besides the tables of the package: the
publisher's reviewed files and the archives of the Assemblée.

The reviewed files are CSV files in one folder, each optional: corrections, records withheld,
expected totals, links. Every row states its reason. A row that does nothing, a file that nobody
reads and a total that is not reached become remarks. Extensions read more files there.
"""

import hashlib
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, structs
from pyoxigraph import Triple

from lod.base.errors import Remark, UsageError, Where
from lod.base.inputs import archive_of
from lod.base.settings import Settings
from lod.base.tabular import group_by_key
from lod.model.dates import read_date
from lod.model.identifiers import number, split_uid, type_question
from lod.model.safe_html import replaced
from lod.pipeline.mapping import authorities, bodies, directory
from lod.pipeline.reading.given import Given
from lod.rdf.deadlines import stops_before
from lod.rdf.iris import Iris
from lod.reference.amo_archives import read_directory
from lod.reference.directory import NO_ARCHIVES, Directory
from lod.reference.executive import Executive
from lod.reference.executive_tables import from_tables, with_archives
from lod.reference.reviewed_files import FILES, ReviewedLinks, read_reviewed_links, rows
from lod.reference.tables import legislature_end
from lod.sources.fields import Reading

Archive = tuple[str, int, str]  # name of a folder or file of records; legislature and type of these
CORRECTIONS, WITHHELD, EXPECTED_COUNTS = "corrections.csv", "retenues.csv", "effectifs.csv"
COLUMNS = {
    CORRECTIONS: ("uid", "champ", "faux", "juste", "motif"),
    WITHHELD: ("uid", "motif"),
    EXPECTED_COUNTS: ("legislature", "type", "nombre", "motif"),
}
CORRECTED = COLUMNS[CORRECTIONS][1:]  # the fields of a `Correction`

# fields that no row may correct: what a question is known by, its records, what the build adds
FIXED = ("uid", "legislature", "type", "numero", "sources", "corrections", "groupe_imprime",
         "rappels", "donnees_au", "fin_legislature")  # fmt: skip
NOTES = (".md", ".toml")  # ends of the names of other files that may stand in the folder


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of `corrections.csv`, without its uid."""

    champ: str  # a field of the model: `titre`, `parutions.0.jour`
    faux: str  # the misprint
    juste: str  # what it should be
    motif: str
    line: int  # of the row


@dataclass(frozen=True, slots=True)
class Review:
    """The content of the reviewed files."""

    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)  # by uid
    withheld: Mapping[str, str] = field(default_factory=dict)  # uid → reason
    places: tuple[tuple[str, Where], ...] = ()  # uid and place of each row of these two files
    # (legislature, type) → number of questions
    expected_counts: Mapping[tuple[int, str], int] = field(default_factory=dict)
    links: ReviewedLinks = field(default_factory=ReviewedLinks)
    fingerprint: str = ""  # hash of all CSV files in the folder

    def fingerprint_of(self, uid: str) -> str:
        """Return a text that changes with the corrections and the withholding of a question."""
        return repr((self.corrections.get(uid), self.withheld.get(uid)))


def read_review(folder: Path | None) -> Review:
    """Return the content of the files; raise UsageError for a wrong row or a missing folder."""
    if folder is None:
        return Review()
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give the one with your reviewed files")
    hashed = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        hashed.update(path.name.encode() + path.read_bytes())
    corrections, withheld = list(_rows(folder / CORRECTIONS)), list(_rows(folder / WITHHELD))
    return Review(
        group_by_key(
            (row["uid"], Correction(**{name: row[name] for name in CORRECTED}, line=line))
            for line, row in corrections
        ),
        {row["uid"]: row["motif"] for _, row in withheld},
        tuple(
            (row["uid"], Where(str(folder / name), line))
            for name, read in ((CORRECTIONS, corrections), (WITHHELD, withheld))
            for line, row in read
        ),
        {
            (int(row["legislature"]), type_question(row["type"])): int(row["nombre"])
            for _, row in _rows(folder / EXPECTED_COUNTS)
        },
        read_reviewed_links(folder),
        hashed.hexdigest(),
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    columns = COLUMNS[path.name]
    for line, row in rows(path, columns):
        if fault := _fault(row, columns):
            raise UsageError(f"{path}:{line}: {fault}; correct the row")
        yield line, row


def _fault(row: dict[str, str], columns: tuple[str, ...]) -> str:
    """Return what is wrong with a row, or ""."""
    try:
        if "uid" in columns:
            split_uid(row["uid"])
        else:
            type_question(row["type"])
            number(row["legislature"]), number(row["nombre"])
    except ValueError as error:
        return str(error)
    if (name := row.get("champ", "").partition(".")[0]) in FIXED:
        return f"'{name}' is no field that can be corrected"
    return ""


def unmatched(review: Review, uids: Container[str]) -> Iterator[Remark]:
    """Yield each row whose uid no record has: it does nothing; `uids` are those of the records."""
    for uid, place in review.places:
        if uid not in uids:
            does = "withheld" if Path(place.path).name == WITHHELD else "corrected"
            wrong = f"no record that can be read is of {uid}, nothing is {does}"
            yield Remark(place, wrong, "correct the uid, or remove the row")


def unread_files(folder: Path | None, extension_files: Collection[str]) -> Iterator[Remark]:
    """Yield a remark for each entry of the folder that nobody reads: it is no file, or its name
    is unknown; `extension_files` are the names that extensions read.
    """
    names = sorted({*COLUMNS, *FILES, *extension_files})
    for path in sorted(folder.iterdir()) if folder else ():
        is_ignored = path.is_dir() or path.name.startswith(".") or path.suffix in NOTES
        if path.name in names and not path.is_file():
            yield Remark(Where(str(path)), "this is no file", "put the reviewed file there")
        elif path.name not in names and not is_ignored:
            remedy = f"call it one of {', '.join(names)}, or move it elsewhere"
            yield Remark(Where(str(path)), "nobody reads a file of this name", remedy)


def corrected(reading: Reading, review: Review, place: Where) -> Reading:
    """Return the reading with its corrections applied, and a remark for each; if one does not
    match, the remark names its row.
    """
    q, remarks = reading.question, list(reading.remarks)
    for rule in review.corrections.get(q.uid, ()):
        try:
            q = _replaced(q, rule.champ.split("."), rule)
        except ValueError as error:
            wrong = f"the correction of {rule.champ} of {q.uid} does not match: {error}"
            row = Where(CORRECTIONS, rule.line)
            remarks.append(Remark(row, wrong, "correct the row, or remove it"))
            continue
        note = f"{rule.champ} : « {rule.faux} » corrigé en « {rule.juste} » ({rule.motif})"
        q = structs.replace(q, corrections=(*q.corrections, note))
        wrong = f"{rule.champ}: '{rule.faux}' is corrected to '{rule.juste}'"
        remarks.append(Remark(place, wrong, f"reason: {rule.motif}"))
    return replace(reading, question=q, remarks=tuple(remarks))


def _replaced(value: Any, path: list[str], rule: Correction) -> Any:
    """Return a copy of a value with the correction applied to the field at `path`.

    Raises ValueError if there is no such field, or it does not contain the misprint once.
    """
    if not path:
        return _corrected_value(value, rule)
    name, rest = path[0], path[1:]
    if isinstance(value, tuple) and name.isdecimal() and int(name) < len(value):
        n = int(name)
        return (*value[:n], _replaced(value[n], rest, rule), *value[n + 1 :])
    if not isinstance(value, Struct) or name not in value.__struct_fields__:
        raise ValueError(f"there is no field '{rule.champ}'")
    changed = {name: _replaced(getattr(value, name), rest, rule)}
    if name == "texte" and value.texte_html:  # type: ignore[attr-defined]
        changed["texte_html"] = replaced(value.texte_html, rule.faux, rule.juste)  # type: ignore[attr-defined]
    return structs.replace(value, **changed)


def _corrected_value(value: Any, rule: Correction) -> Any:
    if isinstance(value, str) and value.count(rule.faux) == 1:
        return value.replace(rule.faux, rule.juste)
    if isinstance(value, date) and value.isoformat() == rule.faux:
        return read_date(rule.juste)
    if type(value) is int and str(value) == rule.faux:  # no bool
        return number(rule.juste)
    raise ValueError(f"it does not say '{rule.faux}' once")


def shortfalls(
    counted: Mapping[tuple[int, str], int], expected: Mapping[tuple[int, str], int]
) -> Iterator[tuple[int, str, int, int]]:
    """Yield (legislature, type, counted, expected) where fewer questions are counted."""
    for (legislature, type_), least in sorted(expected.items()):
        published = counted.get((legislature, type_), 0)
        if published < least:
            yield legislature, type_, published, least


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """The publisher's own data, the archives of the Assemblée, and how far the records go."""

    review: Review = field(default_factory=Review)  # the publisher's reviewed files
    directory: Directory = NO_ARCHIVES  # the archives AMO
    executive: Executive = field(default_factory=from_tables)  # governments, ministries, ministers
    data_until: Mapping[int, date] = field(default_factory=dict)  # legislature → day
    archives_until: Mapping[Archive, date] = field(default_factory=dict)  # archive → day
    # uid → how the program fails over a question, which is not published
    failed: Mapping[str, str] = field(default_factory=dict)

    def without(self, failed: Mapping[str, str]) -> "ReferenceData":
        """Return the same, with more questions that the program fails over."""
        return replace(self, failed={**self.failed, **failed}) if failed else self

    def archives_end_early(self, uid: str, names: Iterable[str]) -> date | None:
        """Return the last day of the archives of a question, `names` being those of its records;
        None unless its legislature has ended and the archives stop before that.
        """
        legislature, type_, _ = split_uid(uid)
        if not (end := legislature_end(legislature)):
            return None
        days = (self.archives_until.get((archive_of(n), legislature, type_)) for n in names)
        last = max(filter(None, days), default=None)
        return last if last and stops_before(end, last) else None

    def triples(self, iris: Iris, auteurs: Collection[str]) -> Iterator[Triple]:
        """Yield what tables and archives state of headings, all governments, and of persons
        (`auteurs` too) and bodies.

        Describe resources with these first: their labels then stay the names of the resources.
        """
        yield from authorities.heading_triples(iris)
        for code in self.executive.governments:
            yield from bodies.gouvernement(code, self.executive, iris)
        yield from directory.triples(self.directory, self.executive, iris, auteurs)


def read_reference_data(
    settings: Settings, given: Given, extension_files: Collection[str] = ()
) -> tuple[ReferenceData, tuple[Remark, ...]]:
    """Return the reviewed files and the archives AMO that are given, with remarks about them all;
    `extension_files` are the names of reviewed files that extensions read.

    Raises UsageError for a reviewed file that has a wrong row, and for archives given as reference
    that are of other data, or without persons.
    """
    review = read_review(settings.revue)
    unread = tuple(unread_files(settings.revue, extension_files))
    if not (given.reference or given.recognised):
        return ReferenceData(review), unread
    archives, remarks = read_directory(given.reference, given.recognised)
    if given.reference and not archives.persons:
        names = ", ".join(map(str, given.reference))
        raise UsageError(f"{names}: no acteur is read of it; give an archive that has acteurs")
    return ReferenceData(review, archives, with_archives(archives)), (*unread, *remarks)
