"""What the log of publications says of the stream: which pages it has, and how much is on each.

Of the files of pages those count that a line names: all else was left by a kill.
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
    """A line of the log with the key that the stream adds to it."""

    pages: tuple[tuple[int, int], ...] = ()  # each page it has members on; how many are on it now


@dataclass(frozen=True, slots=True)
class StreamPage:
    """A page of the stream, as the log tells of it."""

    number: int  # from 1
    members: int  # on it now
    first: str  # instant of its first members
    last: str  # instant of the last that it has now
    is_finished: bool  # nothing will be added to it


def read_publications(folder: Path) -> list[StreamPublication]:
    """Return the publications of a folder, the newest last; raise LodError for any other line."""
    return read_lines(folder, _DECODER)


def stream_of(log: Sequence[StreamPublication], base: str) -> list[StreamPublication]:
    """Return the publications that make up the stream below a base, the newest last.

    It begins anew where the base changes: nothing before has the same IRIs.
    """
    return [*takewhile(lambda publication: publication.base == base, reversed(log))][::-1]


def pages_of(stream: Sequence[StreamPublication]) -> list[StreamPage]:
    """Return the pages of a stream, in order; all but the last are finished, and that if it is
    full.
    """
    first: dict[int, str] = {}
    now: dict[int, tuple[int, str]] = {}
    for publication in stream:
        for number, members in publication.pages:
            first.setdefault(number, publication.instant)
            now[number] = members, publication.instant
    newest = max(now, default=0)
    return [
        StreamPage(number, count, first[number], last, number < newest or count >= PER_PAGE)
        for number, (count, last) in sorted(now.items())
    ]


_DECODER = msgspec.json.Decoder(StreamPublication)
