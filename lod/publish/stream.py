"""The stream of publications: what became of each question, publication by publication.

`follow` brings it up to the release that is current, whatever happened before: it compares the
states in that release with those that the stream said last. The pages stand beside the releases:
they have the time of each publication, and stay when releases are removed. A file of a page is
written once, for so many members as its name says, and counts once a line of the log names it, so
that a command may be killed at any moment.
"""

import fcntl
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Store

from lod.base import durable
from lod.base.codec import unpack
from lod.base.compression import gzipped_member
from lod.base.parallel import batches, unordered
from lod.pipeline.question_db import PublishedQuestions, StoredQuestion
from lod.pipeline.question_state import state_digest, state_lines
from lod.publish.publication_log import (
    PER_PAGE,
    LoggedPublication,
    StreamPage,
    add_to_log,
    next_instant,
    pages_of,
    read_log,
    stream_of,
)
from lod.publish.release import current, manifest
from lod.publish.stream_text import (
    CREATE,
    DELETE,
    UPDATE,
    member_text,
    page_end,
    page_head,
    version_text,
    without_state,
)
from lod.rdf.serialize import triples, turtle_piece
from lod.rdf.store import open_store
from lod.rdf.vocab import QP

FOLDER = "publications"  # of the pages, beside the releases
States = dict[str, bytes]  # uid → digest of the state; empty if the question is gone


class Member(NamedTuple):
    """A question of which the stream says something new."""

    uid: str
    kind: str  # CREATE, UPDATE or DELETE
    digest: bytes  # of the new state; empty if the question is gone
    recalls: bytes  # which questions it recalls, N-Triples


class PageTask(NamedTuple):
    """Members that are to be added to a page."""

    number: int  # of the page
    before: int  # members that it has already
    members: list[Member]

    @property
    def after(self) -> int:
        """How many members it has then."""
        return self.before + len(self.members)


def page_file(folder: Path, number: int, members: int) -> Path:
    """Return the file of a page with so many members, in a folder of releases."""
    return folder / FOLDER / f"{number}-{members}.trig.gz"


def follow(folder: Path, jobs: int = 1) -> None:
    """Add what the current release changes to the stream, and its publication to the log, unless
    the log has it already. What an earlier program has made, without states, is passed over.

    Raises LodError if the log cannot be read.
    """
    release = current(folder)
    told = manifest(release)
    with _alone(folder):
        log = read_log(folder)
        if (not log or log[-1].version != release.name) and _has_states(release):
            _sweep(folder, log)
            publication = _write_pages(folder, release, log, jobs)
            add_to_log(folder, publication)
            log.append(publication)
        _redact(folder, pages_of(stream_of(log, told["base"])), told.get("retenues", {}))


def _write_pages(
    folder: Path, release: Path, log: Sequence[LoggedPublication], jobs: int
) -> LoggedPublication:
    """Write the pages that a publication adds to; return what the log is to say of it."""
    told = manifest(release)
    pages = pages_of(stream_of(log, told["base"]))
    members = _members(_last_states(folder, pages), release)
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
    writer = _PageWriter(folder, release, publication)
    for _ in unordered(writer.write, tasks, jobs if len(tasks) > 1 else 1):
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


def _sweep(folder: Path, log: Sequence[LoggedPublication]) -> None:
    """Remove the files that no line of the log names any more, or yet."""
    counted = {number: members for line in log for number, members in line.pages}
    kept = {f"{number}-{members}" for number, members in counted.items()}
    for path in (folder / FOLDER).iterdir():
        if path.name.partition(".")[0] not in kept:
            path.unlink()


def _last_states(folder: Path, pages: Iterable[StreamPage]) -> States:
    """Return what pages say last of each question."""
    found: States = {}
    for page in pages:
        for line in _index_file(folder, page.number, page.members).read_text("ascii").splitlines():
            uid, _, digest = line.partition(" ")
            found[uid] = bytes.fromhex(digest)
    return found


def _index_file(folder: Path, number: int, members: int) -> Path:
    """Return the file that has uid and digest of each member of a page, so that nobody has to read
    the page.
    """
    return page_file(folder, number, members).with_name(f"{number}-{members}.etats")


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


def _redact(folder: Path, pages: Iterable[StreamPage], withheld: Collection[str]) -> None:
    """Take the states of questions that are withheld out of the pages that have them: what somebody
    has withdrawn must not stay, even on a page that is finished.
    """
    for page in pages if withheld else ():
        index = _index_file(folder, page.number, page.members)
        lines = [line.split(" ") for line in index.read_text("ascii").splitlines()]
        found = {uid for uid, digest in lines if digest and uid in withheld}
        if not found:
            continue
        path = page_file(folder, page.number, page.members)
        text = unpack(path.read_bytes())
        for uid in sorted(found):
            text = without_state(text, uid)
        durable.write(path, gzipped_member(text))
        kept = (f"{uid} {'' if uid in found else digest}\n" for uid, digest in lines)
        durable.write(index, "".join(kept).encode())


@dataclass(frozen=True)
class _PageWriter:
    """What a process needs to write pages."""

    folder: Path
    release: Path
    publication: LoggedPublication

    @cached_property
    def store(self) -> Store:
        return open_store(self.release / "store")

    @cached_property
    def questions(self) -> PublishedQuestions:
        return PublishedQuestions(self.release)

    def write(self, task: PageTask) -> None:
        """Write a page with what it had and its new members, and its index."""
        base, number = self.publication.base, task.number
        if task.before:
            text = [unpack(page_file(self.folder, number, task.before).read_bytes())]
            index = [_index_file(self.folder, number, task.before).read_bytes()]
        else:
            text, index = [page_head(base, number)], []
        text.append(version_text(self.publication))
        for member in task.members:
            state = self._state(member)
            text.append(member_text(self.publication, number, member.uid, member.kind, state))
            index.append(f"{member.uid} {member.digest.hex()}\n".encode())
        if task.after == PER_PAGE:
            text.append(page_end(base, number))
        durable.write_all(
            self.folder / FOLDER,
            {
                page_file(self.folder, number, task.after).name: gzipped_member(b"".join(text)),
                _index_file(self.folder, number, task.after).name: b"".join(index),
            },
        )

    def _state(self, member: Member) -> bytes:
        """Return the state of a question as a piece of Turtle; nothing if it is gone."""
        stored = self.questions.of_uid(member.uid) if member.digest else None
        if stored is None:
            return b""
        return b"".join((*self._documents(stored), turtle_piece(triples(member.recalls))))

    def _documents(self, stored: StoredQuestion) -> Iterator[bytes]:
        """Yield the documents of a question, those of its answers as they are published."""
        waits = stored.day is not None
        for text in stored.texts:
            if text.iri in stored.stated_before:  # another question has it, perhaps otherwise
                found = self.store.quads_for_pattern(NamedNode(text.iri), None, None)
                yield turtle_piece(sorted((quad.triple for quad in found), key=str))
            elif waits:  # without what the calendar changes
                yield turtle_piece(triples(b"".join(state_lines(text.nt, waits))))
            else:
                yield text.turtle
