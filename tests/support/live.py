"""`lod serve` as a process of its own, watched from outside: its answers, memory, readers, end.

What holds here holds whatever HTTP server and whatever pool are inside. Linux only: processes are
read from /proc.
"""

import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from tests.support.patience import HANG, wait_for
from tests.support.server_data import Answer, asked, free_port
from tools.bench.watching import memory

START = 30.0  # seconds until the first answer; measured 1
TICK = os.sysconf("SC_CLK_TCK")
SPARQL = "application/sparql-query"


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its number, and when it began, in ticks since the machine did."""

    pid: int
    began: int

    @property
    def is_alive(self) -> bool:
        """Whether this very process runs, and not another one that has its number now."""
        return seen(self.pid) == self

    @property
    def cpu(self) -> float:
        user, system = stat(self.pid)[11:13]
        return (int(user) + int(system)) / TICK


@dataclass(frozen=True, slots=True)
class Live:
    """A server that runs; `home` is the folder of the releases."""

    process: subprocess.Popen[bytes]
    port: int
    home: Path
    log: IO[bytes]
    front: Process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def sparql(self) -> str:
        return f"{self.url}sparql"

    @property
    def has_restarted(self) -> bool:
        """Whether the process that was started is not the one that runs."""
        return self.process.poll() is not None or not self.front.is_alive

    @property
    def memory(self) -> int:
        """Bytes of the whole tree of processes, what they share counted once."""
        return memory(self.process.pid)

    @property
    def descriptors(self) -> list[Path]:
        found: list[Path] = []
        for pid in (self.process.pid, *descendants(self.process.pid)):
            with suppress(OSError):
                found += (Path("/proc") / str(pid) / "fd").iterdir()
        return found

    @property
    def readers(self) -> list[Process]:
        """Every process of the tree but the front."""
        below = descendants(self.process.pid)
        return [found for pid in below if (found := seen(pid))]

    @property
    def said(self) -> str:
        """All that the server has written so far, on standard output and error."""
        return Path(self.log.name).read_text("utf-8", "replace")

    def health(self) -> dict[str, Any]:
        answer = self.ask("/sante")
        assert answer.status == 200, answer
        return dict(json.loads(answer.body))

    def ask(
        self, target: str, method: str = "GET", body: bytes | None = None, *,
        timeout: float = HANG, source: str = "127.0.0.1", **headers: str,
    ) -> Answer:  # fmt: skip
        return asked(self.port, target, method, body, headers, timeout, source)

    def post(self, query: str, **headers: str) -> Answer:
        return self.ask("/sparql", "POST", query.encode(), Content_Type=SPARQL, **headers)

    def get(self, query: str, **parameters: str) -> Answer:
        return self.ask(f"/sparql?{urlencode({'query': query, **parameters})}")

    def connect(self, timeout: float = 60, receive: int | None = None) -> socket.socket:
        """Open a connection; `receive` is how many bytes it takes before it is read."""
        connection = socket.socket()
        connection.settimeout(timeout)
        if receive:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        connection.connect(("127.0.0.1", self.port))
        return connection


@contextmanager
def live(
    folder: Path,
    *,
    port: int = 0,
    timeout: float = 10,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    limits: Mapping[int, int] | None = None,
    log_to: int | None = None,
) -> Iterator[Live]:
    """Serve the release that is current in a folder; at the end hold that all of it has ended.

    `limits` are those of the system, by their constants of `resource`;
    `log_to` is a descriptor that standard error goes to instead of `Live.said`.
    """
    port = port or free_port()
    common = ["--port", str(port), "--timeout", f"{timeout:g}", *options]
    command = [sys.executable, "-m", "lod", "serve", str(folder), *common]
    with tempfile.NamedTemporaryFile() as log, subprocess.Popen(
        command, stdout=log, stderr=log if log_to is None else log_to,
        env={**os.environ, **(environment or {})},
    ) as process:  # fmt: skip
        try:
            for name, most in (limits or {}).items():  # it has opened nothing yet
                resource.prlimit(process.pid, name, (most, most))
            front = seen(process.pid)
            assert front, "the server has ended at once"
            server = Live(process, port, folder, log, front)
            wait_for(lambda: answers(server), START, lambda: f"no answer\n{server.said}")
            yield server
            end(server)
        finally:
            if process.poll() is None:
                process.kill()


def end(server: Live) -> None:
    """Send SIGTERM; hold that the server ends with 0, and that no reader outlives it."""
    readers = server.readers
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(HANG) == 0, server.said
    wait_for(lambda: not any(reader.is_alive for reader in readers), 5, lambda: "readers live on")


def answers(server: Live) -> bool:
    assert server.process.poll() is None, server.said
    with suppress(OSError, http.client.HTTPException):
        return server.ask("/sante").status == 200
    return False


def stat(pid: int) -> list[str]:
    """Return what the kernel says of a process, from its state on; raise OSError if it is gone."""
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()


def seen(pid: int) -> Process | None:
    with suppress(OSError):
        fields = stat(pid)
        if fields[0] not in "ZX":
            return Process(pid, int(fields[19]))
    return None


def descendants(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for task in (Path("/proc") / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))


@dataclass
class Watch:
    """What is seen of a server while others ask it: a value every so often, in a thread."""

    look: Callable[[], Any]
    every: float  # seconds
    values: list[Any] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator["Watch"]:
        stop = threading.Event()

        def loop() -> None:
            while not stop.wait(self.every):
                self.values.append(self.look())

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()
