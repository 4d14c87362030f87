"""Attacks that last: hostile clients keep a server busy while an innocent one asks.

An attack runs in a process of its own, so that its work does not spoil the times of the innocent:
`python -m tests.hostile.campaign NAME PORT` begins it, says `ready` when its load stands, and on
SIGTERM says what it was answered, as JSON. `python -m tests.hostile.campaign` lists the names.
"""

import asyncio
import json
import resource
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle, product
from typing import Any
from urllib.parse import urlencode

from tests.support.paths import ROOT, of_extensions
from tests.support.server_data import CROSS

HOSTILE = "127.{}.0.66"  # where hostile clients ask from; any 127.x.y.z is this machine
READY = 0.3  # seconds until the load of an attack stands
PRODUCT = "?a qp:numero ?b . ?c qp:numero ?d . ?e qp:numero ?f . ?g qp:numero ?h"
HEAVY = CROSS.replace("<urn:rang>", "qp:numero")  # never ends
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
CHUNKED = (
    f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {QUERY}\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
).encode()
Attack = Callable[..., Coroutine[Any, Any, None]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Target:
    """The server under attack, and what it has answered: status, or `lost` → how often."""

    port: int
    networks: int = 1  # from which it is attacked, in turn
    answers: Counter[str] = field(default_factory=Counter)
    connections: Iterator[int] = field(default_factory=count)  # numbers of all that were opened

    @asynccontextmanager
    async def connection(self, receive: int = 0, send: int = 0) -> AsyncIterator[Streams]:
        """Open a connection; so many bytes it receives unread, and so many the system takes."""
        connection = socket.socket()
        for option, size in ((socket.SO_RCVBUF, receive), (socket.SO_SNDBUF, send)):
            if size:
                connection.setsockopt(socket.SOL_SOCKET, option, size)
        connection.bind((HOSTILE.format(1 + next(self.connections) % self.networks), 0))
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=connection, limit=receive or 65_536)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def ask(self, request: bytes) -> str:
        """Send one request on a connection of its own; read its answer to the end, count it."""
        status = "lost"
        with suppress(OSError, asyncio.IncompleteReadError):
            async with self.connection() as (reader, writer):
                writer.write(request)
                status = (await reader.read(12))[9:].decode("latin-1") or "lost"
                while await reader.read(65_536):
                    pass
        self.answers[status] += 1
        return status


def get(path: str, **headers: str) -> bytes:
    """Return a request for a path."""
    return _request("GET", path, b"", headers)


def post(path: str, body: bytes, media: str) -> bytes:
    """Return a request with a body."""
    return _request("POST", path, body, {"Content-Type": media, "Content-Length": str(len(body))})


