"""The state of the official archives: the table of the quality page, and the feed of what is
strange about them.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from lod.base import packaged
from lod.model.dates import french_date, midnight_utc
from lod.model.text import slug
from lod.pipeline.archive_log import BYTES, LONGEST_PAUSE, ArchiveFinding, ArchiveState, Oddity
from lod.publish.publication import Site
from lod.rdf.vocab import PREFIXES
from lod.website.feeds import FeedEntry, feed
from lod.website.rendering import whole_number, write_forms

PAGE, ANCHOR = "qualite", "etat-des-sources"  # of the table; the page gives the feed its path
TITLE = "État des sources"


@dataclass(frozen=True, slots=True)
class OddityWords:
    """What an oddity is called, as `site/etat-des-sources.toml` states it."""

    nom: str
    phrase: str  # with places for day, type and counts


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """A row of the table."""

    archive: str
    changed: date
    until: date | None  # the latest day that a record names
    records: tuple[tuple[str, int], ...]  # type → how many
    findings: list[str]  # sentences


@cache
def oddity_words() -> dict[Oddity, OddityWords]:
    """Return the words of each oddity."""
    stated = tomllib.loads(packaged.ARCHIVE_STATES.read_text("utf-8"))
    return {Oddity(name): OddityWords(**words) for name, words in stated.items()}


def archive_rows(states: tuple[ArchiveState, ...]) -> list[ArchiveRow]:
    """Return the rows of the table."""
    return [
        ArchiveRow(one.archive, one.changed, one.until, one.records, [*map(sentence, one.findings)])
        for one in states
    ]


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
        "", "", "",
    )  # fmt: skip
