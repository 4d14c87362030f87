"""Latest day."""

from datetime import date

from lod.model.question import Question
from lod.reference.tables import legislatures


def latest_day(q: Question) -> date | None:
    """Return the latest day that a record names; a day after its legislature is a misprint."""
    period = legislatures().get(q.legislature)
    end = period.fin if period and period.fin else date.max
    return max((day for day in q.jours if day <= end), default=None)
