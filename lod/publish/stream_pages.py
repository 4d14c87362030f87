"""The pages of the stream of publications, as files beside the releases, and what is on each.

A file is written once, for so many members as its name says, and counts once a line of the log
names it. Only what is withheld is taken out of it later.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, Store

from lod.base import durable
from lod.base.packing import gzipped_member, unpack
from lod.pipeline.question_db import PublishedQuestions, StoredQuestion
from lod.pipeline.question_memo import state_lines
from lod.publish.publication_log import PER_PAGE, LoggedPublication, StreamPage
from lod.publish.stream_text import member_text, page_end, page_head, version_text, without_state
from lod.rdf.serialize import triples, turtle_piece
from lod.rdf.store import open_store

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


def sweep(folder: Path, log: Sequence[LoggedPublication]) -> None:
    """Remove the files that no line of the log names any more, or yet."""
    counted = {number: members for line in log for number, members in line.pages}
    kept = {f"{number}-{members}" for number, members in counted.items()}
    for path in (folder / FOLDER).iterdir():
        if path.name.partition(".")[0] not in kept:
            path.unlink()


def redact(folder: Path, pages: Iterable[StreamPage], withheld: Collection[str]) -> None:
    """Take the states of questions that are withheld out of the pages that have them: what somebody
    has withdrawn must not stay, even on a page that is finished.
    """
    for page in pages if withheld else ():
        index = index_file(folder, page.number, page.members)
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
class PageWriter:
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
            index = [index_file(self.folder, number, task.before).read_bytes()]
        else:
            text, index = [page_head(base, number)], []
        text.append(version_text(self.publication))
        stored = self.questions.of_uids(member.uid for member in task.members if member.digest)
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
        waits = stored.day is not None
        for text in stored.texts:
            if text.iri in stored.stated_before:  # another question has it, perhaps otherwise
                found = self.store.quads_for_pattern(NamedNode(text.iri), None, None, DATA)
                yield turtle_piece(sorted((quad.triple for quad in found), key=str))
            elif waits:  # without what the calendar changes
                yield turtle_piece(triples(b"".join(state_lines(text.nt, waits))))
            else:
                yield text.turtle
