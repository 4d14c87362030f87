"""How a query is drawn: the line `# image:` of its head, and its rows as categories with values.

`# image: KIND | categories | series | fait: … | repère: N, …`, where the last two are optional.
`fait` is the main fact, a French sentence with columns in braces: `{column}` is the value in the
row where the first column of numbers in it is greatest, `{somme column}` the sum over all rows,
`{plus}` the category with the greatest value of the picture, `{combien}` that value. Rows that tie
are all named; where all values are zero, none is named.
`repère` draws a line after the column of the number N, with the text after the comma; `nombres:
non` leaves out the numbers of a map; `années` is the title if there are too many months, so that
they are added up by year.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import cycle

from lod.base import packaged
from lod.base.tabular import rows as csv_rows
from lod.extensions.charts.marks import Drawing, Series, format_number
from lod.website.rendering.language import colon, counted, data_name, translated
from lod.website.rendering.query_tables import QueryTable, TableCell, TableRow, table_column
from lod.website.rendering.templates import typeset

DATA = packaged.SITE / packaged.EXTENSIONS / "charts"
YEAR = "annee"  # the column of years: its categories are years or months
NAMED = 3  # of several names, so many are listed
# (colour, texture) of series that have none in `series.csv`, by their place
FILLS = (("bleu", "pleine"), ("orange", "hachures"), ("gris", "points"), ("vert", "croix"))


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """The parts of a line `# image:`."""

    kind: str  # a key of CHART_KINDS
    categories: tuple[str, ...]  # one column, or two: year and month, or rows and columns
    series: tuple[str, ...]  # columns of numbers
    fact: str = ""  # pattern of the main fact; "" for a sentence with the greatest value
    marker: tuple[int, str] | None = None  # number of a column, text of the line after it
    has_numbers: bool = True  # a map prints the numbers
    yearly: str = ""  # the title if months are added up by year


@dataclass(frozen=True, slots=True)
class Category:
    """A row of a table as it is drawn."""

    name: str
    link: str  # IRI that the name leads to, or ""
    values: tuple[Decimal, ...]  # one for each series

    @property
    def total(self) -> Decimal:
        return sum(self.values, Decimal(0))


def read_spec(image: str) -> ChartSpec:
    """Return the parts of a line.

    >>> read_spec("barres | ministere | a, b | fait: Le plus : {a}. | repère: 8, deux mois").marker
    (8, 'deux mois')
    """
    kind, categories, series, *rest = (part.strip() for part in image.split("|"))
    options = dict(part.split(": ", 1) for part in rest)
    after, _, text = options.get("repère", "").partition(", ")
    return ChartSpec(
        kind=kind,
        categories=tuple(categories.split()),
        series=tuple(re.split(r",\s*", series)),
        fact=options.get("fait", ""),
        marker=(int(after), text) if text else None,
        yearly=options.get("années", ""),
        has_numbers=options.get("nombres") != "non",
    )


@cache
def _known_series() -> dict[str, dict[str, str]]:
    """Return column → its row of `series.csv`."""
    return {row["nom"]: row for row in csv_rows(DATA / "series.csv")}


def series(names: Iterable[str]) -> tuple[Series, ...]:
    """Return the series of columns, as `series.csv` has them, or by their places."""
    columns = []
    for name, (hue, texture) in zip(names, cycle(FILLS), strict=False):
        default = {"titre": "", "teinte": hue, "trame": texture, "somme": "oui", "unite": ""}
        row = _known_series().get(name, default)
        title = translated(row["titre"] or table_column(name).titre)
        is_additive = row["somme"] == "oui"
        columns.append(Series(name, title, row["teinte"], row["trame"], is_additive, row["unite"]))
    return tuple(columns)


def number_in(row: TableRow, name: str) -> Decimal:
    """Return the number of a row in a column, 0 if it is absent."""
    return Decimal(row[name].value or 0)


def categories_of(table: QueryTable, spec: ChartSpec) -> list[Category]:
    return [
        Category(
            typeset(_name_of(cell)), cell.iri, tuple(number_in(row, name) for name in spec.series)
        )
        for row in table.rows
        for cell in [row[spec.categories[0]]]
    ]


def _name_of(cell: TableCell) -> str:
    name = data_name(cell.value)
    return f"{name} ({data_name(cell.years)})" if cell.years else name


def leaders(valued: Iterable[tuple[str, Decimal]]) -> tuple[str, str]:
    """Return the names with the greatest value, "" if that is zero, and that value.

    >>> leaders([("Mer", Decimal(2)), ("Ville", Decimal(1)), ("Sport", Decimal(2))])
    ('Mer et Sport', '2')
    """
    pairs = [*valued]
    most = max(value for _, value in pairs)
    return listed(name for name, value in pairs if value == most and most), format_number(most)


def listed(names: Iterable[str]) -> str:
    """Return the distinct names as the language lists them; of many, the first NAMED and how many
    others there are.

    >>> listed("abcde")
    'a, b, c et 2 autres'
    """
    items = [*dict.fromkeys(names)]
    if len(items) > NAMED + 1:
        items[NAMED:] = [counted(len(items) - NAMED, "autre")]
    return f" {translated('et')} ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def main_fact(table: QueryTable, spec: ChartSpec, drawing: Drawing) -> str:
    """Return the main fact of a picture in a sentence."""
    leader, highest = drawing.greatest
    if not leader:
        return translated("Zéro partout dans ces données.")
    if not spec.fact:
        place = f"{translated('en')} {leader}" if spec.categories[0] == YEAR else f"({leader})"
        return f"Maximum{colon()} {highest} {place}."
    names = re.findall(r"\{(\w+)\}", spec.fact)
    known = dict(zip(("plus", "combien"), drawing.greatest, strict=True))
    column = next((n for n in names if table_column(n).genre == "nombre"), "")
    key = column or spec.series[0]
    most = max(number_in(row, key) for row in table.rows)
    if column and not most:
        wrong = translated("zéro partout dans ces données.")
        return f"{translated(table_column(key).titre)}{colon()} {wrong}"
    leading = [row for row in table.rows if number_in(row, key) == most]

    def value(field: re.Match[str]) -> str:
        is_sum, name = field.groups()
        if is_sum:
            return format_number(sum((number_in(row, name) for row in table.rows), Decimal(0)))
        if name in known:
            return known[name]
        if table_column(name).genre == "nombre":
            return listed(format_number(number_in(row, name)) for row in leading)
        return listed(_name_of(row[name]) for row in leading)

    return typeset(re.sub(r"\{(somme )?(\w+)\}", value, translated(spec.fact)))
