"""Bar charts. Horizontal: a category a line, its name above its bar, the series side by side in it;
the longest bar first. Vertical: months, years or numbers from left to right, without gaps; or names
in the order of the rows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from operator import add
from typing import NamedTuple

from lod.extensions.charts.marks import (
    SMALL_SIZE,
    Drawing,
    FrameLine,
    Mark,
    Series,
    TextLine,
    format_number,
    scale_steps,
    series_legend,
    shorten,
    text_width,
    wrap,
)
from lod.extensions.charts.spec import (
    YEAR,
    Category,
    ChartSpec,
    categories_of,
    leaders,
    number_in,
    series,
)
from lod.website.rendering.language import (
    agreeing,
    colon,
    counted,
    iso_text,
    short_month,
    translated,
)
from lod.website.rendering.query_tables import QueryTable, table_column

WIDTH = 400.0  # of the picture
BAR_HEIGHT, NAME_HEIGHT = 13.0, 17.0  # of a horizontal bar, of a name above it
MOST_BARS = 12  # horizontal ones; the other categories are summed up in a line
GAP = 16  # between a name and the total
Values = tuple[Decimal, ...]  # one for each series
MOST_MONTHS, MOST_NUMBERS, MOST_NAMES = 96, 53, 24  # columns of each kind, at most
MOST_NAMED_MONTHS = 24  # if there are more months, only the years have labels
HEIGHT = 150.0  # of the highest step
FOOT = 22.0  # room below the columns for their labels
NAME_WIDTH, WIDEST = 44.0, 60.0  # least room of a label, most width of a column
# labels are numbers → intervals of printed labels (1: all of them); the first that fits is taken
INTERVALS = {True: (1, 2, 5, 10, 20, 50, 100), False: (1, 2, 3, 4, 6, 12, 26)}


def draw_bars(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the picture of the greatest categories of a table."""
    kinds = series(spec.series)
    ordered = sorted(categories_of(table, spec), key=lambda c: -c.total)
    shown = ordered if len(ordered) <= MOST_BARS + 1 else ordered[:MOST_BARS]
    most = max(c.total for c in shown) or Decimal(1)
    words, marks, y = series_legend(kinds, WIDTH)
    for category in shown:
        names = [*_names(category, y)]
        words += names
        y = names[-1].y + 5
        for mark, label in _bar_parts(category, kinds, y, most):
            marks.append(mark)
            words += [label] if label else []
        y += BAR_HEIGHT + (SMALL_SIZE * 1.3 if len(kinds) > 1 else 0) + 9
    note, rest = "", ordered[len(shown) :]
    if rest:
        note = translated("Seuls les {} plus grands sont montrés.").format(MOST_BARS)
        heading = table_column(spec.categories[0]).titre.lower()
        text = counted(len(rest), f"autre {heading}")
        if all(kind.is_additive for kind in kinds):
            total = sum((c.total for c in rest), Decimal(0))
            text += f"{colon()} {counted(total, kinds[0].unit)}"
        else:
            text += f", {translated('dans la table')}"
        words.append(TextLine(x=0, y=y + NAME_HEIGHT - 5, text=text, css_class="sourd"))
    return Drawing(
        width=WIDTH,
        height=y + (NAME_HEIGHT if rest else -4),
        marks=(*marks,),
        words=(*words,),
        greatest=leaders((c.name, c.total) for c in shown),
        note=note,
    )


def _names(category: Category, y: float) -> Iterator[TextLine]:
    """Yield the total of a category at the end of its line, and its name, in two lines at most."""
    total = format_number(category.total)
    y += NAME_HEIGHT - 5
    yield TextLine(x=WIDTH, y=y, text=total, anchor="end", css_class="fort")
    room = WIDTH - text_width(total) - GAP
    first = wrap(category.name, room)[0]
    rest = category.name[len(first) + 1 :]
    lines = [shorten(first, room), *([shorten(rest, WIDTH)] if rest else [])]
    for place, line in enumerate(lines):
        line_y = y + place * (NAME_HEIGHT - 1)
        yield TextLine(x=0, y=line_y, text=line, link=category.link, full_text=category.name)


