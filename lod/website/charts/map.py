"""A map of departments: one equal square each, where `site/departements.csv` puts it."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base import packaged
from lod.website.charts.legend import TOP, shade_legend
from lod.website.charts.marks import Drawing, Mark, TextLine
from lod.website.charts.scales import class_ends, format_number, shade_of
from lod.website.charts.spec import ChartSpec, number_in, series
from lod.website.query_tables import QueryTable

STEP, SIDE, WIDTH = 42.0, 40.0, 464.0  # from a square to the next; a side; of the picture
OVERSEAS = "Outre-mer, et Français établis hors de France (099)"


@dataclass(frozen=True, slots=True)
class Departement:
    """A department, and its place: column from the west, row from the north."""

    code: str
    name: str
    column: int
    row: int


@cache
def departements() -> dict[str, Departement]:
    """Return code → department."""
    with packaged.DEPARTEMENTS.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Departement(row["code"], row["nom"], int(row["colonne"]), int(row["rang"]))
            for row in csv.DictReader(file)
        }


def draw_map(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the map of a table with a row a department."""
    [kind] = series(spec.series)
    [name] = spec.categories
    values = {row[name].value: number_in(row, kind.name) for row in table.rows}
    ends = class_ends([v for code, v in values.items() if code in departements()])
    marks, words = [], []
    for place in departements().values():
        mark, labels = _square(place, values.get(place.code), ends)
        marks.append(mark)
        words += labels
    words.append(_overseas_label())
    foot = TOP + (max(d.row for d in departements().values()) + 1) * STEP + 8
    named, keys, end = shade_legend(ends, WIDTH, foot, kind.title)
    return Drawing(
        width=WIDTH,
        height=end,
        marks=(*marks, *keys),
        words=(*words, *named),
        greatest=_greatest(values),
        note=_note(values),
    )


def _greatest(values: dict[str, Decimal]) -> tuple[str, str]:
    """Return the first of the departments that have most, and its value."""
    best = max(values, key=lambda code: values[code])
    place = departements().get(best)
    return f"{place.name} ({best})" if place else best, format_number(values[best])


def _overseas_label() -> TextLine:
    """Return what stands above the last row of squares, which are in their place on no map."""
    last = max(d.row for d in departements().values())
    return TextLine(x=1, y=TOP + last * STEP - 6, text=OVERSEAS, css_class="petit sourd")


def _square(
    place: Departement, value: Decimal | None, ends: list[Decimal]
) -> tuple[Mark, list[TextLine]]:
    """Return the square of a department; a dash where the table has no row for it."""
    x, y = place.column * STEP + 1, TOP + place.row * STEP
    shade = "vide" if value is None else shade_of(value, ends)
    said = "–" if value is None else format_number(value)
    mark = Mark(
        x=x, y=y, width=SIDE, height=SIDE, css_class=shade,
        tooltip=f"{place.name} ({place.code})\u00a0: {'pas de donnée' if value is None else said}",
    )  # fmt: skip
    middle, on = x + SIDE / 2, f"petit sur-{shade}"
    return mark, [
        TextLine(x=middle, y=y + 15, text=place.code, anchor="middle", css_class=f"{on} code"),
        TextLine(x=middle, y=y + 30, text=said, anchor="middle", css_class=f"{on} fort"),
    ]


def _note(values: dict[str, Decimal]) -> str:
    """Say what has no place on the map."""
    away = sorted(code for code in values if code not in departements())
    return f"Hors de la carte\u00a0: {', '.join(away)}." if away else ""
