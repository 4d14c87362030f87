"""The log of publications of a folder: which release became current there, and when.

It stands beside the releases, whose bytes know no clock. A line is added for each publication, and
none is ever changed; a kill leaves the file with the line or without it. Of the pages of the stream
of publications (`stream.py`) those count that a line names: all else was left by a kill.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from lod.base import durable
from lod.base.errors import LodError

LOG = "publications.jsonl"  # in the folder of the releases
PER_PAGE = 500  # members on a page that is finished; other programs must have the same


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPublication:
    """A line of the log, with these fields as keys."""

    numero: int  # from 1
    version: str  # identity of the release
    instant: str  # at which it was published, UTC: `2026-11-27T06:00:00Z`
    base: str  # where the IRIs of the release begin
    donnees_au: str  # day up to which its data goes, in ISO form
    pages: tuple[tuple[int, int], ...] = ()  # each page it has members on; how many are on it now


@dataclass(frozen=True, slots=True)
class StreamPage:
    """A page of the stream, as the log tells of it."""

    number: int  # from 1
    members: int  # on it now
    first: str  # instant of its first members
    last: str  # instant of the last that it has now
    is_finished: bool  # nothing will be added to it


def read_log(folder: Path) -> list[LoggedPublication]:
    """Return the publications of a folder, the newest last; raise LodError for any other line."""
    path = folder / LOG
    lines = path.read_bytes().splitlines() if path.is_file() else []
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_DECODER.decode(line))
        except msgspec.DecodeError as error:
            raise LodError(
                f"{path}:{number}: no publication ({error}); take the file from a backup"
            ) from error
    return found


def add_to_log(folder: Path, publication: LoggedPublication) -> None:
    """Add a line, on disk when this returns; a hard link to the file stays as it was."""
    path = folder / LOG
    before = path.read_bytes() if path.is_file() else b""
    durable.write(path, before + msgspec.json.encode(publication) + b"\n")


def next_instant(log: Sequence[LoggedPublication]) -> str:
    """Return the time now, to the second; later than the last publication, whatever the clock."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    if log:
        now = max(now, datetime.fromisoformat(log[-1].instant[:-1]) + timedelta(seconds=1))
    return f"{now.isoformat()}Z"


def stream_of(log: Sequence[LoggedPublication], base: str) -> list[LoggedPublication]:
    """Return the publications that make up the stream below a base, the newest last.

    It begins anew where the base changes: nothing before has the same IRIs.
    """
    found: list[LoggedPublication] = []
    for publication in reversed(log):
        if publication.base != base:
            break
        found.append(publication)
    return found[::-1]


def pages_of(stream: Sequence[LoggedPublication]) -> list[StreamPage]:
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


_DECODER = msgspec.json.Decoder(LoggedPublication)
