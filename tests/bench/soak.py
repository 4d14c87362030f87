"""Whether a server that runs for long grows: `python -m tests.bench.soak [--count N]`.

So many requests of every kind, by eight clients: what is cached and what is not, documents,
mistakes, queries that end their reader, slow readers, clients that leave. After each tenth, when
all are answered, the memory and the open descriptors of all processes are printed. Exit 1 if
either has grown by more than 15 % between the second tenth and the last. Linux only, some minutes.
"""

import argparse
import http.client
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

from tests.support.live import SPARQL, Live, live
from tests.support.patience import wait_for
from tests.support.server_data import CROSS, THINGS, publish

COUNT, CLIENTS, TENTHS = 100_000, 8, 10
GROWTH = 1.15  # what the last tenth may be of the second
PAUSE = 2.0  # seconds after a tenth until the server is looked at
KNOWN = 500  # different queries that are asked again and again
RARE = 500  # requests of a client between two that hurt
DOUBLED = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(31))
HUNGRY = f"SELECT ?v31 {{ BIND('x' AS ?v0) {DOUBLED} }}"  # more memory than a reader has
PRODUCT = "?a <urn:rang> ?b . ?c <urn:rang> ?d . ?e <urn:rang> ?f"
LARGE = f"SELECT * {{ {PRODUCT} }} LIMIT 20000"
FORMS = ("html", "ttl", "jsonld", "nt")


@dataclass
class Client:
    """One client: its connection, what it has chosen, and what it was answered."""

    server: Live
    rng: Random
    answers: Counter[str] = field(default_factory=Counter)

    def ask_many(self, count: int) -> Counter[str]:
        """Send so many requests, on one connection while it lasts; return how often each status."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as one:
            for number in range(count):
                if number % RARE == RARE - 1:
                    self._hurt(self.rng.choice((self._crash, self._leave, self._read_slowly)))
                    continue
                target, headers = self._target()
                try:
                    one.request("GET", target, headers=headers)
                    response = one.getresponse()
                    response.read()
                    self.answers[str(response.status)] += 1
                except (OSError, http.client.HTTPException) as error:
                    self.answers[type(error).__name__] += 1
                    one.close()
        return self.answers

    def _target(self) -> tuple[str, dict[str, str]]:
        """Return what is asked for most of the time, and its headers."""
        rng = self.rng
        anew = {"Cache-Control": "no-cache"}
        match rng.choices(range(7), (20, 20, 15, 20, 5, 15, 5))[0]:
            case 0:  # documents, as they are cached
                return f"/{rng.choice(THINGS)}.{rng.choice(FORMS)}", {"Accept-Encoding": "gzip"}
            case 1:  # documents, made anew
                return f"/{rng.choice(THINGS)}.{rng.choice(FORMS)}", anew
            case 2:  # queries, cached
                return query(f"SELECT * {{ ?s ?p {rng.randrange(KNOWN)} }}"), {}
            case 3:  # queries that nobody has asked
                return query(f"SELECT * {{ ?s ?p ?o }} LIMIT 5 # {rng.random()}"), anew
            case 4:  # mistakes
                return query(f"SELECT * {{ ?s ?p {rng.random()} "), {"Accept": "text/html"}
            case 5:  # what is not there
                return f"/question/absent-{rng.random()}", {}
            case _:
                return "/telechargements/questions.nt.gz", {}

    def _hurt(self, how: object) -> None:
        with suppress(OSError, http.client.HTTPException):
            self.answers[how()] += 1  # type: ignore[operator]

    def _crash(self) -> str:
        """Ask for more memory than there is."""
        return str(self.server.post(f"{HUNGRY} # {self.rng.random()}").status)

    def _leave(self) -> str:
        """Ask what takes long, and leave."""
        with self.server.connect() as connection:
            connection.sendall(posted(f"{CROSS} # {self.rng.random()}"))
            time.sleep(0.2)
        return "left"

    def _read_slowly(self) -> str:
        """Read the beginning of a long answer slowly, and leave."""
        with self.server.connect(receive=4096) as connection:
            connection.sendall(posted(f"{LARGE} # {self.rng.random()}"))
            for _ in range(10):
                if not connection.recv(1_000):
                    break
                time.sleep(0.1)
        return "read slowly"


def query(text: str) -> str:
    """Return the address of a query."""
    return f"/sparql?query={quote(text)}"


def posted(text: str) -> bytes:
    """Return a query as a request."""
    body = text.encode()
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {SPARQL}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def soak(server: Live, count: int) -> list[tuple[int, int]]:
    """Send so many requests; return memory and descriptors after each tenth."""
    found, readers = [], server.health()["workers"]
    each = count // TENTHS // CLIENTS
    print("tenth  seconds   MiB  descriptors  answers")
    for tenth in range(1, TENTHS + 1):
        start = time.monotonic()
        clients = [Client(server, Random(tenth * CLIENTS + n)) for n in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as threads:
            answers = sum(threads.map(lambda one: one.ask_many(each), clients), Counter[str]())
        seconds = time.monotonic() - start
        wait_for(lambda: server.health()["workers"] == readers, 30, lambda: server.said[-2000:])
        time.sleep(PAUSE)
        found.append((server.memory, len(server.descriptors)))
        memory, descriptors = found[-1][0] >> 20, found[-1][1]
        print(f"{tenth:5} {seconds:8.1f} {memory:5} {descriptors:12}  {dict(answers)}", flush=True)
    return found


def main() -> int:
    """Soak a server of a small release; return 1 if it has grown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        publish(Path(folder))
        with live(Path(folder), timeout=2) as server:
            found = soak(server, count)
    grown = [last / second for second, last in zip(found[1], found[-1], strict=True)]
    print(f"memory × {grown[0]:.2f}, descriptors × {grown[1]:.2f} since the second tenth")
    return int(max(grown) > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
