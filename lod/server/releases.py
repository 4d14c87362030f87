"""The current release: opened, followed when `current` moves, closed when nobody uses it."""

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lod.errors import LodError
from lod.recherche.corpus import Corpus, open_corpus
from lod.release import CURRENT, MANIFEST
from lod.server.pool import Pool
from lod.server.problems import Problem

RETRY = 5.0  # seconds before a release that could not be opened is tried again

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Release:
    """What the server needs to know of one release, and the pool that reads its store."""

    folder: Path
    id: str
    base: str
    triples: int
    donnees_au: str
    pool: Pool
    corpus: Corpus | None = None  # None: built before there was an index

    @property
    def racine(self) -> str:
        """The path of the base, `/` or `/prefix/`: where our references begin."""
        return urlsplit(self.base).path or "/"

    @property
    def modified(self) -> float:
        """When the release was made, in seconds since the epoch."""
        return (self.folder / MANIFEST).stat().st_mtime

    def close(self) -> None:
        """End the readers and close the index; nobody may be using them."""
        self.pool.close()
        if self.corpus is not None:
            self.corpus.close()


def open_release(folder: Path, open_pool: Callable[[Path], Pool]) -> Release:
    """Open a release and wait until its store can be queried; raise LodError if it cannot be."""
    path = folder / MANIFEST
    try:
        read = json.loads(path.read_text("utf-8"))
        said = (read["id"], read["base"], read["triples"]["store"], read["donnees_au"])
    except (OSError, ValueError, KeyError) as error:
        raise LodError(f"{path}: no manifest to be read ({error!r}); build it again") from error
    corpus = open_corpus(folder)
    pool = open_pool(folder / "store")
    pool.wait()
    return Release(folder, *said, pool, corpus)


class Releases:
    """The release that is current now, lent to one request after another."""

    def __init__(self, folder: Path, open_pool: Callable[[Path], Pool]) -> None:
        self._folder, self._open_pool = folder, open_pool
        self._lock = threading.Lock()  # for what follows, up to `_users`
        self._current: Release | None = None
        self._target: Path | None = None
        self._users: Counter[Release] = Counter()
        self._moving = threading.Lock()
        self._retry_at = 0.0

    def take(self) -> Release:
        """Return the current release, which stays open until it is given back."""
        self.follow()
        with self._lock:
            if self._current is None:
                raise Problem("aucune-version", "le serveur attend une première publication")
            self._users[self._current] += 1
            return self._current

    def give_back(self, release: Release) -> None:
        """Say that a request has ended; the last one of an old release closes it."""
        with self._lock:
            self._users[release] -= 1
            is_last = not self._users[release] and release is not self._current
        if is_last:
            release.close()

    def racine(self) -> str:
        """Return the path of the current base, `/` while there is no release."""
        return self._current.racine if self._current else "/"

    def follow(self) -> None:
        """Move to the release that `current` names; one request does it, the others go on."""
        target = self._named()
        if target in (None, self._target) or time.monotonic() < self._retry_at:
            return
        if self._moving.acquire(blocking=False):
            try:
                self._move(target)
            finally:
                self._moving.release()

    def close(self) -> None:
        """End the processes of the current release."""
        if self._current:
            self._current.close()

    def _named(self) -> Path | None:
        try:
            return (self._folder / CURRENT).readlink()
        except OSError:  # no link: nothing published yet, or a folder that went away
            return None

    def _move(self, target: Path | None) -> None:
        if target is None or target == self._target:  # another request was faster
            return
        try:
            release = open_release(self._folder / target, self._open_pool)
        except (LodError, OSError) as error:
            log.error("the release served stays the same: %s", error)
            self._retry_at = time.monotonic() + RETRY
            return
        with self._lock:
            old, self._current, self._target = self._current, release, target
            is_unused = old is not None and not self._users[old]
        if old is not None and is_unused:
            old.close()
