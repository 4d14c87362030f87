"""The one way to write a file of the site: anew, or as a link to the same of the release before.

A release does not change: no file that is there is ever opened for writing, so that releases may
share it (hard links), and whoever removes one of them takes nothing from the others.
"""

import os
import shutil
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OutputTree:
    """A site that is being written."""

    folder: Path
    before: Path | None = None  # the site of the release before, to share files with

    def write(self, path: str, content: bytes) -> None:
        """Write a file, in folders that need not be there; what was there before is replaced."""
        target, same = f"{self.folder}/{path}", self._same(path, content)
        try:
            _put(target, content, same)
        except FileExistsError:  # perhaps a file of the release before: that is left alone
            Path(target).unlink()
            _put(target, content, same)
        except FileNotFoundError:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            _put(target, content, same)

    def copy(self, source: Path, path: str) -> None:
        """Write a file, or all that is in a folder."""
        if source.is_file():
            self.write(path, source.read_bytes())
            return
        for entry in sorted(source.iterdir()):
            self.copy(entry, f"{path}/{entry.name}")

    def _same(self, path: str, content: bytes) -> str | None:
        """Return the file of the release before if it has these bytes."""
        if not self.before:
            return None
        old = f"{self.before}/{path}"
        try:
            if os.lstat(old).st_size == len(content) and Path(old).read_bytes() == content:
                return old
        except OSError:  # there was none
            pass
        return None

    def reused(self) -> tuple[int, int]:
        """Return how many files are those of the release before, and how many there are.

        Names and inodes in the folders tell: no file is opened.
        """
        reused, total, folders = 0, 0, [""]
        before = self.before if _device(self.before) == _device(self.folder) else None
        while folders:
            below = folders.pop()
            here, inside = _listed(f"{self.folder}{below}")
            there, _ = _listed(f"{before}{below}") if before else ({}, [])
            total += len(here)
            reused += len(here.items() & there.items())
            folders += (f"{below}/{name}" for name in inside)
        return reused, total


def page_path(path: str, number: int) -> str:
    """Return where a page of a list stands.

    >>> page_path("deputes", 1), page_path("deputes", 2)
    ('deputes', 'deputes/page-2')
    """
    return path if number == 1 else f"{path}/page-{number}"


def reuse_file(old: Path, new: Path) -> None:
    """Take over a file of the release before, as a link, or as a copy where no link can be."""
    try:
        new.hardlink_to(old)
    except OSError:
        shutil.copyfile(old, new)


def _put(target: str, content: bytes, same: str | None) -> None:
    """Link to a file that has these bytes, or make one if there is none or it cannot be linked."""
    if same:
        try:
            Path(target).hardlink_to(same)
            return
        except FileExistsError:
            raise
        except OSError:  # another file system, another owner, too many links: written anew
            pass
    with open(target, "xb", buffering=0) as file:  # noqa: PTH123  # a Path costs a fifth of all this
        if file.write(content) != len(content):  # not all of it: the disk is full
            raise OSError(ENOSPC, os.strerror(ENOSPC))


def _device(folder: Path | None) -> int | None:
    """Return the disk that a folder is on; None if it is not there."""
    try:
        return folder.stat().st_dev if folder else None
    except OSError:
        return None


def _listed(folder: str) -> tuple[dict[str, int], list[str]]:
    """Return file → inode, and the subfolders, of a folder; both empty if it is not there."""
    files, folders = dict[str, int](), list[str]()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    files[entry.name] = entry.inode()
    except FileNotFoundError:
        pass
    return files, folders
