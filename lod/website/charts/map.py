"""Maps of departments: an equal square for each, placed as `site/departements.csv` says."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base import packaged
from lod.base.tabular import rows as csv_rows
from lod.website.charts.legend import TOP, shade_legend
from lod.website.charts.marks import Drawing, Mark, TextLine
from lod.website.charts.scales import class_ends, format_number, shade_of
from lod.website.charts.spec import ChartSpec, leaders, number_in, series
from lod.website.language import colon, translated
from lod.website.query_tables import QueryTable, TableRow

STEP, SIDE, WIDTH = 42.0, 40.0, 464.0  # from one square to the next; its side; of the picture
OVERSEAS = "Outre-mer, et Français établis hors de France (099)"


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
    return {
        row["code"]: Departement(row["code"], row["nom"], int(row["colonne"]), int(row["rang"]))
        for row in csv_rows(packaged.DEPARTEMENTS)
    }


def draw_map(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the map of a table whose rows are departments."""
    [kind] = series(spec.series)
    [name] = spec.categories
    values = {row[name].value: number_in(row, kind.name) for row in table.rows}
    ends = class_ends([v for code, v in values.items() if code in departements()])
    links = {row[name].value: _link(row) for row in table.rows}
    squares = [
        _square(d, values.get(d.code), ends, links.get(d.code, "")) for d in departements().values()
    ]
    last = max(d.row for d in departements().values())  # below its heading
    overseas = TextLine(
        x=1, y=TOP + last * STEP - 6, text=translated(OVERSEAS), css_class="petit sourd"
    )
    legend, keys, end = shade_legend(ends, WIDTH, TOP + (last + 1) * STEP + 8, kind.title)
    away = sorted(code for code in values if code not in departements())
    return Drawing(
        width=WIDTH,
        height=end,
        marks=(*(mark for mark, _ in squares), *keys),
        words=(*(label for _, labels in squares for label in labels), overseas, *legend),
        greatest=_greatest(values),
        note=f"{translated('Hors de la carte')}{colon()} {', '.join(away)}." if away else "",
    )


def _greatest(values: dict[str, Decimal]) -> tuple[str, str]:
    """Return the departments with the greatest value, and that value."""
    places = departements()
    return leaders(
        (f"{places[code].name} ({code})" if code in places else code, value)
        for code, value in values.items()
    )


def _link(row: TableRow) -> str:
    """Return the IRI of the department of a row, "" if the table has none."""
    return next((cell.iri for cell in row.values() if "/departement/" in cell.iri), "")


def _square(
    place: Departement, value: Decimal | None, ends: list[Decimal], link: str
) -> tuple[Mark, list[TextLine]]:
    """Return the square of a department, with its code and value; a dash if it has no value."""
    x, y = place.column * STEP + 1, TOP + place.row * STEP
    shade = "vide" if value is None else shade_of(value, ends)
    number, told = (
        ("–", translated("pas de donnée")) if value is None else (format_number(value),) * 2
    )
    tooltip = f"{place.name} ({place.code}){colon()} {told}"
    mark = Mark(x=x, y=y, width=SIDE, height=SIDE, css_class=shade, tooltip=tooltip, link=link)
    middle, on = x + SIDE / 2, f"petit sur-{shade}"
    return mark, [
        TextLine(x=middle, y=y + 15, text=place.code, anchor="middle", css_class=f"{on} code"),
        TextLine(x=middle, y=y + 30, text=number, anchor="middle", css_class=f"{on} fort"),
    ]