def _bar_parts(
    category: Category, kinds: tuple[Series, ...], y: float, most: Decimal
) -> Iterator[tuple[Mark, TextLine | None]]:
    """Yield the parts of a bar, each with its value below it where there is room."""
    x = free = 0.0
    for kind, value in zip(kinds, category.values, strict=True):
        wide = round(float(value / most) * WIDTH, 2)
        if value:
            text, label, start = format_number(value), None, max(x + 1, free)
            end = start + text_width(text, SMALL_SIZE)
            if len(kinds) > 1 and start <= x + wide and end <= WIDTH:
                low = y + BAR_HEIGHT + SMALL_SIZE
                label = TextLine(x=round(start, 2), y=low, text=text, css_class="petit")
                free = label.rectangle[2] + 4
            tooltip = f"{category.name}, {kind.title.lower()}{colon()} {text}"
            mark = Mark(x=x, y=y, width=wide, height=BAR_HEIGHT, tooltip=tooltip, series=kind.name)
            yield mark, label
        x = round(x + wide, 2)


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """The columns of a chart, from left to right."""

    categories: list[Category]
    keys: list[int]  # number of each column, 12 × year + month for months; empty for names
    labels: list[str]  # below each column, or ""
    unit: str = ""  # of the numbers below the columns
    note: str = ""  # what is added up or left out; or ""
    is_yearly: bool = False  # months are added up by year


def time_columns(table: QueryTable, spec: ChartSpec) -> TimeColumns:
    """Return the columns of a table: months, years or numbers in their order, names as the rows."""
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
    shortened = translated("Seules les {} premières lignes sont montrées.").format(MOST_NAMES)
    note = shortened if len(texts) > MOST_NAMES else ""
    return TimeColumns(shown, [], [c.name for c in shown], note=note)


