"""The releases kept in a folder: list them, check that they are whole, go back, remove old ones.

How one release is made, published and removed is in `release.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lod.base.durable import lock_folder
from lod.base.errors import LodError, UsageError
from lod.base.tabular import aligned, indented_json
from lod.publish.publication_log import Follower, follow
from lod.publish.release import (
    CURRENT,
    MANIFEST,
    RELEASES,
    current,
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
BUSY = "lod rollback or lod releases --keep"  # what else locks the folder


@dataclass(frozen=True)
class KeptRelease:
    """A release in its folder, whole or not."""

    folder: Path
    is_current: bool  # the link `current` points to it

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
    told = manifest(folder)
    yield from (f"{MANIFEST} does not say `{key}`" for key in MANIFEST_KEYS if key not in told)
    if told["id"] != folder.name:
        yield f"{MANIFEST} is that of {told['id']}"
    for name, stated in told["files"].items():
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
    if release.lacks:
        return [release.id, "", "", "", "", f"{state} not whole: {release.lacks}".strip()]
    figures = (release.manifest["donnees_au"], release.questions, release.triples)
    return [release.id, *figures, release.previous, state]


def releases(folder: Path) -> list[KeptRelease]:
    """Return every release that a folder keeps, whole or not, the newest last.

    A release stands after the one that it follows, even if its clock was wrong. Raises UsageError
    if there is no current release.
    """
    here = current(folder).name
    paths = (p for p in (folder / RELEASES).iterdir() if p.is_dir() and p.name[0] != ".")
    by_id = {path.name: KeptRelease(path, path.name == here) for path in paths}
    return sorted(by_id.values(), key=lambda release: _sort_key(release, by_id))


def _sort_key(release: KeptRelease, found: dict[str, KeptRelease]) -> tuple[float, int, str]:
    """Return the key that puts a release after those it follows: the latest time among them all,
    how many they are, its id.
    """
    line = [release]
    while (before := found.get(line[-1].previous)) and before not in line:
        line.append(before)
    return max(r.made for r in line), len(line), release.id


def find(folder: Path, name: str) -> KeptRelease:
    """Return the release of a name: an id, the beginning of one, `current` or `previous`.

    Raises UsageError unless it is exactly one release, and whole.
    """
    kept = releases(folder)
    here = next(release for release in kept if release.is_current)
    if name == PREVIOUS and here.lacks:
        wrong = f"it does not say which release it came after, as it is not whole ({here.lacks})"
        raise UsageError(f"{here.id}: {wrong}; name one that `lod releases {folder}` lists")
    if name == PREVIOUS and not here.previous:
        raise UsageError(f"{here.id}: the first release here, it came after none; name another")
    wanted = {CURRENT: here.id, PREVIOUS: here.previous}.get(name, name)
    matches = [release for release in kept if wanted and release.id.startswith(wanted)]
    if len(matches) != 1:
        wrong = "several releases begin so" if matches else f"no such release in {folder}"
        raise UsageError(f"{wanted}: {wrong}; name one of those that `lod releases {folder}` lists")
    [release] = matches
    if release.lacks:
        raise UsageError(f"{release.id}: not whole ({release.lacks}); name another release")
    return release


def rollback(folder: Path, name: str = "", followers: Sequence[Follower] = ()) -> KeptRelease:
    """Make an earlier release current again, the previous one if none is named; return it.

    Raises UsageError, and changes nothing, if there is no such release or it is not whole.
    """
    current(folder)
    with lock_folder(folder / RELEASES, BUSY):
        release = find(folder, name or PREVIOUS)
        switch(folder, release.id)
    follow(folder, followers)
    return release


def keep(folder: Path, number: int) -> Iterator[tuple[KeptRelease, bool]]:
    """Remove all but the newest `number` of the whole releases; yield each older one, and whether
    it was removed: the current one and those that a server holds stay.
    """
    current(folder)
    with lock_folder(folder / RELEASES, BUSY):
        sweep(folder / RELEASES)
        whole = [release for release in releases(folder) if not release.lacks]
        for release in whole[:-number]:
            yield release, not release.is_current and remove(release.folder)
