"""The pages of the stream of publications, as files beside the releases, and their members.

A file is written once, with as many members as its name says, and counts as soon as a line of the
log names it. Only the states of withheld questions are removed from it later.
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
from lod.base.errors import counted
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
    """What the stream newly says of a question."""

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
        """How many members the page has then."""
        return self.before + len(self.members)


def tell(folder: Path, publication: LoggedPublication, jobs: int) -> dict[str, object]:
    """Write the pages to which a publication of the current release adds members; return the keys
    that its line of the log gets: these pages, and the lost ones.

    The states in the release are compared with the last ones in the stream, whatever happened in
    between. A release of an earlier program, which has no states, adds no member.
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
    pages, lost = stream_pages(folder, log, publication.base), _lost(folder, log)
    members = [*_members(last_states(folder, pages), states, questions.remainder())]
    last = max((number for line in log for number, _ in line.pages), default=0)
    has_last = pages and pages[-1].number == last
    tasks = [*_tasks(members, last, pages[-1].members if has_last else PER_PAGE)]
    for _ in unordered(PageWriter(folder, release, publication).write, tasks, jobs):
        pass
    return {
        "pages": [(task.number, task.after) for task in tasks],
        **({"lost": lost} if lost else {}),
    }


def stream_pages(folder: Path, log: Sequence[StreamPublication], base: str) -> list[StreamPage]:
    """Return the pages of the stream below a base, without those whose files are gone: the next
    publication repeats what these said.
    """
    return [page for page in pages_of(stream_of(log, base)) if _is_there(folder, page)]


def lacks(folder: Path) -> str:
    """Return in words which pages are gone that no publication has repeated yet; or ""."""
    if lost := _lost(folder, read_publications(folder)):
        wrong = f"lost {counted(len(lost), 'page')} of the stream ({', '.join(map(str, lost))})"
        return (
            f"{folder / FOLDER}: {wrong}; what was there is told anew, on new pages; back up this "
            "folder with the releases"
        )
    return ""


def _lost(folder: Path, log: Sequence[StreamPublication]) -> list[int]:
    pages = pages_of(stream_of(log, log[-1].base)) if log else []
    repeated = {number for line in log for number in line.lost}
    return [p.number for p in pages if p.number not in repeated and not _is_there(folder, p)]


def _is_there(folder: Path, page: StreamPage) -> bool:
    key = folder, page.number, page.members
    return page_file(*key).is_file() and index_file(*key).is_file()


def page_file(folder: Path, number: int, members: int) -> Path:
    """Return the file of a page with so many members, in a folder of releases."""
    return folder / FOLDER / f"{number}-{members}.trig.gz"


def index_file(folder: Path, number: int, members: int) -> Path:
    """Return the file with uid and digest of each member, which saves reading the page."""
    return page_file(folder, number, members).with_name(f"{number}-{members}.etats")


def last_states(folder: Path, pages: Iterable[StreamPage]) -> States:
    """Return the last state of each question in the pages."""
    states: States = {}
    for page in pages:
        for line in index_file(folder, page.number, page.members).read_text("ascii").splitlines():
            uid, _, digest = line.partition(" ")
            states[uid] = bytes.fromhex(digest)
    return states


def sweep(folder: Path, log: Sequence[StreamPublication]) -> None:
    """Remove the files of pages that no line of the log names, no longer or not yet."""
    counted = {number: members for line in log for number, members in line.pages}
    kept = {f"{number}-{members}" for number, members in counted.items()}
    for path in (folder / FOLDER).iterdir():
        if path.name.partition(".")[0] not in kept:
            path.unlink()


def redact(folder: Path) -> None:
    """Remove from the pages the states of questions that the current release withholds: what was
    withdrawn must not stay, even on a finished page, or in a file that a longer one has replaced.
    """
    facts = manifest(current(folder))
    withheld = facts.get("retenues", {})
    log = read_publications(folder) if withheld else []
    if log and (folder / FOLDER).is_dir():
        sweep(folder, log)
    for page in stream_pages(folder, log, facts["base"]):
        index = index_file(folder, page.number, page.members)
        lines = [line.split(" ") for line in index.read_text("ascii").splitlines()]
        withdrawn = {uid for uid, digest in lines if digest and uid in withheld}
        if not withdrawn:
            continue
        path = page_file(folder, page.number, page.members)
        text = gzip.decompress(path.read_bytes())
        for uid in sorted(withdrawn):
            text = without_state(text, uid)
        durable.write(path, gzipped_member(text))
        entries = (f"{uid} {'' if uid in withdrawn else digest}\n" for uid, digest in lines)
        durable.write(index, "".join(entries).encode())


def write_files(folder: Path, site: Site) -> None:
    """Write the stream as it is now, for a host that only sends files."""
    pages = stream_pages(folder, read_publications(folder), site.publication.base)
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
        """Write a page with its earlier and its new members, and its index."""
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
        """Yield the documents of a question, and those of its answers as they are published."""
        for text in stored.texts:
            if (
                text.iri in stored.stated_before
            ):  # another question has it, perhaps with other facts
                quads = self.store.quads_for_pattern(NamedNode(text.iri), None, None, DATA)
                yield turtle_piece(sorted((quad.triple for quad in quads), key=str))
            elif stored.day is not None:  # without what the calendar changes
                yield text.without_status().turtle
            else:
                yield text.turtle


def _members(last: States, states: States, remainder: bytes) -> Iterator[Member]:
    """Yield the questions whose `states` differ from the `last` ones of the stream, in the order of
    the release; then those that the release lacks.
    """
    recalls = _recalls(remainder)
    for uid, state in states.items():
        lines = recalls.get(uid, b"")
        digest = state_digest([state, lines]) if lines else state
        if last.get(uid) != digest:
            yield Member(uid, UPDATE if last.get(uid) else CREATE, digest, lines)
    for uid in sorted(uid for uid, digest in last.items() if digest and uid not in states):
        yield Member(uid, DELETE, b"", b"")


def _recalls(remainder: bytes) -> dict[str, bytes]:
    """Return uid → the lines of N-Triples that say which questions it recalls. They are not in the
    documents of questions, because they depend on other questions.
    """
    recalls: dict[str, bytes] = {}
    predicate = f" {QP.rappelle} ".encode()
    for line in remainder.splitlines(keepends=True):
        if predicate in line:
            uid = line.partition(b"> ")[0].rpartition(b"/")[2].decode()
            recalls[uid] = recalls.get(uid, b"") + line
    return recalls


def _tasks(members: Sequence[Member], number: int, place: int) -> Iterator[PageTask]:
    """Yield the members for each page, from page `number` on, which has `place` members already."""
    free = PER_PAGE - place
    if free and members:
        yield PageTask(number, place, list(members[:free]))
    for following, batch in enumerate(batches(members[free:], PER_PAGE), start=number + 1):
        yield PageTask(following, 0, batch)
