"""One reader process, from its start to its end: queries go in, complete answers come out.

It is a new interpreter, not a fork, and has neither the files of the front nor its secrets.
"""

import io
import os
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from ctypes.util import find_library
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import orjson

from lod.base.packaged import PACKAGE
from lod.server.common.problems import Problem
from lod.server.engine.caller import Caller, processor_clock
from lod.server.engine.settings import Elsewhere
from lod.server.limits import (
    READER_HEADER_BYTES,
    READER_MEMORY_BYTES,
    READER_PIECE,
    READER_START_SECONDS,
    TEMPORARY_BYTES,
    TEMPORARY_SHARE,
    WorkerLimits,
)


class TemporarySpace:
    """Counts the bytes of temporary files, of all networks and of each; used by many threads."""

    def __init__(self, total: int = TEMPORARY_BYTES, share: int = TEMPORARY_SHARE) -> None:
        self._total, self._share = total, share
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()  # network → bytes of its files

    def file(self, network: str, size: int = 0) -> "HeldFile":
        """Return an empty file with `size` bytes reserved; what is written beyond them is reserved
        then. Raises Problem if there is no space.
        """
        self.take(network, size)
        try:
            raw = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  whoever reads it closes it
            return HeldFile(raw, self, network, size)
        except OSError:
            self.give_back(network, size)
            raise

    def take(self, network: str, size: int) -> None:
        """Count `size` bytes more for a network; raise Problem if there is no space for them."""
        with self._lock:
            if self._taken[network] + size > self._share:
                detail = "lisez d’abord les longues réponses que vous avez demandées"
                raise Problem("part-prise", detail)
            if self._taken.total() + size > self._total:
                raise Problem("occupe", "trop de longues réponses à la fois ; réessayez plus tard")
            self._taken[network] += size

    def taken(self) -> int:
        with self._lock:
            return self._taken.total()

    def give_back(self, network: str, size: int) -> None:
        with self._lock:
            self._taken[network] -= size
            if not self._taken[network]:
                del self._taken[network]


