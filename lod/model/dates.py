"""Civil dates: read in the shapes of the sources, written in French and for feeds."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

from lod.model.safe_html import normalized

MONTH_NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
# a day of the calendar, whose zone, which `xsd:date` may have, says nothing about it
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:Z|[+-]\d\d:\d\d)?")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SPACE = "[ \u00a0\u202f]"  # records print days with any
FRENCH_DATE = rf"\d{{1,2}}(?:er)?{_SPACE}[a-zéû]+{_SPACE}\d{{4}}"  # in running text
FRENCH = re.compile(
    rf"(?:[a-z]+di{_SPACE}|dimanche{_SPACE})?(\d{{1,2}})(?:er)?{_SPACE}([a-z.]+){_SPACE}(\d{{4}})"
)


def _fold(text: str) -> str:  # `text.fold` would make spaces of slashes and hyphens
    decomposed = normalized("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_MONTHS = {_fold(name): number for number, name in enumerate(MONTH_NAMES, start=1)}


def read_date(text: str) -> date:
    """Return the day that `text` names: ISO, slashed or French; raise ValueError for other texts.

    >>> read_date("2025-03-25"), read_date("26/06/2019")
    (datetime.date(2025, 3, 25), datetime.date(2019, 6, 26))
    >>> read_date("2024-12-14+01:00")
    datetime.date(2024, 12, 14)
    >>> read_date("mardi 1er mars 2022")
    datetime.date(2022, 3, 1)
    >>> read_date("31 février 2021")
    Traceback (most recent call last):
    ValueError: '31 février 2021' is not a day of the calendar
    """
    folded = text if ISO.fullmatch(text) else " ".join(_fold(text).split())
    if match := ISO.fullmatch(folded):
        year, month, day = map(int, match.groups())
    elif match := SLASHED.fullmatch(folded):
        day, month, year = map(int, match.groups())
    elif match := FRENCH.fullmatch(folded):
        if match[2] not in _MONTHS:
            raise ValueError(f"'{match[2]}' is not a French month")
        day, month, year = int(match[1]), _MONTHS[match[2]], int(match[3])
    else:
        raise ValueError(f"'{text}' is not a date")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"'{text}' is not a day of the calendar") from None


def french_date(day: date) -> str:
    """Return a day in French.

    >>> french_date(date(2022, 3, 1))
    '1er mars 2022'
    """
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTH_NAMES[day.month - 1]} {day.year}"


def midnight_utc(day: date) -> str:
    """Return the first instant of a day in UTC, for Atom and `xsd:dateTime`, which need an hour.

    The JO states no hour, and the hour of a clock would make two builds of the same records differ.

    >>> midnight_utc(date(2021, 12, 28))
    '2021-12-28T00:00:00Z'
    """
    return f"{day}T00:00:00Z"


@lru_cache(2**14)  # each day stands on many lists
def iso_in_french(iso: str) -> str:
    """Return in French a day, a month or a year that is given in ISO 8601.

    >>> iso_in_french("2022-03-01"), iso_in_french("2017-12"), iso_in_french("2024")
    ('1er mars 2022', 'décembre 2017', '2024')
    """
    year, month, day = (*map(int, iso.split("-")), 0, 0)[:3]
    if not month:
        return str(year)
    return french_date(date(year, month, day)) if day else f"{MONTH_NAMES[month - 1]} {year}"
