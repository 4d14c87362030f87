"""What readers say of records, in French: `site/constats.csv` has a row for each kind of finding.

Readers speak English to terminals and files; the quality page is read by people.
"""

import re
from functools import cache

from lod.base import packaged
from lod.base.tabular import rows as csv_rows
from lod.website.rendering import typeset

_PART = re.compile(r"\\\{(\w+)\\\}")  # `{name}` in an escaped text: this differs


def in_french(wrong: str) -> str:
    """Return what is wrong with a record in French; "" if the table has no such kind.

    >>> in_french("dpq: '2021-02-30' is not a day of the calendar").replace("\\u00a0", " ")
    'dpq : « 2021-02-30 » n’est pas un jour du calendrier'
    """
    for pattern, french in kinds():
        if found := pattern.fullmatch(wrong):
            return typeset(french.format(**found.groupdict()))
    return ""


@cache
def kinds() -> list[tuple[re.Pattern[str], str]]:
    """Return the rows: a pattern of the English text, and the French one."""
    table = csv_rows(packaged.FINDING_WORDS, "constat", "dit")
    return [
        (re.compile(_PART.sub(r"(?P<\1>.+?)", re.escape(row["constat"])), re.S), row["dit"])
        for row in table
    ]
