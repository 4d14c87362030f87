"""Scales: the round steps of an axis, the classes of values, their shades; numbers; and legends."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import count

from lod.extensions.charts.marks import SMALL_SIZE, TEXT_SIZE, Mark, Series, TextLine, text_width
from lod.website.language import colon, decimal_text

CLASSES = 5  # shades of a heat map or map, at most
ROUND_DIGITS = (10, 20, 25, 50)  # first two digits of a step of an axis
SHADE_DIGITS = (10, 15, 20, 25, 30, 40, 50, 60, 80)  # first two digits of the width of a class
TOP = 2.0  # room above a picture
KEY_SIZE, ROW_HEIGHT = 12.0, 20.0  # side of a square; from one row of squares to the next
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
    """Return the upper ends of classes of equal width from 0 on; 0 itself is in none.

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
    """Return (text, tooltip, series, class) side by side from (x, y) on, in rows that fit; and the
    y of the last row.
    """
    words, keys = [], []
    size, before, after = (SMALL_SIZE, 4, 9) if "petit" in css_class else (TEXT_SIZE, 5, 12)
    for text, tooltip, series, key_class in items:
        long = KEY_SIZE + before + text_width(text, size)
        if x and x + long > width:
            x, y = 0.0, y + ROW_HEIGHT
        keys.append(Mark(x=x, y=y, width=KEY_SIZE, height=KEY_SIZE,
                         tooltip=tooltip, series=series, css_class=key_class))  # fmt: skip
        left, middle = x + KEY_SIZE + before, y + TEXT_SIZE * 0.85
        words.append(TextLine(x=left, y=middle, text=text, css_class=css_class))
        x += long + after
    return words, keys, y
