"""What the quality page says in French of what was wrong with records."""

import re
from functools import cache

from pyoxigraph import Literal

from lod.base import packaged
from lod.pipeline.validation.shapes import shapes
from lod.rdf.vocab import SH
from lod.website.rendering.templates import typeset

# `{name}` in an escaped text, which differs, and what stands before the next one
_PART = re.compile(r"\\\{(\w+)\\\}((?:(?!\\\{).)*)")
_ONCE = r"(?>(?P<\1>.+?)\2)"  # it ends where what follows stands first: to go on finds no more


def in_french(wrong: str) -> str:
    """Return what is wrong with a record in French; "" if the table has no such kind.

    >>> in_french("dpq: '2021-02-30' is not a day of the calendar").replace("\\u00a0", " ")
    'dpq : « 2021-02-30 » n’est pas un jour du calendrier'
    """
    for pattern, french in kinds():
        if match := pattern.fullmatch(wrong):
            return typeset(french.format(**match.groupdict()))
    # as `pipeline/settling/convert.py` writes it: node, message, the value at fault if another
    focus, _, said = wrong.partition(": ")
    message, _, value = said.removesuffix("')").partition(" ('")
    told = shape_messages().get(message)
    return typeset(f"{focus} : {told}" + (f" (« {value} »)" if value else "")) if told else ""


@cache
def shape_messages() -> dict[str, str]:
    """Return what shapes say is wrong, without what to do, in English → in French."""
    said: dict[object, dict[str | None, str]] = {}
    for s, p, o in shapes():
        if p == SH.message and isinstance(o, Literal):
            said.setdefault(s, {})[o.language] = o.value
    both = (texts for texts in said.values() if {"en", "fr"} <= set(texts))
    return {f["en"].partition("; ")[0]: f["fr"].partition(" ; ")[0] for f in both}


@cache
def kinds() -> list[tuple[re.Pattern[str], str]]:
    """Return the rows: a pattern of the English text, and the French one."""
    table = packaged.table_rows(packaged.SITE / "remarques.csv")
    return [
        (re.compile(_PART.sub(_ONCE, re.escape(row["remarque"]) + r"\Z"), re.S), row["dit"])
        for row in table
    ]
