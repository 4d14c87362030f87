"""A pool of reader processes: a query that takes too long is ended by killing its process.

pyoxigraph cannot stop a query, and some queries crash it. Readers are fresh interpreters, never
forks of a front with threads. There is one more than may work at once, so that while one is being
replaced the next request finds another ready.
"""

import json
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import IO, Any

from lod.errors import LodError
from lod.files import PACKAGE
from lod.server.problems import Problem
from lod.server.worker import IN_MEMORY, Limits

QUEUE = 16  # requests that wait for a reader: half of the front's threads, the rest serve pages
ENDING = ("delai", "processus-perdu")  # problems after which a reader is of no more use
START = 30.0  # seconds to open a store; measured 0.1, but the machine may be busy

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Query:
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


class ExpiredError(Exception):
    """The reader did not answer in time."""


class LostError(Exception):
    """The reader has ended."""


class Reader:
    """One process, started again as often as needed; used by one thread at a time."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self.start()

    def start(self) -> None:
        """Start the process; do not wait for it."""
        self._pipe, theirs = Pipe()
        self._is_ready = False
        with theirs:
            fd = theirs.fileno()
            arguments = [str(self._store), str(fd), json.dumps(asdict(self._limits))]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "lod.server.worker", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[fd],
                env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
                start_new_session=True,  # Ctrl-C is for the front
            )

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process, for people and tests."""
        return self._process.pid

    def kill(self) -> int:
        """End the process at once; return its exit code."""
        self._process.kill()
        self._pipe.close()
        return self._process.wait()

    def wait(self) -> None:
        """Wait until the store is open, or raise LostError."""
        if not self._is_ready:
            try:
                self._receive(time.monotonic() + START)
            except ExpiredError as error:
                raise LostError from error
            self._is_ready = True

    def ask(self, query: Query) -> Reply:
        """Return the answer; raise Problem if it is refused, ExpiredError, LostError."""
        self.wait()
        deadline = time.monotonic() + self._limits.seconds
        try:
            self._pipe.send_bytes(json.dumps(asdict(query)).encode())
        except OSError as error:
            raise LostError from error
        header = json.loads(self._receive(deadline))
        if "problem" in header:
            raise Problem(header["problem"], header["detail"], more=header["more"])
        return self._reply(header, deadline)

    def _reply(self, header: dict[str, Any], deadline: float) -> Reply:
        body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  whoever reads it closes it
        try:
            while body.tell() < header["size"]:
                body.write(self._receive(deadline))
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return Reply(header["media"], header["size"], body)

    def _receive(self, deadline: float) -> bytes:
        try:
            if not self._pipe.poll(max(0.0, deadline - time.monotonic())):
                raise ExpiredError
            return self._pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise LostError from error


class Pool:
    """The readers of one store, and the queue before them."""

    def __init__(self, store: Path, *, workers: int, limits: Limits) -> None:
        self._limits = limits
        self._places = threading.BoundedSemaphore(workers + QUEUE)
        self._turns = threading.BoundedSemaphore(workers)
        self._is_closed = False
        self._readers = [Reader(store, limits) for _ in range(workers + 1)]
        self._idle: queue.SimpleQueue[Reader] = queue.SimpleQueue()
        for reader in self._readers:
            self._idle.put(reader)

    def wait(self) -> None:
        """Wait until every reader has the store open; close the pool and raise LodError if not."""
        try:
            for reader in self._readers:
                reader.wait()
        except LostError as error:
            self.close()
            raise LodError("the store cannot be opened; build the release again") from error

    def run(self, query: Query) -> Reply:
        """Return the answer to one query; raise Problem for every reason not to."""
        with self._turn(), self._reader() as reader:
            try:
                return reader.ask(query)
            except ExpiredError as error:
                detail = f"la requête a été arrêtée après {self._limits.seconds:g} s"
                raise Problem("delai", detail) from error
            except LostError as error:
                detail = "le processus qui évaluait la requête s’est arrêté (mémoire, imbrication)"
                raise Problem("processus-perdu", detail) from error

    def pids(self) -> list[int]:
        """Return the processes that run."""
        return [reader.pid for reader in self._readers if reader.is_alive]

    def close(self) -> None:
        """End every process; a query that still runs is answered with a problem."""
        self._is_closed = True
        for reader in self._readers:
            reader.kill()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn no longer than a query may take, in a queue of bounded length."""
        if not self._places.acquire(blocking=False):
            raise Problem("occupe", "la file d’attente est pleine ; réessayez plus tard")
        try:
            if not self._turns.acquire(timeout=self._limits.seconds):
                raise Problem("occupe", "aucun processus ne s’est libéré ; réessayez plus tard")
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        """Lend a reader that runs; replace it unless it has said all that it had to say."""
        reader = self._idle.get()  # never waits: there are more readers than turns
        try:
            if not reader.is_alive:  # it died unasked
                self._replace(reader)
            yield reader
        except Problem as problem:
            if problem.slug in ENDING:
                self._replace(reader)
            raise
        except BaseException:
            self._replace(reader)
            raise
        finally:
            self._idle.put(reader)

    def _replace(self, reader: Reader) -> None:
        code = reader.kill()
        log.warning("reader %d ended (exit code %d) and is replaced", reader.pid, code)
        if not self._is_closed:
            reader.start()