def _month_columns(sums: dict[int, Values]) -> TimeColumns:
    """Return all months from the first to the last; years instead if these are too many."""
    count = max(sums) + 1 - min(sums)
    if count > MOST_MONTHS:
        years = _sums((month // 12, values) for month, values in sums.items())
        note = translated("Total par année.")
        return replace(_without_gaps(years, str, str, note=note), is_yearly=True)

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
        note = translated("La dernière colonne compte tout à partir de {}.").format(most)

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
    """Return a column for each key from the least to the greatest, 0 where it has no values."""
    nothing = tuple(Decimal(0) for _ in next(iter(sums.values())))
    keys = [*range(min(sums), max(sums) + 1)]
    shown = [Category(name(n), "", sums.get(n, nothing)) for n in keys]
    return TimeColumns(shown, keys, [*map(label, keys)], unit, note)


class Frame(NamedTuple):
    """The place of the columns in the picture, and their scale."""

    left: float  # x of the first column
    step: float  # from one column to the next
    foot: float  # y of the ground
    top: Decimal  # value of the highest step of the scale, HEIGHT above the ground

    def middle(self, place: int) -> float:
        """Return the x of the middle of a column."""
        return self.left + (place + 0.5) * self.step

    def height(self, value: Decimal) -> float:
        return float(value / self.top) * HEIGHT


def draw_columns(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the picture of a table whose categories follow each other."""
    kinds, shown = series(spec.series), time_columns(table, spec)
    words, keys, top = series_legend(kinds, WIDTH)
    steps = scale_steps(max(c.total for c in shown.categories))
    left = max(text_width(format_number(n), SMALL_SIZE) for n in steps) + 6
    head = top + (18 if spec.marker else 0) + 14  # for the text of the marker and the highest value
    frame = Frame(left, (WIDTH - left) / len(shown.categories), head + HEIGHT, steps[-1])
    lines = []
    for place, step in enumerate(steps):
        y, text = frame.foot - place * HEIGHT / (len(steps) - 1), format_number(step)
        words.append(
            TextLine(x=left - 6, y=y + 4, text=text, anchor="end", css_class="petit sourd")
        )
        lines.append(FrameLine(left, round(y, 2), WIDTH, round(y, 2), "grille" if place else "sol"))
    labels = [*_foot_labels(shown, frame)]
    line, marker = _marker(shown, spec, frame, head)
    words += labels
    words += _top_values(shown.categories, frame, line[0].x1 if line else None)
    words += marker
    if shown.unit:
        x, y = (left + WIDTH) / 2, frame.foot + FOOT + 12
        words.append(TextLine(x=x, y=y, text=shown.unit, anchor="middle", css_class="petit sourd"))
    return Drawing(
        width=WIDTH,
        height=max(label.rectangle[3] for label in labels) + (18 if shown.unit else 4),
        marks=(*keys, *_marks(shown.categories, kinds, frame)),
        words=(*words,),
        lines=(*lines, *line),
        note=shown.note,
        is_yearly=shown.is_yearly,
        greatest=leaders((c.name, c.total) for c in shown.categories),
    )


def _marks(shown: list[Category], kinds: tuple[Series, ...], frame: Frame) -> Iterator[Mark]:
    """Yield the parts of each column, from its foot upward."""
    gap = max(min(frame.step * 0.2, 4), frame.step - WIDEST)
    wide = round(frame.step - gap, 2)
    for place, category in enumerate(shown):
        x, y = round(frame.left + place * frame.step + gap / 2, 2), frame.foot
        for kind, value in zip(kinds, category.values, strict=True):
            high = round(frame.height(value), 2)
            y = round(y - high, 2)
            if value:
                suffix = f", {kind.title.lower()}" if len(kinds) > 1 else ""
                tooltip = f"{category.name}{suffix}{colon()} {format_number(value)}"
                yield Mark(x=x, y=y, width=wide, height=high, tooltip=tooltip, series=kind.name)


def _foot_labels(shown: TimeColumns, frame: Frame) -> Iterator[TextLine]:
    """Yield the labels below the columns: all, every second one … as many as there is room for."""
    named = [(place, name) for place, name in enumerate(shown.labels) if name]
    steps = min((b[0] - a[0] for a, b in pairwise(named)), default=len(shown.categories))
    apart = steps * frame.step
    are_numbers = all(name.isdigit() for _, name in named)
    room = max(apart, NAME_WIDTH) - 5
    lines = [
        [name]
        if shown.keys
        else [shorten(line, room, SMALL_SIZE) for line in wrap(name, room, SMALL_SIZE)[:3]]
        for _, name in named
    ]
    wide = max(text_width(line, SMALL_SIZE) for name in lines for line in name) + 5
    every = next(k for k in INTERVALS[are_numbers] if wide <= k * apart)
    free = 0.0
    for rank, ((place, name), texts) in enumerate(zip(named, lines, strict=True)):
        half = max(text_width(text, SMALL_SIZE) for text in texts) / 2
        x = min(frame.middle(place), WIDTH - half)
        if (int(name) if are_numbers else rank) % every == 0 and x - half >= free:
            free = x + half + 3
            for n, text in enumerate(texts):
                yield TextLine(
                    x=round(x, 2), y=frame.foot + 17 + n * SMALL_SIZE * 1.2, text=text,
                    anchor="middle", css_class="petit", link=shown.categories[place].link,
                    full_text=name,
                )  # fmt: skip


def _top_values(shown: list[Category], frame: Frame, line: float | None) -> Iterator[TextLine]:
    """Yield the value of each column above it; only the highest if there is no room for all. It is
    moved away from the line of the marker, whose x is `line`.
    """
    has_room = all(text_width(format_number(c.total), SMALL_SIZE) + 3 < frame.step for c in shown)
    highest = max(range(len(shown)), key=lambda n: shown[n].total)
    for place, category in enumerate(shown):
        if place == highest or (has_room and category.total):
            text = format_number(category.total)
            half, x = text_width(text, SMALL_SIZE) / 2 + 1, frame.middle(place)
            if line and abs(line - x) < half + 3:
                x = line - half - 3 if x < line else line + half + 3
            x = round(min(max(x, frame.left + half), WIDTH - half), 2)
            y = round(frame.foot - frame.height(category.total) - 4, 2)
            yield TextLine(x=x, y=y, text=text, anchor="middle", css_class="petit fort sommet")


def _marker(
    shown: TimeColumns, spec: ChartSpec, frame: Frame, head: float
) -> tuple[list[FrameLine], list[TextLine]]:
    """Return the line after the column that the spec marks, and its text; nothing if there is no
    such column, or it is the last.
    """
    if not spec.marker or spec.marker[0] not in shown.keys[:-1]:
        return [], []
    key, text = spec.marker[0], translated(spec.marker[1])
    x = round(frame.left + (shown.keys.index(key) + 1) * frame.step, 2)
    fits = x + text_width(text, SMALL_SIZE) + 4 <= WIDTH
    label = TextLine(
        x=x + 4 if fits else x - 4, y=head - 20, text=text,
        anchor="start" if fits else "end", css_class="petit",
    )  # fmt: skip
    return [FrameLine(x, head - 29, x, frame.foot, "repere")], [label]
