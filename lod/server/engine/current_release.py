"""The release that the server answers from: opened, replaced by the next one, closed after use."""

import json
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lod.base.errors import LodError
from lod.publish.release import CURRENT, MANIFEST, hold
from lod.publish.search.search_index import SearchIndex, open_index
from lod.server.common.problems import Problem
from lod.server.engine.pool import Pool
from lod.server.engine.settings import Elsewhere
from lod.server.limits import RELEASE_CLOSE_SECONDS, RELEASE_READ_SECONDS, RELEASE_RETRY_SECONDS

# path of a store → its pool for our own queries, its pool for queries of clients
NewPools = Callable[[Path], tuple[Pool, Pool]]
BeginReading = Callable[["ServedRelease"], Iterable[Future[Any]]]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ServedRelease:
    """A release that is open: facts of its manifest, and what answers queries about it."""

    folder: Path
    id: str
    base: str  # the IRI that the IRIs of the release begin with; ends with a slash
    triples: int  # triples in its store
    data_until: str  # the last day of the data, in ISO format
    rejected: int  # records that its build rejected
    modified: float  # when it was published, in seconds since the epoch
    pool: Pool  # evaluates queries of ours in the store of the release
    query_pool: Pool  # evaluates queries of clients, there or elsewhere
    lock: int  # file descriptor of the lock that keeps the release from being removed
    withheld: dict[str, str]  # identifier of a question that is withheld → reason
    meanings: dict[str, list[str]]  # path made of a name → paths of all ministries that bear it
    search_index: SearchIndex | None = None  # None: built before there was an index
    # name of a module of an extension → what it has read of the release; until it is closed
    read: dict[str, Any] = field(default_factory=dict)

    @property
    def base_path(self) -> str:
        """The path of the base, `/` or `/prefix/`, with which local links begin."""
        return urlsplit(self.base).path or "/"

    def close(self) -> None:
        """End the readers, close the index, release the lock; no request may be using them."""
        self.read.clear()
        self.pool.close()
        self.query_pool.close()
        if self.search_index is not None:
            self.search_index.close()
        os.close(self.lock)


