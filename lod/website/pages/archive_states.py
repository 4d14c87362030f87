"""What the quality page says of the official archives, and of what was found in records."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal

from lod.base import packaged
from lod.model.dates import french_date, midnight_utc
from lod.model.text import slug
from lod.pipeline.reading.archive_log import (
    BYTES,
    LONGEST_PAUSE,
    ArchiveFinding,
    ArchiveState,
    Oddity,
)
from lod.pipeline.validation.shapes import shapes
from lod.publish.publication import Site
from lod.rdf.vocab import PREFIXES, SH
from lod.website.indexes.feeds import FeedEntry, feed
from lod.website.rendering.templates import typeset, whole_number, write_forms

PAGE, ANCHOR = "qualite", "etat-des-sources"  # of the table; the page gives the feed its path
TITLE = "État des sources"


@dataclass(frozen=True, slots=True)
class OddityWords:
    """What an oddity is called, as `site/etat-des-sources.toml` states it."""

    nom: str
    phrase: str  # with places for day, type and counts


@cache
def oddity_words() -> dict[Oddity, OddityWords]:
    stated = tomllib.loads((packaged.SITE / "etat-des-sources.toml").read_text("utf-8"))
    return {Oddity(name): OddityWords(**words) for name, words in stated.items()}


def sentence(found: ArchiveFinding) -> str:
    """Return what is strange, in French."""
    return oddity_words()[found.oddity].phrase.format(
        jour=french_date(found.since),
        type="octets" if found.what == BYTES else found.what,
        avant=whole_number(found.before),
        reste=whole_number(found.now),
        pause=LONGEST_PAUSE,
    )


def write_archive_feed(site: Site, states: tuple[ArchiveState, ...]) -> None:
    """Write the feed of what is strange, the newest first; what is so no longer leaves it."""
    found = [(one.since, state.archive, one) for state in states for one in state.findings]
    found.sort(key=lambda it: (it[0], it[1], it[2].oddity, it[2].what), reverse=True)
    entries = [_entry(site.publication.base, archive, one) for _, archive, one in found]
    text = feed(site.publication, PAGE, TITLE, entries, namespace=PREFIXES["as"])
    write_forms(site.tree, PAGE, atom=text)


def _entry(base: str, archive: str, found: ArchiveFinding) -> FeedEntry:
    name = oddity_words()[found.oddity].nom
    own = slug(f"{archive} {found.oddity} {found.what} {found.since}")
    return FeedEntry(
        f"{base}{PAGE}#{own}",
        f"{name}\u00a0: {archive}",
        midnight_utc(found.since),
        f"{base}{PAGE}.html#{ANCHOR}",
        sentence(found),
        "Announce",
        name,
    )


# as `pipeline/settling/convert.py` writes it: node, message, the value at fault if it is another
_OF_SHAPE = re.compile(r"(?P<focus>https?://\S+): (?P<message>.+?)(?: \('(?P<value>.*)'\))?", re.S)
_PART = re.compile(r"\\\{(\w+)\\\}")  # `{name}` in an escaped text: this differs


def in_french(wrong: str) -> str:
    """Return what is wrong with a record in French; "" if the table has no such kind.

    >>> in_french("dpq: '2021-02-30' is not a day of the calendar").replace("\\u00a0", " ")
    'dpq : « 2021-02-30 » n’est pas un jour du calendrier'
    """
    for pattern, french in kinds():
        if found := pattern.fullmatch(wrong):
            return typeset(french.format(**found.groupdict()))
    found = _OF_SHAPE.fullmatch(wrong)
    if not found or found["message"] not in shape_messages():
        return ""
    value = f" (« {found['value']} »)" if found["value"] else ""
    return typeset(f"{found['focus']} : {shape_messages()[found['message']]}{value}")


@cache
def shape_messages() -> dict[str, str]:
    """Return what shapes say is wrong, without what to do, in English → in French."""
    said: dict[object, dict[str | None, str]] = {}
    for s, p, o in shapes():
        if p == SH.message and isinstance(o, Literal):
            said.setdefault(s, {})[o.language] = o.value
    both = (found for found in said.values() if {"en", "fr"} <= set(found))
    return {f["en"].partition("; ")[0]: f["fr"].partition(" ; ")[0] for f in both}


@cache
def kinds() -> list[tuple[re.Pattern[str], str]]:
    """Return the rows: a pattern of the English text, and the French one."""
    table = packaged.table_rows(packaged.SITE / "constats.csv")
    return [
        (re.compile(_PART.sub(r"(?P<\1>.+?)", re.escape(row["constat"])), re.S), row["dit"])
        for row in table
    ]
