"""An innocent client: it asks for one thing after another, and notes what it is answered and when.

Each thing is asked in a thread of its own, so that one that hangs does not hide the others.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from tests.support.live import Live
from tests.support.paths import of_extensions
from tests.support.patience import patience, strain

SOURCE = "127.0.0.2"  # where it asks from
EVERY = 0.15  # seconds between two requests for the same thing: altogether less than the rate
TIMEOUT = 10.0  # seconds of a quiet machine after which it counts as not answered
OUT_OF_100 = 99  # requests that must be answered
SLACK = 10  # times as long as what is promised, at which a test fails
DOCUMENT = "/question/QANR5L15QE10182.html"
CHEAP = "SELECT ?q ?n { ?q qp:numero ?n } LIMIT 3"
# the request of a number: its address, or address and JSON to send there
Address = Callable[[int], str | tuple[str, bytes]]


def query(text: str) -> Address:
    """Return the addresses of a query, each another one, so that no cache helps."""
    return lambda number: f"/sparql?query={quote(f'{text} # {number}')}"


THINGS: dict[str, tuple[Address, float]] = {  # what is asked → its address, seconds at p99
    "ask": (query("ASK {}"), 1.0),
    "select": (query(CHEAP), 1.0),
    "health": (lambda _: "/sante", 0.3),
    "page": (lambda _: DOCUMENT, 0.3),
    "document": (lambda _: DOCUMENT.replace(".html", ".ttl"), 0.3),
    "api": (lambda n: f"/api/questions.json?{urlencode({'q': 'plan', 'page': 1 + n % 9})}", 1.0),
    "download": (lambda _: "/telechargements/questions.nt.gz", 1.0),
}
for things in of_extensions("attacks", "THINGS"):
    THINGS |= things


@dataclass
class Report:
    """What was answered: thing → (status, seconds) of each request; status 0 for no answer."""

    answers: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    strain: float = field(default_factory=strain)  # before: the attack strains, too

    def verify(self, promised: Mapping[str, float]) -> None:
        """Print what was seen; fail unless all but one of a hundred were answered, and in time."""
        every = [answer for answers in self.answers.values() for answer in answers]
        good = sum(200 <= status < 300 for status, _ in every)
        lines = [f"{good} of {len(every)} answered; strain {self.strain:.1f} before"]
        late = []
        for thing, answers in self.answers.items():
            took = sorted(seconds for _, seconds in answers)
            p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
            statuses = dict(Counter(status for status, _ in answers))
            lines.append(f"  {thing}: p50 {p50 * 1000:.0f}, p99 {p99 * 1000:.0f} ms, {statuses}")
            if p99 > promised[thing]:
                lines[-1] += f" (later than the {promised[thing]:g} s that are promised)"
            if p99 > promised[thing] * SLACK * self.strain:
                late.append(thing)
        said = "\n".join(lines)
        print(said)
        assert every and good * 100 >= len(every) * OUT_OF_100, said
        assert not late, said


@contextmanager
def asking(server: Live, more: Mapping[str, Address] = {}) -> Iterator[Report]:
    """Ask for everything, and for `more`, until the block ends; then the report is whole."""
    report, stop = Report(), threading.Event()
    things = {name: address for name, (address, _) in THINGS.items()} | dict(more)

    def ask(name: str, address: Address) -> None:
        answers = report.answers.setdefault(name, [])
        number = 0
        while not stop.wait(EVERY):
            start = time.monotonic()
            answers.append((status(server, address(number)), time.monotonic() - start))
            number += 1

    threads = [threading.Thread(target=ask, args=item) for item in things.items()]
    for thread in threads:
        thread.start()
    try:
        yield report
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def status(server: Live, asked: str | tuple[str, bytes]) -> int:
    """Return the status of a whole answer, 0 if there is none."""
    source, timeout = (SOURCE, 0), patience(TIMEOUT)
    address, body = asked if isinstance(asked, tuple) else (asked, None)
    headers = {"Cache-Control": "no-cache", "Content-Type": "application/json"}
    with closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout, source_address=source)
    ) as one:
        try:
            one.request("POST" if body else "GET", address, body, headers)
            response = one.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return 0
        return response.status
