"""Maps of departments, an equal square for each, and heat maps: a darker cell has more."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base.tabular import rows as csv_rows
from lod.extensions.charts.marks import (
    SMALL_SIZE,
    TEXT_SIZE,
    TOP,
    Drawing,
    Mark,
    TextLine,
    class_ends,
    format_number,
    shade_legend,
    shade_of,
    shorten,
    text_width,
)
from lod.extensions.charts.spec import DATA, ChartSpec, leaders, number_in, series
from lod.reference import tables
from lod.website.rendering.language import colon, counted, translated
from lod.website.rendering.query_tables import QueryTable
from lod.website.rendering.templates import typeset

# distance of two squares, side of a square, width of the map, which fits on a phone
STEP, SIDE, MAP_WIDTH = 30.0, 28.5, 332.0
LONG = 5  # characters from which a number is printed smaller, to stay in its square
NAMES_WIDTH, ROW_HEIGHT = 210.0, 26.0  # room for the names of rows; from one row to the next
CELL_WIDTH, HEAD_WIDTH = 102.0, 110  # most width of a cell, of the name of a column
WIDTH, MOST_ROWS, MOST_COLUMNS = 720.0, 20, 12  # of the heat map; most rows and columns of it


@dataclass(frozen=True, slots=True)
class Departement:
    """A department and its place on the map."""

    code: str  # as in the INSEE codes: 01, 2A, 971
    name: str
    column: int  # from the west, from 0 on
    row: int  # from the north, from 0 on


@cache
def departements() -> dict[str, Departement]:
    """Return code → department."""
    names = {code: row.nom.replace("'", "’") for code, row in tables.departements().items()}
    places = [(row["code"], row) for row in csv_rows(DATA / "departements.csv")]
    return {c: Departement(c, names[c], int(r["colonne"]), int(r["rang"])) for c, r in places}


def draw_map(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the map of a table whose rows are departments."""
    [kind], [name], places = series(spec.series), spec.categories, departements()
    values = {row[name].value: number_in(row, kind.name) for row in table.rows}
    ends = class_ends([v for code, v in values.items() if code in places])
    links = {
        row[name].value: next((c.iri for c in row.values() if "/departement/" in c.iri), "")
        for row in table.rows
    }
    squares = [
        _square(d, values.get(d.code), ends, links.get(d.code, ""), spec.has_numbers)
        for d in places.values()
    ]
    last = max(d.row for d in places.values())  # below its heading
    text = translated("Outre-mer, et Français établis hors de France (099)")
    overseas = TextLine(x=1, y=TOP + last * STEP - 6, text=text, css_class="menu sourd")
    legend, keys, end = shade_legend(ends, MAP_WIDTH, TOP + (last + 1) * STEP + 8, kind.title)
    away = sorted(code for code in values if code not in places)
    return Drawing(
        width=MAP_WIDTH,
        height=end,
        marks=(*(mark for mark, _ in squares), *keys),
        words=(*(label for _, labels in squares for label in labels), overseas, *legend),
        greatest=leaders(
            (f"{places[code].name} ({code})" if code in places else code, value)
            for code, value in values.items()
        ),
        note=f"{translated('Hors de la carte')}{colon()} {', '.join(away)}." if away else "",
    )


def _square(
    place: Departement, value: Decimal | None, ends: list[Decimal], link: str, has_number: bool
) -> tuple[Mark, list[TextLine]]:
    """Return the square of a department, with its code and its value, a dash if it has none."""
    x, y = place.column * STEP + 1, TOP + place.row * STEP
    shade = "vide" if value is None else shade_of(value, ends)
    number = "–" if value is None else format_number(value)
    value_text = translated("pas de donnée") if value is None else number
    tooltip = f"{place.name} ({place.code}){colon()} {value_text}"
    mark = Mark(x=x, y=y, width=SIDE, height=SIDE, css_class=shade, tooltip=tooltip, link=link)
    texts = [(12, place.code, "code"), (24, number, "fort")]
    if not has_number:
        texts = [(18, place.code, "code")]
    return mark, [
        TextLine(
            x=x + SIDE / 2, y=y + lower, text=text, anchor="middle",
            css_class=f"{'menu' if len(text) < LONG else 'mini'} sur-{shade} {css_class}",
        )
        for lower, text, css_class in texts
    ]  # fmt: skip


def draw_heatmap(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the picture of the first rows and columns of a table of two categories; a missing
    value is 0.
    """
    down, across = spec.categories
    [kind] = series(spec.series)
    values = {(row[down].value, row[across].value): number_in(row, kind.name) for row in table.rows}
    links = {row[c].value: row[c].iri for c in spec.categories for row in table.rows}
    all_rows, all_columns = (list(dict.fromkeys(names)) for names in zip(*values, strict=True))
    rows, columns = all_rows[:MOST_ROWS], all_columns[:MOST_COLUMNS]
    wide = min(CELL_WIDTH, (WIDTH - NAMES_WIDTH) / len(columns))
    words, top = _column_names(columns, links, wide)
    ends = class_ends([values.get((a, b), Decimal(0)) for a in rows for b in columns])
    marks, numbers = [], []
    for j, row in enumerate(rows):
        y, name = top + j * ROW_HEIGHT, typeset(row)
        words.append(
            TextLine(
                x=NAMES_WIDTH - 8, y=round(y + ROW_HEIGHT / 2 + TEXT_SIZE * 0.35, 2),
                text=shorten(name, NAMES_WIDTH - 10), anchor="end", link=links[row], full_text=name,
            )
        )  # fmt: skip
        for i, column in enumerate(columns):
            value, x = values.get((row, column), Decimal(0)), NAMES_WIDTH + i * wide
            text, shade = format_number(value), shade_of(value, ends)
            marks.append(
                Mark(
                    x=round(x + 1, 2), y=y + 1, width=round(wide - 2, 2), height=ROW_HEIGHT - 2,
                    tooltip=f"{name}, {typeset(column)}{colon()} {text}", css_class=shade,
                )
            )  # fmt: skip
            numbers.append(
                TextLine(
                    x=round(x + wide / 2, 2), y=y + ROW_HEIGHT / 2 + 4, text=text,
                    anchor="middle", css_class=f"petit sur-{shade}",
                )
            )  # fmt: skip
    legend, keys, end = shade_legend(ends, WIDTH, top + len(rows) * ROW_HEIGHT + 10, kind.title)
    more = (len(all_rows) - MOST_ROWS, len(all_columns) - MOST_COLUMNS)
    units = (counted(more[0], "ligne"), counted(more[1], "colonne"))
    left_out = f" {translated('et')} ".join(t for n, t in zip(more, units, strict=True) if n > 0)
    note = typeset(translated("Seulement dans la table : {} de plus.").format(left_out))
    return Drawing(
        width=WIDTH,
        height=end,
        marks=(*marks, *keys),
        words=(*words, *numbers, *legend),
        greatest=leaders((typeset(f"{a} ({b})"), value) for (a, b), value in values.items()),
        note=note if left_out else "",
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
