"""When the questions found were published: how many a year, or a month if they span few."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from lod.publish.search.search_index import SearchIndex, picked
from lod.publish.search.search_request import SearchRequest

MOST_MONTHS = 24  # months that are shown; more are shown as years


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a month, and the questions found that were published in it."""

    name: str  # ISO 8601: 2024, 2024-10
    count: int
    request: SearchRequest  # the request for these questions


def timeline(index: SearchIndex, hits: Sequence[int], request: SearchRequest) -> list[Period]:
    """Return the periods from the first to the last question found; none if that is one period."""
    months = Counter(picked(index.months, hits))
    del months[0]  # questions without a day
    if not months:
        return []
    size = 1 if max(months) - min(months) < MOST_MONTHS else 12  # months of a period
    counts: Counter[int] = Counter()
    for month, count in months.items():
        counts[month // size] += count
    numbers = range(min(counts), max(counts) + 1)
    return [_period(n, size, counts[n], request) for n in numbers] if len(numbers) > 1 else []


def _period(number: int, size: int, count: int, request: SearchRequest) -> Period:
    """Return a period of so many months."""
    first, after = (_first_day(n * size) for n in (number, number + 1))
    since = max(first.isoformat(), request.depuis)
    until = min((after - timedelta(days=1)).isoformat(), request.jusque or "9999")
    name = first.isoformat()[: 7 if size == 1 else 4]
    return Period(name, count, replace(request, depuis=since, jusque=until, page=1))


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
