"""A heat map: a row a category, a column another, a number a cell, darker where it is more."""

from collections.abc import Iterator
from decimal import Decimal

from lod.website.charts.legend import TOP, shade_legend
from lod.website.charts.marks import (
    SMALL_SIZE,
    TEXT_SIZE,
    Drawing,
    Mark,
    TextLine,
    shorten,
    text_width,
)
from lod.website.charts.scales import class_ends, format_number, shade_of
from lod.website.charts.spec import ChartSpec, number_in, series
from lod.website.query_tables import QueryTable
from lod.website.rendering import typeset

NAMES_WIDTH, ROW_HEIGHT, CELL_WIDTH = (
    210.0,
    26.0,
    102.0,
)  # room for names of rows; height and most width of a cell
WIDTH, MOST_ROWS, MOST_COLUMNS = 720.0, 20, 12  # the most of each
CellKey = tuple[str, str]


def draw_heatmap(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the picture of the first rows and columns of a table of two categories."""
    one, two = spec.categories
    [kind] = series(spec.series)
    values = {(row[one].value, row[two].value): number_in(row, kind.name) for row in table.rows}
    links = {row[c].value: row[c].iri for c in spec.categories for row in table.rows}
    all_rows = list(dict.fromkeys(a for a, _ in values))
    all_columns = list(dict.fromkeys(b for _, b in values))
    rows, columns = all_rows[:MOST_ROWS], all_columns[:MOST_COLUMNS]
    wide = min(CELL_WIDTH, (WIDTH - NAMES_WIDTH) / len(columns))
    heads = [shorten(typeset(c), 110, SMALL_SIZE) for c in columns]
    upright = any(text_width(h, SMALL_SIZE) + 4 > wide for h in heads)
    top = TOP + (max(text_width(h, SMALL_SIZE) for h in heads) if upright else SMALL_SIZE) + 8
    ends = class_ends([values.get((a, b), Decimal(0)) for a in rows for b in columns])
    words = [
        *_column_names(columns, heads, links, wide, top, upright),
        *_row_names(rows, links, top),
    ]
    marks = []
    for mark, label in _cells(rows, columns, values, ends, wide, top):
        marks.append(mark)
        words.append(label)
    foot = top + len(rows) * ROW_HEIGHT + 10
    named, keys, end = shade_legend(ends, WIDTH, foot, kind.title)
    return Drawing(
        width=WIDTH,
        height=end,
        marks=(*marks, *keys),
        words=(*words, *named),
        greatest=_greatest(values),
        note=_note(len(all_rows), len(all_columns)),
    )


def _greatest(values: dict[CellKey, Decimal]) -> tuple[str, str]:
    """Return the first of the greatest cells, and its value."""
    best = max(values, key=lambda cell: values[cell])
    return typeset(", ".join(best)), format_number(values[best])


def _column_names(
    columns: list[str],
    heads: list[str],
    links: dict[str, str],
    wide: float,
    top: float,
    upright: bool,
) -> Iterator[TextLine]:
    """Yield the names of the columns, upright where one is too long for its column."""
    for place, (name, head) in enumerate(zip(columns, heads, strict=True)):
        middle = NAMES_WIDTH + (place + 0.5) * wide
        yield TextLine(
            x=round(middle + (SMALL_SIZE * 0.35 if upright else 0), 2), y=top - 6, text=head,
            anchor="start" if upright else "middle", css_class="petit", link=links[name],
            full_text=typeset(name), is_upright=upright,
        )  # fmt: skip


def _row_names(rows: list[str], links: dict[str, str], top: float) -> Iterator[TextLine]:
    """Yield the names of the rows."""
    for place, name in enumerate(rows):
        y = top + place * ROW_HEIGHT + ROW_HEIGHT / 2 + TEXT_SIZE * 0.35
        text = shorten(typeset(name), NAMES_WIDTH - 10)
        yield TextLine(
            x=NAMES_WIDTH - 8,
            y=round(y, 2),
            text=text,
            anchor="end",
            link=links[name],
            full_text=typeset(name),
        )


def _cells(
    rows: list[str],
    columns: list[str],
    values: dict[CellKey, Decimal],
    ends: list[Decimal],
    wide: float,
    top: float,
) -> Iterator[tuple[Mark, TextLine]]:
    """Yield a cell and the number in it, for every row and column."""
    for j, row in enumerate(rows):
        for i, column in enumerate(columns):
            value = values.get((row, column), Decimal(0))
            x, y, shade = NAMES_WIDTH + i * wide, top + j * ROW_HEIGHT, shade_of(value, ends)
            tooltip = f"{typeset(row)}, {typeset(column)}\u00a0: {format_number(value)}"
            yield (
                Mark(
                    x=round(x + 1, 2), y=y + 1, width=round(wide - 2, 2), height=ROW_HEIGHT - 2,
                    tooltip=tooltip, css_class=shade,
                ),
                TextLine(
                    x=round(x + wide / 2, 2), y=y + ROW_HEIGHT / 2 + 4, text=format_number(value),
                    anchor="middle", css_class=f"petit sur-{shade}",
                ),
            )  # fmt: skip


def _note(rows: int, columns: int) -> str:
    """Say what was left out."""
    left = [
        f"{n - most} {what}"
        for n, most, what in ((rows, MOST_ROWS, "lignes"), (columns, MOST_COLUMNS, "colonnes"))
        if n > most
    ]
    return f"Seulement dans la table\u00a0: {' et '.join(left)} de plus." if left else ""
