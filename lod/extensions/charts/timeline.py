"""The categories of a column chart: months, years or numbers, without gaps; or names in a row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import add

from lod.extensions.charts.spec import YEAR, Category, ChartSpec, categories_of, number_in
from lod.website.language import agreeing, iso_text, short_month, translated
from lod.website.query_tables import QueryTable, table_column

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
    name, *months = spec.categories
    values = [tuple(number_in(row, column) for column in spec.series) for row in table.rows]
    texts = [row[name].value for row in table.rows]
    if months:
        numbers = (int(row[months[0]].value) for row in table.rows)
        keys = (12 * int(year) + month - 1 for year, month in zip(texts, numbers, strict=True))
        return _month_columns(_sums(zip(keys, values, strict=True)))
    if all(text.isdigit() for text in texts):
        return _number_columns(name, _sums(zip(map(int, texts), values, strict=True)))
    shown = categories_of(table, spec)[:MOST_NAMES]
    left_out = translated("Les {} premières lignes de la table sont dessinées.").format(MOST_NAMES)
    note = left_out if len(texts) > MOST_NAMES else ""
    return TimeColumns(shown, [], [c.name for c in shown], note=note)


def _month_columns(sums: dict[int, Values]) -> TimeColumns:
    """Return all months from the first to the last; their years if they are too many."""
    count = max(sums) + 1 - min(sums)
    if count > MOST_MONTHS:
        years = _sums((month // 12, values) for month, values in sums.items())
        return _without_gaps(years, str, str, note=translated("Les mois sont réunis par année."))

    def label(n: int) -> str:
        if count <= MOST_NAMED_MONTHS:
            return short_month(n // 12, n % 12 + 1)
        return "" if n % 12 else str(n // 12)

    return _without_gaps(sums, lambda n: iso_text(f"{n // 12}-{n % 12 + 1:02}"), label)


def _number_columns(name: str, sums: dict[int, Values]) -> TimeColumns:
    """Return all whole numbers from the least to the greatest; the last column sums up the rest."""
    most = min(sums) + MOST_NUMBERS - 1
    title = table_column(name).titre
    french, unit, note = title.lower(), translated(title).lower(), ""
    if beyond := max(sums) > most:
        sums = _sums((min(n, most), values) for n, values in sums.items())
        note = translated("La dernière colonne réunit tout, à partir de {}.").format(most)

    def named(n: int) -> str:
        if beyond and n == most:
            return f"{n} {unit} {translated('et plus')}"
        return str(n) if name == YEAR else f"{n} {_unit_after(french, n)}"

    return _without_gaps(sums, named, str, unit, note)


def _unit_after(unit: str, n: int) -> str:
    """Return a unit, a French plural, as the language writes it after a number.

    >>> _unit_after("semaines", 1), _unit_after("mois", 1), _unit_after("jours", 2)
    ('semaine', 'mois', 'jours')
    """
    return agreeing(n, unit if unit == "mois" else unit.removesuffix("s"))


def _sums(keyed: Iterable[tuple[int, Values]]) -> dict[int, Values]:
    """Return key → values; those with the same key are added up."""
    sums: dict[int, Values] = {}
    for key, values in keyed:
        sums[key] = tuple(map(add, sums[key], values)) if key in sums else values
    return sums


def _without_gaps(
    sums: dict[int, Values],
    name: Callable[[int], str],
    label: Callable[[int], str],
    unit: str = "",
    note: str = "",
) -> TimeColumns:
    """Return a column for each key from the least to the greatest, of 0 where it has no values."""
    nothing = tuple(Decimal(0) for _ in next(iter(sums.values())))
    keys = [*range(min(sums), max(sums) + 1)]
    shown = [Category(name(n), "", sums.get(n, nothing)) for n in keys]
    return TimeColumns(shown, keys, [*map(label, keys)], unit, note)
