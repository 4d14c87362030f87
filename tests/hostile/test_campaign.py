"""While hostile clients attack, another one is answered, and afterwards all is as it was: those of
one network attack `lod serve` alone, those of many the proxies of `deploy/` before it.

One attack alone: `pytest -s tests/hostile/test_campaign.py -k NAME`; names: `campaign.ATTACKS`.
`CAMPAIGN=300` makes each of them last so many seconds.
"""

import http.client
import os
import resource
import stat
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from tests.hostile.campaign import ATTACKS, MANY, PRODUCT, attacking
from tests.support.deployed import PROXIES, serving
from tests.support.live import Live, Watch, live
from tests.support.once import linked, once
from tests.support.paths import BASE, of_extensions
from tests.support.patience import HANG, patience, strain, wait_for
from tests.support.server_data import free_port, write_search_index
from tests.support.synthetic.lives import questions

pytestmark = pytest.mark.slow

DEADLINE = 5.0  # seconds that a query may take, and wait, on a quiet machine
LASTING = float(os.environ.get("CAMPAIGN", 5.0))  # seconds of an attack
MEMORY = 1_500_000_000  # bytes of the whole tree of processes, where queries may take much
SERVICE = 400 * 2**20  # bytes of it otherwise
INDEXED = 20_000  # questions in the index of the search
HELD = 300 * 2**20  # bytes of temporary files

# the innocent client

SOURCE = "127.0.0.2"  # where it asks from
EVERY = 0.15  # seconds between two requests for the same thing: altogether less than the rate
TIMEOUT = 10.0  # seconds of a quiet machine after which it counts as not answered
OUT_OF_100 = 95  # requests that must be answered
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


# what was answered: thing → (status, seconds) of each request; status 0 for no answer
Report = dict[str, list[tuple[int, float]]]


def verify(report: Report, promised: Mapping[str, float], strained: float) -> None:
    """Fail unless all but five of a hundred were answered, and in time."""
    late, said = [], [f"strain {strained:.1f} before"]
    for thing, answers in report.items():
        took = sorted(seconds for _, seconds in answers)
        p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
        statuses = dict(Counter(status for status, _ in answers))
        said.append(f"{thing}: p50 {p50 * 1000:.0f}, p99 {p99 * 1000:.0f} ms, {statuses}")
        if p99 > promised[thing] * SLACK * strained:
            late.append(thing)
    print("\n".join(said))
    good = [200 <= status < 300 for answers in report.values() for status, _ in answers]
    assert good and sum(good) * 100 >= len(good) * OUT_OF_100, said
    assert not late, said


@contextmanager
def asking(port: int, things: Mapping[str, Address]) -> Iterator[Report]:
    """Ask for everything, each in a thread of its own, until the block ends."""
    report: Report = {name: [] for name in things}
    stop = threading.Event()

    def ask(name: str, address: Address) -> None:
        for number in count():
            if stop.wait(EVERY):
                return
            start = time.monotonic()
            answered = status(port, address(number))
            report[name].append((answered, time.monotonic() - start))

    threads = [threading.Thread(target=ask, args=item) for item in things.items()]
    for thread in threads:
        thread.start()
    try:
        yield report
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def status(port: int, asked: str | tuple[str, bytes]) -> int:
    """Return the status of a whole answer, 0 if there is none."""
    source, timeout = (SOURCE, 0), patience(TIMEOUT)
    address, body = asked if isinstance(asked, tuple) else (asked, None)
    headers = {"Cache-Control": "no-cache", "Content-Type": "application/json"}
    one = http.client.HTTPConnection("127.0.0.1", port, timeout, source_address=source)
    with closing(one), suppress(OSError, http.client.HTTPException):
        one.request("POST" if body else "GET", address, body, headers)
        response = one.getresponse()
        response.read()
        return response.status
    return 0


