"""The rows of any query as a chart or a map, if its columns allow it: see `lod/website/charts`."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from lod.model.text import fold
from lod.publish.query_catalogue import CatalogueQuery
from lod.rdf.vocab import PREFIXES
from lod.website.charts.chart_writer import chart_drawn
from lod.website.charts.map import departements
from lod.website.charts.marks import Chart
from lod.website.charts.spec import YEAR, ChartSpec
from lod.website.query_tables import QueryTable, TableCell, TableRow, arrange, table_column

Cell = dict[str, str] | None  # a term as `preview.py` writes it, None if unbound
TABLE, CHART, MAP = "tableau", "graphique", "carte"  # values of the parameter `vue`
VIEWS = {TABLE: "Tableau", CHART: "Graphique", MAP: "Carte"}
MONTH = "mois"  # the variable of months, beside YEAR
NUMBERS = frozenset(  # datatypes of what may be a number
    PREFIXES["xsd"] + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "short", "byte",
                 "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
                 "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")
)  # fmt: skip
DAYS = frozenset(PREFIXES["xsd"] + name for name in ("date", "dateTime", "gYearMonth"))
GREATEST = Decimal(10) ** 15  # number that is drawn
LONGEST = 200  # characters of a name
YEARS = 200  # from the first to the last that are drawn
DEPARTEMENT = "departement"  # the first part of the path of one, and the column of their codes
_CODE = re.compile(r"\d[\dAB]\d?", re.ASCII)


@dataclass(frozen=True, slots=True)
class View:
    """How the rows of a query are looked at."""

    kind: str = TABLE  # a key of VIEWS
    number: str = ""  # the column that is drawn; "": the first of numbers


@dataclass(frozen=True, slots=True)
class ResultViews:
    """What can be drawn of the rows of a query, and what is."""

    kinds: tuple[str, ...]  # of VIEWS; the table alone if nothing can be drawn
    numbers: tuple[str, ...]  # the columns that can be drawn
    number: str  # the one that is
    chart: Chart | None  # None: a table, or a drawing that the columns do not allow


def result_views(found: dict[str, Any], view: View, base: str, title: str) -> ResultViews:
    """Return the views of a preview of a table, with the drawing of the one that is asked for."""
    names, rows = found["noms"], found["lignes"]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    numbers = tuple(name for name, cells in columns.items() if _is_number(cells))
    numbers = tuple(name for name in numbers if name not in (YEAR, MONTH))
    if not numbers:
        return ResultViews((TABLE,), (), "", None)
    number = view.number if view.number in numbers else _first_after_name(names, numbers)
    drawable = {
        CHART: _by_month(columns, number) or _by_day(columns, number)
        or _by_name(names, columns, numbers, number, base),
        MAP: _by_department(columns, number, base),
    }  # fmt: skip
    kinds = (TABLE, *(kind for kind, drawn in drawable.items() if drawn))
    drawn = drawable.get(view.kind)
    if not drawn:
        return ResultViews(kinds, numbers, number, None)
    spec, lines = drawn
    query = CatalogueQuery(name="resultat", title=title, text="")
    shown = tuple(table_column(name) for name in (*spec.categories, number))
    chart = chart_drawn(QueryTable(query, "", shown, (*lines,)), spec)
    return ResultViews(kinds, numbers, number, chart)


def _first_after_name(names: list[str], numbers: tuple[str, ...]) -> str:
    """Return the first number after a column of something else: one before it may be a name, too.

    >>> _first_after_name(["legislature", "nom", "posees"], ("legislature", "posees"))
    'posees'
    """
    first = next((place for place, name in enumerate(names) if name not in numbers), 0)
    return next((name for name in names[first:] if name in numbers), numbers[0])


Drawable = tuple[ChartSpec, list[TableRow]] | None  # how rows are drawn; None: not so
Columns = dict[str, tuple[Cell, ...]]  # name → cells


def _is_number(cells: tuple[Cell, ...]) -> bool:
    """Say whether a column has numbers from 0 on, and nothing else; a few may be absent."""
    bound = [cell for cell in cells if cell]
    return bool(bound) and all(_number(cell) is not None for cell in bound)


def _number(cell: dict[str, str]) -> Decimal | None:
    if cell.get("type") not in NUMBERS or len(cell["v"]) > LONGEST:
        return None
    try:
        value = Decimal(cell["v"])
    except InvalidOperation:
        return None
    is_drawn = value.is_finite() and 0 <= value <= GREATEST and abs(value.adjusted()) <= 20
    return value if is_drawn else None


def _told(cell: Cell) -> str:
    """Return a number without exponent; "" for an absent one."""
    value = _number(cell) if cell else None
    return "" if value is None else format(value, "f")


def _values(columns: Columns, number: str) -> Iterator[TableCell]:
    return (TableCell(_told(cell)) for cell in columns[number])


def _by_month(columns: Columns, number: str) -> Drawable:
    """Return columns in time for the variables of years and months, which our queries have."""
    units = tuple(name for name in (YEAR, MONTH) if name in columns)
    if YEAR not in units:
        return None
    texts = [[_told(cell) for cell in columns[name]] for name in units]
    months = texts[1] if len(texts) > 1 else ["1"]
    if not _are_years(texts[0]) or not {*months} <= {str(n) for n in range(1, 13)}:
        return None
    lines = [
        {**dict(zip(units, map(TableCell, unit), strict=True)), number: value}
        for *unit, value in zip(*texts, _values(columns, number), strict=True)
    ]
    return ChartSpec("colonnes", units, (number,)), lines


def _are_years(texts: list[str]) -> bool:
    """Say whether all are years, near enough to each other to be drawn."""
    if not all(re.fullmatch("[12][0-9]{3}", text, re.ASCII) for text in texts):
        return False
    return int(max(texts)) - int(min(texts)) <= YEARS


def _by_day(columns: Columns, number: str) -> Drawable:
    """Return columns in time for whole numbers of days, which are added up by month."""
    whole = all("." not in _told(cell) for cell in columns[number])
    for cells in columns.values() if whole else ():
        days = [cell["v"] if cell and cell.get("type") in DAYS else "" for cell in cells]
        if all(days) and _are_years([day[:4] for day in days]):
            lines = [
                {YEAR: TableCell(day[:4]), MONTH: TableCell(day[5:7].lstrip("0")), number: value}
                for day, value in zip(days, _values(columns, number), strict=True)
            ]
            return ChartSpec("colonnes", (YEAR, MONTH), (number,)), lines
    return None


def _by_name(
    names: list[str], columns: Columns, numbers: tuple[str, ...], number: str, base: str
) -> Drawable:
    """Return bars for the first column of names."""
    count = len(columns[number])
    texts = {name: [cell["v"] if cell else "" for cell in cells] for name, cells in columns.items()}
    rows = [{name: texts[name][place] for name in names} for place in range(count)]
    shown, lines = arrange((*names,), rows, base)
    name = next((c.nom for c in shown if c.nom not in (*numbers, YEAR, MONTH)), None)
    if name is None:
        return None
    found = [
        {name: TableCell(_shortened(line[name], base), line[name].iri), number: value}
        for line, value in zip(lines, _values(columns, number), strict=True)
    ]
    return ChartSpec("barres", (name,), (number,), is_summed=False), found


def _shortened(cell: TableCell, base: str) -> str:
    """Return what a bar is called: a long name is cut, an absent one a dash."""
    text = " ".join(cell.value.removeprefix(base).split()) or "–"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _by_department(columns: Columns, number: str, base: str) -> Drawable:
    """Return a map for a column of departments, by their IRIs, codes or names, each once."""
    for cells in columns.values():
        codes = [_code(cell, base) for cell in cells]
        if all(codes) and max(Counter(codes).values()) == 1 and {*codes} & departements().keys():
            lines = [
                {DEPARTEMENT: TableCell(code, cell["v"] if cell["t"] == "iri" else ""),
                 number: value}
                for code, cell, value in zip(codes, cells, _values(columns, number), strict=True)
                if cell
            ]  # fmt: skip
            return ChartSpec("carte", (DEPARTEMENT,), (number,)), lines
    return None


def _code(cell: Cell, base: str) -> str:
    """Return the code of a department that a cell names; "" if it names none."""
    if cell is None or cell.get("type") in NUMBERS:
        return ""
    text = cell["v"]
    if cell["t"] == "iri":
        before, _, text = text.removeprefix(base).partition("/")
        text = text.upper() if before == DEPARTEMENT else ""  # the path of 2A is departement/2a
    return text if _CODE.fullmatch(text) else _codes_by_name().get(fold(text), "")


@cache
def _codes_by_name() -> dict[str, str]:
    """Return folded name → code of each department."""
    return {fold(place.name): code for code, place in departements().items()}
