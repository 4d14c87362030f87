"""A release: built aside, named by what it is made of, switched to by one rename."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lod.base.errors import UsageError

CURRENT, RELEASES, MANIFEST = "current", "releases", "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What a build comes after: the identity of the release before it, None for the first.

    `current` is the release that is current meanwhile, None if there is none; `is_rebuild` says
    that it is made of the very same things, so that the build takes over what it came after.
    """

    core: str
    previous: str | None
    current: Path | None
    is_rebuild: bool

    @property
    def identity(self) -> str:
        """What the release is made of, and what it comes after, as 16 hexadecimal digits."""
        if self.previous is None:
            return self.core  # a first release is named after what it is made of, wherever it is
        return hashlib.sha256(f"{self.core}\n{self.previous}\n".encode()).hexdigest()[:16]


def lineage(folder: Path, core: str) -> Lineage:
    """Return what a build of `core`, the hash of all that it is made of, comes after in `folder`.

    The same build again in one folder has the same identity: it is not its own successor.
    """
    try:
        current_release = current(folder)
    except UsageError:
        return Lineage(core=core, previous=None, current=None, is_rebuild=False)
    told = manifest(current_release)
    same = told.get("noyau", told["id"]) == core  # before there was a history, the id was that
    previous_id = told.get("precedente") if same else told["id"]
    return Lineage(core=core, previous=previous_id, current=current_release, is_rebuild=same)


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Give an empty folder to build in, beside the releases; it is gone at the end, come what may.

    What a killed build leaves is removed by the next one whose process is no longer alive.
    """
    releases = folder / RELEASES
    releases.mkdir(parents=True, exist_ok=True)
    sweep(releases)
    work = Path(tempfile.mkdtemp(prefix=f".build-{os.getpid()}-", dir=releases))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def sweep(releases: Path) -> None:
    """Remove what processes that are no longer alive have left of builds and removals."""
    for left in releases.glob(".build-*"):
        pid = int(left.name.split("-")[1])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            continue


def publish(work: Path, folder: Path, identity: str) -> Path:
    """Move a complete build to its name and make it current; return its folder.

    The same identity has the same bytes: a release that is there already is left as it is.
    """
    target = folder / RELEASES / identity
    os.sync()  # everything is on disk before anything points to it
    try:
        work.rename(target)
    except OSError:  # it is there already: folders do not replace folders
        if not (target / MANIFEST).is_file():
            raise
    switch(folder, identity)
    return target


def switch(folder: Path, identity: str) -> None:
    """Make a release that is there the current one, by one rename."""
    link = folder / RELEASES / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(RELEASES) / identity)
    link.replace(folder / CURRENT)


def hold(release: Path) -> int:
    """Keep a release from being removed until the descriptor that is returned is closed.

    Several may hold one. A file system that knows no locks does not keep anybody from reading.
    """
    held = os.open(release, os.O_RDONLY)
    with suppress(OSError):
        fcntl.flock(held, fcntl.LOCK_SH)
    return held


def is_held(release: Path) -> bool:
    """Say whether another process uses a release, or that cannot be known."""
    with _alone(release) as is_alone:
        return not is_alone


def remove(release: Path) -> bool:
    """Remove a release unless it is held; say whether it went.

    Nobody finds half of it, since it has lost its name before; what a kill leaves of it is removed
    by the next build.
    """
    gone = release.with_name(f".build-{os.getpid()}-{release.name}")
    with _alone(release) as is_alone:
        if is_alone:
            release.rename(gone)
    if is_alone:
        shutil.rmtree(gone)
    return is_alone


@contextmanager
def _alone(release: Path) -> Iterator[bool]:
    """Say whether nobody holds a release; while this lasts, whoever wants to must wait."""
    asked = os.open(release, os.O_RDONLY)
    try:
        try:
            fcntl.flock(asked, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_alone = True
        except OSError:  # it is held; or the file system knows no locks, and nobody can say
            is_alone = False
        yield is_alone
    finally:
        os.close(asked)


def current(folder: Path) -> Path:
    """Return the folder of the current release; raise UsageError if there is none."""
    link = folder / CURRENT
    if not (link / MANIFEST).is_file():
        raise UsageError(f"{folder}: no release here; make one: lod build INPUT --to {folder}")
    return link.resolve()


def previous(folder: Path) -> Path | None:
    """Return the folder of the current release, if there is one."""
    try:
        return current(folder)
    except UsageError:
        return None


def manifest(release: Path) -> dict[str, Any]:
    """Return the manifest of a release."""
    read: dict[str, Any] = json.loads((release / MANIFEST).read_text("utf-8"))
    return read


def write_manifest(work: Path, content: dict[str, Any]) -> None:
    """Write the manifest, readable and in a fixed order."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    (work / MANIFEST).write_text(text + "\n", "utf-8")