@dataclass(frozen=True, slots=True)
class Row:
    """What is peculiar to one attack: seconds, limits of the system, what else is asked."""

    seconds: float = LASTING
    limits: Mapping[int, int] = field(default_factory=dict)
    more: Mapping[str, Address] = field(default_factory=dict)  # promised like a download
    longest: int = 0  # MiB of a request without end until it is refused, few held by the system
    memory: int = MEMORY


ROWS = {
    "idle_connections": Row(limits={resource.RLIMIT_NOFILE: 1024}),
    "trailers": Row(longest=4),
    "endless_trailer": Row(longest=4),
    "extensions": Row(longest=4),
    "slow_readers": Row(memory=SERVICE),
    "tiny_pieces": Row(longest=8),  # a body of a mebibyte takes six
    "kept_answers": Row(
        12.0,
        more={"five megabytes": lambda n: "/sparql?query="
              + quote(f"SELECT * {{ {PRODUCT} }} LIMIT {10_000 + n}")},
    ),
}  # fmt: skip


ALONE = [name for name in ATTACKS if name not in MANY]


@pytest.fixture(scope="module")
def release(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release that has the pages of the sample, and an index of many more."""

    def make(folder: Path) -> None:
        here = current(linked(sample, folder / "out"))
        (here / INDEX_FILE).unlink()
        write_search_index(here, questions(INDEXED), BASE)

    return once(tmp_path_factory, "campaign", make)[0] / "out"


@pytest.mark.parametrize("name", ALONE)
def test_attack(release: Path, name: str) -> None:
    """Of one network, on the service alone."""
    row = ROWS.get(name, Row())
    with live(release, timeout=patience(DEADLINE), limits=row.limits) as server:
        answers = endured(server, server.port, name, row)
        assert not row.longest or (answers["closed"] and answers["MiB"] <= row.longest), answers


@pytest.mark.parametrize("name", MANY)
@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.tool
def test_many_networks(release: Path, tmp_path: Path, proxy: str, name: str) -> None:
    """Through a proxy, configured as we ship it."""
    options = ("--proxy", "127.0.0.1")
    with live(release, timeout=patience(DEADLINE), options=options) as server:
        port = free_port()
        command = PROXIES[proxy](tmp_path, server.port, port)

        def answers() -> bool:
            return status(port, "/sante") == 200

        environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
        with serving(command, tmp_path, answers, environment):
            endured(server, port, name, Row(memory=SERVICE))


def endured(server: Live, port: int, name: str, row: Row) -> Counter[str]:
    """Attack at a port: others are answered in time, memory and files bounded, readers back."""
    strained = strain()  # before: the attack strains, too
    things = {thing: address for thing, (address, _) in THINGS.items()} | dict(row.more)
    promised = {thing: s for thing, (_, s) in THINGS.items()} | dict.fromkeys(row.more, 10.0)
    expected = server.health()["workers"]
    memory, held = Watch(lambda: server.memory, 0.2), Watch(lambda: held_by(server), 0.2)
    attack, others = attacking(name, port), asking(port, things)
    # who is asking before is known to use little
    with memory.running(), held.running(), others as seen, attack as answers:
        time.sleep(row.seconds)
    print(f"\n{name}: {dict(answers)}; {max(memory.values) >> 20} MiB")
    verify(seen, promised, strained)
    assert max(memory.values) < row.memory
    assert max(held.values) < HELD
    assert not server.has_restarted
    wait_for(lambda: is_whole(server, expected), HANG, lambda: f"readers: {server.health()}")
    return answers


def is_whole(server: Live, readers: int) -> bool:
    """Say whether the server has all its readers, and one that works."""
    return bool(server.health()["workers"] == readers and server.post("ASK {}").status == 200)


def held_by(server: Live) -> int:
    """Return the bytes of files that have no name any more, and are held open."""
    sizes: dict[tuple[int, int], int] = {}
    for descriptor in server.descriptors:
        with suppress(OSError):
            found = descriptor.stat()
            if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())
