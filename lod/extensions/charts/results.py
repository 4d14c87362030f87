"""The rows of any query as a chart or a map, if its columns allow it: the parameters `vue` and
`nombre` of `/sparql`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache

from markupsafe import Markup

from lod.extensions.charts.files import chart_drawn
from lod.extensions.charts.map import departements
from lod.extensions.charts.spec import YEAR, ChartSpec
from lod.model.text import fold
from lod.publish.query_catalogue import CatalogueQuery
from lod.rdf.vocab import NUMBERS, PREFIXES
from lod.website.rendering.query_tables import (
    Picture,
    QueryTable,
    ResultRows,
    TableCell,
    Term,
    arrange,
    table_column,
)
from lod.website.rendering.templates import load_template

TABLE, CHART, MAP = "tableau", "graphique", "carte"  # values of the parameter `vue`
VIEWS = {TABLE: "Tableau", CHART: "Graphique", MAP: "Carte"}
MONTH = "mois"  # the variable of months, beside YEAR
DAYS = frozenset(PREFIXES["xsd"] + name for name in ("date", "dateTime", "gYearMonth"))
GREATEST = Decimal(10) ** 15  # number that is drawn, at most
LONGEST = 200  # characters of a name, at most
YEARS = 200  # from the first to the last that is drawn, at most
DEPARTEMENT = "departement"  # first part of the path of a department, and column of their codes
_DAY = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])(?![^-TZ+])", re.ASCII)
_CODE = re.compile(r"\d[\dAB]\d?", re.ASCII)
Columns = dict[str, tuple[Term, ...]]  # name → cells
# name of a column that numbers are drawn by → its cells; empty if they cannot be drawn
Categories = dict[str, list[TableCell]]


def views(rows: ResultRows) -> Iterator[Picture]:
    """Yield the links to the views of a result, with the chart of the view that is asked for;
    nothing for a table that cannot be drawn.
    """
    view, number = (rows.parameters.get(name, "") for name in ("vue", "nombre"))
    view = view if view in VIEWS else TABLE
    columns = dict(zip(rows.names, zip(*rows.rows, strict=True), strict=True))
    numbers = [n for n in columns if n not in (YEAR, MONTH) and _is_number(columns[n])]
    drawable: dict[str, tuple[str, Categories]] = {}  # view → kind of chart, categories
    if numbers:
        number = number if number in numbers else _first_after_name(rows.names, numbers)
        times = _months(columns) or _days(columns, number)
        names = {} if times else _names(columns, numbers, rows.base)
        drawable[CHART] = ("colonnes", times) if times else ("barres", names)
        drawable[MAP] = ("carte", _departments(columns, rows.base))
    drawable = {name: drawn for name, drawn in drawable.items() if drawn[1]}
    chart = None
    if view in drawable:
        kind, categories = drawable[view]
        cells = {**categories, number: [TableCell(_number(cell)) for cell in columns[number]]}
        lines = (dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True))
        query = CatalogueQuery(name="resultat", title=rows.title, text="")
        table = QueryTable(query, "", tuple(map(table_column, cells)), (*lines,))
        chart = chart_drawn(table, ChartSpec(kind, (*categories,), (number,), is_summed=False))
    if drawable or view != TABLE:
        values = {"rows": rows, "vue": view, "numbers": numbers, "number": number, "chart": chart}
        vues = [pair for pair in VIEWS.items() if pair[0] in (TABLE, *drawable)]
        page = load_template("vues.html")
        yield lambda url: Markup(page.render(values, vues=vues, url=url))


def _first_after_name(names: list[str], numbers: list[str]) -> str:
    """Return the first column of numbers after another column: numbers before it may be names, too.

    >>> _first_after_name(["legislature", "nom", "posees"], ["legislature", "posees"])
    'posees'
    """
    first = next((place for place, name in enumerate(names) if name not in numbers), 0)
    return next((name for name in names[first:] if name in numbers), numbers[0])


def _is_number(cells: tuple[Term, ...]) -> bool:
    """Say whether a column has only numbers from 0 on; cells may be empty, but not all."""
    bound = [cell for cell in cells if cell]
    return bool(bound) and all(map(_number, bound))


def _number(cell: Term) -> str:
    """Return a number that can be drawn, without exponent; "" for anything else."""
    if cell is None or cell.get("type") not in NUMBERS or len(cell["v"]) > LONGEST:
        return ""
    try:
        value = Decimal(cell["v"])
    except InvalidOperation:
        return ""
    is_drawn = value.is_finite() and 0 <= value <= GREATEST and abs(value.adjusted()) <= 20
    return format(value, "f") if is_drawn else ""


def _months(columns: Columns) -> Categories:
    """Return the columns of years and months, named as in our queries."""
    units = [name for name in (YEAR, MONTH) if name in columns]
    texts = {unit: [_number(cell) for cell in columns[unit]] for unit in units}
    months = {*texts.get(MONTH, ())}
    if not _are_years(texts.get(YEAR, [])) or not months <= {str(n) for n in range(1, 13)}:
        return {}
    return {unit: [*map(TableCell, texts[unit])] for unit in units}


def _are_years(texts: list[str]) -> bool:
    """Say whether all texts are years, near enough to each other to be drawn."""
    if not texts or not all(re.fullmatch("[12][0-9]{3}", text, re.ASCII) for text in texts):
        return False
    return int(max(texts)) - int(min(texts)) <= YEARS


def _days(columns: Columns, number: str) -> Categories:
    """Return years and months of the first column of days; nothing if the numbers are not whole,
    because those of a month are added up.
    """
    if any("." in _number(cell) for cell in columns[number]):
        return {}
    for cells in columns.values():
        texts = [cell["v"] if cell and cell.get("type") in DAYS else "" for cell in cells]
        days = [text if _DAY.match(text) else "" for text in texts]  # a literal may be anything
        if _are_years([day[:4] for day in days]):
            months = [TableCell(day[5:7].lstrip("0")) for day in days]
            return {YEAR: [TableCell(day[:4]) for day in days], MONTH: months}
    return {}


def _names(columns: Columns, numbers: list[str], base: str) -> Categories:
    """Return the first column of names: a long name is cut, a dash stands for an absent one."""
    texts = ([cell["v"] if cell else "" for cell in cells] for cells in columns.values())
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*texts, strict=True)]
    shown, lines = arrange((*columns,), rows, base)
    for name in (c.nom for c in shown if c.nom not in (*numbers, YEAR, MONTH)):
        names = (" ".join(line[name].value.removeprefix(base).split()) or "–" for line in lines)
        cut = (text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…" for text in names)
        return {name: [*map(TableCell, cut, (line[name].iri for line in lines))]}
    return {}


def _departments(columns: Columns, base: str) -> Categories:
    """Return the first column of departments, by their IRIs, codes or names, each once."""
    for cells in columns.values():
        codes = [_code(cell, base) for cell in cells]
        if all(codes) and len({*codes}) == len(codes) and {*codes} & departements().keys():
            iris = (cell["v"] if cell and cell["t"] == "iri" else "" for cell in cells)
            return {DEPARTEMENT: [*map(TableCell, codes, iris)]}
    return {}


def _code(cell: Term, base: str) -> str:
    """Return the code of a department that a cell names; "" if it names none."""
    if cell is None or cell.get("type") in NUMBERS:
        return ""
    text = cell["v"]
    if cell["t"] == "iri":
        kind, _, text = text.removeprefix(base).partition("/")
        text = text.upper() if kind == DEPARTEMENT else ""  # the path of 2A is departement/2a
    return text if _CODE.fullmatch(text) else _codes_by_name().get(fold(text), "")


@cache
def _codes_by_name() -> dict[str, str]:
    """Return folded name → code of each department."""
    return {fold(place.name): code for code, place in departements().items()}
