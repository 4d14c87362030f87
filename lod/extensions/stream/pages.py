"""The pages of the stream of publications, as files beside the releases, and what is on each.

A file is written once, for so many members as its name says, and counts once a line of the log
names it. Only what is withheld is taken out of it later.
"""

import gzip
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, Store

from lod.base import durable
from lod.base.packing import gzipped_member
from lod.base.parallel import batches, unordered
from lod.extensions.stream.log import (
    PER_PAGE,
    StreamPage,
    StreamPublication,
    pages_of,
    read_publications,
    stream_of,
)
from lod.extensions.stream.text import (
    CREATE,
    DELETE,
    STREAM,
    UPDATE,
    member_text,
    page_end,
    page_head,
    root_text,
    version_text,
    without_state,
)
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.pipeline.questions.question_memo import state_digest
from lod.publish.publication import Site
from lod.publish.publication_log import LoggedPublication
from lod.publish.release import current, manifest
from lod.rdf.serialize import triples, turtle_piece
from lod.rdf.store import open_store
from lod.rdf.vocab import QP

FOLDER = "publications"  # of the pages, beside the releases
DATA = DefaultGraph()
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


def tell(folder: Path, publication: LoggedPublication, jobs: int) -> dict[str, object]:
    """Write the pages that a publication of the current release adds to; return which these are.

    The states in the release are compared with those that the stream said last, whatever happened
    before. What an earlier program has made, without states, adds to none.
    """
    release, log = current(folder), read_publications(folder)
    questions = PublishedQuestions(release)
    try:
        states = questions.states()
    except sqlite3.Error:
        states = {}
    if not states:
        return {"pages": ()}
    (folder / FOLDER).mkdir(exist_ok=True)
    sweep(folder, log)
    pages = pages_of(stream_of(log, publication.base))
    members = [*_members(last_states(folder, pages), states, questions.remainder())]
    last = max((number for line in log for number, _ in line.pages), default=0)
    tasks = [*_tasks(members, last, pages[-1].members if pages else PER_PAGE)]
    for _ in unordered(PageWriter(folder, release, publication).write, tasks, jobs):
        pass
    return {"pages": [(task.number, task.after) for task in tasks]}


def page_file(folder: Path, number: int, members: int) -> Path:
    """Return the file of a page with so many members, in a folder of releases."""
    return folder / FOLDER / f"{number}-{members}.trig.gz"


def index_file(folder: Path, number: int, members: int) -> Path:
    """Return the file that has uid and digest of each member of a page, so that nobody has to read
    the page.
    """
    return page_file(folder, number, members).with_name(f"{number}-{members}.etats")


def last_states(folder: Path, pages: Iterable[StreamPage]) -> States:
    """Return what pages say last of each question."""
    found: States = {}
    for page in pages:
        for line in index_file(folder, page.number, page.members).read_text("ascii").splitlines():
            uid, _, digest = line.partition(" ")
            found[uid] = bytes.fromhex(digest)
    return found


def sweep(folder: Path, log: Sequence[StreamPublication]) -> None:
    """Remove the files that no line of the log names any more, or yet."""
    counted = {number: members for line in log for number, members in line.pages}
    kept = {f"{number}-{members}" for number, members in counted.items()}
    for path in (folder / FOLDER).iterdir():
        if path.name.partition(".")[0] not in kept:
            path.unlink()


def redact(folder: Path) -> None:
    """Take the states of questions that the current release withholds out of the pages that have
    them: what somebody has withdrawn must not stay, even on a page that is finished.
    """
    told = manifest(current(folder))
    withheld = told.get("retenues", {})
    for page in pages_of(stream_of(read_publications(folder), told["base"])) if withheld else ():
        index = index_file(folder, page.number, page.members)
        lines = [line.split(" ") for line in index.read_text("ascii").splitlines()]
        gone = {uid for uid, digest in lines if digest and uid in withheld}
        if not gone:
            continue
        path = page_file(folder, page.number, page.members)
        text = gzip.decompress(path.read_bytes())
        for uid in sorted(gone):
            text = without_state(text, uid)
        durable.write(path, gzipped_member(text))
        kept = (f"{uid} {'' if uid in gone else digest}\n" for uid, digest in lines)
        durable.write(index, "".join(kept).encode())


def write_files(folder: Path, site: Site) -> None:
    """Write the stream as it is now, for a host that only sends files."""
    pages = pages_of(stream_of(read_publications(folder), site.publication.base))
    site.tree.write(f"{STREAM}.ttl", root_text(site.publication.base, pages))
    for page in pages:
        text = gzip.decompress(page_file(folder, page.number, page.members).read_bytes())
        site.tree.write(f"{STREAM}/{page.number}.trig", text)


@dataclass(frozen=True)
class PageWriter:
    """What a process needs to write pages."""

    folder: Path
    release: Path
    publication: LoggedPublication

    @cached_property
    def store(self) -> Store:
        return open_store(self.release / "store")

    def write(self, task: PageTask) -> None:
        """Write a page with what it had and its new members, and its index."""
        base, number = self.publication.base, task.number
        if task.before:
            text = [gzip.decompress(page_file(self.folder, number, task.before).read_bytes())]
            index = [index_file(self.folder, number, task.before).read_bytes()]
        else:
            text, index = [page_head(base, number)], []
        text.append(version_text(self.publication))
        uids = (member.uid for member in task.members if member.digest)
        stored = PublishedQuestions(self.release).of_uids(uids)
        for member in task.members:
            state = self._state(next(stored), member.recalls) if member.digest else b""
            text.append(member_text(self.publication, number, member.uid, member.kind, state))
            index.append(f"{member.uid} {member.digest.hex()}\n".encode())
        if task.after == PER_PAGE:
            text.append(page_end(base, number))
        durable.write_all(
            self.folder / FOLDER,
            {
                page_file(self.folder, number, task.after).name: gzipped_member(b"".join(text)),
                index_file(self.folder, number, task.after).name: b"".join(index),
            },
        )

    def _state(self, stored: StoredQuestion, recalls: bytes) -> bytes:
        """Return the state of a question as a piece of Turtle."""
        recalled = turtle_piece(triples(recalls)) if recalls else b""
        return b"".join((*self._documents(stored), recalled))

    def _documents(self, stored: StoredQuestion) -> Iterator[bytes]:
        """Yield the documents of a question, those of its answers as they are published."""
        for text in stored.texts:
            if text.iri in stored.stated_before:  # another question has it, perhaps otherwise
                found = self.store.quads_for_pattern(NamedNode(text.iri), None, None, DATA)
                yield turtle_piece(sorted((quad.triple for quad in found), key=str))
            elif stored.day is not None:  # without what the calendar changes
                yield text.without_status().turtle
            else:
                yield text.turtle


def _members(said: States, states: States, remainder: bytes) -> Iterator[Member]:
    """Yield what a release has otherwise than the stream, in its order; then what it lacks."""
    recalls = _recalls(remainder)
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
    recalls: dict[str, bytes] = {}
    predicate = f" {QP.rappelle} ".encode()
    for line in remainder.splitlines(keepends=True):
        if predicate in line:
            uid = line.partition(b"> ")[0].rpartition(b"/")[2].decode()
            recalls[uid] = recalls.get(uid, b"") + line
    return recalls


def _tasks(members: Sequence[Member], number: int, place: int) -> Iterator[PageTask]:
    """Yield the members for each page, from a place on the last one."""
    free = PER_PAGE - place
    if free and members:
        yield PageTask(number, place, list(members[:free]))
    for following, some in enumerate(batches(members[free:], PER_PAGE), start=number + 1):
        yield PageTask(following, 0, some)
