"""One release on the disk: built in a folder aside, published by one rename, held, removed.

Which releases a folder keeps, and whether each is whole, is in `kept_releases.py`.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from lod.base import durable, packing
from lod.base.errors import LodError, UsageError
from lod.base.tabular import indented_json

CURRENT, RELEASES, MANIFEST = "current", "releases", "manifest.json"
MADE_OF = "made-of.json"  # beside the releases: what the last build was made of


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Which release a build follows, and which one it replaces as the current one."""

    core: str  # hash of everything that the release is made of
    previous: str | None  # identity of the release that it follows; None for the first
    current: Path | None  # folder of the release that is current during the build, if there is one
    is_rebuild: bool  # `current` has the same core: the build follows what that one follows

    @property
    def identity(self) -> str:
        """The name of the release: a hash of `core` and `previous`, 16 hexadecimal digits."""
        if self.previous is None:
            return self.core  # a first release has the same name in every folder
        return hashlib.sha256(f"{self.core}\n{self.previous}\n".encode()).hexdigest()[:16]


def lineage(folder: Path, core: str) -> Lineage:
    """Return which release of `folder` a build follows; `core` is the hash of what it is made of.

    A build of the same things as the current release gets the same identity: it replaces it.
    """
    current_release = current_or_none(folder)
    if current_release is None:
        return Lineage(core=core, previous=None, current=None, is_rebuild=False)
    told = manifest(current_release)
    same = told.get("noyau", told["id"]) == core  # manifests without `noyau` have it as their id
    previous_id = told.get("precedente") if same else told["id"]
    return Lineage(core=core, previous=previous_id, current=current_release, is_rebuild=same)


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Give an empty folder to build in, beside the releases; it is removed at the end in any case.

    Folders left by killed builds are removed first.
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
    """Remove the folders of builds and removals whose process is no longer alive."""
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

    A release of this identity that exists already has the same bytes, and is left as it is; unless
    its manifest is damaged: then it is replaced.
    """
    target = folder / RELEASES / identity
    os.sync()  # everything is on disk before anything points to it
    try:
        work.rename(target)
    except OSError:  # a folder cannot replace one that is not empty
        if not target.is_dir():
            raise
        if not _is_manifest_of(target, work):
            damaged = work.with_name(f"{work.name}-damaged")  # `sweep` removes what a kill leaves
            target.rename(damaged)
            work.rename(target)
            shutil.rmtree(damaged, ignore_errors=True)
    switch(folder, identity)
    return target


def _is_manifest_of(release: Path, work: Path) -> bool:
    try:
        return (release / MANIFEST).read_bytes() == (work / MANIFEST).read_bytes()
    except OSError:
        return False


def switch(folder: Path, identity: str) -> None:
    """Make an existing release the current one: the link `current` is replaced by one rename."""
    link = folder / RELEASES / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(RELEASES) / identity)
    link.replace(folder / CURRENT)


def hold(release: Path) -> int:
    """Lock a release against removal until the returned descriptor is closed.

    Several processes may hold it. On a file system without locks it is not protected.
    """
    held = os.open(release, os.O_RDONLY)
    with suppress(OSError):
        fcntl.flock(held, fcntl.LOCK_SH)
    return held


def is_held(release: Path) -> bool:
    """Say whether another process holds a release; True, too, if the file system has no locks."""
    with _alone(release) as is_alone:
        return not is_alone


def remove(release: Path) -> bool:
    """Remove a release unless it is held; say whether it was removed.

    It is renamed first, so that no half of it is ever seen; `sweep` removes what a kill leaves.
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
    """Give whether no process holds a release; until this ends, `hold` waits."""
    descriptor = os.open(release, os.O_RDONLY)
    try:
        is_alone = True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # it is held, or the file system has no locks
            is_alone = False
        yield is_alone
    finally:
        os.close(descriptor)


def current(folder: Path) -> Path:
    """Return the folder of the current release; raise UsageError if there is none."""
    link = folder / CURRENT
    if not (link / MANIFEST).is_file():
        raise UsageError(f"{folder}: no release here; make one: lod build INPUT --to {folder}")
    return link.resolve()


def current_or_none(folder: Path) -> Path | None:
    """Return the folder of the current release, None if there is none."""
    try:
        return current(folder)
    except UsageError:
        return None


def manifest(release: Path) -> dict[str, Any]:
    """Return what a release says of itself; raise LodError if that cannot be read."""
    path = release / MANIFEST
    try:
        told = orjson.loads(path.read_bytes())
        if not isinstance(told, dict) or not {"id", "base", "donnees_au"} <= told.keys():
            raise ValueError("not all is there")
    except (OSError, ValueError) as error:
        do = "make another release current (lod rollback DIR RELEASE); `lod releases DIR` lists all"
        raise LodError(f"{path}: it cannot be read ({error}); {do}") from error
    return told


def is_whole(release: Path, name: str) -> bool:
    """Say whether a download of a release has the bytes that its manifest says."""
    said = manifest(release)["files"].get(name)
    return bool(said) and packing.sha256(release / "dumps" / name) == said["sha256"]


def remember(folder: Path, made_of: str, is_flawless: bool) -> None:
    """Note what the current release is made of, once it is published."""
    noted = {"release": current(folder).name, "made_of": made_of, "flawless": is_flawless}
    durable.write(folder / MADE_OF, indented_json(noted))


def is_made_of(folder: Path, made_of: str, flawless: bool) -> bool:
    """Say whether the current release is known to be made of that; `flawless`: and to be so."""
    release = current_or_none(folder)
    try:
        noted = orjson.loads((folder / MADE_OF).read_bytes())
        told = noted["release"], noted["made_of"], noted["flawless"] or not flawless
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return release is not None and told == (release.name, made_of, True)


def least_expected(before: Path | None) -> dict[tuple[int, str], int]:
    """Return (legislature, type) → nine tenths of what a release has, if there is one."""
    counted = manifest(before)["questions"] if before else {}
    keys = {key: key.partition("-") for key in counted}
    return {(int(keys[key][0]), keys[key][2]): n * 9 // 10 for key, n in counted.items()}


def write_manifest(work: Path, content: dict[str, Any]) -> None:
    """Write the manifest as indented JSON, its keys in the order given."""
    (work / MANIFEST).write_bytes(indented_json(content))
