"""The releases that a folder keeps: which are whole, in which order, and which one is meant."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lod.base.durable import lock_folder
from lod.base.errors import LodError, UsageError
from lod.base.tabular import aligned
from lod.publish.release import (
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

FIELDS: dict[str, Callable[["ReleaseFolder"], object]] = {  # what is listed of one, as JSON
    "id": lambda r: r.id,
    "current": lambda r: r.is_current,
    "served": lambda r: r.is_served,
    "whole": lambda r: not r.lacks,
    "lacks": lambda r: r.lacks,
    "donnees_au": lambda r: r.told.get("donnees_au"),
    "questions": lambda r: r.questions,
    "triples": lambda r: r.triples,
    "precedente": lambda r: r.previous or None,
    "base": lambda r: r.told.get("base"),
    "version": lambda r: r.told.get("version"),
}
CURRENT, PREVIOUS = "current", "previous"  # names that mean a release: it, what it came after
PARTS = (MANIFEST, "store", "site/index.html")  # what is looked for first
SAID = ("id", "base", "donnees_au", "questions", "triples", "files")  # a manifest has all of it


@dataclass(frozen=True)
class ReleaseFolder:
    """A folder of a release, whole or not; `is_current` says that readers are given it."""

    folder: Path
    is_current: bool

    @property
    def id(self) -> str:
        """What it is called."""
        return self.folder.name

    @cached_property
    def lacks(self) -> str:
        """What it lacks to be whole, in words; nothing if it is.

        Files are held to their lengths: whether their bytes are right, SHA256SUMS says.
        """
        missing = (name for name in PARTS if not (self.folder / name).exists())
        try:
            lack = next((f"no {name}" for name in missing), "") or next(_wrong(self.folder), "")
            if not lack:
                open_store(self.folder / "store")
        except (LodError, OSError, ValueError, KeyError, TypeError) as error:
            return f"not to be read: {error}"
        return lack

    @cached_property
    def told(self) -> dict[str, Any]:
        """What its manifest says; nothing if it is not whole."""
        return {} if self.lacks else manifest(self.folder)

    @property
    def questions(self) -> int:
        """How many it has."""
        return sum(self.told.get("questions", {}).values())

    @property
    def triples(self) -> int:
        """How many its store has."""
        return int(self.told["triples"]["store"]) if self.told else 0

    @property
    def previous(self) -> str:
        """The release that it came after, or nothing."""
        return self.told.get("precedente") or ""

    @property
    def is_served(self) -> bool:
        """Whether a server uses it now."""
        return is_held(self.folder)

    @property
    def made(self) -> float:
        """When it was made, in seconds since the epoch: what is no release has the time of its
        folder.
        """
        path = self.folder / MANIFEST
        return (path if path.is_file() else self.folder).stat().st_mtime


def _wrong(folder: Path) -> Iterator[str]:
    """Yield in words what a release has that is not as its manifest says."""
    told = manifest(folder)
    yield from (f"{MANIFEST} does not say `{key}`" for key in SAID if key not in told)
    if told["id"] != folder.name:
        yield f"{MANIFEST} is that of {told['id']}"
    for name, said in told["files"].items():
        path = folder / "dumps" / name
        if not path.is_file():
            yield f"no dumps/{name}"
        elif path.stat().st_size != said["bytes"]:
            yield f"dumps/{name} is not as long as {MANIFEST} says"


def listed(found: list[ReleaseFolder], form: str) -> str:
    """Return releases as a table, or as JSON."""
    if form == "json":
        told = [{name: value(r) for name, value in FIELDS.items()} for r in found]
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    head: list[object] = ["release", "data up to", "questions", "triples", "came after", ""]
    return aligned([head, *map(_row, found)])


def _row(release: ReleaseFolder) -> list[object]:
    state = "current" if release.is_current else "served" if release.is_served else ""
    if release.lacks:
        return [release.id, "", "", "", "", f"{state} not whole: {release.lacks}".strip()]
    figures = (release.told["donnees_au"], release.questions, release.triples)
    return [release.id, *figures, release.previous, state]


def releases(folder: Path) -> list[ReleaseFolder]:
    """Return every release that a folder keeps, whole or not, the newest last.

    None stands before the one that it came after, whatever the clock says. Raises UsageError if
    there is no current release.
    """
    here = current(folder).name
    paths = (p for p in (folder / RELEASES).iterdir() if p.is_dir() and p.name[0] != ".")
    found = {path.name: ReleaseFolder(path, path.name == here) for path in paths}
    return sorted(found.values(), key=lambda release: _place(release, found))


def _place(release: ReleaseFolder, found: dict[str, ReleaseFolder]) -> tuple[float, int, str]:
    """Return what releases are put in order by: when all that it follows had been made."""
    line = [release]
    while (before := found.get(line[-1].previous)) and before not in line:
        line.append(before)
    return max(r.made for r in line), len(line), release.id


def find(folder: Path, name: str) -> ReleaseFolder:
    """Return the release that is meant: an id, the beginning of one, `current`, or `previous`.

    Raises UsageError unless it is exactly one, and whole.
    """
    kept = releases(folder)
    here = next(release for release in kept if release.is_current)
    if name == PREVIOUS and not here.previous:
        raise UsageError(f"{here.id}: the first release here, it came after none; name another")
    wanted = {CURRENT: here.id, PREVIOUS: here.previous}.get(name, name)
    meant = [release for release in kept if wanted and release.id.startswith(wanted)]
    if len(meant) != 1:
        wrong = "several releases begin so" if meant else f"no such release in {folder}"
        raise UsageError(f"{wanted}: {wrong}; name one of those that `lod releases {folder}` lists")
    [release] = meant
    if release.lacks:
        raise UsageError(f"{release.id}: not whole ({release.lacks}); name another release")
    return release


def rollback(folder: Path, name: str = "") -> ReleaseFolder:
    """Make an earlier release current again, the one before if none is named; return it.

    Raises UsageError if there is no such release, or it is not whole: nothing has moved then.
    """
    current(folder)
    with lock_folder(folder / RELEASES, "lod rollback or lod releases --keep"):
        release = find(folder, name or PREVIOUS)
        switch(folder, release.id)
    return release


def keep(folder: Path, number: int) -> Iterator[tuple[ReleaseFolder, bool]]:
    """Remove all but the newest `number`; yield each release that is older, and whether it went.

    The current one stays, one that is served, and what is not whole: that is for a person.
    """
    current(folder)
    with lock_folder(folder / RELEASES, "lod rollback or lod releases --keep"):
        sweep(folder / RELEASES)
        whole = [release for release in releases(folder) if not release.lacks]
        for release in whole[:-number]:
            yield release, not release.is_current and remove(release.folder)
