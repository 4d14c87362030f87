"""Maps of departments: an equal square for each, a darker one has more."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base.tabular import rows as csv_rows
from lod.extensions.charts.marks import (
    TOP,
    Drawing,
    Mark,
    TextLine,
    class_ends,
    format_number,
    shade_legend,
    shade_of,
)
from lod.extensions.charts.spec import DATA, ChartSpec, leaders, number_in, series
from lod.reference import tables
from lod.website.rendering.language import colon, translated
from lod.website.rendering.query_tables import QueryTable

# distance of two squares, side of a square, width of the map, which fits on a phone
STEP, SIDE, MAP_WIDTH = 30.0, 28.5, 332.0
LONG = 5  # characters from which a number is printed smaller, to stay in its square


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