def _request(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def large(rows: int) -> bytes:
    """Return a request whose answer has so many rows, 560 bytes each."""
    return post("/sparql", f"SELECT * {{ {PRODUCT} }} LIMIT {rows}".encode(), QUERY)


async def again(target: Target, clients: int, request: Callable[[str], bytes]) -> None:
    """Send requests made of a text that is never the same, by so many at once."""

    async def one(client: int) -> None:
        for number in count():
            status = await target.ask(request(f"{client}-{number}"))
            await asyncio.sleep(0.05 if status in ("429", "503", "lost") else 0)

    await asyncio.gather(*(one(client) for client in range(clients)))


async def reading(target: Target, request: bytes, rate: int) -> None:
    """Ask until there is an answer, and read so many bytes of it a second."""
    while True:
        with suppress(OSError):
            async with target.connection(receive=4096) as (reader, writer):
                writer.write(request)
                if (first := await reader.read(12)).endswith(b"200"):
                    target.answers["begun"] += 1
                    while await reader.read(rate // 4):
                        await asyncio.sleep(0.25)
                target.answers["ended" if first else "lost"] += 1
        await asyncio.sleep(0.5)


async def idle(target: Target) -> None:
    """Keep a connection open that says nothing, and open it anew when it is closed."""
    while True:
        with suppress(OSError):
            async with target.connection() as (reader, _):
                await reader.read()
        target.answers["closed"] += 1
        await asyncio.sleep(0.2)


async def endless(target: Target, head: bytes, piece: bytes, pause: float = 0.0) -> None:
    """Send a request whose end never comes, again and again; `MiB` counts the longest."""
    while True:
        sent = 0
        with suppress(OSError):
            async with target.connection(send=65_536) as (reader, writer):
                writer.write(head)
                while not reader.at_eof():
                    writer.write(piece)
                    await writer.drain()
                    sent += len(piece)
                    target.answers["MiB"] = max(target.answers["MiB"], sent >> 20)
                    await asyncio.sleep(pause)
        target.answers["closed"] += 1
        await asyncio.sleep(0.1)


# the attacks


async def heavy_queries(target: Target, clients: int = 20) -> None:
    """One client fills the queue with queries that never end."""
    await again(target, clients, lambda n: post("/sparql", f"{HEAVY} # {n}".encode(), QUERY))


async def forms(target: Target) -> None:
    """Bodies of a mebibyte that take long to decode."""
    body = "query=" + "é%" * ((2**20 - 100) // 3)
    await again(target, 20, lambda n: post("/sparql", f"{body}{n}".encode(), FORM))


async def searches(target: Target) -> None:
    """Two heavy queries, and eighteen loops over the API."""
    pages = cycle(product(("la situation", "a*", "plan", "de la"), range(1, 50)))

    def search(number: str) -> bytes:
        words, page = next(pages)
        asked = {"q": words, "taille": 100, "page": page}
        return get(f"/api/questions.json?{urlencode(asked)}", Cache_Control="no-cache")

    await asyncio.gather(heavy_queries(target, 2), again(target, 18, search))


async def idle_connections(target: Target, clients: int = 1_000) -> None:
    """Connections that say nothing, each opened anew when it is closed."""
    await asyncio.gather(*(idle(target) for _ in range(clients)))


async def without_end(target: Target, head: bytes, piece: bytes) -> None:
    """Bodies in pieces, of which something has no end."""
    await asyncio.gather(*(endless(target, CHUNKED + head, piece) for _ in range(20)))


async def kept_answers(target: Target) -> None:
    """Sixteen answers of 40 to 60 MB, each read at 17 kB a second."""
    await asyncio.gather(*(reading(target, large(80_000 + 2_000 * n), 17_000) for n in range(16)))


# the attacks that come from many networks: as many clients of each


async def slow_bodies(target: Target, clients: int) -> None:
    """Bodies of which a byte comes a second."""
    head = post("/sparql", b"", QUERY).replace(b"Length: 0", b"Length: 1000")
    await asyncio.gather(*(endless(target, head, b"#", 1.0) for _ in range(clients)))


async def slow_readers(target: Target, clients: int = 95) -> None:
    """What is long, unpacked, and asked most, of which two kilobytes are read a second."""
    paths = "/publications/1.trig", "/def.html", "/question/QANR5L15QE10182.html"
    asked = [get(path, Accept_Encoding="identity") for path in paths]
    await asyncio.gather(*(reading(target, asked[n % 3], 2_000) for n in range(clients)))


MANY: dict[str, tuple[Callable[[Target, int], Coroutine[Any, Any, None]], int, int]] = {
    f"{attack.__name__}_{networks}x{clients}": (attack, networks, clients)
    for attack, sizes in (
        (heavy_queries, ((3, 3), (20, 10))),
        (slow_bodies, ((40, 95),)),
        (slow_readers, ((10, 100), (40, 95))),
    )
    for networks, clients in sizes
}
ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        heavy_queries, forms, searches,
        idle_connections, kept_answers, slow_readers,
    )
}  # fmt: skip
WITHOUT_END = {  # name → the beginning of a body in pieces, and what follows again and again
    "trailers": (b"6\r\nASK {}\r\n0\r\n", b"X: y\r\n" * 1_000),  # small fields
    "endless_trailer": (b"6\r\nASK {}\r\n0\r\nX: ", b"y" * 65_536),  # one field
    "extensions": (b"6;x=", b"y" * 65_536),  # of the first piece
    "tiny_pieces": (b"", b"1\r\n#\r\n" * 1_000),  # of one byte
}
ATTACKS |= {name: partial(without_end, head=h, piece=p) for name, (h, p) in WITHOUT_END.items()}


def repeated(made: Callable[[str], tuple[str, bytes, str]]) -> Attack:
    """Return the attack that posts one thing after another; `made` gives path, body, media type."""

    async def attack(target: Target) -> None:
        await again(target, 20, lambda number: post(*made(number)))

    return attack


for made_by in of_extensions("attacks", "ATTACKS"):
    ATTACKS |= {name: repeated(made) for name, made in made_by.items()}
ATTACKS |= {name: partial(attack, clients=n * c) for name, (attack, n, c) in MANY.items()}

# the process of an attack


@contextmanager
def attacking(name: str, port: int) -> Iterator[Counter[str]]:
    """Attack a server until the block ends; then the counter has what was answered."""
    command = [sys.executable, "-m", "tests.hostile.campaign", name, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        answers: Counter[str] = Counter()
        try:
            assert process.stdout and process.stdout.readline() == "ready\n"
            yield answers
            process.terminate()
            answers.update(json.loads(process.stdout.read()))
        finally:
            process.kill()


async def run(name: str, port: int) -> None:
    """Run an attack until SIGTERM."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    networks = MANY[name][1] if name in MANY else 1
    target, loop = Target(port, networks), asyncio.get_running_loop()
    attack = loop.create_task(ATTACKS[name](target))
    loop.add_signal_handler(signal.SIGTERM, attack.cancel)
    await asyncio.sleep(READY)
    print("ready", flush=True)
    with suppress(asyncio.CancelledError):
        await attack
    print(json.dumps(target.answers))


if __name__ == "__main__":
    if sys.argv[1:]:
        asyncio.run(run(sys.argv[1], int(sys.argv[2])))
    else:
        print("\n".join(ATTACKS))
