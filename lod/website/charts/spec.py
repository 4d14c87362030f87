"""What the head of a query asks to be drawn, and its rows read for that.

`# image: GENRE | catégories | séries | fait: … | repère: N, …`: the last two may be left out.
`fait` is a sentence with `{columns}` of one row: that in which the first column of numbers that it
names is greatest; `{somme column}` is that of all rows, `{plus}` where the picture has most, and
`{combien}` how much. `repère` is a line after the column N, with what it means.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base import packaged
from lod.website.charts.marks import Drawing, Series
from lod.website.charts.scales import format_number
from lod.website.query_tables import QueryTable, TableRow, table_column
from lod.website.rendering import typeset

FILLS = (("bleu", "pleine"), ("orange", "hachures"), ("gris", "points"), ("vert", "croix"))


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """The parts of the line `# image:`."""

    kind: str
    categories: tuple[str, ...]
    series: tuple[str, ...]
    fact: str = ""
    marker: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A category with its values, one a series."""

    name: str
    link: str
    values: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """The length of its bar."""
        return sum(self.values, Decimal(0))


def read_spec(image: str) -> ChartSpec:
    """Return what a line asks for.

    >>> read_spec("barres | ministere | a, b | fait: Le plus : {a}. | repère: 8, deux mois").marker
    (8, 'deux mois')
    """
    kind, categories, series, *rest = (part.strip() for part in image.split("|"))
    said = dict(part.split(": ", 1) for part in rest)
    after, _, words = said.get("repère", "").partition(", ")
    return ChartSpec(
        kind,
        tuple(categories.split()),
        tuple(re.split(r",\s*", series)),
        said.get("fait", ""),
        (int(after), words) if words else None,
    )


@cache
def _colours() -> dict[str, dict[str, str]]:
    with packaged.SERIES.open(encoding="utf-8", newline="") as file:
        return {row["nom"]: row for row in csv.DictReader(file)}


def series(names: Iterable[str]) -> tuple[Series, ...]:
    """Return what stands for each column: as `site/series.csv` has it, or by its place."""
    return tuple(_one_series(name, place) for place, name in enumerate(names))


def _one_series(name: str, place: int) -> Series:
    hue, texture = FILLS[place % len(FILLS)]
    default = {"titre": "", "teinte": hue, "trame": texture, "somme": "oui"}
    row = _colours().get(name, default)
    title = row["titre"] or table_column(name).titre
    return Series(name, title, row["teinte"], row["trame"], row["somme"] == "oui")


def number_in(row: TableRow, name: str) -> Decimal:
    """Return a number of a row, an absent one as 0."""
    return Decimal(row[name].value or 0)


def categories_of(table: QueryTable, category: str, names: Iterable[str]) -> list[Category]:
    """Return the rows as categories with their values."""
    columns = tuple(names)
    return [
        Category(
            typeset(row[category].value),
            row[category].iri,
            tuple(number_in(row, name) for name in columns),
        )
        for row in table.rows
    ]


def main_fact(table: QueryTable, asked: ChartSpec, drawing: Drawing) -> str:
    """Return the main fact in a sentence."""
    if not asked.fact:
        return f"Le plus\u00a0: {drawing.greatest[0]}, {drawing.greatest[1]}."
    names = re.findall(r"\{(\w+)\}", asked.fact)
    greatest = dict(zip(("plus", "combien"), drawing.greatest, strict=True))
    key = next((n for n in names if table_column(n).genre == "nombre"), asked.series[0])
    most = max(table.rows, key=lambda row: number_in(row, key))

    def said(found: re.Match[str]) -> str:
        total, name = found.groups()
        if total:
            return format_number(sum((number_in(row, name) for row in table.rows), Decimal(0)))
        return greatest.get(name) or _printed(most, name)

    return typeset(re.sub(r"\{(somme )?(\w+)\}", said, asked.fact))


def _printed(row: TableRow, name: str) -> str:
    text = row[name].value
    return format_number(Decimal(text or 0)) if table_column(name).genre == "nombre" else text