def open_release(folder: Path, new_pools: NewPools) -> ServedRelease:
    """Open a release and wait until its store can be queried; raise LodError if it cannot be."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
        store_triples = manifest["triples"]["store"]
        facts = (manifest["id"], manifest["base"], store_triples, manifest["donnees_au"])
        rejected = manifest.get("rejected", 0)
        modified = _published_at(folder)
    except (OSError, ValueError, KeyError) as error:
        raise LodError(f"{path}: no manifest to be read ({error!r}); build it again") from error
    lock = hold(folder)
    pools = new_pools(folder / "store")
    started: list[Pool] = []
    try:
        for pool in pools:
            started.append(pool)
            pool.open()
        search_index = open_index(folder)
    except (LodError, OSError):
        for pool in started:
            pool.close()
        os.close(lock)
        raise
    withheld, meanings = manifest.get("retenues", {}), manifest.get("noms", {})
    return ServedRelease(
        folder, *facts, rejected, modified, *pools, lock, withheld, meanings, search_index
    )


def withheld_by(folder: Path) -> set[str]:
    """Return the uids that a release withholds; none if it cannot be read."""
    try:
        return {*json.loads((folder / MANIFEST).read_text("utf-8")).get("retenues", {})}
    except (OSError, ValueError):
        return set()


def _published_at(folder: Path) -> float:
    """Return when a release was made current, in seconds since the epoch: the time of the link to
    it. So a release that is made current again counts as new. If no link leads to it, when it was
    built.
    """
    link = folder.parent.parent / CURRENT
    is_current = link.is_symlink() and link.readlink().name == folder.name
    return (link if is_current else folder / MANIFEST).lstat().st_mtime


class ReleaseHolder:
    """Lends the current release to requests, and follows `current`; used by many threads."""

    def __init__(
        self,
        folder: Path,
        new_pools: NewPools,
        elsewhere: Elsewhere | None,
        begin_reading: BeginReading = lambda _: (),
    ) -> None:
        self._folder, self._new_pools, self._elsewhere = folder, new_pools, elsewhere
        self._begin_reading = begin_reading
        self._link = str(folder / CURRENT)
        self._lock = threading.Lock()  # guards all below
        self._current: ServedRelease | None = None  # the release that is served
        self._opened = ""  # target of the link from which that release was opened
        self._target = ""  # target of the link for which the right release is served already
        self._users: Counter[ServedRelease] = Counter()  # requests that use each release
        self._moving: threading.Thread | None = None  # opens the next release
        self._retry_at = 0.0  # monotonic time before which no release is opened again
        self._has_failed = False  # whether the release that was opened last could not be
        self._looked_at = "", False  # a later target of the link, and whether it withholds more

    def open(self) -> None:
        """Open the current release, if there is one, so that the first request need not wait."""
        self.follow()
        if moving := self._moving:
            moving.join()

    def take(self) -> ServedRelease:
        """Return the current release, which stays open until `give_back`; raise Problem if none."""
        self.follow()
        with self._lock:
            if self._current is None:
                raise self._lack()
            self._users[self._current] += 1
            return self._current

    def _lack(self) -> Problem:
        """Return why there is no release to serve: it cannot be opened, or is not there yet."""
        if self._has_failed:
            return Problem("version-fermee", "la version publiée ne peut pas être lue")
        return Problem("aucune-version", "le serveur attend une première publication")

    def give_back(self, release: ServedRelease) -> None:
        """End the use of a release by a request; close an old release after its last request."""
        with self._lock:
            self._users[release] -= 1
            is_over = release is not self._current and not self._users[release]
            if is_over:
                del self._users[release]
        if is_over:
            release.close()

    @property
    def current(self) -> ServedRelease | None:
        """The release that is served, None if there is none; it may be closed at any time."""
        return self._current

    def follow(self) -> None:
        """Begin to open the release that `current` names, if it changed; does not wait."""
        if (target := self._link_target()) in ("", self._target):
            return
        with self._lock:
            is_free = self._moving is None or not self._moving.is_alive()
            if is_free and time.monotonic() >= self._retry_at:
                self._moving = threading.Thread(target=self._move, args=[target], daemon=True)
                self._moving.start()

    def _link_target(self) -> str:
        """Return what `current` leads to; "" if nothing is published, or the folder was removed."""
        try:
            return os.readlink(self._link)  # noqa: PTH115  on nearly every request
        except OSError:
            return ""

    @property
    def gives_away(self) -> bool:
        """Whether the release that `current` names withholds what the served one still gives."""
        target, served = self._link_target(), self._current
        if served is None or target in ("", self._target):
            return False
        if target != self._looked_at[0]:
            self._looked_at = target, not withheld_by(self._folder / target) <= {*served.withheld}
        return self._looked_at[1] and time.monotonic() >= self._retry_at

    def catch_up(self) -> None:
        """Serve the release that `current` names, if it can be opened; wait until it is."""
        self.follow()
        if moving := self._moving:
            moving.join(RELEASE_READ_SECONDS)

    def close(self) -> None:
        """Close every release that is open."""
        if moving := self._moving:
            moving.join(RELEASE_CLOSE_SECONDS)
        with self._lock:
            opened = {*self._users, *([self._current] if self._current else [])}
            self._current, self._users = None, Counter()
        for release in opened:
            release.close()

    def _move(self, target: str) -> None:
        """Serve the release at `target`, or the one that the place elsewhere can answer for."""
        chosen, is_final, is_there = target, True, False
        try:
            if self._elsewhere:
                chosen, is_final = self._elsewhere.choose(self._folder, target, self._opened)
            self._has_failed = not (chosen == self._opened or self._serve(chosen))
            is_there = is_final and not self._has_failed
        finally:
            if is_there:
                self._target = target
            # not before: meanwhile, a request may have to wait for this release
            self._retry_at = 0.0 if is_there else time.monotonic() + RELEASE_RETRY_SECONDS

    def _serve(self, target: str) -> bool:
        """Serve the release at `target`, and close the old one if no request uses it; return
        whether it could be opened.
        """
        try:
            folder = self._folder / target
            release = open_release(folder, self._new_pools)
        except (LodError, OSError) as error:
            log.error("the release served stays the same: %s", error)
            return False
        reading = self._begin_reading(release)
        if self._current:  # it answers meanwhile; at the start, requests would have to wait
            wait(reading, RELEASE_READ_SECONDS)
        with self._lock:
            old, self._current, self._opened = self._current, release, target
            is_over = old is not None and not self._users[old]
        if old is not None and is_over:
            del self._users[old]
            old.close()
        return True
