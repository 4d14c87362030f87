"""Read pages of the years 2022 to 2024 (`/dyn/16/questions/…`): « Bloc de style « question » »."""

import re
from collections.abc import Iterator

from lxml.etree import _Element

from lod.base.errors import SourceError, Where
from lod.model.identifiers import legislature, split_uid
from lod.model.text import plain
from lod.sources.fields import Entry, Fields, Reading, Values
from lod.sources.markup import elements, entry, following, html_root, words
from lod.sources.page import CIRCONSCRIPTION, DAY, name_of, read_page, with_reason

FORMAT = "text/html"
MARK = re.compile(rb'data-id="QANR5L\d+[A-Z]+\d+ / Bloc de style')
# « M. Sacha Houlié (Nouvelle-Aquitaine - Renaissance) »: a region may have hyphens, but no « - »
AUTEUR = re.compile(r"\A(?P<nom>[^(]*[^(\s])\s*\((?>(?P<lieu>.+?) - )(?P<groupe>.+)\)")
PUBLICATION = re.compile(rf"(?P<label>.*?\S)\s*(?P<value>(?:{DAY})\b.*)", re.I | re.S)
# …/16/questions/jo/jo_anq_202229.pdf: year and number of the issue, in records 20220029
NUMERO_JO = re.compile(r"/jo_\w+?_(\d{4})(\d{2})\.pdf")
SITTING = re.compile(rf"\A(?>.*?(?:publiée|parue)\b).*?\ble\s+({DAY})", re.I | re.S)
DATES = {"Date", "Dates"}
# « 6 mai 2014 Fin de mandat », on two lines of the page (*assumed*: known as text alone)
CLOSED = re.compile(rf"(?P<jour>{DAY})\s+(?P<motif>[^\s(].*)", re.I)
CAUSE = re.compile(r"Cause\s*:\s*(.+)", re.S)
LABEL = re.compile(r"(?P<label>[^:]{3,60}?)\s*:\s*(?P<value>.*)", re.S)


def parse(data: bytes, path: str) -> Reading:
    root = html_root(data, path)
    block = next(elements(root, "_style-question"), None)
    if block is None:
        raise SourceError(Where(path), "no block of a question", "save the page again, whole")
    return read_page(Fields(Values(path, _entries(block))), data, FORMAT)


def _entries(block: _Element) -> Iterator[tuple[str, Entry]]:
    yield from _identity(block)
    for element in elements(block, "title"):
        for titre in elements(element, "_regular"):
            yield "titre", entry("titre", titre)
    for element in elements(block, "h6"):
        if element.tag == "p":
            yield from _fact(element)
        elif "gislature" in (text := words(element)):
            yield "legislature", entry(text, element, str(legislature(text)))
    for element in block.iter("a"):
        text = words(element)
        if text.startswith("Publication") and (dated := PUBLICATION.fullmatch(text)):
            value = dated["value"] + _numero(element)
            yield name_of(dated["label"]), entry(dated["label"], element, value)
    for element in elements(block, "size-3"):
        yield from _texts(element)


def _identity(block: _Element) -> Iterator[tuple[str, Entry]]:
    """Yield the parts of the uid, which is in an attribute."""
    term, type_, numero = split_uid(str(block.get("data-id", "")).split(" ")[0])
    yield "legislature", entry("data-id", block, str(term))
    yield "type de question", entry("data-id", block, type_)
    yield "numero de la question", entry("data-id", block, str(numero))


def _fact(element: _Element) -> Iterator[tuple[str, Entry]]:
    """Yield the values of a line of « Données clés »: one, or several dates."""
    labelled = LABEL.fullmatch(words(element))
    if not labelled:
        yield "ligne sans libellé", entry("ligne sans libellé", element)
        return
    label, value = labelled["label"], labelled["value"]
    if label == "Auteur":
        yield from _auteur(element, label, value)
    elif label in DATES:
        for part in elements(element, "_regular"):
            dated = PUBLICATION.fullmatch(words(part))
            name, text = (dated["label"], dated["value"]) if dated else (label, words(part))
            numero = _numero(next(part.iter("a"), part))
            yield name_of(name), entry(name, element, text + numero)
    elif label == "Date de la séance":
        sitting = SITTING.search(value)
        yield name_of(label), entry(label, element, sitting[1] if sitting else value)
    elif name_of(label) == "retrait" and (closed := CLOSED.fullmatch(value)):
        yield "retrait", entry(label, element, with_reason(closed["jour"], closed["motif"]))
    elif dated := PUBLICATION.fullmatch(value):  # « Question signalée au Gouvernement le … »
        yield name_of(dated["label"]), entry(label, element, dated["value"])
    else:
        yield name_of(label), entry(label, element, value)


def _auteur(element: _Element, label: str, value: str) -> Iterator[tuple[str, Entry]]:
    match = AUTEUR.fullmatch(value)
    yield "auteur", entry(label, element, match["nom"] if match else value)
    if match:
        yield "lieu", entry(label, element, match["lieu"])
        yield "groupe", entry(label, element, match["groupe"])
    for link in element.iter("a"):
        yield "acteur", entry(label, element, str(link.get("data-document-id", "")))


def _texts(column: _Element) -> Iterator[tuple[str, Entry]]:
    """Yield the question, under « Question de : », or the answer, under « Réponse publiée le »."""
    for block in elements(column, "_pa-small"):
        heading = next(block.iterchildren("p"), None)
        if block.tag != "div" or heading is None:
            continue
        title, text = words(heading), following(heading)
        if title.startswith("Question de"):
            # newer pages print the constituency (*assumed*: known as text alone)
            pieces = (str(piece).strip() for piece in heading.itertext())
            for place in filter(CIRCONSCRIPTION.fullmatch, pieces):
                yield "circonscription", entry("Question de", heading, place)
                yield "lieu", entry("Question de", heading, place.partition(" - ")[0])
            if sitting := SITTING.search(title):
                yield name_of("Date de la séance"), entry("posée en séance", heading, sitting[1])
            yield "texte question", entry("Question de", heading, text)
        elif (dated := PUBLICATION.fullmatch(title)) and name_of(dated["label"]) == "retrait":
            cause = CAUSE.fullmatch(plain(text))
            value = with_reason(dated["value"], cause[1] if cause else plain(text))
            yield "retrait", entry(dated["label"], heading, value)
        elif dated:
            yield name_of(dated["label"]), entry(dated["label"], heading, dated["value"])
            yield "texte reponse", entry("texte de la réponse", heading, text)
        elif unknown := plain(text):
            yield "texte sans titre", entry(title, heading, unknown)


def _numero(link: _Element) -> str:
    """Return the number of the issue that a link leads to, as `read_page` expects it, or ""."""
    match = NUMERO_JO.search(str(link.get("href", "")))
    return f", JO n° {match[1]}{int(match[2]):04d}" if match else ""
