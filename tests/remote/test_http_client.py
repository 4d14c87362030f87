"""Servers that misbehave: a request ends, says what was wrong, is tried again if it may help."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lod.base.errors import LodError, UsageError
from lod.remote.http import (
    HttpClient,
    IncompleteError,
    Limits,
    OversizeError,
    TransientError,
    UnreachedError,
    checked_address,
    raise_if_redirected,
    raise_if_transient,
)
from tests.support.patience import HANG
from tests.support.repository import (
    LIMITS,
    Answer,
    Depot,
    Request,
    ended,
    hanging_up,
    running,
    saying,
)

QUICK = Limits(connect=0.2, whole=HANG, size=1000)


@pytest.fixture
def depot() -> Iterator[Depot]:
    with running() as server:
        yield server


def body(url: str, limits: Limits = LIMITS) -> bytes:
    with closing(HttpClient(limits)) as client, closing(client.open("GET", url, {})) as answer:
        return client.body(answer, url)


SILENCE = threading.Event()
FAULTS: dict[str, tuple[Answer, type[LodError], str]] = {  # what a server does, and what is said
    "nothing": (lambda _: SILENCE.wait(1) and None, IncompleteError, "no answer within 0.1 sec"),
    "hangs up": (hanging_up(None), TransientError, "hung up without an answer"),
    "breaks off": (saying(200, b"half", Content_Length=8), IncompleteError, "the answer broke off"),
    "too much": (saying(200, b"x" * 1001), OversizeError, "an answer of more than 1000 bytes"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_error(depot: Depot, name: str) -> None:
    answer, kind, message = FAULTS[name]
    depot.script = [answer]
    with pytest.raises(LodError, match=message) as caught:
        body(depot.base, replace(QUICK, read=0.1))
    assert type(caught.value) is kind and len(depot.requests) == 1


def test_an_answer_may_come_later_than_a_connection(depot: Depot) -> None:
    def late(request: Request) -> None:
        time.sleep(2 * QUICK.connect)
        saying(200, b"late")(request)

    depot.script = [late]
    with closing(HttpClient(QUICK)) as client:
        answer = client.open("GET", depot.base, {})
        assert client.body(answer, depot.base) == b"late"


def test_a_server_that_nobody_reaches() -> None:
    """It is not there, or lets nobody in: connecting has a limit of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as stack:
        for _ in range(4):
            visitor = stack.enter_context(socket.socket())
            visitor.setblocking(False)
            visitor.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/"
        assert "cannot be reached" in ended(lambda: body(url, QUICK), HANG)
    with pytest.raises(UnreachedError, match=r"cannot be reached .*Connection refused"):
        body(url)


def waits(depot: Depot, *script: Answer) -> list[float]:
    """Return how long a client waited between its tries, the last of which may fail."""
    depot.script, paused = list(script), list[float]()
    with closing(HttpClient(QUICK, sleep=paused.append)) as client:

        def once() -> None:
            with closing(client.open("GET", depot.base, {})) as answer:
                raise_if_transient(answer, depot.base)

        try:
            client.patiently(depot.base, once)
        except TransientError:
            paused.append(-1)
    return paused


def in_40_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)


@pytest.mark.parametrize(
    ("said", "pause"),
    [("7", 7), (in_40_seconds, 40), ("soon", 2), ("-1", 2), ("9" * 5000, 2),
     (f"Tue, 06 Oct {'9' * 30} 00:00:00 GMT", 2)],
)  # fmt: skip
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_server_says_when_to_come_back(
    depot: Depot, status: int, said: str | Callable[[], str], pause: int
) -> None:
    """Retry-After replaces our own delay, if it says anything."""
    stated = said() if callable(said) else said
    [paused] = waits(depot, saying(status, Retry_After=stated), saying(200))
    assert pause - 5 * callable(said) <= paused <= pause


def test_tries_come_to_an_end(depot: Depot) -> None:
    """After growing delays; at once if the pause is too long, or another try would not help."""
    assert waits(depot, saying(503)) == [2, 10, 30, -1]
    assert waits(depot, saying(503, Retry_After=3600)) == [-1]
    assert waits(depot, saying(404)) == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["//example.org/", "file:///etc/passwd", "", "/" + "a" * 5000])
def test_a_redirection_is_told(depot: Depot, status: int, place: str) -> None:
    """None is followed: a person decides where requests go."""
    depot.script = [saying(status, Location=place)]
    with (
        closing(HttpClient(QUICK)) as client,
        closing(client.open("GET", depot.base, {})) as told,
        pytest.raises(LodError, match="if that is right, give it as the address") as caught,
    ):
        raise_if_redirected(told, depot.base)
    assert repr(place[:200])[:-1] in str(caught.value) and len(str(caught.value)) < 500
    assert len(depot.requests) == 1


@pytest.mark.parametrize(
    "text",
    ["", "x", "ftp://example.org/", "file:///tmp/", "http://", "http://a:b/", "http://a/?q",
     "http://a/#f", "https://name:secret@a/"],
)  # fmt: skip
def test_an_address_is_one(text: str) -> None:
    with pytest.raises(UsageError, match=r"--from '.*' is not an address"):
        checked_address(text, "--from")
    assert checked_address("https://example.org/a", "--from") == "https://example.org/a"
