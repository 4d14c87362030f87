"""Columns: months, years or classes of numbers, from left to right, each as high as its value."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from lod.website.charts.legend import TOP, series_legend
from lod.website.charts.marks import (
    SMALL_SIZE,
    Drawing,
    FrameLine,
    Mark,
    Series,
    TextLine,
    shorten,
    text_width,
    wrap,
)
from lod.website.charts.scales import format_number, scale_steps
from lod.website.charts.spec import Category, ChartSpec, series
from lod.website.charts.timeline import TimeColumns, time_columns
from lod.website.query_tables import QueryTable

WIDTH, HEIGHT = 400.0, 150.0  # of the picture; of its highest step
FOOT = 22.0  # room below, for what the columns are called
NAME_WIDTH, WIDEST = 44.0, 60.0  # least room of a name, most width of a column
INTERVALS = {True: (1, 2, 5, 10, 20, 50, 100), False: (1, 2, 3, 4, 6, 12, 26)}  # numbers; names


def draw_columns(table: QueryTable, spec: ChartSpec) -> Drawing:
    """Return the picture of a table whose categories follow each other."""
    kinds, shown = series(spec.series), time_columns(table, spec)
    words, keys, top = series_legend(kinds, WIDTH) if len(kinds) > 1 else ([], [], TOP)
    steps = scale_steps(max(e.total for e in shown.categories))
    left = max(text_width(format_number(n), SMALL_SIZE) for n in steps) + 6
    step = (WIDTH - left) / len(shown.categories)
    head = top + (18 if spec.marker else 0) + 14  # what is pointed out, and the highest value
    foot = head + HEIGHT
    frame = (left, step, foot, steps[-1])
    names = [*_foot_labels(shown, left, step, foot)]
    words += [*_scale_numbers(steps, left, foot), *names]
    mark, named = _marker(shown, spec, left, step, head, foot)
    words += _top_values(shown.categories, frame, mark[0].x1 if mark else None)
    return Drawing(
        width=WIDTH,
        height=max(m.rectangle[3] for m in names) + (18 if shown.unit else 4),
        marks=(*keys, *_marks(shown.categories, kinds, frame)),
        words=(*words, *named, *_unit_label(shown, left, foot)),
        lines=(*_scale_lines(len(steps), left, foot), *mark),
        note=shown.note,
        greatest=_greatest(shown.categories),
    )


Frame = tuple[float, float, float, Decimal]  # left, width of a column, foot, value of the top


def _greatest(found: list[Category]) -> tuple[str, str]:
    """Return the first of the highest columns, and its value."""
    best = max(found, key=lambda e: e.total)
    return best.name, format_number(best.total)


def _marks(found: list[Category], kinds: tuple[Series, ...], frame: Frame) -> Iterator[Mark]:
    """Yield the parts of each column, from its foot upward."""
    left, step, y0, top = frame
    gap = max(min(step * 0.2, 4), step - WIDEST)
    for place, category in enumerate(found):
        y = y0
        for kind, value in zip(kinds, category.values, strict=True):
            high = round(float(value / top) * HEIGHT, 2)
            y = round(y - high, 2)
            if value:
                what = f", {kind.title.lower()}" if len(kinds) > 1 else ""
                yield Mark(
                    x=round(left + place * step + gap / 2, 2),
                    y=y,
                    width=round(step - gap, 2),
                    height=high,
                    tooltip=f"{category.name}{what}\u00a0: {format_number(value)}",
                    series=kind.name,
                )


def _scale_numbers(steps: list[Decimal], left: float, foot: float) -> Iterator[TextLine]:
    """Yield the numbers of the scale."""
    for place, value in enumerate(steps):
        y = foot - place * HEIGHT / (len(steps) - 1) + 4
        yield TextLine(
            x=left - 6, y=y, text=format_number(value), anchor="end", css_class="petit sourd"
        )


def _scale_lines(count: int, left: float, foot: float) -> Iterator[FrameLine]:
    """Yield the lines of the scale, the ground the strongest."""
    for place in range(count):
        y = round(foot - place * HEIGHT / (count - 1), 2)
        yield FrameLine(left, y, WIDTH, y, "sol" if place == 0 else "grille")


def _foot_labels(shown: TimeColumns, left: float, step: float, foot: float) -> Iterator[TextLine]:
    """Yield what the columns are called: one in one, in two… as there is room."""
    named = [(place, name) for place, name in enumerate(shown.labels) if name]
    apart = min((b[0] - a[0] for a, b in pairwise(named)), default=len(shown.categories)) * step
    numbers = all(name.isdigit() for _, name in named)
    lines = [[n] if shown.keys else _name_lines(n, max(apart, NAME_WIDTH) - 5) for _, n in named]
    wide = max(text_width(line, SMALL_SIZE) for name in lines for line in name) + 5
    every = next(k for k in INTERVALS[numbers] if wide <= k * apart)
    free = 0.0
    for rank, ((place, name), texts) in enumerate(zip(named, lines, strict=True)):
        half = max(text_width(text, SMALL_SIZE) for text in texts) / 2
        x = min(left + (place + 0.5) * step, WIDTH - half)
        if (int(name) if numbers else rank) % every == 0 and x - half >= free:
            free = x + half + 3
            for n, text in enumerate(texts):
                yield TextLine(
                    x=round(x, 2),
                    y=foot + 17 + n * SMALL_SIZE * 1.2,
                    text=text,
                    anchor="middle",
                    css_class="petit",
                    link=shown.categories[place].link,
                    full_text=name,
                )


def _name_lines(name: str, place: float) -> list[str]:
    """Return a name in at most three lines."""
    return [shorten(line, place, SMALL_SIZE) for line in wrap(name, place, SMALL_SIZE)[:3]]


def _top_values(found: list[Category], frame: Frame, line: float | None) -> Iterator[TextLine]:
    """Yield the value of each column above it if all have room, or else of the highest.

    It stands beside the line at `line`, not on it.
    """
    left, step, foot, top = frame
    room = all(text_width(format_number(e.total), SMALL_SIZE) + 3 < step for e in found)
    best = max(range(len(found)), key=lambda n: found[n].total)
    for place, category in enumerate(found):
        if place == best or (room and category.total):
            text = format_number(category.total)
            half, x = text_width(text, SMALL_SIZE) / 2 + 1, left + (place + 0.5) * step
            if line and abs(line - x) < half + 3:
                x = line - half - 3 if x < line else line + half + 3
            yield TextLine(
                x=round(min(max(x, left + half), WIDTH - half), 2),
                y=round(foot - float(category.total / top) * HEIGHT - 4, 2),
                text=text,
                anchor="middle",
                css_class="petit fort sommet",
            )


def _marker(
    shown: TimeColumns, spec: ChartSpec, left: float, step: float, head: float, foot: float
) -> tuple[list[FrameLine], list[TextLine]]:
    """Return a line after the column that the head of the query names, and what it means."""
    after = spec.marker and next(
        (n for n, key in enumerate(shown.keys, start=1) if key == spec.marker[0]), None
    )
    if not spec.marker or not after or after == len(shown.keys):
        return [], []
    x, words = round(left + after * step, 2), spec.marker[1]
    fits = x + text_width(words, SMALL_SIZE) + 4 <= WIDTH
    label = TextLine(
        x=x + 4 if fits else x - 4, y=head - 20, text=words,
        anchor="start" if fits else "end", css_class="petit",
    )  # fmt: skip
    return [FrameLine(x, head - 29, x, foot, "repere")], [label]


def _unit_label(shown: TimeColumns, left: float, foot: float) -> Iterator[TextLine]:
    """Yield what the numbers below the columns are, where they do not say it themselves."""
    if shown.unit:
        x = (left + WIDTH) / 2
        yield TextLine(
            x=x, y=foot + FOOT + 12, text=shown.unit, anchor="middle", css_class="petit sourd"
        )
