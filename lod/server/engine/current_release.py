"""The current release: opened, followed when `current` moves, closed when nobody uses it."""

import asyncio
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lod.base.errors import LodError
from lod.publish.release import CURRENT, MANIFEST, hold
from lod.publish.search.search_index import SearchIndex, open_index
from lod.server.common.problems import Problem
from lod.server.engine.pool import Pool

RETRY = 5.0  # seconds before a release that could not be opened is tried again
Opener = Callable[[Path], Pool]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ElsewhereStore:
    """How SPARQL is answered elsewhere: by which pool, and of which release.

    `choose` is given the release that is current and the one that is served, and returns the one
    to serve, and whether that is settled; it may take seconds.
    """

    open_pool: Opener
    choose: Callable[[str, str], tuple[str, bool]]


@dataclass(frozen=True, slots=True, eq=False)
class ServedRelease:
    """What the server needs to know of one release, and the pool that reads its store."""

    folder: Path
    id: str
    base: str
    triples: int
    data_until: str
    modified: float  # when it was made, in seconds since the epoch
    pool: Pool
    held: int  # the descriptor that keeps it from being removed
    search_index: SearchIndex | None = None  # None: built before there was an index
    remote_pool: Pool | None = None  # for `/sparql`, if that is answered elsewhere

    @property
    def sparql_pool(self) -> Pool:
        """Who answers SPARQL."""
        return self.remote_pool or self.pool

    @property
    def base_path(self) -> str:
        """The path of the base, `/` or `/prefix/`: where our references begin."""
        return urlsplit(self.base).path or "/"

    async def close(self) -> None:
        """End the readers and close the index; nobody may be using them."""
        await self.pool.close()
        if self.remote_pool is not None:
            await self.remote_pool.close()
        if self.search_index is not None:
            self.search_index.close()
        os.close(self.held)


async def open_release(
    folder: Path, open_pool: Opener, elsewhere: ElsewhereStore | None
) -> ServedRelease:
    """Open a release and wait until its store can be queried; raise LodError if it cannot be."""
    path = folder / MANIFEST
    try:
        read = json.loads(path.read_text("utf-8"))
        said = (read["id"], read["base"], read["triples"]["store"], read["donnees_au"])
        modified = path.stat().st_mtime
    except (OSError, ValueError, KeyError) as error:
        raise LodError(f"{path}: no manifest to be read ({error!r}); build it again") from error
    held = await asyncio.to_thread(hold, folder)
    pool = open_pool(folder / "store")
    remote_pool = elsewhere.open_pool(folder / "store") if elsewhere else None
    begun: list[Pool] = []
    try:
        for one in filter(None, (pool, remote_pool)):
            begun.append(one)
            await one.open()
        search_index = await asyncio.to_thread(open_index, folder)
    except (LodError, OSError):
        await asyncio.gather(*(one.close() for one in begun))
        os.close(held)
        raise
    return ServedRelease(folder, *said, modified, pool, held, search_index, remote_pool)


class ReleaseHolder:
    """The release that is current now, lent to one request after another; of one event loop."""

    def __init__(
        self, folder: Path, open_pool: Opener, elsewhere: ElsewhereStore | None = None
    ) -> None:
        self._folder, self._open_pool, self._elsewhere = folder, open_pool, elsewhere
        self._link = str(folder / CURRENT)
        self._current: ServedRelease | None = None
        self._target = self._opened = ""  # what the link named last; what is served
        self._users: Counter[ServedRelease] = Counter()
        self._moving: asyncio.Task[None] | None = None
        self._retry_at = 0.0

    async def open(self) -> None:
        """Open the current release, if there is one: the first request need not wait for it."""
        self.follow()
        if self._moving:
            await self._moving

    def take(self) -> ServedRelease:
        """Return the current release, which stays open until it is given back."""
        self.follow()
        if self._current is None:
            raise Problem("aucune-version", "le serveur attend une première publication")
        self._users[self._current] += 1
        return self._current

    async def give_back(self, release: ServedRelease) -> None:
        """Say that a request has ended; the last one of an old release closes it."""
        self._users[release] -= 1
        if release is not self._current and not self._users[release]:
            del self._users[release]
            await release.close()

    @property
    def current(self) -> ServedRelease | None:
        """The release that is current, for a look, without a promise that it stays open."""
        return self._current

    def follow(self) -> None:
        """Begin to move to the release that `current` names; requests go on meanwhile."""
        target = self._link_target()
        is_free = self._moving is None or self._moving.done()
        if target not in ("", self._target) and is_free and time.monotonic() >= self._retry_at:
            self._moving = asyncio.get_running_loop().create_task(self._move(target))

    async def close(self) -> None:
        """End the processes of every release that is open."""
        if self._moving:
            await self._moving
        for release in {*self._users, *([self._current] if self._current else [])}:
            await release.close()

    def _link_target(self) -> str:
        try:
            return os.readlink(self._link)  # noqa: PTH115  on every request
        except OSError:  # no link: nothing published yet, or a folder that went away
            return ""

    async def _move(self, target: str) -> None:
        chosen, is_settled = await self._choose(target)
        self._retry_at = time.monotonic() + RETRY
        if chosen != self._opened and not await self._serve(chosen):
            return
        if is_settled:
            self._target, self._retry_at = target, 0.0

    async def _choose(self, target: str) -> tuple[str, bool]:
        """Return which release to serve, and whether that is settled: not before a store has it."""
        if self._elsewhere is None:
            return target, True
        return await asyncio.to_thread(self._elsewhere.choose, target, self._opened)

    async def _serve(self, target: str) -> bool:
        """Serve another release; say whether that came about."""
        try:
            folder = self._folder / target
            release = await open_release(folder, self._open_pool, self._elsewhere)
        except (LodError, OSError) as error:
            log.error("the release served stays the same: %s", error)
            return False
        old, self._current, self._opened = self._current, release, target
        if old is not None and not self._users[old]:
            del self._users[old]
            await old.close()
        return True
