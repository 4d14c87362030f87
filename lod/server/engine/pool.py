"""A pool of reader processes: a query that takes too long is ended by killing its process.

pyoxigraph cannot stop a query, and some queries crash it. Each place of the pool has a thread that
starts its reader, waits for its end, and starts the next one, until the pool is closed.
"""

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from lod.base.errors import LodError
from lod.server import limits
from lod.server.common.problems import Problem
from lod.server.engine.caller import Caller
from lod.server.engine.reader import (
    EngineQuery,
    LateError,
    LostError,
    Reader,
    Reply,
    TemporarySpace,
)
from lod.server.engine.settings import Elsewhere
from lod.server.limits import WorkerLimits

log = logging.getLogger(__name__)


class KilledError(Exception):
    """The reader of a query ended for what may be no fault of the query: somebody else killed it,
    such as the system for want of memory, or earlier queries had left it too little.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem  # raised if the next reader of the query ends too


class Pool:
    """The readers of one store, or those that ask elsewhere; used by many threads."""

    def __init__(
        self,
        store: Path,
        elsewhere: Elsewhere | None = None,
        *,
        readers: int,
        limits: WorkerLimits,
        space: TemporarySpace | None = None,
        niceness: int = 0,
    ) -> None:
        self.url = elsewhere.url if elsewhere else ""  # of the place that answers
        self._start = partial(Reader, store, limits, elsewhere, niceness)
        self._limits, self.space = limits, space or TemporarySpace()
        self._places = readers  # how many
        self._change = threading.Condition()  # guards all below; notified when they change
        self._running: set[Reader] = set()
        self._idle: dict[Reader, None] = {}  # the last one was used last: its caches are warm
        self._failed = 0  # places whose reader did not start at the last attempt
        self._ended = 0  # readers that have ended so far
        self._is_closed = False

    def open(self) -> None:
        """Start every reader; close the pool and raise LodError if one cannot open the store."""
        for place in range(self._places):
            threading.Thread(target=self._tend, name=f"reader-{place}", daemon=True).start()
        with self._change:
            self._change.wait_for(lambda: self._failed or len(self._running) == self._places)
            is_open = not self._failed
        if not is_open:
            self.close()
            raise LodError("the store cannot be opened; build the release again")

    @property
    def is_well(self) -> bool:
        """Whether a reader runs, or will soon run."""
        with self._change:
            return not self._is_closed and self._failed < self._places

    @property
    def protections(self) -> set[str]:
        """What keeps every reader from files and sockets: `seccomp`, `landlock`, both or none."""
        with self._change:
            protections = [reader.protections for reader in self._running]
        return set.intersection(*protections) if protections else set()

    def state(self) -> dict[str, tuple[str, int]]:
        """Return the present figures of the pool: name → (meaning, number)."""
        with self._change:
            running, idle, ended = len(self._running), len(self._idle), self._ended
        return {
            "readers": ("Reader processes that run", running),
            "readers_busy": ("Queries being evaluated", running - idle),
            "readers_replaced": ("Readers replaced since the release was opened", ended),
        }

    def run(
        self, query: EngineQuery, caller: Caller | None = None, seconds: float | None = None
    ) -> Reply:
        """Return the answer to one query; raise Problem if there is none, for whatever reason.

        If the caller leaves, the reader that evaluates the query is ended. A query that raises
        KilledError is tried once more. `seconds` is its time, by default what the limits allow.
        """
        caller, seconds = caller or Caller(), seconds or self._limits.seconds
        with suppress(KilledError):
            return self._attempt(query, caller, seconds)
        try:
            return self._attempt(query, caller, seconds)
        except KilledError as error:
            raise error.problem from error

    def pids(self) -> list[int]:
        with self._change:
            return [reader.pid for reader in self._running]

    def close(self) -> None:
        """End every process; a query that still runs raises Problem."""
        with self._change:
            self._is_closed = True
            self._change.notify_all()
            running = list(self._running)
        for reader in running:
            reader.kill()
        with self._change:
            self._change.wait_for(lambda: not self._running, timeout=limits.READER_REPLACED_SECONDS)

    def _attempt(self, query: EngineQuery, caller: Caller, seconds: float) -> Reply:
        with (
            self._lent(seconds, caller) as reader,
            caller.charged(reader.clock),
            caller.stopping_by(reader.kill),
        ):
            try:
                return reader.ask(query, caller, self.space, seconds)
            except LateError as error:
                reader.kill()
                detail = "la requête a été arrêtée après {} s"
                raise Problem("delai", detail, f"{seconds:g}") from error
            except LostError as error:
                raise self._why_lost(reader, caller) from error
            except OSError as error:  # no space or no descriptor for a long answer
                reader.kill()
                log.error("an answer cannot be kept: %s", error)
                raise Problem("occupe", "pas de place pour cette réponse ; réessayez") from error

    def _why_lost(self, reader: Reader, caller: Caller) -> Exception:
        """Wait for the end of the reader; return the exception to raise for its query."""
        code = reader.wait(limits.READER_END_SECONDS)
        reader.kill()  # if it still runs, what it sent was no message
        if caller.has_left:
            return Problem("client-parti", "le client est parti ; le travail est arrêté")
        if self._is_closed:
            return Problem("occupe", "le serveur s’arrête")
        if caller.is_cut_short:
            detail = "la requête a été arrêtée, parce que d’autres attendent ; réessayez plus tard"
            return Problem("occupe", detail)
        if code == -signal.SIGSEGV:  # the only cause known is the end of the stack
            return Problem("imbrication", "le moteur ne peut pas analyser une requête si profonde")
        # earlier queries may have left it too little; not if its alarm ended it: the time was over
        is_used = not reader.is_fresh and code != -signal.SIGALRM
        problem = self._lost(code)
        return KilledError(problem) if code == -signal.SIGKILL or is_used else problem

    def _lost(self, code: int | None) -> Problem:
        """Return the problem of a query that ended its reader with an exit code."""
        if code == -signal.SIGABRT:  # Rust and RocksDB abort where they get no memory
            memory = self._limits.memory
            detail = "la requête demande plus de {} Mio de mémoire"
            return Problem("memoire", detail, memory // 2**20, more={"limit": memory})
        return Problem("processus-perdu", "le processus qui évaluait la requête s’est arrêté")

    @contextmanager
    def _lent(self, seconds: float, caller: Caller) -> Iterator[Reader]:
        """Lend a reader for the block. If it has ended by then, wait for its successor; after a
        query that was cut short, for any idle reader.

        So a client that loses readers waits for them, and takes none from others. Raises Problem if
        no reader is free in time, or none runs at all.
        """
        with self._change:
            self._change.wait_for(self._is_ready, timeout=seconds)
            if not self._idle:
                raise Problem("occupe", "aucun processus n’est libre ; réessayez plus tard")
            reader, _ = self._idle.popitem()
        began = time.monotonic()
        try:
            yield reader
        finally:
            if not self._take_back(reader, time.monotonic() - began):
                self._wait_for_next(reader, caller)

    def _wait_for_next(self, reader: Reader, caller: Caller) -> None:
        if caller.is_cut_short:
            with self._change:
                self._change.wait_for(self._is_ready, limits.READER_REPLACED_SECONDS)
        else:
            reader.replaced.wait(limits.READER_REPLACED_SECONDS)

    def _is_ready(self) -> bool:
        """Say whether a reader is idle, or waiting for one is useless."""
        return bool(self._idle) or self._is_closed or self._failed == self._places

    def _take_back(self, reader: Reader, seconds: float) -> bool:
        """Take a reader back after a query of so many seconds; end it if it has grown too much and
        every other place has its reader. Return whether it had not ended before.
        """
        with self._change:
            if reader.is_alive and reader in self._running and not reader.is_ending:
                staying = sum(not running.is_ending for running in self._running)
                is_measured = seconds > limits.READER_QUICK_SECONDS and staying == self._places
                if is_measured and reader.growth > limits.READER_GROWTH:
                    reader.kill()
                else:
                    self._idle[reader] = None
                    self._change.notify_all()
                return True
        return False

    def _tend(self) -> None:
        """Keep a reader running in one place, until the pool is closed."""
        delay = limits.READER_FIRST_DELAY
        previous: Reader | None = None
        has_failed = False
        while not self._is_closed:
            try:
                reader = self._start()
            except (LostError, LateError, OSError, ValueError, RuntimeError) as error:
                log.error("a reader does not start: %r", error)
                with self._change:
                    self._failed += not has_failed
                    has_failed = True
                    self._change.notify_all()
                    self._change.wait_for(lambda: self._is_closed, timeout=delay)
                delay = min(2 * delay, limits.READER_LONGEST_DELAY)
                continue
            with self._change:
                self._failed -= has_failed
                self._running.add(reader)
                self._idle[reader] = None
                self._change.notify_all()
                if self._is_closed:
                    reader.kill()
            if previous:
                previous.replaced.set()
            delay, has_failed, previous = limits.READER_FIRST_DELAY, False, reader
            code = reader.wait()
            with self._change:
                self._running.discard(reader)
                self._idle.pop(reader, None)
                self._ended += 1
                self._change.notify_all()
            if not self._is_closed:
                log.warning("reader %d ended (exit code %d) and is replaced", reader.pid, code)
        if previous:
            previous.replaced.set()
