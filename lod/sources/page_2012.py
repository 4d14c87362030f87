"""Read pages of the years 2012 to 2024: `section.question_header`, labels that end in « > »."""

import re
from collections.abc import Iterator

from lxml.etree import _Element, strip_elements

from lod.model.identifiers import legislature
from lod.sources.fields import Entry, Fields, Reading, Values
from lod.sources.markup import elements, entry, following, html_root, words
from lod.sources.page import name_of, read_page

FORMAT = "text/html"
MARK = re.compile(rb'class="[^"]*question_header')
LABEL = re.compile(r"(?P<label>[^:>]{3,60}?)\s*[:>]\s*(?P<value>.*)", re.S)
NUMERO = re.compile(r"Question\s+n\s*°\s*(\d+)", re.I)
# « de M. Philippe Le Ray (Union pour un Mouvement Populaire - Morbihan ) »; « - » may be part of
# the group (« Les Républicains - UDI »), but not of the department
AUTEUR = re.compile(r"^de\s++(?P<nom>[^(]*[^(\s])\s*\(\s*+(?>(?P<groupe>.+) - )(?P<lieu>.*\S)\s*\)")
ACTEUR = re.compile(r"OMC_(PA\d+)|/(PA\d+)")


def parse(data: bytes, path: str) -> Reading:
    root = html_root(data, path)
    # « Être alerté(e) de la réponse », in place of an answer
    strip_elements(root, "form", with_tail=False)
    return read_page(Fields(Values(path, _entries(root))), data, FORMAT)


def _entries(root: _Element) -> Iterator[tuple[str, Entry]]:
    for element in elements(root, "question_legislature"):
        yield "legislature", entry("législature", element, str(legislature(words(element))))
    for header in elements(root, "question_header"):
        for cell in header.iterchildren("div"):
            yield from _header(cell)
    for element in elements(root, "question_col50", "question_col33"):
        yield from _labelled(element)
    for dates in elements(root, "question_publish_date"):
        for element in dates.iterchildren("div"):
            yield from _labelled(element)
    for block in elements(root, "question_answer"):
        for part in elements(block, "question", "answer"):
            yield from _texts(part)


def _header(cell: _Element) -> Iterator[tuple[str, Entry]]:
    text = words(cell)
    if numero := NUMERO.match(text):
        yield "numero de la question", entry("Question N°", cell, numero[1])
    elif text.startswith("de "):
        yield from _auteur(cell, text)
    else:
        yield "type de question", entry("type de question", cell)


def _auteur(cell: _Element, text: str) -> Iterator[tuple[str, Entry]]:
    match = AUTEUR.fullmatch(text)
    yield "auteur", entry("de", cell, match["nom"] if match else text.removeprefix("de "))
    if match:
        yield "groupe", entry("de", cell, match["groupe"])
        yield "lieu", entry("de", cell, match["lieu"])
    for link in cell.iter("a"):
        if reference := ACTEUR.search(str(link.get("href", ""))):
            yield "acteur", entry("de", cell, reference[1] or reference[2])


def _labelled(element: _Element) -> Iterator[tuple[str, Entry]]:
    text = words(element)
    labelled = LABEL.fullmatch(text)
    if labelled:
        yield name_of(labelled["label"]), entry(labelled["label"], element, labelled["value"])
    elif text:
        yield "ligne sans libellé", entry("ligne sans libellé", element)


def _texts(part: _Element) -> Iterator[tuple[str, Entry]]:
    """Yield the text that follows each heading of the question or of the answer."""
    for heading in part.iter("h3"):
        label = words(heading)
        yield name_of(label), entry(label, heading, following(heading))
