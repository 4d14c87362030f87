"""Bar charts: a category a line, its name above its bar, the series side by side in the bar; the
longest bar first.
"""

from collections.abc import Iterator
from decimal import Decimal

from lod.extensions.charts.marks import (
    SMALL_SIZE,
    Drawing,
    Mark,
    Series,
    TextLine,
    format_number,
    series_legend,
    shorten,
    text_width,
    wrap,
)
from lod.extensions.charts.spec import Category, ChartSpec, categories_of, leaders, series
from lod.website.rendering.language import colon, counted, translated
from lod.website.rendering.query_tables import QueryTable, table_column

WIDTH, BAR_HEIGHT, NAME_HEIGHT = 400.0, 13.0, 17.0  # of the picture, of a bar, of a name above it
MOST_BARS = 12  # the other categories are summed up in a line
GAP = 16  # between a name and the total


def draw_bars(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the picture of the greatest categories of a table."""
    kinds = series(spec.series)
    ordered = sorted(categories_of(table, spec), key=lambda c: -c.total)
    shown = ordered if len(ordered) <= MOST_BARS + 1 else ordered[:MOST_BARS]
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
    note, rest = "", ordered[len(shown) :]
    if rest:
        note = translated("Seuls les {} plus grands sont montrés.").format(MOST_BARS)
        heading = table_column(spec.categories[0]).titre.lower()
        text = counted(len(rest), f"autre {heading}")
        if spec.is_summed and all(kind.is_additive for kind in kinds):
            total = sum((c.total for c in rest), Decimal(0))
            text += f"{colon()} {counted(total, kinds[0].unit)}"
        else:
            text += f", {translated('dans la table')}"
        words.append(TextLine(x=0, y=y + NAME_HEIGHT - 5, text=text, css_class="sourd"))
    return Drawing(
        width=WIDTH,
        height=y + (NAME_HEIGHT if rest else -4),
        marks=(*marks,),
        words=(*words,),
        greatest=leaders((c.name, c.total) for c in shown),
        note=note,
    )


def _names(category: Category, y: float) -> Iterator[TextLine]:
    """Yield the total of a category at the end of its line, and its name, in two lines at most."""
    total = format_number(category.total)
    y += NAME_HEIGHT - 5
    yield TextLine(x=WIDTH, y=y, text=total, anchor="end", css_class="fort")
    room = WIDTH - text_width(total) - GAP
    first = wrap(category.name, room)[0]
    rest = category.name[len(first) + 1 :]
    lines = [shorten(first, room), *([shorten(rest, WIDTH)] if rest else [])]
    for place, line in enumerate(lines):
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
            text, label, start = format_number(value), None, max(x + 1, free)
            end = start + text_width(text, SMALL_SIZE)
            if len(kinds) > 1 and start <= x + wide and end <= WIDTH:
                low = y + BAR_HEIGHT + SMALL_SIZE
                label = TextLine(x=round(start, 2), y=low, text=text, css_class="petit")
                free = label.rectangle[2] + 4
            tooltip = f"{category.name}, {kind.title.lower()}{colon()} {text}"
            mark = Mark(x=x, y=y, width=wide, height=BAR_HEIGHT, tooltip=tooltip, series=kind.name)
            yield mark, label
        x = round(x + wide, 2)
