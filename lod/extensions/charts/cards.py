"""Cards: the picture of a page for those who share its address (`og:image`), as PNG.

All texts are bounded and cleaned before they are drawn, so that no title is slow or breaks the SVG.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from lod.extensions.charts.marks import shorten, text_width, wrap
from lod.publish.publication import Publication
from lod.website.rendering.language import day_text, translated
from lod.website.rendering.templates import load_template

WIDTH, HEIGHT, MARGIN = 1200, 630, 80.0  # pixels
ROOM = WIDTH - 2 * MARGIN
LONGEST = 300  # characters of a text that are read
MOST_MARKS = 2  # accents on a letter
NARROW = 320.0  # room of a number
# font sizes of the texts around a title, of the largest title, of a number
SMALL, LARGE, NUMBER = 30.0, 56.0, 64.0
# font sizes of a title, the largest first, and how many lines it may have
TITLES = ((LARGE, 3), (48.0, 4), (40.0, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The texts of a card; each may be any text, "" is left out."""

    kind: str  # what the page is about: « Question écrite n° 123 »
    title: str
    lines: tuple[str, ...] = ()  # below the title, one line each
    day: str = ""
    status: tuple[str, str] = ("", "")  # its class in the style sheet, its name
    numbers: tuple[tuple[str, str], ...] = ()  # a number, what it counts


_TAGS = re.compile(rb'<meta (?:property="og:image|name="twitter:card)[^\n]*\n')


def clean(text: str) -> str:
    """Return the beginning of a text in one line, without controls and without letters that have
    more accents than any language needs.

    >>> clean("a\\x00\\u202e  b\\n") == "a b", len(clean("x" * 10_000)) == LONGEST
    (True, True)
    """
    kept, marks = [], 0
    for letter in unicodedata.normalize("NFC", " ".join(text[: 4 * LONGEST].split()))[:LONGEST]:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category[0] != "C" and marks <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept).strip()


def fitted(text: str, size: float, most: int, room: float = ROOM) -> list[str]:
    """Return a text in at most so many lines of a font size, cut between words with « … »."""
    lines = wrap(text, room, size)
    if len(lines) > most:
        last = f"{lines[most - 1]} …"
        while text_width(last, size) > room and " " in last.removesuffix(" …"):
            last = f"{last.removesuffix(' …').rpartition(' ')[0]} …"
        lines = [*lines[: most - 1], last]
    return [shorten(line, room, size) for line in lines]


def card_svg(card: Card, publication: Publication) -> bytes:
    """Return a card as SVG."""
    title = clean(card.title)
    size, most = next(((s, n) for s, n in TITLES if len(wrap(title, ROOM, s)) <= n), TITLES[-1])
    text = load_template("images/partage.svg").render(
        card=card,
        genre=shorten(clean(card.kind), ROOM, SMALL),
        titre=fitted(title, size, most),
        taille=size,
        lignes=[line for text in card.lines if text for line in fitted(clean(text), SMALL, 1)],
        jour=shorten(clean(card.day), ROOM / 2, SMALL),
        etat=shorten(clean(card.status[1]), ROOM / 2, SMALL),
        nombres=[
            (shorten(clean(number), NARROW, NUMBER), shorten(clean(unit), NARROW, SMALL))
            for number, unit in card.numbers[:3]
        ],
        jusque=f"{translated('données jusqu’au')} {day_text(publication.data_until)}",
        publication=publication,
        petit=SMALL,
        marge=MARGIN,
    )
    return text.encode()


def without_card(page: Path) -> bytes:
    """Return a page without the lines that lead to its card."""
    return _TAGS.sub(b"", page.read_bytes())
