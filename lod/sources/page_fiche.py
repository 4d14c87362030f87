"""Read the « FICHE QUESTION » of legislatures 7 to 13: one table, a private tag for each fact."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml.etree import _Element, tostring
from lxml.html import defs

from lod.base.tabular import group_by_key
from lod.model.identifiers import legislature
from lod.model.text import fold
from lod.sources.fields import Entry, Fields, Reading, Values
from lod.sources.markup import entry, flat, html_root, inner, words
from lod.sources.page import read_page, with_reason

FORMAT = "text/html"
MARK = re.compile(rb"<title>\s*FICHE QUESTION\s*</title>", re.I)
# tag → name in `read_page`
NAMES = {
    "leg": "legislature",
    "nleg": "legislature",
    "num": "numero de la question",
    "nat": "type de question",
    "groupe": "groupe",
    "grp": "groupe abrege",
    "dept": "lieu",
    "reg": "lieu",
    "mini": "ministere interroge",
    "mina": "ministere attributaire",
    "dsign": "signalement",
    "draps": "renouvellement",
    "dca": "changement d attribution",
    "rub": "rubrique",
    "tana": "tete d analyse",
    "ana": "analyse",
    "codret": "code de cloture",
    "quest": "texte question",
    "rep": "texte reponse",
}
DATED = (  # name, tag of the day, tag of the page
    ("question publiee", "dpq", "pgq"),
    ("reponse publiee", "dpr", "pgrep"),
    ("erratum de la question", "derq", "pgerq"),
    ("erratum de la reponse", "derr", "pgerrep"),
)
# tags that are read together
PAIRED = {"civ", "aut", "ret", "dret", "cret", *(tag for _, *tags in DATED for tag in tags)}
OPENING = 1_000  # characters at the beginning of a text in which the author may be named
DEBAT = re.compile(r"\s*D[EÉ]BAT(?:\s*:)?\s*", re.I)
TEXTS = {"quest", "rep"}
FRAMES = {"textes", "rubriquage", "comprep"}  # tags around other tags, without a value
REDUNDANT = {"reponse"}  # « O » where there is an answer, else « N »
Tags = Mapping[str, Sequence[_Element]]  # name of a private tag → its elements


def is_page(data: bytes) -> bool:
    return MARK.search(data[:8192]) is not None


def parse(data: bytes, path: str) -> Reading:
    root = html_root(data, path)
    private = (element for element in root.iter("*") if element.tag not in defs.tags)
    tags = group_by_key((str(element.tag), element) for element in private)
    return read_page(Fields(Values(path, _entries(root, tags))), data, FORMAT)


def _entries(root: _Element, private_tags: Tags) -> Iterator[tuple[str, Entry]]:
    for tag, tags in private_tags.items():
        for element in tags:
            if tag in TEXTS:
                yield NAMES[tag], entry(tag, element, inner(element))
            elif tag in {"leg", "nleg"} and words(element):
                yield NAMES[tag], entry(tag, element, str(legislature(words(element))))
            elif tag not in PAIRED | FRAMES | REDUNDANT:
                yield NAMES.get(tag, tag), entry(tag, element)
    for name, day, page in DATED:
        for n, element in enumerate(private_tags.get(day, ())):
            yield name, entry(day, element, _dated(element, private_tags.get(page, ())[n : n + 1]))
    debats = list(_debats(root))
    yield from _auteur(private_tags, debats)
    yield from _retrait(private_tags)
    for cell in debats:
        yield "texte reponse", entry("DEBAT", cell, inner(cell))


def _dated(day: _Element, page: Sequence[_Element]) -> str:
    number = words(page[0]) if page else ""
    return words(day) + (f" page : {number}" if number and words(day) else "")


def _auteur(tags: Tags, debats: list[_Element]) -> Iterator[tuple[str, Entry]]:
    """Yield the author: « Mme » and « Jacquaint Muguette », turned as the texts have the name."""
    civilite = _words(tags, "civ")
    for element in tags.get("aut", ())[:1]:
        texts = [*tags.get("quest", ()), *tags.get("rep", ()), *debats]
        folded = fold(" ".join(flat(text)[:OPENING] for text in texts))
        name = in_order(words(element), folded)
        yield "auteur", entry("aut", element, f"{civilite} {name}".strip())


def in_order(printed: str, folded: str) -> str:
    """Return a name that is printed surname first in the order that it has in a folded text.

    If the text does not have it, the last word is taken for the first name.

    >>> in_order("Le Ray Philippe", "m philippe le ray attire l attention")
    'Philippe Le Ray'
    >>> in_order("Couste Pierre-Bernard", "")
    'Pierre-Bernard Couste'
    """
    parts = printed.split()[:20]
    for cut in range(1, len(parts)):
        turned = " ".join(parts[cut:] + parts[:cut])
        if f" {fold(turned)} " in f" {folded} ":
            return turned
    return " ".join(parts[-1:] + parts[:-1])


def _retrait(tags: Tags) -> Iterator[tuple[str, Entry]]:
    """Yield day and reason of a withdrawal; else « Question retirée », if no code says so."""
    day, cause = _words(tags, "dret"), _words(tags, "cret")
    if day:
        yield "retrait", entry("dret", tags["dret"][0], with_reason(day, cause))
    elif cause:
        yield "motif de retrait", entry("cret", tags["cret"][0])
    elif _words(tags, "ret") and not _words(tags, "codret"):
        yield "ret", entry("ret", tags["ret"][0])


def _debats(root: _Element) -> Iterator[_Element]:
    """Yield the cell beside « DEBAT : », the transcript of a QG, if it has no `<rep>`."""
    for cell in root.iter("td"):
        if DEBAT.fullmatch(tostring(cell, method="text", encoding="unicode", with_tail=False)):
            beside = cell.getnext()
            if beside is not None and beside.find(".//rep") is None:
                yield beside


def _words(tags: Tags, tag: str) -> str:
    return " ".join(words(element) for element in tags.get(tag, ()))
