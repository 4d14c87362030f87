"""The log of publications, which states the pages of the stream and how many members each has.

Only files of pages that a line names count: others were left by a program that was killed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import msgspec

from lod.publish.publication_log import LoggedPublication, read_lines

PER_PAGE = 500  # members on a page that is finished; other programs must have the same


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPublication(LoggedPublication):
    """A line of the log with the keys that the stream adds to it."""

    pages: tuple[tuple[int, int], ...] = ()  # (page with members of it, all members on it now)
    lost: tuple[int, ...] = ()  # pages whose files were gone: it repeats what these said


@dataclass(frozen=True, slots=True)
class StreamPage:
    """A page of the stream, as the log states it."""

    number: int  # from 1 on
    members: int  # how many it has now
    first: str  # instant of its first members
    last: str  # instant of its last members
    is_finished: bool  # no member will be added to it


def read_publications(folder: Path) -> list[StreamPublication]:
    """Return the publications of a folder, the newest last; raise LodError for any other line."""
    return read_lines(folder, _DECODER)


def stream_of(log: Sequence[StreamPublication], base: str) -> list[StreamPublication]:
    """Return the publications that make up the stream below a base, the newest last.

    A new stream begins where the base changes, because its IRIs are others.
    """
    return [*takewhile(lambda publication: publication.base == base, reversed(log))][::-1]


def pages_of(stream: Sequence[StreamPublication]) -> list[StreamPage]:
    """Return the pages of a stream, in order; all but the last are finished, and the last one if it
    is full.
    """
    first: dict[int, str] = {}
    latest: dict[int, tuple[int, str]] = {}  # page → members, instant
    for publication in stream:
        for number, members in publication.pages:
            first.setdefault(number, publication.instant)
            latest[number] = members, publication.instant
    newest = max(latest, default=0)
    return [
        StreamPage(number, count, first[number], last, number < newest or count >= PER_PAGE)
        for number, (count, last) in sorted(latest.items())
    ]


_DECODER = msgspec.json.Decoder(StreamPublication)
