"""What proves that a field, and each part of it, is read rightly: genuine records, a documentation,
or nothing.

The table `preuves.csv` is counted by a test from genuine records, which are not in the project.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lod.base.tabular import rows

TABLE = Path(__file__).parent / "preuves.csv"
SEEN, DOCUMENTED, ASSUMED = "relevé", "documenté", "supposé"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a form is read so, for one field or a part of it."""

    field: str  # of `Question`; or a part of one, such as `reponses.page`
    form: str  # a column of the table in `README.md`
    constat: str  # SEEN, DOCUMENTED or ASSUMED
    records: int  # genuine records that state the field


@cache
def evidence() -> tuple[Evidence, ...]:
    """Return the evidence of every field that a form can state, in the order of the table."""
    return tuple(
        Evidence(row["champ"], row["forme"], row["constat"], int(row["enregistrements"]))
        for row in rows(TABLE, "champ", "forme", "constat", "enregistrements")
    )
