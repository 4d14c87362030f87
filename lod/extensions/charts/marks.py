"""The parts of a picture: rectangles, lines of text, lines of the frame; and the room of texts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lod.base.packaged import FONT, vendored
from lod.website.query_tables import QueryTable

TEXT_SIZE = 13.0  # font size of a picture, in its units
SMALL_SIZE = 12.0  # font size of its small print
LETTER_WIDTHS = {  # width of a letter in font sizes: that of the widest of the usual fonts
    **dict.fromkeys("fijlrt.,:;'’ ·|!()[]-\u00a0\u202f", 0.41),
    **dict.fromkeys("mwMWŒœÆæ@%…—", 0.98),
}
TextAnchor = Literal["start", "middle", "end"]  # the part of a text that stands at its x
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A rectangle that stands for a value."""

    x: float  # of its left side
    y: float  # of its upper side
    width: float
    height: float
    tooltip: str
    series: str = ""  # the series whose colour and texture fill it; "": its class does
    css_class: str = ""
    link: str = ""  # IRI that it leads to, or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line of text."""

    x: float  # of its anchor
    y: float  # of its base line
    text: str
    anchor: TextAnchor = "start"
    css_class: str = ""
    link: str = ""  # IRI that it leads to, or ""
    full_text: str = ""  # the text before it was cut; "": it never is
    is_upright: bool = False  # it is turned to read upward

    @property
    def rectangle(self) -> Rectangle:
        """The edges of the text, with the room that its letters may take."""
        size = SMALL_SIZE if "petit" in self.css_class else TEXT_SIZE
        long = text_width(self.text, size)
        before = {"start": 0.0, "middle": long / 2, "end": long}[self.anchor]
        if self.is_upright:
            return self.x - size * 0.8, self.y - long + before, self.x + size * 0.2, self.y
        return self.x - before, self.y - size * 0.8, self.x - before + long, self.y + size * 0.2


@dataclass(frozen=True, slots=True)
class FrameLine:
    """A line of the scale, or of a marker."""

    x1: float
    y1: float
    x2: float
    y2: float
    css_class: str = "grille"


@dataclass(frozen=True, slots=True)
class Series:
    """A column of numbers, drawn in one colour and texture."""

    name: str  # the variable of the query
    title: str  # its French name in the legend
    hue: str  # its colour, by a name of the stylesheet
    texture: str  # pleine, hachures, points, croix or lignes
    is_additive: bool  # a sum of its values has a meaning
    unit: str  # what its values count, in the singular; or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A table as it is drawn by one kind of picture."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    words: tuple[TextLine, ...]
    greatest: tuple[str, str]  # the categories with the greatest value, "" for zero; that value
    lines: tuple[FrameLine, ...] = ()
    note: str = ""  # what is left out or put together, in French; or ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its table and what is said about it."""

    table: QueryTable
    kind: str  # a key of CHART_KINDS
    fact: str  # the main fact, in a French sentence
    series: tuple[Series, ...]
    drawing: Drawing

    @property
    def name(self) -> str:
        """The name of the query, and of the files of the picture."""
        return self.table.query.name

    @property
    def title(self) -> str:
        """The question that the query answers."""
        return self.table.query.title

    @property
    def has_png(self) -> bool:
        """Whether its file is written as PNG, too."""
        return bool(fonts())


def fonts() -> list[Path]:
    """Return the fonts of PNG files, which `python -m lod.remote.npm` brings: all, or none if one
    lacks.
    """
    found = [row.path for row in vendored() if row.name.endswith(FONT)]
    return found if all(path.is_file() for path in found) else []


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Return the width that a text takes at most, in units of the picture."""
    return size * sum(LETTER_WIDTHS.get(c, 0.76 if c.isupper() else 0.64) for c in text)


def shorten(text: str, room: float, size: float = TEXT_SIZE) -> str:
    """Return a text cut with « … » if it is wider than the room.

    >>> shorten("Agriculture", 200), shorten("Agriculture et souveraineté", 100)
    ('Agriculture', 'Agriculture…')
    """
    if text_width(text, size) <= room:
        return text
    short = next(n for n in range(len(text), -1, -1) if text_width(text[:n] + "…", size) <= room)
    return text[:short].rstrip(" ,:;-–") + "…"


def wrap(text: str, room: float, size: float = TEXT_SIZE) -> list[str]:
    """Return a text in lines that fit, broken at plain spaces; a longer word has its own line.

    >>> wrap("un deux trois", 60)
    ['un deux', 'trois']
    """
    found = [""]
    for word in text.split(" "):
        longer = f"{found[-1]} {word}".lstrip()
        if text_width(longer, size) <= room or not found[-1]:
            found[-1] = longer
        else:
            found.append(word)
    return found