class HeldFile(io.BufferedRandom):
    """A temporary file, written from its beginning to its end. It reserves more space as it grows,
    and gives all of it back when it is closed.
    """

    def __init__(self, raw: io.RawIOBase, space: TemporarySpace, network: str, size: int) -> None:
        super().__init__(raw)
        self._space, self._network, self._size, self._written = space, network, size, 0

    def write(self, data: bytes) -> int:  # type: ignore[override]  # of any buffer
        """Write all of it; raise Problem if there is no space for it."""
        if (missing := self._written + len(data) - self._size) > 0:
            self._space.take(self._network, missing)
            self._size += missing
        self._written += len(data)
        return super().write(data)

    def close(self) -> None:
        """Remove the file, and give its space back once."""
        if not self.closed:
            super().close()
            self._space.give_back(self._network, self._size)


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """A query as a reader gets it."""

    text: str
    base: str  # IRI that relative IRIs of the query are resolved against
    solutions: str | None  # media type for the result of SELECT and ASK, None: not acceptable
    graph: str | None  # media type for the result of CONSTRUCT and DESCRIBE
    default_graphs: list[str] | None = None  # IRIs that the request states, None if it states none
    named_graphs: list[str] | None = None  # None if and only if `default_graphs` is
    is_union: bool = False  # the default graph is all graphs together; the request states no other


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer to a query; whoever gets it closes `body`."""

    media: str  # media type
    size: int  # bytes
    body: IO[bytes]


class LostError(Exception):
    """The reader process has ended, or sends what is no message."""


class LateError(Exception):
    """The reader process has not answered in time."""


@cache
def environment() -> dict[str, str]:
    """Return the environment variables of a reader; the secrets of the front are not in it.

    jemalloc (Debian: libjemalloc2), where it is installed, makes the engine a tenth faster.
    """
    preloaded = {"LD_PRELOAD": library} if (library := find_library("jemalloc")) else {}
    folder = {"TMPDIR": path} if (path := os.environ.get("TMPDIR")) else {}
    return {"PYTHONPATH": str(PACKAGE.parent), "PATH": os.defpath, **preloaded, **folder}


class Reader:
    """A reader process that runs; it evaluates one query at a time."""

    def __init__(
        self, store: Path, limits: WorkerLimits, elsewhere: Elsewhere | None, niceness: int
    ) -> None:
        """Start the process and wait until it has opened the store, or asks elsewhere instead.

        Raises LostError or LateError if it does not, OSError if no process can be started.
        """
        module = elsewhere.reader if elsewhere else "lod.server.engine.worker"
        command = (sys.executable, "-P", "-m", module, str(store))
        self._socket, theirs = socket.socketpair()
        self.replaced = threading.Event()  # set once its successor runs
        self.is_ending = False  # it was killed
        self.is_fresh = True  # it has answered no query
        self._asking = threading.Lock()  # held while the socket is used: it is not closed then
        with theirs:
            try:
                self._process = subprocess.Popen(
                    (*command, str(theirs.fileno())),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=environment(),
                    start_new_session=True,  # Ctrl-C reaches only the front
                )
            except OSError:
                self._socket.close()
                raise
        try:
            settings = {"limits": asdict(limits)}
            settings |= {"elsewhere": elsewhere.message()} if elsewhere else {}
            until = time.monotonic() + READER_START_SECONDS
            self._send(orjson.dumps(settings), until)
            states = orjson.loads(self._receive(until))
            # what keeps it from files and sockets: `seccomp`, `landlock`
            self.protections = {name for name, is_on in states.items() if is_on}
            with suppress(OSError):  # not every service may set priorities
                # not before: a request may wait for its start
                os.setpriority(os.PRIO_PROCESS, self.pid, niceness)
        except (LostError, LateError, ValueError):
            self.kill()
            self.wait()
            raise
        self._memory = self._resident()
        # of a store elsewhere only the time is known that it takes; the clock of a process on
        # Linux: clock_getcpuclockid(3), which Python does not have
        self.clock = time.monotonic if elsewhere else processor_clock(~self.pid << 3 | 2)

    @property
    def growth(self) -> int:
        """Bytes of memory that it takes more than when it was new."""
        return self._resident() - self._memory

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End the process at once, from whatever thread."""
        self.is_ending = True
        with suppress(ProcessLookupError):
            self._process.kill()

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait until the process has ended; return its exit code, negative for a signal.

        Returns None if it has not ended after `seconds`.
        """
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        with self._asking:  # a thread that waits for an answer learns at once of the end
            self._socket.close()
        return code

    def ask(
        self, query: EngineQuery, caller: Caller, space: TemporarySpace, seconds: float
    ) -> Reply:
        """Return the answer, a long one in a file of `space`.

        Raises Problem if the query is refused, LateError after `seconds`, LostError if the process
        ends.
        """
        until = time.monotonic() + seconds
        with self._asking:
            self._send(orjson.dumps(query), until)
            line, _, first = self._receive(until).partition(b"\n")
            header = orjson.loads(line)
            if "problem" in header:
                raise Problem(header["problem"], *header["detail"], more=header["more"])
            reply = self._reply(header, first, caller, space, until)
            self.is_fresh = False
            return reply

    def _resident(self) -> int:
        """Return the bytes of memory that the process takes, 0 where the system is not Linux."""
        try:
            statm = Path(f"/proc/{self.pid}/statm").read_bytes()
        except OSError:
            return 0
        return int(statm.split()[1]) * resource.getpagesize()

    def _reply(
        self,
        header: dict[str, Any],
        first: bytes,
        caller: Caller,
        space: TemporarySpace,
        until: float,
    ) -> Reply:
        """Return the answer whose body begins with `first`; receive the rest of it."""
        size = header["size"]
        try:
            body = io.BytesIO() if size <= READER_MEMORY_BYTES else space.file(caller.network, size)
        except (Problem, OSError):
            self.kill()  # it goes on sending the answer
            raise
        try:
            body.write(first)
            while body.tell() < size:
                body.write(self._receive(until))
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return Reply(header["media"], size, body)

    def _send(self, message: bytes, until: float) -> None:
        """Send a message, framed as in `multiprocessing.connection`; raise as `_receive` does."""
        try:
            self._socket.settimeout(max(0.001, until - time.monotonic()))
            self._socket.sendall(struct.pack("!i", len(message)) + message)
        except TimeoutError as error:
            raise LateError from error
        except OSError as error:
            raise LostError from error

    def _receive(self, until: float) -> bytes:
        """Return the next message; raise LateError after the monotonic time `until`, LostError."""
        [size] = struct.unpack("!i", self._exactly(4, until))
        if not 0 <= size <= READER_PIECE + READER_HEADER_BYTES:
            raise LostError(f"a message of {size} bytes")
        return self._exactly(size, until)

    def _exactly(self, size: int, until: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            try:
                self._socket.settimeout(max(0.001, until - time.monotonic()))
                piece = self._socket.recv(size - len(data))
            except TimeoutError as error:
                raise LateError from error
            except OSError as error:
                raise LostError from error
            if not piece:
                raise LostError("it has ended")
            data += piece
        return bytes(data)
