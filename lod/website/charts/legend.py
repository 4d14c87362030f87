"""Keys of a picture: what the colours of series, and the shades of classes, stand for."""

from decimal import Decimal

from lod.website.charts.marks import SMALL_SIZE, TEXT_SIZE, Mark, Series, TextLine, text_width
from lod.website.charts.scales import CLASSES, format_number

TOP = 2.0  # room above a picture
KEY_SIZE, ROW_HEIGHT = 12.0, 20.0  # a side of a key, from one row of keys to the next


def series_legend(
    kinds: tuple[Series, ...], width: float
) -> tuple[list[TextLine], list[Mark], float]:
    """Return words and keys of the series, in rows that fit, and where the picture may begin."""
    words: list[TextLine] = []
    keys: list[Mark] = []
    x, y = 0.0, TOP
    for kind in kinds:
        long = KEY_SIZE + 5 + text_width(kind.title) + 12
        if x and x + long - 12 > width:
            x, y = 0.0, y + ROW_HEIGHT
        keys.append(_key(x, y, series=kind.name, tooltip=kind.title))
        words.append(
            TextLine(x=x + KEY_SIZE + 5, y=y + TEXT_SIZE * 0.85, text=kind.title, css_class="cle")
        )
        x += long
    return words, keys, y + ROW_HEIGHT + 6


def shade_legend(
    ends: list[Decimal], width: float, y: float, unit: str
) -> tuple[list[TextLine], list[Mark], float]:
    """Return words and keys of the shades, in rows that fit, and where they end."""
    words: list[TextLine] = [
        TextLine(x=0, y=y + TEXT_SIZE * 0.85, text=unit, css_class="petit sourd")
    ]
    keys: list[Mark] = []
    x = text_width(unit, SMALL_SIZE) + 8
    for shade, end in zip(range(CLASSES - len(ends) + 1, CLASSES + 1), ends, strict=True):
        text = f"≤\u00a0{format_number(end)}"
        long = KEY_SIZE + 4 + text_width(text, SMALL_SIZE)
        if x + long > width:
            x, y = 0.0, y + ROW_HEIGHT
        keys.append(_key(x, y, css_class=f"t{shade}", tooltip=f"{unit}\u00a0: {text}"))
        words.append(
            TextLine(x=x + KEY_SIZE + 4, y=y + TEXT_SIZE * 0.85, text=text, css_class="petit cle")
        )
        x += long + 9
    return words, keys, y + KEY_SIZE + 4


def _key(x: float, y: float, tooltip: str, series: str = "", css_class: str = "") -> Mark:
    return Mark(
        x=x,
        y=y,
        width=KEY_SIZE,
        height=KEY_SIZE,
        tooltip=tooltip,
        series=series,
        css_class=f"cle {css_class}".strip(),
    )
