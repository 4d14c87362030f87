"""Portraits of deputies: brought from Commons for a person to review, then published.

`lod link --portraits` writes `portraits.csv` and the folder `portraits` into DIR/liens. A copy of
both in the folder of reviewed files is published, for deputies that are linked to the item.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from lod.base.durable import write
from lod.base.errors import LodError, UsageError
from lod.base.tabular import csv_line
from lod.extensions.wikidata.commons import TITLE, CommonsClient, CommonsFile, is_free, title_of
from lod.extensions.wikidata.picture_files import picture_kind
from lod.extensions.wikidata.review_files import FORMULA, cell
from lod.pipeline.mapping.links import known
from lod.publish.publication import Site
from lod.reference.link_tables import CONSTAT, QID, VALUE_PATTERNS, WikidataFact
from lod.reference.reviewed_files import ACTEUR, REVIEWED, ReviewedLinks, read_reviewed_links, rows
from lod.remote.http import TransientError

TABLE, FOLDER = "portraits.csv", "portraits"
IMAGE = re.compile(r"PA[1-9]\d*\.(?:jpg|png|webp)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A row of `portraits.csv`."""

    acteurRef: str
    qid: str  # the item that names the file
    fichier: str  # its title on Commons
    auteur: str  # whom to credit; "" if nobody has to be credited
    licence: str
    adresse_licence: str
    image: str  # the name of the picture in the folder
    largeur: str  # pixels
    hauteur: str
    sha256: str  # of the picture
    sha1: str  # of the file on Commons
    constat: str  # day on which it was read


