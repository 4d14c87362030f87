"""Read pages of the site that were saved as text: pages of `/dyn/` and the « fiche question ».

A page of `/dyn/` has « Question de : », the author, the place of election with the group, the
texts, then a labelled value on each line. A fiche may have little more than the texts. Both may
lack number and legislature, which are then taken from the name of the file.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from lod.base.errors import Remark, Where
from lod.model.identifiers import TYPES
from lod.model.safe_html import escaped
from lod.model.text import fold
from lod.sources.fields import Entry, Fields, Reading, Values
from lod.sources.page import (
    CIRCONSCRIPTION,
    DAY,
    LEGISLATURE,
    NUMBERED,
    UNLABELLED,
    lines_of,
    name_of,
    read_page,
    saved_text,
    with_reason,
)
from lod.sources.page_2022 import AUTEUR, SITTING

FORMAT = "text/plain"
DYN = re.compile(rb"^Question de[ \xc2\xa0]*:", re.M)
FICHE = re.compile(rb"^Texte de la QUESTION[ \xc2\xa0]*:", re.M)
NAMED = re.compile(  # `QANR5L11QE7368.txt`, `9-53275QE.txt`
    r"(?:QANR5L(?P<leg>\d{1,2})(?P<type>QE|QG|QOSD|QM)(?P<num>\d{1,9})"
    r"|(?P<leg2>\d{1,2})-(?P<num2>\d{1,9})(?P<type2>QE|QG|QOSD|QM))(?![\dA-Za-z])"
)
LABELLED = re.compile(r"(?P<label>[^:]{3,80}?)\s*:\s*(?P<value>.*)")
DATED = re.compile(rf"(?P<label>(?:Question|Réponse)\b.{{3,80}}? le)\s+(?P<day>{DAY})\s*", re.I)
DATA = "donnees cles"  # heading of the labelled values, which begin with the author without it
FURNITURE = {"partager"}  # a button of the page
BORDERS = {"|"}  # of a cell of the fiche

Line = tuple[int, str]  # number, counted from 1, and text
NamedEntry = tuple[str, Entry]


def is_page(data: bytes) -> bool:
    return not data.lstrip().startswith(b"<") and bool(DYN.search(data) or FICHE.search(data))


def parse(data: bytes, path: str) -> Reading:
    """Read one page; `path` also names the question where the page does not."""
    lines = enumerate(map(str.strip, lines_of(saved_text(data, path))), start=1)
    filled = [(n, line) for n, line in lines if line and line not in BORDERS]
    entries = list(_dyn(filled) if DYN.search(data) else _fiche(filled))
    named = list(_identity(entries, path))
    reading = read_page(Fields(Values(path, [*entries, *named])), data, FORMAT)
    if not named:
        return reading
    wrong = f"{', '.join(name for name, _ in named)}: not on the page, taken from the file's name"
    remark = Remark(Where(path), wrong, "keep the name that the Assemblée gives the page")
    return replace(reading, remarks=(*reading.remarks, remark))


def _identity(entries: list[NamedEntry], path: str) -> Iterator[NamedEntry]:
    """Yield what the name of the file says of the question and the page does not."""
    named = NAMED.search(PurePath(path).name)
    if not named:
        return
    stated = {name for name, _ in entries}
    for name, value in (
        ("legislature", named["leg"] or named["leg2"]),
        ("type de question", named["type"] or named["type2"]),
        ("numero de la question", named["num"] or named["num2"]),
    ):
        if name not in stated:
            yield name, Entry("name of the file", value, 1)


def _dyn(lines: list[Line]) -> Iterator[NamedEntry]:
    """Yield what a page of `/dyn/` says: header, texts, labelled values."""
    top = next(n for n, (_, line) in enumerate(lines) if fold(line).startswith("question de"))
    folded = (fold(line) for _, line in lines)
    data = (n for n, line in enumerate(folded) if line == DATA or line.startswith("auteur "))
    end = next((n for n in data if n > top), None)
    yield from _header(lines[:top])
    yield from _texts(lines[top:end])
    yield from _data(lines[end:] if end else [])


def _header(lines: list[Line]) -> Iterator[NamedEntry]:
    """Yield type, number, legislature and title; the title is the last line of no other meaning."""
    unrecognised = []
    for n, line in lines:
        numbered = NUMBERED.fullmatch(line)
        if LEGISLATURE.fullmatch(line):
            yield "legislature", Entry("législature", line, n)
        elif numbered and fold(numbered["type"]) in TYPES:
            yield "type de question", Entry(line, numbered["type"], n)
            yield "numero de la question", Entry(line, numbered["numero"], n)
        else:
            unrecognised.append((n, line))
    for n, line in unrecognised[:-1]:
        yield UNLABELLED, Entry(UNLABELLED, line, n)
    for n, line in unrecognised[-1:]:
        yield "titre", Entry("titre", line, n)


def _texts(lines: list[Line]) -> Iterator[NamedEntry]:
    """Yield author and place, then the texts, each below the line that dates it."""
    author = lines[0][1].partition(":")[2].strip()
    if not author and len(lines) > 1:
        lines = lines[1:]
        author = lines[0][1]
    yield from _auteur("Question de", author, lines[0][0])
    for n, line in lines[1:2]:
        if CIRCONSCRIPTION.fullmatch(line):
            lines = lines[1:]
            yield "circonscription", Entry("Question de", line, n)
            yield "lieu", Entry("Question de", line.partition(" - ")[0], n)
    name, label, block = "texte question", "Question de", lines[:0]
    retrait: Line | None = None
    reason = ""
    for n, line in lines[1:]:
        dated = DATED.fullmatch(line)
        if not dated:
            cause = LABELLED.fullmatch(line) if retrait else None
            if cause and fold(cause["label"]) == "cause":
                reason = cause["value"]
            else:
                block.append((n, line))
            continue
        yield from _text(name, label, block)
        name, label, block = "texte reponse", dated["label"], []
        if name_of(dated["label"]) == "retrait":
            retrait = n, dated["day"]
        else:
            yield name_of(dated["label"]), Entry(dated["label"], dated["day"], n)
    yield from _text(name, label, block)
    if retrait:
        n, day = retrait
        yield "retrait", Entry("Question retirée le", with_reason(day, reason), n)


def _auteur(label: str, text: str, n: int) -> Iterator[NamedEntry]:
    """Yield an author, with region and group where they stand in brackets, and the sitting."""
    if sitting := SITTING.search(text):
        yield "seance", Entry(label, sitting[1], n)
        text = text.partition(", ")[0]
    match = AUTEUR.fullmatch(text)
    yield "auteur", Entry(label, match["nom"] if match else text, n)
    if match:
        yield "lieu", Entry(label, match["lieu"], n)
        yield "groupe", Entry(label, match["groupe"], n)


def _text(name: str, label: str, block: list[Line]) -> Iterator[NamedEntry]:
    if block:
        html = "<br>".join(escaped(line) for _, line in block)
        yield name, Entry(label, html, block[0][0])


def _data(lines: list[Line]) -> Iterator[NamedEntry]:
    """Yield each labelled value; what stands on the lines below its label belongs to it."""
    label, start, values = "", 0, list[str]()
    for n, line in lines:
        labelled = LABELLED.fullmatch(line)
        if fold(line) == DATA or fold(line) in FURNITURE:
            continue
        if labelled and not DATED.fullmatch(line):
            yield from _labelled(label, start, values)
            label, start = labelled["label"], n
            values = [labelled["value"]] if labelled["value"] else []
        else:
            values.append(line)
    yield from _labelled(label, start, values)


def _labelled(label: str, n: int, values: list[str]) -> Iterator[NamedEntry]:
    """Yield the values of a label: dated phrases by their own label, a closure with its reason."""
    dated = [DATED.fullmatch(value) for value in values]
    for value, phrase in zip(values, dated, strict=True):
        if phrase:
            yield name_of(phrase["label"]), Entry(phrase["label"], phrase["day"], n)
        elif name_of(label) == "auteur":
            yield from _auteur(label, value, n)
        elif name_of(label) == "retrait":
            continue
        elif name_of(label) == "seance" and (day := re.search(DAY, value, re.I)):
            yield "seance", Entry(label, day[0], n)
        else:
            yield name_of(label), Entry(label or UNLABELLED, value, n)
    if name_of(label) == "retrait" and values and not dated[0]:
        yield "retrait", Entry(label, with_reason(values[0], " ".join(values[1:])), n)


def _fiche(lines: list[Line]) -> Iterator[NamedEntry]:
    """Yield what is left of a fiche: labelled values (*assumed*), then the texts."""
    name, label, block = "", "", list[Line]()
    for n, line in lines:
        labelled = LABELLED.fullmatch(line)
        if labelled and name_of(labelled["label"]) in ("texte question", "texte reponse"):
            yield from _text(name, label, block)
            name, label, block = name_of(labelled["label"]), labelled["label"], []
        elif name:
            block.append((n, line))
        elif labelled and labelled["value"]:
            yield name_of(labelled["label"]), Entry(labelled["label"], labelled["value"], n)
        else:
            yield UNLABELLED, Entry(UNLABELLED, line, n)
    yield from _text(name, label, block)
