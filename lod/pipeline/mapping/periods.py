"""Triples and words of a period: first day, last day."""

from collections.abc import Iterator
from datetime import date

from pyoxigraph import NamedNode, Triple

from lod.model.dates import french_date
from lod.rdf.vocab import SCHEMA_END_DATE, SCHEMA_START_DATE, civil_date
from lod.reference.amo.values import Period


def period(s: NamedNode, p: Period) -> Iterator[Triple]:
    """Yield first and last day of a resource."""
    yield Triple(s, SCHEMA_START_DATE, civil_date(p.start))
    if p.end:
        yield Triple(s, SCHEMA_END_DATE, civil_date(p.end))


def words(start: date, end: date | None) -> str:
    """Return a period in words: « du 1er mars 2022 au 2 mars 2022 »."""
    if end is None:
        return f"à partir du {french_date(start)}"
    return f"du {french_date(start)} au {french_date(end)}"
