"""Read the newest pages of the site (« Données clés », « Date(s) clé(s) »), HTML or Markdown."""

import re
from collections.abc import Iterator

from lod.model.identifiers import TYPES
from lod.model.safe_html import outline
from lod.model.text import fold, render_markdown, strip_tags
from lod.sources.fields import Entry, Fields, Reading, Values
from lod.sources.markup import decode_page, html_root, inner
from lod.sources.page import (
    EVENEMENT,
    LEGISLATURE,
    NUMBERED,
    UNLABELLED,
    lines_of,
    name_of,
    read_page,
    saved_text,
)

MARKDOWN, HTML = "text/markdown", "text/html"
# such pages are saved in any of these encodings
MARKS = tuple("Données clés".encode(encoding) for encoding in ("utf-8", "cp1252", "utf-16-le"))
SECTIONS = (
    r"(?P<nom>Texte de la (?:question|réponse)|Données clés|Dates? clés?|Date\(s\) clé\(s\))"
    r"(?:\s*:)?"
)
HEADING = re.compile(rf"#*\s*{SECTIONS}\s*(?:#+\s*)?")
HTML_HEADING = re.compile(rf"<(h[1-6]|p|div|span|strong|b)\b[^<>]*>\s*{SECTIONS}\s*</\1>")
HEADER = "header"
MAX_SEARCHED = 100_000_000  # characters of a page times its values: 1,000 of a page of 100 kB
BLOCK = re.compile(r"</?(?:p|br|div|section|ul|ol|li|dl|dt|dd|h[1-6]|hr|tr|table)\b[^<>]*>")
TITLE = re.compile(r"<h1\b[^<>]*>(.*?)(?:</h1>|\Z)", re.S)
LABELLED = re.compile(
    r"(?:\s*<(?:strong|b|span)\b[^>]*>)*\s*+(?P<label>[^<>:*]{3,80}?)\s*"
    r"(?::\s*(?:</(?:strong|b|span)>)?|</(?:strong|b|span)>\s*:)(?P<value>.*)",
    re.S,
)
ACTEUR = re.compile(r"(?:/|_|\")(PA[1-9]\d{0,8})\b")
SITE = "assemblee nationale"


def is_markdown(data: bytes) -> bool:
    return any(mark in data for mark in MARKS) and not data.lstrip().startswith(b"<")


def is_html(data: bytes) -> bool:
    return any(mark in data for mark in MARKS) and data.lstrip().startswith(b"<")


def parse_markdown(data: bytes, path: str) -> Reading:
    text = saved_text(data, path)
    return _parse(_markdown_sections(text), text, data, path, MARKDOWN)


def parse_html(data: bytes, path: str) -> Reading:
    root = html_root(data, path)
    main = next(root.iter("main", "article", "body"), root)
    sections = _html_sections(outline(inner(main)))
    return _parse(sections, decode_page(data, path), data, path, HTML)


def _parse(
    sections: Iterator[tuple[str, str]], text: str, data: bytes, path: str, media_type: str
) -> Reading:
    lines = lines_of(text)
    most = MAX_SEARCHED // (len(text) + 1)  # values whose lines are looked for
    values = (
        (name, label, value)
        for section, html in sections
        for name, label, value in (_header(html) if section == HEADER else _section(section, html))
        if name != UNLABELLED or media_type == MARKDOWN  # in HTML these may be buttons
    )
    entries = (
        (name, Entry(label, value, _line(lines, label, value) if number < most else 1))
        for number, (name, label, value) in enumerate(values)
    )
    return read_page(Fields(Values(path, entries)), data, media_type)


def _markdown_sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield (heading, HTML) of the header and each section; line ends count except in texts."""
    section, block = HEADER, []
    for line in [*text.splitlines(), "## Données clés"]:
        heading = HEADING.fullmatch(line.strip())
        if not heading:
            block.append(line)
            continue
        html = render_markdown("\n".join(block), breaks=not section.startswith("Texte"))
        yield section, outline(html)
        section, block = heading["nom"], []


def _html_sections(html: str) -> Iterator[tuple[str, str]]:
    section, start = HEADER, 0
    for heading in HTML_HEADING.finditer(html):
        yield section, html[start : heading.start()]
        section, start = heading["nom"], heading.end()
    yield section, html[start:]


def _section(section: str, html: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, label, value) of a text, or of each labelled line of the data."""
    if section.startswith("Texte"):
        if strip_tags(html):
            yield name_of(section), section, html
        return
    label, awaited = "", False
    for line in filter(strip_tags, BLOCK.split(html)):
        labelled = LABELLED.fullmatch(line)
        if labelled:
            label, value = strip_tags(labelled["label"]), strip_tags(labelled["value"])
            yield from _labelled(label, labelled["value"])
            awaited = not value
        elif awaited or (label and EVENEMENT.match(strip_tags(line))):  # value, or one more day
            yield from _labelled(label, line)
            awaited = False
        else:
            yield UNLABELLED, UNLABELLED, strip_tags(line)


def _labelled(label: str, html: str) -> Iterator[tuple[str, str, str]]:
    value = strip_tags(html)
    if not value:
        return
    name = name_of(label)
    yield name, label, value
    if name == "auteur" and (reference := ACTEUR.search(html)):
        yield "acteur", label, reference[1]
    if name == "circonscription":
        yield "lieu", label, value.partition(" - ")[0]


def _header(html: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, label, value) of each line above the first section.

    The title is the last heading; without headings, the last line of no other meaning.
    """
    unrecognised = []
    for line in filter(None, (strip_tags(part) for part in BLOCK.split(html))):
        numbered = NUMBERED.fullmatch(line)
        if LEGISLATURE.fullmatch(line):
            yield "legislature", "legislature", line
        elif numbered:
            if fold(numbered["type"]) in TYPES:
                yield "type de question", line, numbered["type"]
            yield "numero de la question", line, numbered["numero"]
        elif fold(line) != SITE:
            unrecognised.append(line)
    headings = [text for text in map(strip_tags, TITLE.findall(html)) if fold(text) != SITE]
    title = next(reversed(headings or unrecognised), None)
    for line in unrecognised:
        yield ("titre", "titre", line) if line == title else (UNLABELLED, UNLABELLED, line)


def _line(lines: list[str], label: str, value: str) -> int:
    """Return the line of the source with label and value, else one with either, else 1."""
    start = value[:20].split("\n")[0]
    for n, line in enumerate(lines, start=1):
        if label in line and start in line:
            return n
    return next((n for n, line in enumerate(lines, start=1) if label in line or start in line), 1)
