"""How a query is drawn: the line `# image:` of its head, and its rows as categories with values.

`# image: KIND | categories | series | fait: … | repère: N, …`, where the last two are optional.
`fait` is the main fact, a French sentence with columns in braces: `{column}` is the value in the
row where the first column of numbers in it is greatest, `{somme column}` the sum over all rows,
`{plus}` the category with the greatest value of the picture, `{combien}` that value.
`repère` draws a line after the column of the number N, with the text after the comma.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base import packaged
from lod.base.tabular import rows as csv_rows
from lod.website.charts.marks import Drawing, Series
from lod.website.charts.scales import format_number
from lod.website.query_tables import QueryTable, TableRow, table_column
from lod.website.rendering import typeset

# (colour, texture) of series that have none in `site/series.csv`, by their place
FILLS = (("bleu", "pleine"), ("orange", "hachures"), ("gris", "points"), ("vert", "croix"))


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """The parts of a line `# image:`."""

    kind: str  # a key of CHART_KINDS
    categories: tuple[str, ...]  # one column, or two: year and month, or rows and columns
    series: tuple[str, ...]  # columns of numbers
    fact: str = ""  # pattern of the main fact; "": the greatest value is told
    marker: tuple[int, str] | None = None  # number of a column, text of the line after it


@dataclass(frozen=True, slots=True)
class Category:
    """A row of a table as it is drawn."""

    name: str
    link: str  # IRI that the name leads to, or ""
    values: tuple[Decimal, ...]  # one for each series

    @property
    def total(self) -> Decimal:
        """The sum of its values."""
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
    )


@cache
def _known_series() -> dict[str, dict[str, str]]:
    """Return column → its row of `site/series.csv`."""
    return {row["nom"]: row for row in csv_rows(packaged.SERIES)}


def series(names: Iterable[str]) -> tuple[Series, ...]:
    """Return the series of columns, as `site/series.csv` has them, or by their places."""
    return tuple(_one_series(name, place) for place, name in enumerate(names))


def _one_series(name: str, place: int) -> Series:
    hue, texture = FILLS[place % len(FILLS)]
    default = {"titre": "", "teinte": hue, "trame": texture, "somme": "oui"}
    row = _known_series().get(name, default)
    title = row["titre"] or table_column(name).titre
    return Series(name, title, row["teinte"], row["trame"], row["somme"] == "oui")


def number_in(row: TableRow, name: str) -> Decimal:
    """Return a number of a row, an absent one as 0."""
    return Decimal(row[name].value or 0)


def categories_of(table: QueryTable, category: str, names: Iterable[str]) -> list[Category]:
    """Return the rows as categories; `names` are the columns of their values."""
    columns = tuple(names)
    return [
        Category(typeset(cell.value), cell.iri, tuple(number_in(row, name) for name in columns))
        for row in table.rows
        for cell in [row[category]]
    ]


def greatest(found: list[Category]) -> tuple[str, str]:
    """Return the name of the first category with the greatest total, and that total."""
    best = max(found, key=lambda c: c.total)
    return best.name, format_number(best.total)


def main_fact(table: QueryTable, spec: ChartSpec, drawing: Drawing) -> str:
    """Return the main fact of a picture in a French sentence."""
    if not spec.fact:
        return f"Le plus\u00a0: {drawing.greatest[0]}, {drawing.greatest[1]}."
    names = re.findall(r"\{(\w+)\}", spec.fact)
    known = dict(zip(("plus", "combien"), drawing.greatest, strict=True))
    key = next((n for n in names if table_column(n).genre == "nombre"), spec.series[0])
    most = max(table.rows, key=lambda row: number_in(row, key))

    def value(found: re.Match[str]) -> str:
        is_sum, name = found.groups()
        if is_sum:
            return format_number(sum((number_in(row, name) for row in table.rows), Decimal(0)))
        if name in known:
            return known[name]
        is_number = table_column(name).genre == "nombre"
        return format_number(number_in(most, name)) if is_number else most[name].value

    return typeset(re.sub(r"\{(somme )?(\w+)\}", value, spec.fact))
