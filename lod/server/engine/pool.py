"""A pool of reader processes: a query that takes too long is ended by killing its process.

pyoxigraph cannot stop a query, and some queries crash it. Readers are new interpreters, not forks.
There is one more than may work at once, so that the next query finds a reader while another one is
replaced. The pool lives on one event loop: a query that waits costs no thread.
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
LINE = 64 * 1024  # bytes of the header before an answer; an error message repeats the query
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """A query as a reader gets it."""

    text: str
    base: str  # IRI that relative IRIs of the query are resolved against
    solutions: str | None  # media type for the result of SELECT and ASK, None: not acceptable
    graph: str | None  # media type for the result of CONSTRUCT and DESCRIBE
    default_graphs: list[str] | None = None  # IRIs that the request states, None if it states none
    named_graphs: list[str] | None = None  # None if and only if `default_graphs` is


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer to a query; whoever gets it closes `body`."""

    media: str  # media type
    size: int  # bytes
    body: IO[bytes]


@cache
def environment() -> dict[str, str]:
    """Return the environment variables of a reader; the secrets of the front are not in it.

    jemalloc (Debian: libjemalloc2), where it is installed, makes the engine a tenth faster.
    """
    preloaded = {"LD_PRELOAD": found} if (found := find_library("jemalloc")) else {}
    return {"PYTHONPATH": str(PACKAGE.parent), "PATH": os.defpath, **preloaded}


class LostError(Exception):
    """The reader process has ended, or sends what is no message."""


class Reader:
    """One reader process, which can be restarted; it evaluates one query at a time.

    With `store_access` it sends queries to that remote store, else it reads `store`.
    """

    def __init__(
        self, store: Path, limits: WorkerLimits, store_access: StoreAccess | None = None
    ) -> None:
        module = "remote_worker" if store_access else "worker"
        command = (sys.executable, "-P", "-m", f"lod.server.engine.{module}", str(store))
        self._command, self._limits = command, json.dumps(asdict(limits))
        # in the environment, because everybody on the machine can read arguments
        self._secret = {ACCESS_VARIABLE: json.dumps(asdict(store_access))} if store_access else {}
        self.is_isolated = False  # the process can open no socket

    async def start(self) -> None:
        """Start the process and wait until it has opened the store; raise LostError if not."""
        ours, theirs = socket.socketpair()
        with theirs:
            fd = theirs.fileno()
            self._process = await asyncio.create_subprocess_exec(
                *(*self._command, str(fd), self._limits),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                pass_fds=[fd],
                env={**environment(), **self._secret},
                start_new_session=True,  # Ctrl-C reaches only the front
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
        """The process id, for logs and tests."""
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
        """Return the answer; raise Problem if it is refused, LostError if the process ends."""
        message = orjson.dumps(query)
        self._out.write(struct.pack("!i", len(message)) + message)
        line, _, first = (await self._receive()).partition(b"\n")
        header = orjson.loads(line)
        if "problem" in header:
            raise Problem(header["problem"], header["detail"], more=header["more"])
        return await self._reply(header, first)

    async def _reply(self, header: dict[str, Any], first: bytes) -> Reply:
        """Return the answer whose body begins with `first`; receive the rest of it."""
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
        """Return the next message, framed as in `multiprocessing.connection`; raise LostError."""
        try:
            [size] = struct.unpack("!i", await self._in.readexactly(4))
            if not 0 <= size <= PIECE + LINE:
                raise LostError(f"a message of {size} bytes")
            return await self._in.readexactly(size)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise LostError from error


class Pool:
    """The readers of one store, local or remote, and the queue of queries that wait for them."""

    def __init__(
        self,
        store: Path,
        *,
        workers: int,
        limits: WorkerLimits,
        store_access: StoreAccess | None = None,
    ) -> None:
        self.url = store_access.url if store_access else ""  # of the remote store
        self._seconds, self._most = limits.seconds, workers + QUEUE  # queries that wait or run
        self._readers = [Reader(store, limits, store_access) for _ in range(workers + 1)]
        self._turns = asyncio.Semaphore(workers)
        self._idle: asyncio.LifoQueue[Reader] = asyncio.LifoQueue()  # the last used: warm caches
        self._inside = 0  # queries that wait or run
        self._replaced = 0  # readers replaced so far
        self._replacing: set[asyncio.Task[None]] = set()  # restarts in progress

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
        """Whether no reader can open a socket, whatever a query makes the engine do."""
        return all(reader.is_isolated for reader in self._readers)

    def state(self) -> dict[str, tuple[str, int]]:
        """Return the present figures of the pool: name → (meaning, number)."""
        busy = len(self._readers) - self._idle.qsize() - len(self._replacing)
        return {
            "readers": ("Reader processes that run", len(self.pids())),
            "readers_busy": ("Queries being evaluated", busy),
            "queries_waiting": ("Queries that wait for a reader", max(0, self._inside - busy)),
            "readers_replaced": ("Readers replaced since the release was opened", self._replaced),
        }

    def ask(self, query: EngineQuery) -> Reply:
        """Run a query from a thread other than that of the event loop; raise Problem."""
        return asyncio.run_coroutine_threadsafe(self.run(query), self._loop).result()

    async def run(self, query: EngineQuery) -> Reply:
        """Return the answer to one query; raise Problem if there is none, for whatever reason.

        Cancelling this ends the reader that evaluates the query.
        """
        async with self._turn(), self._reader() as reader:
            try:
                async with asyncio.timeout(self._seconds):
                    return await reader.ask(query)
            except TimeoutError as error:
                detail = f"la requête a été arrêtée après {self._seconds:g} s"
                raise Problem("delai", detail) from error
            except LostError as error:
                detail = "le processus qui évaluait la requête s’est arrêté (mémoire, imbrication)"
                raise Problem("processus-perdu", detail) from error

    def pids(self) -> list[int]:
        """Return the ids of the processes that run."""
        return [reader.pid for reader in self._readers if reader.is_alive]

    async def close(self) -> None:
        """End every process; a query that still runs raises Problem."""
        for task in self._replacing:
            task.cancel()
        await asyncio.gather(*(reader.end() for reader in self._readers))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Hold one of the turns; wait for it at most as long as a query may take.

        Raises Problem if the queue is full, or no turn comes in time.
        """
        if self._inside >= self._most:
            raise Problem("occupe", "la file d’attente est pleine ; réessayez plus tard")
        self._inside += 1
        try:
            try:
                async with asyncio.timeout(self._seconds):
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
        """Lend a reader that runs; replace it afterwards unless it has sent its whole answer."""
        reader = await self._idle.get()
        while not reader.is_alive:  # it ended while it was idle
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
        """Restart the reader in the background; it becomes idle when it has opened the store."""
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
        self._idle.put_nowait(reader)  # if it does not run, it is replaced when it is lent
