"""The categories of a column chart: months, years or numbers, without gaps; or names in a row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from lod.website.charts.spec import YEAR, Category, ChartSpec, categories_of, number_in
from lod.website.language import agreeing, iso_text, short_month, translated
from lod.website.query_tables import QueryTable, TableRow, table_column

Values = tuple[Decimal, ...]  # one for each series
MOST_MONTHS, MOST_NUMBERS, MOST_NAMES = 96, 53, 24  # columns of each kind, at most
MOST_NAMED_MONTHS = 24  # if there are more months, only the years have labels


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """The columns of a chart, from left to right."""

    categories: list[Category]
    keys: list[int]  # number of each column, 12 × year + month for months; empty for names
    labels: list[str]  # below each column, or ""
    unit: str = ""  # of the numbers below the columns
    note: str = ""  # what is put together or left out; or ""


def time_columns(table: QueryTable, spec: ChartSpec) -> TimeColumns:
    """Return the columns of a table, in the order of time or numbers; names in that of the rows."""
    if len(spec.categories) == 2:
        return _month_columns(table, spec)
    values = [row[spec.categories[0]].value for row in table.rows]
    if all(value.isdigit() for value in values):
        return _number_columns(table, spec)
    return _name_columns(categories_of(table, spec.categories[0], spec.series))


def _month_columns(table: QueryTable, spec: ChartSpec) -> TimeColumns:
    """Return all months from the first to the last; their years if they are too many."""
    year, month = spec.categories
    found = _values_by_key(table, spec, lambda r: int(r[year].value) * 12 + int(r[month].value) - 1)
    keys = list(range(min(found), max(found) + 1))
    if len(keys) > MOST_MONTHS:
        return _year_columns(found)
    long = len(keys) > MOST_NAMED_MONTHS
    labels = [
        short_month(n // 12, n % 12 + 1) if not long else str(n // 12) if n % 12 == 0 else ""
        for n in keys
    ]
    months = _filled(found, keys, lambda n: iso_text(f"{n // 12}-{n % 12 + 1:02}"))
    return TimeColumns(months, keys, labels)


def _year_columns(months: dict[int, Values]) -> TimeColumns:
    """Return all years from the first to the last of these months."""
    years = groupby(sorted(months), key=lambda n: n // 12)
    found = {year: _sum_of(months[n] for n in group) for year, group in years}
    keys = list(range(min(found), max(found) + 1))
    note = translated("Les mois sont réunis par année.")
    return TimeColumns(_filled(found, keys, str), keys, [*map(str, keys)], note=note)


def _number_columns(table: QueryTable, spec: ChartSpec) -> TimeColumns:
    """Return all whole numbers from the least to the greatest; the last column sums up the rest."""
    [name] = spec.categories
    found = _values_by_key(table, spec, lambda row: int(row[name].value))
    first, last = min(found), max(found)
    keys = list(range(first, min(last, first + MOST_NUMBERS - 1) + 1))
    french = table_column(name).titre.lower()
    unit = translated(table_column(name).titre).lower()
    shown = _filled(
        found, keys, lambda n: str(n) if name == YEAR else f"{n} {_unit_after(french, n)}"
    )
    labels = [str(n) for n in keys]
    if last <= keys[-1]:
        return TimeColumns(shown, keys, labels, unit)
    beyond = _sum_of(v for n, v in sorted(found.items()) if n >= keys[-1])
    shown[-1] = Category(f"{keys[-1]} {unit} {translated('et plus')}", "", beyond)
    note = translated("La dernière colonne réunit tout, à partir de {}.").format(keys[-1])
    return TimeColumns(shown, keys, labels, unit, note)


def _unit_after(unit: str, n: int) -> str:
    """Return a unit, a French plural, as the language writes it after a number.

    >>> _unit_after("semaines", 1), _unit_after("mois", 1), _unit_after("jours", 2)
    ('semaine', 'mois', 'jours')
    """
    return agreeing(n, unit if unit == "mois" else unit.removesuffix("s"))


def _name_columns(found: list[Category]) -> TimeColumns:
    """Return the first names in the order of the rows."""
    shown = found[:MOST_NAMES]
    left_out = translated("Les {} premières lignes de la table sont dessinées.").format(MOST_NAMES)
    note = left_out if len(found) > MOST_NAMES else ""
    return TimeColumns(shown, [], [c.name for c in shown], note=note)


def _values_by_key(
    table: QueryTable, spec: ChartSpec, key: Callable[[TableRow], int]
) -> dict[int, Values]:
    """Return key → values; those of rows with the same key are added up."""
    found: dict[int, list[Values]] = {}
    for row in table.rows:
        values = tuple(number_in(row, name) for name in spec.series)
        found.setdefault(key(row), []).append(values)
    return {n: _sum_of(values) for n, values in found.items()}


def _sum_of(values: Iterable[Values]) -> Values:
    return tuple(sum(column, Decimal(0)) for column in zip(*values, strict=True))


def _filled(
    found: dict[int, Values], keys: list[int], name: Callable[[int], str]
) -> list[Category]:
    """Return a category for each key, with 0 where `found` has no values."""
    nothing = tuple(Decimal(0) for _ in next(iter(found.values())))
    return [Category(name(n), "", found.get(n, nothing)) for n in keys]
