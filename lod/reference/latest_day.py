"""Latest day."""

from datetime import date

from lod.model.question import Question
from lod.reference.tables import legislatures


def dernier_jour(q: Question) -> date | None:
    """Return the latest day that a record names; a day after its legislature is a misprint."""
    period = legislatures().get(q.legislature)
    fin = period.fin if period and period.fin else date.max
    return max((jour for jour in q.jours if jour <= fin), default=None)
