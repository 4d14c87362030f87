"""What a picture is made of: rectangles, words and lines, and how much room words take."""

from dataclasses import dataclass
from typing import Literal

from lod.website.query_tables import QueryTable

TEXT_SIZE = 13.0  # height of the letters of a picture, in its units
SMALL_SIZE = 12.0  # of its small print
LETTER_WIDTHS = {  # how wide they may be, in heights: as in the widest of the usual fonts
    **dict.fromkeys("fijlrt.,:;'’ ·|!()[]-\u00a0\u202f", 0.41),
    **dict.fromkeys("mwMWŒœÆæ@%…—", 0.98),
}
TextAnchor = Literal["start", "middle", "end"]
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A rectangle that stands for a value; `series` gives its fill, or `css_class` if there is none."""

    x: float
    y: float
    width: float
    height: float
    tooltip: str
    series: str = ""
    css_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line of text; `full_text` is all of it where it was cut, `link` where it leads to."""

    x: float
    y: float
    text: str
    anchor: TextAnchor = "start"
    css_class: str = ""
    link: str = ""
    full_text: str = ""
    is_upright: bool = False

    @property
    def rectangle(self) -> Rectangle:
        """Return the edges of the text, as wide as its letters may be."""
        size = SMALL_SIZE if "petit" in self.css_class else TEXT_SIZE
        long = text_width(self.text, size)
        before = {"start": 0.0, "middle": long / 2, "end": long}[self.anchor]
        if self.is_upright:
            return self.x - size * 0.8, self.y - long + before, self.x + size * 0.2, self.y
        return self.x - before, self.y - size * 0.8, self.x - before + long, self.y + size * 0.2


@dataclass(frozen=True, slots=True)
class FrameLine:
    """A line of the frame: of the scale, or of what a picture points out."""

    x1: float
    y1: float
    x2: float
    y2: float
    css_class: str = "grille"


@dataclass(frozen=True, slots=True)
class Series:
    """What one colour stands for; `texture` is its texture, `is_additive`: its values may be added up."""

    name: str
    title: str
    hue: str
    texture: str
    is_additive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a kind of picture makes of a table; `note` says what was left out or put together,
    `greatest` where there is most, and how much.
    """

    width: float
    height: float
    marks: tuple[Mark, ...]
    words: tuple[TextLine, ...]
    greatest: tuple[str, str]
    lines: tuple[FrameLine, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture: its table, what it is called, the main fact in a sentence, and how it is drawn."""

    table: QueryTable
    kind: str
    fact: str
    series: tuple[Series, ...]
    drawing: Drawing

    @property
    def name(self) -> str:
        """The name of the query."""
        return self.table.query.name

    @property
    def title(self) -> str:
        """The question that the picture answers."""
        return self.table.query.title


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Return the room that a text may take, in units of the picture."""
    return size * sum(LETTER_WIDTHS.get(c, 0.76 if c.isupper() else 0.64) for c in text)


def shorten(text: str, room: float, size: float = TEXT_SIZE) -> str:
    """Return a text that fits, cut with « … » if it must be.

    >>> shorten("Agriculture", 200), shorten("Agriculture et souveraineté", 100)
    ('Agriculture', 'Agriculture…')
    """
    if text_width(text, size) <= room:
        return text
    short = next(n for n in range(len(text), -1, -1) if text_width(text[:n] + "…", size) <= room)
    return text[:short].rstrip(" ,:;-–") + "…"


def wrap(text: str, room: float, size: float = TEXT_SIZE) -> list[str]:
    """Return a text in lines that fit, broken at spaces that may break.

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


def wrap_in_two(text: str, first_room: float, second_room: float) -> list[str]:
    """Return a text in at most two lines, which have not the same room."""
    first = wrap(text, first_room)[0]
    rest = text[len(first) + 1 :]
    return [shorten(first, first_room), *([shorten(rest, second_room)] if rest else [])]