COLUMNS = tuple(field.name for field in fields(Portrait))
REQUIRED = tuple(name for name in COLUMNS if name not in ("auteur", "adresse_licence", "sha1"))


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the pictures that Wikidata names; its text is one line."""

    portraits: tuple[Portrait, ...]
    refused: tuple[str, ...]  # reasons, one for each picture
    postponed: int  # pictures that were not brought, because the server asks to wait

    def __str__(self) -> str:
        line = f"{len(self.portraits):,} portraits, {len(self.refused):,} refused"
        if not self.postponed:
            return line
        return f"{line}, {self.postponed:,} left: run the command again later"


def bring_portraits(
    target: Path,
    client: CommonsClient,
    named: Mapping[str, WikidataFact],
    day: str,
    say: Callable[[str], None] = lambda text: None,
) -> Brought:
    """Bring the pictures that Wikidata names (acteurRef → fact P18) into a folder, and write their
    table. If Commons does not describe its files, raises LodError and leaves the table as it was.

    A picture of the folder stays as long as its file on Commons is the same.
    """
    before = {p.acteurRef: p for p in _readable(target)}
    titles = {ref: title_of(fact.valeur) for ref, fact in named.items()}
    files = dict(client.describe(title for title in titles.values() if title))
    portraits, refused, postponed = list[Portrait](), list[str](), 0
    for ref, title in sorted(titles.items(), key=lambda pair: int(pair[0][2:])):
        file = files.get(title, LodError(f"{named[ref].valeur}: no name of a file"))
        old = before.get(ref)
        try:
            if isinstance(file, LodError):
                raise file
            if old and file.sha1 and (old.fichier, old.sha1) == (title, file.sha1):
                image = old.image
            elif postponed:
                postponed += 1
                continue
            else:
                data, kind = client.picture(file)
                image = f"{ref}.{kind.extension}"
                write(target / FOLDER / image, data)
            portraits.append(_portrait(ref, named[ref].qid, file, image, target, day))
        except LodError as error:
            if isinstance(error, TransientError):
                postponed += 1
            else:
                refused.append(str(error))
            say(str(error))
    lines = (csv_line(cell(getattr(p, name)) for name in COLUMNS) for p in portraits)
    write(target / TABLE, b"".join((csv_line(COLUMNS), *lines)))
    return Brought(tuple(portraits), tuple(refused), postponed)


def _portrait(
    ref: str, qid: str, file: CommonsFile, image: str, target: Path, day: str
) -> Portrait:
    data = (target / FOLDER / image).read_bytes()
    kind = picture_kind(data)
    return Portrait(
        acteurRef=ref, qid=qid, fichier=file.title, auteur=file.author, licence=file.licence,
        adresse_licence=file.licence_address, image=image, largeur=str(kind.width),
        hauteur=str(kind.height), sha256=hashlib.sha256(data).hexdigest(), sha1=file.sha1,
        constat=day,
    )  # fmt: skip


def _readable(folder: Path) -> list[Portrait]:
    """Return the portraits of an earlier run; none if there is no table, or it has a wrong row."""
    try:
        return list(read_portraits(folder))
    except (OSError, UsageError):
        return []


def read_portraits(folder: Path) -> Iterator[Portrait]:
    """Yield the portraits of the table of a folder, nothing if there is none; raise UsageError for
    a row that is wrong, or whose picture is not the one that was reviewed.
    """
    path = folder / TABLE
    for number, row in rows(path, REQUIRED):
        values = {name: _uncelled(row.get(name, "")) for name in COLUMNS}
        portrait = Portrait(**values)
        if fault := _fault(portrait, folder):
            raise UsageError(f"{path}:{number}: {fault}; correct the row, or remove it")
        yield portrait


def _uncelled(text: str) -> str:
    """Return a value without the apostrophe that `cell` has put before it."""
    return text[1:] if text[:1] == "'" and FORMULA.match(text[1:]) else text


def _fault(portrait: Portrait, folder: Path) -> str:
    """Return what is wrong with a portrait, in words, or ""."""
    p = portrait
    for value, pattern, description in (
        (p.acteurRef, ACTEUR, "reference PA…"),
        (p.qid, QID, "item Q…"),
        (p.constat, CONSTAT, "day, month or year"),
        (p.image, IMAGE, "name of a picture"),
        (p.fichier, TITLE, "title of a file"),
        (p.adresse_licence or "https://x", VALUE_PATTERNS["adresse"], "address"),
    ):
        if not pattern.fullmatch(value):
            return f"'{value[:80]}' is no {description}"
    if not p.image.startswith(f"{p.acteurRef}."):
        return f"{p.image} is not the picture of {p.acteurRef}"
    if not is_free(p.licence):
        return f"'{p.licence[:80]}' is no free licence of the table"
    try:
        data = (folder / FOLDER / p.image).read_bytes()
        kind = picture_kind(data)
    except (OSError, ValueError) as error:
        return f"{FOLDER}/{p.image}: {error}"
    if hashlib.sha256(data).hexdigest() != p.sha256:
        return f"{FOLDER}/{p.image} is not the picture that was reviewed"
    stated = (p.image.rpartition(".")[2], p.largeur, p.hauteur)
    if stated != (kind.extension, str(kind.width), str(kind.height)):
        return f"{FOLDER}/{p.image} is {kind.extension}, {kind.width} × {kind.height}"
    return ""


def reviewed_portraits(folder: Path | None) -> dict[str, Portrait]:
    """Return path of the page of a deputy → portrait, for the deputies that are linked to the item
    of their portrait; raise UsageError for a wrong row.
    """
    if folder is None:
        return {}
    portraits = list(read_portraits(folder))
    items = linked_items(read_reviewed_links(folder)) if portraits else {}
    return {f"depute/{p.acteurRef}": p for p in portraits if items.get(p.acteurRef) == p.qid}


def write_pictures(site: Site, folder: Path | None) -> None:
    """Write the pictures of the deputies that a release describes."""
    for path, values in site.references.annotations.items():
        portrait = values.get("portrait")
        if folder and portrait and site.publication.base + path in site.references.names:
            picture = f"{FOLDER}/{portrait['image']}"
            site.tree.write(picture, (folder / picture).read_bytes())


def linked_items(reviewed: ReviewedLinks) -> dict[str, str]:
    """Return acteurRef → QID of the deputies whose link is published."""
    by_hand = {
        row.acteur_ref: row.qid
        for row in reviewed.links
        if row.preuve == REVIEWED and (row.acteur_ref, row.qid) not in reviewed.refused
    }
    items = by_hand | {ref: link.qid for ref, link in known(reviewed).items()}
    return {ref: qid for ref, qid in items.items() if reviewed.excluded.isdisjoint((ref, qid))}
