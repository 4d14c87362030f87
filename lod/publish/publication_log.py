"""The log of publications of a folder: which release became current there, and when.

It stands beside the releases, whose bytes depend on no clock. A line is added for each publication,
and never changed. If a command is killed before it adds the line, the next command adds it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec

from lod.base import durable
from lod.base.errors import LodError
from lod.pipeline.questions.previous import DAMAGED
from lod.publish.release import current, current_or_none, manifest

LOG = "publications.jsonl"  # in the folder of the releases
T = TypeVar("T")
# files of a release that get the moment; none in `telechargements/`, whose hashes are published
DATED = ("site/sitemap*.xml", "site/index*.html", "dumps/dcat.ttl")
_INSTANT = rb'(<lastmod>|"dateModified": ")%s'
_DAY = rb"(terms[:/]modified\b.{0,120}?)%s"  # `dcterms:modified` is a day, by our shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPublication:
    """A line of the log, with these fields as keys; others may follow them."""

    numero: int  # from 1
    version: str  # identity of the release
    instant: str  # at which it was published, UTC: `2026-11-27T06:00:00Z`
    base: str  # where the IRIs of the release begin
    donnees_au: str  # day up to which its data goes, in ISO form


@dataclass(frozen=True, slots=True)
class Follower:
    """What an extension writes of each publication, beside the releases."""

    # (folder, a publication of the current release, processes to use) → keys to add to its line,
    # which is written afterwards: files that no line names were left by a killed command
    tell: Callable[[Path, LoggedPublication, int], dict[str, object]]
    tidy: Callable[[Path], object]  # called for a folder once the log has that line
    # which of its files are missing in a folder, until the next `tell` writes them; "" if none
    lacks: Callable[[Path], str] = lambda _: ""


def follow(folder: Path, followers: Sequence[Follower], jobs: int = 1) -> None:
    """Add the publication of the current release to the log, unless that ends with it.

    Raises LodError if the log cannot be read.
    """
    with durable.lock_folder(folder):
        release, log = current(folder), read_log(folder)
        if not log or log[-1].version != release.name:
            stated = manifest(release)
            publication = LoggedPublication(
                numero=len(log) + 1,
                version=release.name,
                instant=next_instant(log),
                base=stated["base"],
                donnees_au=stated["donnees_au"],
            )
            line = asdict(publication)
            for follower in followers:
                line |= follower.tell(folder, publication, jobs)
            durable.add_json_line(folder / LOG, line)
        for follower in followers:
            follower.tidy(folder)


def catch_up(folder: Path, followers: Sequence[Follower], jobs: int = 1) -> None:
    """Add the current release to the log if a command was killed before it did; do nothing if the
    release can no longer be read.

    Raises LodError if the log cannot be read.
    """
    read_log(folder)
    if current_or_none(folder):
        with suppress(*DAMAGED):
            follow(folder, followers, jobs)


def lacking(folder: Path, followers: Sequence[Follower]) -> list[str]:
    """Return messages of what is missing until the next publication."""
    return [lack for follower in followers if (lack := follower.lacks(folder))]


def read_log(folder: Path) -> list[LoggedPublication]:
    """Return the publications of a folder, the newest last; raise LodError for any other line."""
    return read_lines(folder, _DECODER)


def read_lines(folder: Path, decoder: msgspec.json.Decoder[T]) -> list[T]:
    """Return the lines of the log as a decoder reads them; raise LodError as `read_log` does."""
    path = folder / LOG
    lines = path.read_bytes().splitlines() if path.is_file() else []
    publications = []
    for number, line in enumerate(lines, start=1):
        try:
            publications.append(decoder.decode(line))
        except msgspec.DecodeError as error:
            raise LodError(
                f"{path}:{number}: no publication ({error}); take the file from a backup"
            ) from error
    return publications


def next_instant(log: Sequence[LoggedPublication]) -> str:
    """Return the time in seconds; later than the last publication, even if the clock is not."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    if log:
        now = max(now, datetime.fromisoformat(log[-1].instant[:-1]) + timedelta(seconds=1))
    return f"{now.isoformat()}Z"


_DECODER = msgspec.json.Decoder(LoggedPublication)


def dated(release: Path, file: Path) -> bytes | None:
    """Return a file of a release with the moment at which the release was last made current; None
    if it is none of DATED, or the log does not know the moment.
    """
    path = file.relative_to(release).as_posix() if file.is_relative_to(release) else ""
    if not any(fnmatchcase(path, pattern) for pattern in DATED):
        return None
    if not (instant := instant_of(release)):
        return None
    data, day = file.read_bytes(), _day_of(release)
    for pattern, moment in ((_INSTANT, instant), (_DAY, instant[:10])):
        data = re.sub(pattern % day, rb"\g<1>" + moment.encode(), data, flags=re.DOTALL)
    return data


def instant_of(release: Path) -> str:
    """Return the instant at which a release was last made current; "" if the log does not know it,
    or cannot be read, which a build tells.
    """
    with suppress(OSError, LodError):
        return _instant_of(release, (release.parent.parent / LOG).stat().st_mtime_ns)
    return ""


@lru_cache(4)  # the home page asks at each visit
def _instant_of(release: Path, _: int) -> str:
    log = read_log(release.parent.parent)
    return next((line.instant for line in reversed(log) if line.version == release.name), "")


@lru_cache(4)
def _day_of(release: Path) -> bytes:
    return str(manifest(release)["donnees_au"]).encode()


def dated_files(release: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file that tells the moment, if the log knows it, by its path below the base."""
    for pattern in DATED:
        for file in sorted(release.glob(pattern)):
            yield file.name, dated(release, file) or file.read_bytes()
