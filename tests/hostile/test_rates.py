"""The rate holds for a client, by whatever name it asks for a path, and for no other client."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.live import Live, live
from tests.support.paths import of_extensions
from tests.support.patience import HANG
from tests.support.server_data import publish, write_search_index
from tests.support.synthetic.lives import cases

pytestmark = pytest.mark.slow

RATE = 5  # requests a second
BURST = 5 * RATE  # requests that may come at once
MANY = 1_200  # requests of all clients together
SEARCH, TABLE = "recherche?q=plan", "api/questions.json?q=plan"
MADE = "/question/QANR5L15QE43349.ttl"  # from the store, each time
# paths that are the plain one by another name, or none; each is asked for by a client of its own
NAMES = (
    SEARCH, "recherche.html?q=plan", TABLE, "reconciliation", "sparql?query=ASK%7B%7D",
    "/recherche?q=plan",
    "%2frecherche?q=plan", "%2Frecherche?q=plan", "%72echerche?q=plan", "./recherche?q=plan",
    "x/../recherche?q=plan", "%2e/recherche?q=plan", "recherche/?q=plan", "recherche%2f?q=plan",
    "/api/questions.json?q=plan", "api//questions.json?q=plan", "%61pi/questions.json?q=plan",
    "/reconciliation", "reconciliation/", "/sparql?query=ASK%7B%7D",
    "sparql/?query=ASK%7B%7D",
)  # fmt: skip
POSTED = of_extensions("attacks", "POSTED")
METRICS = ("metrics/", "metrics%2f", "/metrics", "%6detrics", "./metrics", "x/../metrics",
           "METRICS", "metrics;x", "metrics.")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small release with an index."""
    folder = tmp_path_factory.mktemp("rates")
    write_search_index(publish(folder), cases(17).values())
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Live]:
    """A server that answers a client five times a second."""
    with live(folder, rate=RATE) as server:
        yield server


def answered(
    server: Live, target: str, source: str, requests: int, body: bytes | None = None
) -> tuple[Counter[int], float]:
    """Ask again and again; return how often each status came, and the seconds it took."""
    start, statuses = time.monotonic(), Counter[int]()
    with closing(HTTPConnection("127.0.0.1", server.port, HANG, source_address=(source, 0))) as one:
        for _ in range(requests):
            headers = {"Cache-Control": "no-cache", "Content-Type": "application/json"}
            one.request("POST" if body else "GET", target, body, headers)
            response = one.getresponse()
            response.read()
            statuses[response.status] += 1
    return statuses, time.monotonic() - start


@pytest.mark.parametrize(
    ("number", "name", "body"),
    [(n, *asked) for n, asked in enumerate([*((f"/{name}", None) for name in NAMES), *POSTED])],
)
def test_no_name_passes_the_rate(server: Live, number: int, name: str, body: bytes | None) -> None:
    """No path is answered more often than the rate allows, whatever is posted there; to say where
    it is costs nothing.
    """
    statuses, seconds = answered(server, name, f"127.0.1.{1 + number}", MANY // len(NAMES), body)
    assert set(statuses) <= {200, 301, 308, 400, 404, 429}
    assert statuses[200] <= BURST + RATE * seconds + 1
    assert not body or {*statuses} == {200, 429}


def test_what_is_made_on_request_takes_of_the_budget(folder: Path) -> None:
    """Who has the same document made again and again has no time left for it; files stay free."""
    with live(folder, options=["--budget", "0.02"]) as server:
        made, _ = answered(server, MADE, "127.0.0.66", MANY // 4)
        assert made[200] and made[429] and set(made) == {200, 429}, made
        assert answered(server, "/static/style.css", "127.0.0.66", 3)[0] == {200: 3}
        assert answered(server, MADE, "127.0.0.2", 1)[0] == {200: 1}


@pytest.mark.parametrize("host", ["127.0.0.1", "::"])
def test_the_rate_is_of_one_client(folder: Path, host: str) -> None:
    """Whoever is over the rate locks nobody else out, nor if all come to an address of IPv6."""
    if ":" in host and not has_ipv6():
        pytest.skip("no IPv6 on this machine: `--host ::` was NOT tried")
    with live(folder, rate=RATE, options=["--host", host]) as server:
        target = "/sparql?query=ASK%7B%7D"
        hostile, _ = answered(server, target, "127.0.0.66", 4 * BURST)
        assert hostile[429] > BURST, hostile
        innocent, _ = answered(server, target, "127.0.0.2", 3)
        assert innocent == {200: 3}


def has_ipv6() -> bool:
    """Say whether this machine can listen to both families at once."""
    return socket.has_dualstack_ipv6() and Path("/proc/net/if_inet6").exists()


@pytest.mark.parametrize("name", METRICS)
def test_metrics_have_one_name(server: Live, name: str) -> None:
    """A proxy that hides `/metrics` hides all of it: no other name answers the metrics."""
    assert b"lod_requests" in server.ask("/metrics").body
    got = server.ask(f"/{name}")
    assert b"lod_requests" not in got.body
    assert got.status in (301, 308, 400, 404)
