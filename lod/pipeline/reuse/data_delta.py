"""The difference between the data of two releases: questions, triples."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from lod.base.errors import LodError
from lod.base.packing import DAMAGED as UNREADABLE
from lod.pipeline.question_db import REMAINDER, PublishedQuestions

ONE_IN = 2  # of the questions may differ: beyond that, all is loaded
BESIDE = (REMAINDER, "links.nt")  # the data that is not about questions
# what reading a release may raise that is cut off, or that somebody has changed
DAMAGED = (*UNREADABLE, OSError, SyntaxError, RuntimeError, LookupError, LodError, sqlite3.Error)


@dataclass(frozen=True, slots=True)
class ChangedQuestions:
    """Where a release differs from the one before it."""

    before: set[str]  # uids of questions that have other triples, or are gone
    after: set[str]  # of those that have other triples, or are new
    # uids of those made of something else, before and after: not those that a new day changes
    remade: tuple[set[str], set[str]]


@dataclass(frozen=True, slots=True)
class DataDelta:
    """What goes and what comes; what only moves from one part to another does neither."""

    removed: set[bytes]  # lines of N-Triples
    added: set[bytes]


def changed_questions(
    before: Path | None, questions: PublishedQuestions
) -> ChangedQuestions | None:
    """Return where a release differs from the one before; None if there is none, if it is damaged,
    or if nearly everything differs.

    None, too, if a question is gone: what somebody has withdrawn must not stay in the files of a
    store, even if no query finds it.
    """
    if before is None:
        return None
    try:
        is_, was = questions.differing(PublishedQuestions(before))
    except DAMAGED:
        return None
    is_too_much = len(is_) * ONE_IN > questions.count()
    if not was.keys() <= is_.keys() or is_too_much:
        return None
    old = {uid for uid, key in was.items() if is_.get(uid) != key}
    new = {uid for uid, key in is_.items() if was.get(uid) != key}
    return ChangedQuestions(set(was), set(is_), (old, new))


def delta(before: Path, questions: PublishedQuestions, changed: ChangedQuestions) -> DataDelta:
    """Return the triples that differ; raise one of DAMAGED if the release before is."""
    was = set(PublishedQuestions(before).lines(changed.before))
    is_ = set(questions.lines(changed.after))
    for name in BESIDE:
        was.update((before / name).read_bytes().splitlines(keepends=True))
        is_.update((questions.release / name).read_bytes().splitlines(keepends=True))
    return DataDelta(was - is_, is_ - was)
