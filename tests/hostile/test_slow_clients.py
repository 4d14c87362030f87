"""Clients that are slow, go away, or must not take a part of an answer for all of it."""

import http.client
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from urllib.parse import urlencode

import pytest

from tests.hostile.attack import answered, exchange
from tests.support.live import Live, live
from tests.support.patience import HANG, wait_for
from tests.support.server_data import publish

pytestmark = pytest.mark.slow

PRODUCT = "?a <urn:rang> ?b . ?c <urn:rang> ?d . ?e <urn:rang> ?f . ?g <urn:rang> ?h"
LARGE = 51_000  # rows of four numbers and names: 26 MB of JSON
ENDLESS = f"SELECT * {{ {PRODUCT} . ?i <urn:rang> ?j . ?k <urn:rang> ?l }}"
GRAPH = f"CONSTRUCT {{ ?a ?c ?e . ?g ?c ?e }} {{ {PRODUCT} . ?i <urn:rang> ?j }}"
FORMS = {"text/csv": ENDLESS, "text/turtle": GRAPH}
LATE = {"413", "500", "504", "broken"}
CHEAP = "SELECT ?id { <urn:release> <urn:id> ?id }"


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that gives queries as long as they want."""
    folder = tmp_path_factory.mktemp("patient")
    publish(folder)
    with live(folder, timeout=HANG) as server:
        yield server


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that gives queries two seconds."""
    folder = tmp_path_factory.mktemp("hasty")
    publish(folder)
    with live(folder, timeout=2) as server:
        yield server


@pytest.mark.parametrize("media", FORMS)
def test_late_failure(hasty: Live, media: str) -> None:
    """An answer too long for its limits is an error to its client."""
    target = f"/sparql?{urlencode({'query': FORMS[media]})}"
    assert exchange(hasty, "GET", target, None, {"Accept": media}).answer in LATE


def test_late_failure_in_http_1_0(hasty: Live) -> None:
    """A client that cannot be told by the framing is told before the first byte."""
    with hasty.connect(HANG) as connection:
        line = f"GET /sparql?{urlencode({'query': ENDLESS})} HTTP/1.0\r\nAccept: text/csv\r\n\r\n"
        connection.sendall(line.encode())
        assert answered(connection).answer in LATE - {"broken"}


def test_reader_that_dies_late(patient: Live) -> None:
    """What was begun and cannot be ended is an error, or had been complete before."""
    query = f"SELECT * {{ {PRODUCT} }} LIMIT {LARGE}"
    with closing(http.client.HTTPConnection("127.0.0.1", patient.port, timeout=HANG)) as one:
        one.request("GET", f"/sparql?{urlencode({'query': query})}", headers={"Accept": "text/csv"})
        response = one.getresponse()
        first = response.read(1000)
        for reader in patient.readers:
            with suppress(ProcessLookupError):
                subprocess.run(["kill", "-9", str(reader.pid)], check=False, capture_output=True)
        with suppress(http.client.IncompleteRead):
            lines = (first + response.read()).count(b"\n")
            assert (response.status, lines) == (200, LARGE + 1) or response.status == 500
    wait_for(lambda: patient.post(CHEAP).status == 200, HANG, lambda: "no reader came back")


@pytest.mark.parametrize(
    ("media", "mark", "more"),
    [("text/csv", rb"\r\n", 1), ("application/sparql-results+xml", rb"<result>", 0)],
)
def test_long_answer_is_whole(patient: Live, media: str, mark: bytes, more: int) -> None:
    got = patient.post(f"SELECT * {{ {PRODUCT} }} LIMIT 20000", Accept=media)
    assert (got.status, len(re.findall(mark, got.body))) == (200, 20_000 + more)
