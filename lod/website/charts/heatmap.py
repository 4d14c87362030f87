"""Heat maps: the rows are one category, the columns another, and a darker cell has more."""

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
from lod.website.charts.spec import ChartSpec, leaders, number_in, series
from lod.website.query_tables import QueryTable
from lod.website.rendering import typeset

NAMES_WIDTH, ROW_HEIGHT = 210.0, 26.0  # room for the names of rows; from one row to the next
CELL_WIDTH, HEAD_WIDTH = 102.0, 110  # most width of a cell, of the name of a column
WIDTH, MOST_ROWS, MOST_COLUMNS = 720.0, 20, 12  # of the picture; drawn at most
CellKey = tuple[str, str]  # row, column


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
    names, top = _column_names(columns, links, wide)
    ends = class_ends([values.get((a, b), Decimal(0)) for a in rows for b in columns])
    cells = [*_cells(rows, columns, values, ends, wide, top)]
    legend, keys, end = shade_legend(ends, WIDTH, top + len(rows) * ROW_HEIGHT + 10, kind.title)
    return Drawing(
        width=WIDTH,
        height=end,
        marks=(*(mark for mark, _ in cells), *keys),
        words=(*names, *_row_names(rows, links, top), *(label for _, label in cells), *legend),
        greatest=leaders((typeset(f"{a} ({b})"), value) for (a, b), value in values.items()),
        note=_note(len(all_rows), len(all_columns)),
    )


def _column_names(
    columns: list[str], links: dict[str, str], wide: float
) -> tuple[list[TextLine], float]:
    """Return the names of the columns, upright if one is too long for its column, and the y below
    them.
    """
    texts = [shorten(typeset(name), HEAD_WIDTH, SMALL_SIZE) for name in columns]
    longest = max(text_width(text, SMALL_SIZE) for text in texts)
    upright = longest + 4 > wide
    top = TOP + (longest if upright else SMALL_SIZE) + 8
    names = [
        TextLine(
            x=round(NAMES_WIDTH + (n + 0.5) * wide + (SMALL_SIZE * 0.35 if upright else 0), 2),
            y=top - 6, text=text, anchor="start" if upright else "middle", css_class="petit",
            link=links[name], full_text=typeset(name), is_upright=upright,
        )
        for n, (name, text) in enumerate(zip(columns, texts, strict=True))
    ]  # fmt: skip
    return names, top


def _row_names(rows: list[str], links: dict[str, str], top: float) -> Iterator[TextLine]:
    """Yield the names of the rows."""
    for place, name in enumerate(rows):
        y = top + place * ROW_HEIGHT + ROW_HEIGHT / 2 + TEXT_SIZE * 0.35
        full_text = typeset(name)
        yield TextLine(
            x=NAMES_WIDTH - 8, y=round(y, 2), text=shorten(full_text, NAMES_WIDTH - 10),
            anchor="end", link=links[name], full_text=full_text,
        )  # fmt: skip


def _cells(
    rows: list[str],
    columns: list[str],
    values: dict[CellKey, Decimal],
    ends: list[Decimal],
    wide: float,
    top: float,
) -> Iterator[tuple[Mark, TextLine]]:
    """Yield a cell and its number for every row and column; a missing value is 0."""
    for j, row in enumerate(rows):
        for i, column in enumerate(columns):
            value = values.get((row, column), Decimal(0))
            x, y, shade = NAMES_WIDTH + i * wide, top + j * ROW_HEIGHT, shade_of(value, ends)
            text = format_number(value)
            mark = Mark(
                x=round(x + 1, 2), y=y + 1, width=round(wide - 2, 2), height=ROW_HEIGHT - 2,
                tooltip=f"{typeset(row)}, {typeset(column)}\u00a0: {text}", css_class=shade,
            )  # fmt: skip
            yield mark, TextLine(
                x=round(x + wide / 2, 2), y=y + ROW_HEIGHT / 2 + 4, text=text,
                anchor="middle", css_class=f"petit sur-{shade}",
            )  # fmt: skip


def _note(rows: int, columns: int) -> str:
    """Return the French note about rows and columns that are not drawn, or ""."""
    left = [
        f"{n - most} {what}"
        for n, most, what in ((rows, MOST_ROWS, "lignes"), (columns, MOST_COLUMNS, "colonnes"))
        if n > most
    ]
    return f"Seulement dans la table\u00a0: {' et '.join(left)} de plus." if left else ""
