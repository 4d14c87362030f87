"""Bar charts: a category a line, its name above its bar, the series side by side in the bar; the
longest bar first.
"""

from collections.abc import Iterator
from decimal import Decimal

from lod.website.charts.legend import series_legend
from lod.website.charts.marks import (
    SMALL_SIZE,
    Drawing,
    Mark,
    Series,
    TextLine,
    text_width,
    wrap_in_two,
)
from lod.website.charts.scales import format_number
from lod.website.charts.spec import Category, ChartSpec, categories_of, greatest, series
from lod.website.language import colon, counted, translated
from lod.website.query_tables import QueryTable, table_column

WIDTH, BAR_HEIGHT, NAME_HEIGHT = 400.0, 13.0, 17.0  # of the picture, of a bar, of a name above it
MOST_BARS = 12  # the other categories are summed up in a line
GAP = 16  # between a name and the total


def draw_bars(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the picture of the greatest categories of a table."""
    kinds, [name] = series(spec.series), spec.categories
    found = sorted(categories_of(table, name, spec.series), key=lambda c: -c.total)
    shown = found if len(found) <= MOST_BARS + 1 else found[:MOST_BARS]
    most = max(c.total for c in shown) or Decimal(1)
    words, marks, y = series_legend(kinds, WIDTH)
    for category in shown:
        names = [*_names(category, y)]
        words += names
        y = names[-1].y + 5
        for mark, label in _parts(category, kinds, y, most):
            marks.append(mark)
            words += [label] if label else []
        y += BAR_HEIGHT + (SMALL_SIZE * 1.3 if len(kinds) > 1 else 0) + 9
    is_summed = spec.is_summed and all(kind.is_additive for kind in kinds)
    unit = kinds[0].unit if is_summed else None
    rest = _rest_text(found[len(shown) :], unit, table_column(name).titre.lower())
    if rest:
        words.append(TextLine(x=0, y=y + NAME_HEIGHT - 5, text=rest, css_class="sourd"))
    return Drawing(
        width=WIDTH,
        height=y + (NAME_HEIGHT if rest else -4),
        marks=(*marks,),
        words=(*words,),
        greatest=greatest(shown),
        note=translated("Les {} plus grands nombres sont dessinés.").format(MOST_BARS)
        if rest
        else "",
    )


def _names(category: Category, y: float) -> Iterator[TextLine]:
    """Yield the total of a category at the end of its line, and its name, in two lines at most."""
    total = format_number(category.total)
    y += NAME_HEIGHT - 5
    yield TextLine(x=WIDTH, y=y, text=total, anchor="end", css_class="fort")
    room = WIDTH - text_width(total) - GAP
    for place, line in enumerate(wrap_in_two(category.name, room, WIDTH)):
        line_y = y + place * (NAME_HEIGHT - 1)
        yield TextLine(x=0, y=line_y, text=line, link=category.link, full_text=category.name)


def _parts(
    category: Category, kinds: tuple[Series, ...], y: float, most: Decimal
) -> Iterator[tuple[Mark, TextLine | None]]:
    """Yield the parts of a bar, each with its value below it where there is room."""
    x = free = 0.0
    for kind, value in zip(kinds, category.values, strict=True):
        wide = round(float(value / most) * WIDTH, 2)
        if value:
            text = format_number(value)
            tooltip = f"{category.name}, {kind.title.lower()}{colon()} {text}"
            label = _value_label(text, x, y, wide, free) if len(kinds) > 1 else None
            free = label.rectangle[2] + 4 if label else free
            mark = Mark(x=x, y=y, width=wide, height=BAR_HEIGHT, tooltip=tooltip, series=kind.name)
            yield mark, label
        x = round(x + wide, 2)


def _value_label(text: str, x: float, y: float, wide: float, free: float) -> TextLine | None:
    """Return the value of a part; None if there is no room below it, from `free` on."""
    start = max(x + 1, free)
    if start > x + wide or start + text_width(text, SMALL_SIZE) > WIDTH:
        return None
    return TextLine(x=round(start, 2), y=y + BAR_HEIGHT + SMALL_SIZE, text=text, css_class="petit")


def _rest_text(rest: list[Category], unit: str | None, noun: str) -> str:
    """Return the line about the categories that have no bar, with their sum in a unit; None: a sum
    makes no sense.
    """
    if not rest:
        return ""
    others = counted(len(rest), f"autre {noun}")
    if unit is None:
        return f"{others}, {translated('dans la table')}"
    return f"{others}{colon()} {counted(sum((c.total for c in rest), Decimal(0)), unit)}"
