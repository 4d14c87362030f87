"""The stream of publications: what became of each question, publication by publication.

`follow` brings it up to the release that is current, whatever happened before: it compares the
states in that release with those that the stream said last. The pages stand beside the releases:
they have the time of each publication, and stay when releases are removed. They count once a line
of the log names them, so that a command may be killed at any moment.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lod.base.parallel import batches, unordered
from lod.pipeline.question_db import PublishedQuestions
from lod.pipeline.question_memo import state_digest
from lod.pipeline.reuse.data_delta import DAMAGED
from lod.publish.publication_log import (
    PER_PAGE,
    LoggedPublication,
    add_to_log,
    next_instant,
    pages_of,
    read_log,
    stream_of,
)
from lod.publish.release import current, current_or_none, manifest
from lod.publish.stream_pages import (
    FOLDER,
    Member,
    PageTask,
    PageWriter,
    last_states,
    redact,
    sweep,
)
from lod.publish.stream_text import CREATE, DELETE, UPDATE
from lod.rdf.vocab import QP


def follow(folder: Path, jobs: int = 1) -> None:
    """Add what the current release changes to the stream, and its publication to the log, unless
    the log has it already. What an earlier program has made, without states, is passed over.

    Raises LodError if the log cannot be read.
    """
    with _alone(folder):
        release, log = current(folder), read_log(folder)
        told = manifest(release)
        if (not log or log[-1].version != release.name) and _has_states(release):
            sweep(folder, log)
            publication = _write_pages(folder, release, log, jobs)
            add_to_log(folder, publication)
            log.append(publication)
        redact(folder, pages_of(stream_of(log, told["base"])), told.get("retenues", {}))


def catch_up(folder: Path, jobs: int = 1) -> None:
    """Tell of the current release, if a command was killed before it had; a release that cannot be
    read any more is passed over.

    Raises LodError if the log cannot be read.
    """
    read_log(folder)
    if current_or_none(folder):
        with suppress(*DAMAGED):
            follow(folder, jobs)


def _write_pages(
    folder: Path, release: Path, log: Sequence[LoggedPublication], jobs: int
) -> LoggedPublication:
    """Write the pages that a publication adds to; return what the log is to say of it."""
    told = manifest(release)
    pages = pages_of(stream_of(log, told["base"]))
    members = _members(last_states(folder, pages), release)
    last = max((number for line in log for number, _ in line.pages), default=0)
    open_page = (last, pages[-1].members) if pages else (last, PER_PAGE)
    tasks = list(_tasks(list(members), *open_page))
    publication = LoggedPublication(
        numero=len(log) + 1,
        version=release.name,
        instant=next_instant(log),
        base=told["base"],
        donnees_au=told["donnees_au"],
        pages=tuple((task.number, task.after) for task in tasks),
    )
    writer = PageWriter(folder, release, publication)
    for _ in unordered(writer.write, tasks, jobs):
        pass
    return publication


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process adds to the stream of a folder; then keep others out."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    held = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _has_states(release: Path) -> bool:
    try:
        return bool(PublishedQuestions(release).states())
    except sqlite3.Error:
        return False


def _members(said: Mapping[str, bytes], release: Path) -> Iterator[Member]:
    """Yield what a release has otherwise than the stream, in its order; then what it lacks."""
    questions = PublishedQuestions(release)
    recalls = _recalls(questions.remainder())
    states = questions.states()
    for uid, state in states.items():
        lines = recalls.get(uid, b"")
        digest = state_digest([state, lines]) if lines else state
        if said.get(uid) != digest:
            yield Member(uid, UPDATE if said.get(uid) else CREATE, digest, lines)
    for uid in sorted(uid for uid, digest in said.items() if digest and uid not in states):
        yield Member(uid, DELETE, b"", b"")


def _recalls(remainder: bytes) -> dict[str, bytes]:
    """Return uid → the lines of N-Triples that say which questions it recalls: they stand with
    what questions refer to, because they depend on others.
    """
    found: dict[str, bytes] = {}
    predicate = f" {QP.rappelle} ".encode()
    for line in remainder.splitlines(keepends=True):
        if predicate in line:
            uid = line.partition(b"> ")[0].rpartition(b"/")[2].decode()
            found[uid] = found.get(uid, b"") + line
    return found


def _tasks(members: Sequence[Member], number: int, place: int) -> Iterator[PageTask]:
    """Yield the members for each page, from a place on the last one."""
    free = PER_PAGE - place
    if free and members:
        yield PageTask(number, place, list(members[:free]))
    for following, some in enumerate(batches(members[free:], PER_PAGE), start=number + 1):
        yield PageTask(following, 0, some)
