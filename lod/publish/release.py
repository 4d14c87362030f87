"""One release on the disk: built in a folder aside, published by one rename, held, removed.

Which releases a folder keeps, and whether each is whole, is in `kept_releases.py`.
"""

import fcntl
import glob
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

from lod.base import durable
from lod.base.errors import LodError, UsageError
from lod.base.tabular import indented_json
from lod.rdf.store import open_store

CURRENT, RELEASES, MANIFEST = "current", "releases", "manifest.json"
WORK = ".build-"  # how the names of folders begin that a killed build leaves
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
    stated = manifest(current_release)
    is_same = stated.get("noyau") == core
    previous_id = stated["precedente"] if is_same else stated["id"]
    return Lineage(core=core, previous=previous_id, current=current_release, is_rebuild=is_same)


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Give an empty folder to build in, beside the releases; it is removed at the end in any case.

    Folders left by killed builds are removed first; this one is held, so that others leave it.
    """
    with _work_folder(folder / RELEASES, WORK) as work:
        yield work


@contextmanager
def whole_or_nothing(target: Path) -> Iterator[Path]:
    """Give an empty folder, beside a new one, to write in; it takes the place of the new one at the
    end, and after an error nothing is left. Raises UsageError if `target` is not new.
    """
    target = target.resolve()
    if target.is_mount():  # no other folder can take its place
        raise UsageError(f"{target}: a file system begins here; name a new folder in it")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target}: there is something there; name a new folder")
    with _work_folder(target.parent, f".{target.name}.lod-") as work:
        yield work
        durable.sync_all(work)
        work.rename(target)


@contextmanager
def _work_folder(parent: Path, prefix: str) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent, prefix)
    work, held = _held_folder(parent, prefix)
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(held)


def _held_folder(parent: Path, prefix: str) -> tuple[Path, int]:
    """Return a new folder, and the descriptor that holds it."""
    while True:  # again if another command swept it before it was held
        work = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with suppress(FileNotFoundError):
            held = hold(work)
            if work.is_dir():
                return work, held
            os.close(held)


def sweep(parent: Path, prefix: str = WORK) -> None:
    """Remove the folders of builds and removals that no process holds, as it was killed.

    Process ids would not tell: in a container, each build has that of another one.
    """
    for remnant in parent.glob(f"{glob.escape(prefix)}*"):
        with suppress(OSError), _alone(remnant) as is_alone:  # it is gone, or of another user
            if is_alone:
                shutil.rmtree(remnant, ignore_errors=True)


def publish(work: Path, folder: Path, lineage: Lineage) -> None:
    """Move a complete build to its name and make it current.

    A release of this identity that exists already has the same bytes, and is left as it is; unless
    its manifest or its store is damaged: then it is replaced.
    """
    with taking_place(folder, lineage) as target:
        move(work, target)
        switch(folder, lineage.identity)


@contextmanager
def taking_place(folder: Path, lineage: Lineage) -> Iterator[Path]:
    """Give the place of a complete build, while no other command changes the releases.

    Raises LodError if another command has made another release current meanwhile: what changed
    since that one would never be told.
    """
    durable.sync_all(folder)  # everything is on disk before anything points to it
    with durable.lock_folder(folder / RELEASES):
        if current_or_none(folder) != lineage.current:
            wrong = "another command has made another release current during this build"
            raise LodError(f"{folder}: {wrong}; run it again, one after the other")
        yield folder / RELEASES / lineage.identity


def move(work: Path, target: Path) -> None:
    """Give a complete build its name, unless a whole release has it already."""
    try:
        work.rename(target)
    except OSError:  # a folder cannot replace one that is not empty
        if not target.is_dir():
            raise
        if not _is_whole_copy(target, work):
            damaged = work.with_name(f"{work.name}-damaged")  # `sweep` removes what a kill leaves
            target.rename(damaged)
            work.rename(target)
            shutil.rmtree(damaged, ignore_errors=True)


def _is_whole_copy(release: Path, work: Path) -> bool:
    try:
        open_store(release / "store")
        return (release / MANIFEST).read_bytes() == (work / MANIFEST).read_bytes()
    except (LodError, OSError):
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


@contextmanager
def holding(release: Path) -> Iterator[Path]:
    """Give a release, which is held until the end."""
    held = hold(release)
    try:
        yield release
    finally:
        os.close(held)


def is_held(release: Path) -> bool:
    """Return whether another process holds a release; also True if there are no locks here."""
    with _alone(release) as is_alone:
        return not is_alone


def remove(release: Path) -> bool:
    """Remove a release unless it is held; return whether it was removed.

    It is renamed first, so that no half of it is ever seen; `sweep` removes what a kill leaves.
    """
    gone = release.with_name(f"{WORK}{os.getpid()}-{release.name}")
    with _alone(release) as is_alone:
        if is_alone:
            release.rename(gone)
            shutil.rmtree(gone)
    return is_alone


@contextmanager
def _alone(release: Path) -> Iterator[bool]:
    """Lock a release if no process holds it, and give whether so; `hold` waits until the end."""
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
        if link.is_symlink():
            remedy = (
                f"make one current that `lod releases {folder}` lists: lod rollback {folder} ID"
            )
            raise UsageError(
                f"{link}: it leads to no release, or to one without {MANIFEST}; {remedy}"
            )
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
        content = orjson.loads(path.read_bytes())
        if not isinstance(content, dict) or not {"id", "base", "donnees_au"} <= content.keys():
            raise ValueError("not all is there")
    except (OSError, ValueError) as error:
        remedy = (
            "make another release current (lod rollback DIR RELEASE); `lod releases DIR` lists all"
        )
        raise LodError(f"{path}: it cannot be read ({error}); {remedy}") from error
    return content


def check_base(folder: Path, base: str) -> None:
    """Raise UsageError if the current release, if there is one, has another base."""
    release = current_or_none(folder)
    if release and (before := manifest(release)["base"]) != base:
        wrong = f"the release here has the base {before}, this one would have {base}"
        remedy = (
            f"run it where lod.toml is, give --base {before}, or change all addresses: --new-base"
        )
        raise UsageError(f"{folder}: {wrong}; {remedy}")


def remember(folder: Path, identity: str, made_of: str, is_flawless: bool) -> None:
    """Note what a release is made of, once it is published; it need not be current any more."""
    noted = {"release": identity, "made_of": made_of, "flawless": is_flawless}
    durable.write(folder / MADE_OF, indented_json(noted))


def is_made_of(folder: Path, made_of: str, flawless: bool) -> bool:
    """Return whether the current release came from these inputs and, if asked, without remarks."""
    release = current_or_none(folder)
    try:
        noted = orjson.loads((folder / MADE_OF).read_bytes())
        known = noted["release"], noted["made_of"], noted["flawless"] or not flawless
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return release is not None and known == (release.name, made_of, True)


def least_expected(before: Path | None) -> dict[tuple[int, str], int]:
    """Return (legislature, type) → nine tenths of what a release has, if there is one."""
    counted = manifest(before)["questions"] if before else {}
    keys = {key: key.partition("-") for key in counted}
    return {(int(keys[key][0]), keys[key][2]): n * 9 // 10 for key, n in counted.items()}


def least_persons(before: Path | None) -> int:
    """Return nine tenths of the persons that the reference archives of a release had."""
    return int(manifest(before).get("acteurs", 0)) * 9 // 10 if before else 0


def write_manifest(work: Path, content: dict[str, Any]) -> None:
    """Write the manifest as indented JSON, its keys in the order given."""
    (work / MANIFEST).write_bytes(indented_json(content))
