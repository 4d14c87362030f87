"""The data from which questions are completed and corrected, besides the tables of the package: the
publisher's reviewed files and the archives of the Assemblée.

The reviewed files are CSV files in one folder, each optional: corrections, records withheld,
expected totals, links. Every row states its reason. A correction that no longer matches and a total
that is not reached become remarks. Extensions read others in the folder.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, structs
from pyoxigraph import Triple

from lod.base.errors import Finding, UsageError, Where
from lod.base.settings import Settings
from lod.base.tabular import group_by_key
from lod.model.dates import read_date
from lod.model.identifiers import split_uid, type_question
from lod.model.safe_html import replaced
from lod.pipeline.mapping import authorities, bodies, directory
from lod.rdf.iris import Iris
from lod.reference.amo_archives import read_directory
from lod.reference.directory import NO_ARCHIVES, Directory
from lod.reference.executive import Executive
from lod.reference.executive_tables import from_tables, with_archives
from lod.reference.reviewed_files import ReviewedLinks, read_reviewed_links, rows
from lod.sources.fields import Reading

CORRECTIONS, WITHHELD, EXPECTED_COUNTS = "corrections.csv", "retenues.csv", "effectifs.csv"
COLUMNS = {
    CORRECTIONS: ("uid", "champ", "faux", "juste", "motif"),
    WITHHELD: ("uid", "motif"),
    EXPECTED_COUNTS: ("legislature", "type", "nombre", "motif"),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of `corrections.csv`, without its uid."""

    champ: str  # a field of the model: `titre`, `parutions.0.jour`
    faux: str  # the misprint
    juste: str  # what it should be
    motif: str


@dataclass(frozen=True, slots=True)
class Review:
    """The content of the files."""

    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)  # by uid
    withheld: Mapping[str, str] = field(default_factory=dict)  # uid → reason
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
    return Review(
        group_by_key(
            (row["uid"], Correction(row["champ"], row["faux"], row["juste"], row["motif"]))
            for row in _rows(folder / CORRECTIONS)
        ),
        {row["uid"]: row["motif"] for row in _rows(folder / WITHHELD)},
        {
            (int(row["legislature"]), type_question(row["type"])): int(row["nombre"])
            for row in _rows(folder / EXPECTED_COUNTS)
        },
        read_reviewed_links(folder),
        hashed.hexdigest(),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    columns = COLUMNS[path.name]
    for number, row in rows(path, columns):
        if fault := _fault(row, columns):
            raise UsageError(f"{path}:{number}: {fault}; correct the row")
        yield row


def _fault(row: dict[str, str], columns: tuple[str, ...]) -> str:
    """Return what is wrong with a row, or ""."""
    try:
        if "uid" in columns:
            split_uid(row["uid"])
        else:
            type_question(row["type"])
            if int(row["legislature"]) < 1 or int(row["nombre"]) < 1:
                return "a number below 1"
    except ValueError as error:
        return str(error)
    return ""


def corrected(reading: Reading, review: Review, place: Where) -> Reading:
    """Return the reading with its corrections applied, and a remark for each, applied or not."""
    q, remarks = reading.question, list(reading.remarks)
    for rule in review.corrections.get(q.uid, ()):
        try:
            q = _replaced(q, rule.champ.split("."), rule)
        except ValueError as error:
            wrong = f"the correction of {rule.champ} no longer matches: {error}"
            remarks.append(Finding(place, wrong, f"remove it from {CORRECTIONS}, or renew it"))
            continue
        note = f"{rule.champ} : « {rule.faux} » corrigé en « {rule.juste} » ({rule.motif})"
        q = structs.replace(q, corrections=(*q.corrections, note))
        wrong = f"{rule.champ}: '{rule.faux}' is corrected to '{rule.juste}'"
        remarks.append(Finding(place, wrong, f"reason: {rule.motif}"))
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
    if isinstance(value, int) and str(value) == rule.faux:
        return int(rule.juste)
    raise ValueError(f"it does not say '{rule.faux}' once")


def shortfalls(
    counted: Mapping[tuple[int, str], int], expected: Mapping[tuple[int, str], int]
) -> Iterator[tuple[int, str, int, int]]:
    """Yield (legislature, type, counted, expected) where fewer questions are counted."""
    for (legislature, type_), number in sorted(expected.items()):
        published = counted.get((legislature, type_), 0)
        if published < number:
            yield legislature, type_, published, number


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """The publisher's own data, the archives of the Assemblée, and how far the records go."""

    review: Review = field(default_factory=Review)  # the publisher's reviewed files
    directory: Directory = NO_ARCHIVES  # the archives AMO
    executive: Executive = field(default_factory=from_tables)  # governments, ministries, ministers
    data_until: Mapping[int, date] = field(default_factory=dict)  # legislature → day

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
    settings: Settings, reference: Sequence[Path]
) -> tuple[ReferenceData, tuple[Finding, ...]]:
    """Return the reviewed files and the archives AMO in `reference`, with findings about these.

    Raises UsageError for a reviewed file that has a wrong row.
    """
    review = read_review(settings.revue)
    if not reference:
        return ReferenceData(review), ()
    archives, findings = read_directory(reference)
    return ReferenceData(review, archives, with_archives(archives)), findings
