"""What happened, in English: the French details of problems, by the patterns of `details.csv`.

A detail is a sentence with values in it, made where the problem is raised, often in another
process; a pattern has `{}` for each value, which may be such a sentence itself.
"""

import re
from functools import cache

from lod.base import packaged
from lod.website.rendering.language import FRENCH, language, translated

TABLE = packaged.SITE / "details.csv"
LONGEST = 2_000  # characters of a detail that is translated: a longer one repeats a client's words
DEEPEST = 4  # sentences within one another


def said(detail: str) -> str:
    """Return a detail in the language of pages now; unchanged if no pattern fits."""
    return detail if language() == FRENCH else in_english(translated(detail))


def in_english(detail: str, depth: int = DEEPEST) -> str:
    """Return a French detail in English; unchanged if no pattern fits, as what an engine says, or
    if it is longer, or further inside others, than what the program says by itself.

    >>> in_english("ligne 1, colonne 7 : « } » n’est pas attendu ici")
    'line 1, column 7: “}” is not expected here'
    """
    if depth == 0 or len(detail) > LONGEST:
        return detail
    matches = ((pattern.fullmatch(detail), english) for pattern, english in _patterns())
    match, english = next(((m, e) for m, e in matches if m), (None, detail))
    values = (in_english(value, depth - 1) for value in match.groups()) if match else ()
    return english.format(*values) if match else english


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return pattern → English, those of the core first; the first that fits is the one."""
    rows = packaged.table_rows(TABLE)
    return tuple(
        (re.compile(re.escape(row["detail"]).replace(r"\{\}", "(.*?)"), re.DOTALL), row["english"])
        for row in rows
    )
