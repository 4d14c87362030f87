"""The releases kept in a folder: list them, check that they are whole, make one of them current,
remove old ones.

How one release is made, published and removed is in `release.py`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lod.base.durable import lock_folder
from lod.base.errors import LodError, UsageError
from lod.base.tabular import aligned, indented_json
from lod.pipeline.questions.previous import DAMAGED
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.held_back import held_back, let_go
from lod.publish.publication_log import Follower, follow
from lod.publish.release import (
    CURRENT,
    MANIFEST,
    RELEASES,
    current,
    current_or_none,
    is_held,
    manifest,
    remove,
    sweep,
    switch,
)
from lod.rdf.store import open_store

FIELDS: dict[str, Callable[["KeptRelease"], object]] = {  # keys of `lod releases --format json`
    "id": lambda r: r.id,
    "current": lambda r: r.is_current,
    "served": lambda r: r.is_served,
    "whole": lambda r: not r.lacks,
    "lacks": lambda r: r.lacks,
    "held": lambda r: r.waits_for,
    "donnees_au": lambda r: r.manifest.get("donnees_au"),
    "questions": lambda r: r.questions,
    "triples": lambda r: r.triples,
    "precedente": lambda r: r.previous or None,
    "base": lambda r: r.manifest.get("base"),
    "version": lambda r: r.manifest.get("version"),
}
PREVIOUS = "previous"  # name of the release that the current one follows; CURRENT names that one
PARTS = (MANIFEST, "store", "site/index.html")  # every whole release has them
MANIFEST_KEYS = ("id", "base", "donnees_au", "questions", "triples", "files")  # and its manifest
BUSY = "lod build, publish, rollback or releases --keep"  # what else locks the folder


@dataclass(frozen=True)
class KeptRelease:
    """A release in its folder, whole or not."""

    folder: Path
    is_current: bool  # the link `current` points to it
    waits_for: tuple[str, ...] = ()  # why it is held, if it is

    @property
    def id(self) -> str:
        return self.folder.name

    @cached_property
    def lacks(self) -> str:
        """The first thing that it lacks to be whole, in English; "" if it is whole.

        Only the lengths of files are checked; SHA256SUMS is there to check their bytes.
        """
        try:
            lack = next(_faults(self.folder), "")
            if not lack:
                open_store(self.folder / "store")
        except (LodError, OSError, ValueError, KeyError, TypeError) as error:
            return f"not to be read: {error}"
        return lack

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Its manifest; empty if it is not whole."""
        return {} if self.lacks else manifest(self.folder)

    @property
    def questions(self) -> int:
        """The number of its questions; 0 if it is not whole."""
        return sum(self.manifest.get("questions", {}).values())

    @property
    def triples(self) -> int:
        """The number of triples in its store; 0 if it is not whole."""
        return int(self.manifest["triples"]["store"]) if self.manifest else 0

    @property
    def previous(self) -> str:
        """The identity of the release that it follows; "" if it is the first, or not whole."""
        return self.manifest.get("precedente") or ""

    @property
    def is_served(self) -> bool:
        return is_held(self.folder)

    @property
    def made(self) -> float:
        """When its manifest was written, or else its folder, in seconds since the epoch."""
        path = self.folder / MANIFEST
        return (path if path.is_file() else self.folder).stat().st_mtime


def _faults(folder: Path) -> Iterator[str]:
    """Yield in words what a release lacks, and what is not as its manifest says."""
    yield from (f"no {name}" for name in PARTS if not (folder / name).exists())
    stated_manifest = manifest(folder)
    yield from (
        f"{MANIFEST} does not say `{key}`" for key in MANIFEST_KEYS if key not in stated_manifest
    )
    if stated_manifest["id"] != folder.name:
        yield f"{MANIFEST} is that of {stated_manifest['id']}"
    for name, stated in stated_manifest["files"].items():
        path = folder / "dumps" / name
        if not path.is_file():
            yield f"no dumps/{name}"
        elif path.stat().st_size != stated["bytes"]:
            yield f"dumps/{name} is not as long as {MANIFEST} says"


def listed(kept: list[KeptRelease], form: str) -> str:
    """Return releases as JSON if `form` is "json", else as an aligned table."""
    if form == "json":
        rows = [{name: value(r) for name, value in FIELDS.items()} for r in kept]
        return indented_json(rows).decode()
    head: list[object] = ["release", "data up to", "questions", "triples", "came after", ""]
    return aligned([head, *map(_row, kept)])


def _row(release: KeptRelease) -> list[object]:
    """Return the line of a release in the table."""
    state = "current" if release.is_current else "served" if release.is_served else ""
    state = "held" if release.waits_for else state
    if release.lacks:
        return [release.id, "", "", "", "", f"{state} not whole: {release.lacks}".strip()]
    figures = (release.manifest["donnees_au"], release.questions, release.triples)
    return [release.id, *figures, release.previous, state]


def releases(folder: Path) -> list[KeptRelease]:
    """Return every release that a folder keeps, whole or not, the newest last.

    A release stands after the one that it follows, even if its clock was wrong. The current one may
    have been removed by hand. Raises UsageError if there is no release at all.
    """
    current_id = (folder / CURRENT).resolve().name
    waiting = held_back(folder)
    paths = (path for path in (folder / RELEASES).glob("[!.]*") if path.is_dir())
    by_id = {
        path.name: KeptRelease(path, path.name == current_id, tuple(waiting.get(path.name, ())))
        for path in paths
    }
    if not by_id:
        current(folder)  # raises it
    return sorted(by_id.values(), key=lambda release: _sort_key(release, by_id))


