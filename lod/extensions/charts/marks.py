"""The parts of a picture: rectangles, lines of text, lines of the frame; and the width of texts."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Literal

from lod.website.rendering.language import colon, decimal_text
from lod.website.rendering.query_tables import QueryTable

TEXT_SIZE = 13.0  # font size of a picture, in its units
SMALL_SIZE = 12.0  # font size of its small print
# font sizes by the first class of a text; the last two stand in the squares of a map
SIZES = {"petit": SMALL_SIZE, "menu": 10.0, "mini": 8.5}
LETTER_WIDTHS = {  # width of a letter, as a part of the font size, in the widest of usual fonts
    **dict.fromkeys("fijlrt.,:;'’ ·|!()[]-\u00a0\u202f", 0.41),
    **dict.fromkeys("mwMWŒœÆæ@%…—", 0.98),
}
TextAnchor = Literal["start", "middle", "end"]  # the part of a text that stands at its x
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
CLASSES = 5  # shades of a map, at most
ROUND_DIGITS = (10, 20, 25, 50)  # first two digits of a step of an axis
SHADE_DIGITS = (10, 15, 20, 25, 30, 40, 50, 60, 80)  # first two digits of the width of a class
TOP = 2.0  # room above a picture
KEY_SIZE, ROW_HEIGHT = 12.0, 20.0  # side of a square; from one row of squares to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A rectangle that stands for a value."""

    x: float  # of its left side
    y: float  # of its upper side
    width: float
    height: float
    tooltip: str
    series: str = ""  # the series whose colour and texture fill it; "": `css_class` fills it
    css_class: str = ""
    link: str = ""  # IRI that it leads to, or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    x: float  # of its anchor
    y: float  # of its base line
    text: str
    anchor: TextAnchor = "start"
    css_class: str = ""
    link: str = ""  # IRI that it leads to, or ""
    full_text: str = ""  # the text before it was cut; "" for a text that is never cut

    @property
    def rectangle(self) -> Rectangle:
        """The edges of the text, with the most room that its letters may take."""
        size = SIZES.get(self.css_class.partition(" ")[0], TEXT_SIZE)
        long = text_width(self.text, size)
        before = {"start": 0.0, "middle": long / 2, "end": long}[self.anchor]
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
    texture: str  # pleine, hachures, points, croix, lignes, bandes or quadrillage
    is_additive: bool  # a sum of its values has a meaning
    unit: str  # what its values count, in the singular; or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A table as one kind of chart draws it."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    words: tuple[TextLine, ...]
    greatest: tuple[str, str]  # the categories with the greatest value, "" if it is 0; the value
    lines: tuple[FrameLine, ...] = ()
    note: str = ""  # what is left out or added up, in words; or ""
    is_yearly: bool = False  # months are added up by year


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its table and what is said about it."""

    table: QueryTable
    kind: str  # a key of CHART_KINDS
    fact: str  # the main fact, in a French sentence
    series: tuple[Series, ...]
    drawing: Drawing
    yearly: str = ""  # its title if months are added up by year

    @property
    def name(self) -> str:
        """The name of the query, and of the files of the picture."""
        return self.table.query.name

    @property
    def title(self) -> str:
        """The question that the picture answers."""
        return self.yearly if self._is_yearly else self.table.query.title

    @property
    def heading(self) -> str:
        return "Année par année" if self._is_yearly else self.table.query.heading

    @property
    def _is_yearly(self) -> bool:
        return bool(self.yearly) and self.drawing.is_yearly


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
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if text_width(longer, size) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


Legend = tuple[list[TextLine], list[Mark], float]  # words, squares, y below which there is room


def format_number(value: Decimal) -> str:
    """Return a number in the language of the page, with as many decimals as the query gives.

    >>> format_number(Decimal("1204")) == "1\\u202f204", format_number(Decimal("4.5"))
    (True, '4,5')
    """
    return decimal_text(format(value, "f"))


def scale_steps(most: Decimal, steps: int = 4) -> list[Decimal]:
    """Return the steps of an axis: whole numbers from 0 to the first that is at least `most`.

    >>> [str(n) for n in scale_steps(Decimal(312))], [str(n) for n in scale_steps(Decimal(0))]
    (['0', '100', '200', '300', '400'], ['0', '1'])
    """
    step = next(s for s in _round_numbers(ROUND_DIGITS, 0) if s * steps >= most and s == int(s))
    return [step * n for n in range(max(1, math.ceil(most / step)) + 1)]


def class_ends(values: Sequence[Decimal]) -> list[Decimal]:
    """Return the upper ends of classes of equal width from 0 on; 0 itself is in no class.

    >>> [str(n) for n in class_ends([Decimal(0), Decimal("20.5")])]
    ['5', '10', '15', '20', '25']
    """
    most = max(values, default=Decimal(0))
    if most <= 0:
        return []
    step = next(s for s in _round_numbers(SHADE_DIGITS, -3) if s * CLASSES >= most)
    return [_plain(step * n) for n in range(1, math.ceil(most / step) + 1)]


def _round_numbers(digits: Sequence[int], power: int) -> Iterator[Decimal]:
    """Yield numbers that begin with these digits, ascending from 10 to the `power`."""
    for exponent in count(power):
        yield from (_plain(Decimal(digit).scaleb(exponent - 1)) for digit in digits)


def _plain(value: Decimal) -> Decimal:
    """Return a number without zeros at its end and without an exponent."""
    return Decimal(format(value.normalize(), "f"))


def shade_of(value: Decimal, ends: list[Decimal]) -> str:
    """Return the CSS class of a value: `t0` for 0, `t5` for the highest class.

    >>> ends = [Decimal(n) for n in (2, 4, 6)]
    >>> shade_of(Decimal(0), ends), shade_of(Decimal(2), ends), shade_of(Decimal(5), ends)
    ('t0', 't3', 't5')
    """
    if value <= 0:
        return "t0"
    return f"t{CLASSES - len(ends) + 1 + bisect_left(ends, value)}"


def series_legend(kinds: tuple[Series, ...], width: float) -> Legend:
    """Return the legend of series above a picture; nothing if there is only one."""
    if len(kinds) < 2:
        return [], [], TOP
    items = [(kind.title, kind.title, kind.name, "cle") for kind in kinds]
    words, keys, y = _legend(items, 0.0, TOP, width, "cle")
    return words, keys, y + ROW_HEIGHT + 6


def shade_legend(ends: list[Decimal], width: float, y: float, unit: str) -> Legend:
    """Return the legend of shades below a picture, at `y`; `ends` are the upper ends of classes."""
    title = TextLine(x=0, y=y + TEXT_SIZE * 0.85, text=unit, css_class="petit sourd")
    texts = [f"≤\u00a0{format_number(end)}" for end in ends]
    shades = range(CLASSES - len(ends) + 1, CLASSES + 1)
    items = [
        (t, f"{unit}{colon()} {t}", "", f"cle t{n}") for n, t in zip(shades, texts, strict=True)
    ]
    x = text_width(unit, SMALL_SIZE) + 8
    words, keys, y = _legend(items, x, y, width, "petit cle")
    return [title, *words], keys, y + KEY_SIZE + 4


def _legend(
    items: Iterable[tuple[str, str, str, str]], x: float, y: float, width: float, css_class: str
) -> Legend:
    """Return the items, each (text, tooltip, series, class), side by side from (x, y) on, in rows
    that fit; and the y of the last row.
    """
    words, keys = [], []
    size, before, after = (SMALL_SIZE, 4, 9) if "petit" in css_class else (TEXT_SIZE, 5, 12)
    for text, tooltip, series, key_class in items:
        long = KEY_SIZE + before + text_width(text, size)
        if x and x + long > width:
            x, y = 0.0, y + ROW_HEIGHT
        keys.append(Mark(x=x, y=y, width=KEY_SIZE, height=KEY_SIZE,
                         tooltip=tooltip, series=series, css_class=key_class))  # fmt: skip
        text_x, base_line = x + KEY_SIZE + before, y + TEXT_SIZE * 0.85
        words.append(TextLine(x=text_x, y=base_line, text=text, css_class=css_class))
        x += long + after
    return words, keys, y
