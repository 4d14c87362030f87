"""Legends of charts: squares and words that explain colours of series, or shades of classes."""

from collections.abc import Iterable
from decimal import Decimal

from lod.website.charts.marks import SMALL_SIZE, TEXT_SIZE, Mark, Series, TextLine, text_width
from lod.website.charts.scales import CLASSES, format_number
from lod.website.language import colon

TOP = 2.0  # room above a picture
KEY_SIZE, ROW_HEIGHT = 12.0, 20.0  # side of a square; from one row of squares to the next
Legend = tuple[list[TextLine], list[Mark], float]  # words, squares, y below which there is room


def series_legend(kinds: tuple[Series, ...], width: float) -> Legend:
    """Return the legend of series above a picture; nothing if there is only one."""
    if len(kinds) < 2:
        return [], [], TOP
    items = [(kind.title, kind.title, kind.name, "cle") for kind in kinds]
    words, keys, y = _legend(items, 0.0, TOP, width, (5, 12), "cle")
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
    words, keys, y = _legend(items, x, y, width, (4, 9), "petit cle")
    return [title, *words], keys, y + KEY_SIZE + 4


def _legend(
    items: Iterable[tuple[str, str, str, str]],
    x: float,
    y: float,
    width: float,
    gaps: tuple[int, int],
    css_class: str,
) -> Legend:
    """Return (text, tooltip, series, class) side by side from (x, y) on, in rows that fit.

    `gaps` stand before and after a text; the y that is returned is that of the last row.
    """
    words, keys = [], []
    size = SMALL_SIZE if "petit" in css_class else TEXT_SIZE
    for text, tooltip, series, key_class in items:
        long = KEY_SIZE + gaps[0] + text_width(text, size)
        if x and x + long > width:
            x, y = 0.0, y + ROW_HEIGHT
        keys.append(
            Mark(
                x=x, y=y, width=KEY_SIZE, height=KEY_SIZE,
                tooltip=tooltip, series=series, css_class=key_class,
            )
        )  # fmt: skip
        left, middle = x + KEY_SIZE + gaps[0], y + TEXT_SIZE * 0.85
        words.append(TextLine(x=left, y=middle, text=text, css_class=css_class))
        x += long + gaps[1]
    return words, keys, y