def _sort_key(release: KeptRelease, by_id: dict[str, KeptRelease]) -> tuple[float, int, str]:
    """Sort key: newest time in its line of ancestors, length of the line, id."""
    line = [release]
    while (before := by_id.get(line[-1].previous)) and before not in line:
        line.append(before)
    return max(r.made for r in line), len(line), release.id


def find(folder: Path, name: str) -> KeptRelease:
    """Return the release of a name: an id, the beginning of one, `current` or `previous`.

    Raises UsageError unless it is exactly one release, and whole.
    """
    kept, wanted = releases(folder), name
    if name in (CURRENT, PREVIOUS):
        here = KeptRelease(current(folder), is_current=True)
        if name == PREVIOUS and here.lacks:
            wrong = f"not whole ({here.lacks}), so it does not say which release it came after"
            raise UsageError(f"{here.id}: {wrong}; name one that `lod releases {folder}` lists")
        if name == PREVIOUS and not here.previous:
            raise UsageError(f"{here.id}: the first release here, it came after none; name another")
        wanted = here.id if name == CURRENT else here.previous
    matches = [release for release in kept if wanted and release.id.startswith(wanted)]
    if len(matches) != 1:
        wrong = "several releases begin so" if matches else f"no such release in {folder}"
        raise UsageError(f"{wanted}: {wrong}; name one of those that `lod releases {folder}` lists")
    [release] = matches
    if release.lacks:
        raise UsageError(f"{release.id}: not whole ({release.lacks}); name another release")
    return release


def rollback(
    folder: Path, name: str = "", followers: Sequence[Follower] = (), *, with_withheld: bool = False
) -> KeptRelease:
    """Make an earlier release current again, the previous one if none is named; return it.

    Raises UsageError, and changes nothing, if there is no such release, if it is not whole or held,
    or, unless `with_withheld`, if that would publish again what another release here withholds.
    """

    def fault(release: KeptRelease) -> str:
        if release.waits_for:
            return f"it is held; look at it, then publish it: lod publish {folder} {release.id}"
        if not with_withheld and (again := _published_again(folder, release)):
            wrong = f"it has questions that another release withholds ({', '.join(again)})"
            return f"{wrong}; name another release, or publish them again: --with-withheld"
        return ""

    return _make_current(folder, name or PREVIOUS, fault, followers)


def publish(
    folder: Path, name: str, followers: Sequence[Follower] = (), withheld: Collection[str] = ()
) -> KeptRelease:
    """Make a release that is held current; return it.

    Raises UsageError, and changes nothing, unless it is held, follows the current release, and has
    nothing that is `withheld` by now, or by another release here.
    """

    def fault(release: KeptRelease) -> str:
        here = current_or_none(folder)
        if not release.waits_for:
            return f"it is not held; an earlier one is made current by lod rollback {folder} ID"
        if release.previous != (here.name if here else ""):
            wrong = f"it follows {release.previous or 'no release'}, which is not the current one"
            return f"{wrong}; build again"
        questions = PublishedQuestions(release.folder)
        if again := {*_published_again(folder, release), *filter(questions.has, withheld)}:
            wrong = f"it has questions that are withheld by now ({', '.join(sorted(again))})"
            return f"{wrong}; build again"
        return ""

    release = _make_current(folder, name, fault, followers)
    let_go(folder, release.id)
    return release


def _make_current(
    folder: Path, name: str, fault: Callable[[KeptRelease], str], followers: Sequence[Follower]
) -> KeptRelease:
    """Make a release current and log it; raise UsageError if there is a fault in doing so."""
    if not (folder / RELEASES).is_dir():
        current(folder)  # raises UsageError, before the lock makes that folder
    with lock_folder(folder / RELEASES, BUSY):
        release = find(folder, name)
        if wrong := fault(release):
            raise UsageError(f"{release.id}: {wrong}")
        switch(folder, release.id)
    follow(folder, followers)
    return release


def _published_again(folder: Path, release: KeptRelease) -> list[str]:
    """Return the uids of the questions of a release that another one here withholds, and that the
    current one does not publish, as far as both can be read.
    """
    kept, withheld = releases(folder), set[str]()
    for sibling in kept:
        with suppress(LodError):
            withheld.update(manifest(sibling.folder).get("retenues", ()))
    again = set(filter(PublishedQuestions(release.folder).has, withheld))
    for current_folder in (sibling.folder for sibling in kept if sibling.is_current):
        with suppress(*DAMAGED):
            again.difference_update([*filter(PublishedQuestions(current_folder).has, again)])
    return sorted(again)


def keep(folder: Path, number: int) -> Iterator[tuple[KeptRelease, bool]]:
    """Remove all but the newest `number` of the whole releases; yield each older one with whether
    it was removed: the current one and those that a server or another command uses stay. One that
    is held is not counted, and stays: the next build removes it.
    """
    current(folder)
    with lock_folder(folder / RELEASES, BUSY):
        sweep(folder / RELEASES)
        whole = [r for r in releases(folder) if not (r.lacks or r.waits_for)]
        for release in whole[:-number]:
            yield release, not release.is_current and remove(release.folder)
