"""A pool of reader processes: a query that takes too long is ended by killing its process.

pyoxigraph cannot stop a query, and some queries crash it. Readers are fresh interpreters, never
forks. There is one more than may work at once, so that while one is being replaced the next query
finds another ready. All of it runs on one event loop: a query that waits costs no thread.
"""

import asyncio
import io
import json
import logging
import os
import socket
import struct
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ctypes.util import find_library
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import orjson

from lod.base.errors import LodError
from lod.base.packaged import PACKAGE
from lod.remote.stores.credentials import ACCESS_VARIABLE, StoreAccess
from lod.server.common.problems import Problem
from lod.server.engine.worker import IN_MEMORY, PIECE, WorkerLimits

QUEUE = 16  # queries that wait for a reader
START = 30.0  # seconds to open a store; measured 0.1, but the machine may be busy
LINE = 64 * 1024  # bytes of the line before an answer; an error message repeats the query
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """One query, with the media types that its client takes for a table and for a graph."""

    text: str
    base: str
    solutions: str | None
    graph: str | None
    default_graphs: list[str] | None = None  # None: the store's own
    named_graphs: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer; who gets it closes `body`."""

    media: str
    size: int
    body: IO[bytes]


@cache
def environment() -> dict[str, str]:
    """Return what a reader is told of its surroundings: no secrets of the front.

    With jemalloc (Debian: libjemalloc2), if it is there, the engine is a tenth faster.
    """
    preloaded = {"LD_PRELOAD": found} if (found := find_library("jemalloc")) else {}
    return {"PYTHONPATH": str(PACKAGE.parent), "PATH": os.defpath, **preloaded}


class LostError(Exception):
    """The reader has ended."""


class Reader:
    """One process, started again as often as needed; asked one thing at a time.

    With `store_access` it asks a store elsewhere what it would else read in `store`.
    """

    def __init__(
        self, store: Path, limits: WorkerLimits, store_access: StoreAccess | None = None
    ) -> None:
        self._store, self._limits = store, limits
        self._module = (
            "lod.server.engine.remote_worker" if store_access else "lod.server.engine.worker"
        )
        # a password is for the process alone: arguments are seen by everybody on the machine
        self._secret = {ACCESS_VARIABLE: json.dumps(asdict(store_access))} if store_access else {}
        self.is_isolated = False

    async def start(self) -> None:
        """Start the process and wait until it has opened the store; raise LostError if not."""
        ours, theirs = socket.socketpair()
        with theirs:
            fd = theirs.fileno()
            arguments = [str(self._store), str(fd), json.dumps(asdict(self._limits))]
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", self._module, *arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                pass_fds=[fd],
                env={**environment(), **self._secret},
                start_new_session=True,  # Ctrl-C is for the front
            )
        self._in, self._out = await asyncio.open_connection(sock=ours)
        try:
            async with asyncio.timeout(START):
                self.is_isolated = await self._receive() == b"isolated"
        except TimeoutError as error:
            await self.end()
            raise LostError from error

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process, for people and tests."""
        return self._process.pid

    async def end(self) -> int:
        """End the process at once; return its exit code."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._out.close()
        with suppress(OSError):
            await self._out.wait_closed()
        return await self._process.wait()

    async def ask(self, query: EngineQuery) -> Reply:
        """Return the answer; raise Problem if it is refused, LostError if there is none."""
        said = orjson.dumps(query)
        self._out.write(struct.pack("!i", len(said)) + said)
        line, _, first = (await self._receive()).partition(b"\n")
        header = orjson.loads(line)
        if "problem" in header:
            raise Problem(header["problem"], header["detail"], more=header["more"])
        return await self._reply(header, first)

    async def _reply(self, header: dict[str, Any], first: bytes) -> Reply:
        if len(first) == header["size"]:
            return Reply(header["media"], header["size"], io.BytesIO(first))
        body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  whoever reads it closes it
        try:
            body.write(first)
            while body.tell() < header["size"]:
                body.write(await self._receive())
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return Reply(header["media"], header["size"], body)

    async def _receive(self) -> bytes:
        """Return one message, as `multiprocessing.connection` frames it."""
        try:
            [size] = struct.unpack("!i", await self._in.readexactly(4))
            if not 0 <= size <= PIECE + LINE:
                raise LostError(f"a message of {size} bytes")
            return await self._in.readexactly(size)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise LostError from error


class Pool:
    """The readers of one store, here or elsewhere, and the queue before them."""

    def __init__(
        self,
        store: Path,
        *,
        workers: int,
        limits: WorkerLimits,
        store_access: StoreAccess | None = None,
    ) -> None:
        self.url = store_access.url if store_access else ""
        self._limits, self._most = limits, workers + QUEUE
        self._readers = [Reader(store, limits, store_access) for _ in range(workers + 1)]
        self._turns = asyncio.Semaphore(workers)
        self._idle: asyncio.LifoQueue[Reader] = asyncio.LifoQueue()  # the one whose caches are warm
        self._inside = 0  # queries that wait or run
        self._replaced = 0
        self._replacing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Start every reader; close the pool and raise LodError if one cannot open the store."""
        self._loop = asyncio.get_running_loop()
        starts = (reader.start() for reader in self._readers)
        for found in await asyncio.gather(*starts, return_exceptions=True):
            if isinstance(found, LostError):
                await self.close()
                raise LodError("the store cannot be opened; build the release again") from found
            if found is not None:
                raise found
        for reader in self._readers:
            self._idle.put_nowait(reader)

    @property
    def is_isolated(self) -> bool:
        """Whether the readers can open no socket, whatever a query makes the engine do."""
        return all(reader.is_isolated for reader in self._readers)

    def state(self) -> dict[str, tuple[str, int]]:
        """Return the figures of this moment: name → meaning, number."""
        busy = len(self._readers) - self._idle.qsize() - len(self._replacing)
        return {
            "readers": ("Reader processes that run", len(self.pids())),
            "readers_busy": ("Queries being evaluated", busy),
            "queries_waiting": ("Queries that wait for a reader", max(0, self._inside - busy)),
            "readers_replaced": ("Readers replaced since the release was opened", self._replaced),
        }

    def ask(self, query: EngineQuery) -> Reply:
        """Run a query for a thread that is not the loop's."""
        return asyncio.run_coroutine_threadsafe(self.run(query), self._loop).result()

    async def run(self, query: EngineQuery) -> Reply:
        """Return the answer to one query; raise Problem for every reason not to.

        Who cancels this ends the reader.
        """
        async with self._turn(), self._reader() as reader:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    return await reader.ask(query)
            except TimeoutError as error:
                detail = f"la requête a été arrêtée après {self._limits.seconds:g} s"
                raise Problem("delai", detail) from error
            except LostError as error:
                detail = "le processus qui évaluait la requête s’est arrêté (mémoire, imbrication)"
                raise Problem("processus-perdu", detail) from error

    def pids(self) -> list[int]:
        """Return the processes that run."""
        return [reader.pid for reader in self._readers if reader.is_alive]

    async def close(self) -> None:
        """End every process; a query that still runs is answered with a problem."""
        for task in self._replacing:
            task.cancel()
        await asyncio.gather(*(reader.end() for reader in self._readers))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for a turn no longer than a query may take, in a queue of bounded length."""
        if self._inside >= self._most:
            raise Problem("occupe", "la file d’attente est pleine ; réessayez plus tard")
        self._inside += 1
        try:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    await self._turns.acquire()
            except TimeoutError as error:
                detail = "aucun processus ne s’est libéré ; réessayez plus tard"
                raise Problem("occupe", detail) from error
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._inside -= 1

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[Reader]:
        """Lend a reader that runs; replace it unless it has said all that it had to say."""
        reader = await self._idle.get()
        while not reader.is_alive:  # it died unasked
            self._replace(reader)
            reader = await self._idle.get()
        is_done = False
        try:
            yield reader
            is_done = True
        except Problem as problem:
            is_done = problem.slug not in ("delai", "processus-perdu")
            raise
        finally:
            if is_done:
                self._idle.put_nowait(reader)
            else:
                self._replace(reader)

    def _replace(self, reader: Reader) -> None:
        """Start the reader anew beside what goes on; it is idle when it has opened the store."""
        self._replaced += 1
        task = asyncio.get_running_loop().create_task(self._restart(reader))
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _restart(self, reader: Reader) -> None:
        pid, code = reader.pid, await reader.end()
        log.warning("reader %d ended (exit code %d) and is replaced", pid, code)
        try:
            await reader.start()
        except LostError:
            log.error("the store cannot be opened any more")
        self._idle.put_nowait(reader)  # one that does not run is replaced when its turn comes
