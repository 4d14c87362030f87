"""Answers without end: whatever a server sends, a request ends, and says what was wrong."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lod.base.errors import LodError
from lod.reference.tables import ArchiveRow
from lod.remote.archives.download import ARCHIVE_LIMITS, fetch
from lod.remote.http import HttpClient, Limits
from lod.remote.stores.credentials import store_access
from lod.remote.stores.store_client import StoreClient
from tests.support.patience import patience

WHOLE = 0.6  # seconds of one try
SIZE = 2**16  # bytes of an answer
LIMITS = Limits(delays=(), whole=WHOLE, size=SIZE)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
TOO_LONG = "its headers are too long, or do not end; is this the right address?"
ENDLESS = {  # what comes first, and then for ever; what is said of it, a regular expression
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", TOO_LONG),
    "interim headers": (b"HTTP/1.1 100 Continue\r\n", b"X-More: 1\r\n", TOO_LONG),
    "status line": (b"HTTP/1.1 200 ", b"O" * 1000, TOO_LONG),
    "headers": (OK, b"X-More: 1\r\n", TOO_LONG),
    "long headers": (OK, b"X-More: " + b"1" * 60_000 + b"\r\n", TOO_LONG),
    "header line": (OK + b"X-More: ", b"1" * 1000, TOO_LONG),
    "folded header": (OK + b"X-More: 1\r\n", b" 1\r\n", TOO_LONG),
    "body": (OK + b"\r\n", b"x" * 1000, f"an answer of more than {SIZE} bytes"),
    "chunks": (CHUNKED, b"4\r\nabcd\r\n", f"an answer of more than {SIZE} bytes"),
    "tiny chunks": (CHUNKED, b"0001\r\nx\r\n", "bytes, and too many around them"),
    "chunk extension": (CHUNKED + b"1;x=", b"y" * 1000, "the answer broke off"),
    "chunk extensions": (
        CHUNKED, b"1;" + b"y" * 60_000 + b"\r\nx\r\n", "bytes, and too many around them",
    ),
    "chunk size": (CHUNKED, b"0" * 1000, "the answer broke off"),
    "trailers": (  # newer releases of Python themselves count them
        CHUNKED + b"1\r\nx\r\n0\r\n", b"X-More: 1\r\n",
        "bytes, and too many around them|broke off .*more than 100 trailers",
    ),
    "trailer": (CHUNKED + b"0\r\nX-More: ", b"1" * 1000, "the answer broke off"),
}  # fmt: skip


@contextmanager
def sending(first: bytes, piece: bytes, pause: float = 0) -> Iterator[str]:
    """Give the address of a server that answers so, and then sends a piece again and again."""
    stop = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(1)
            connection.recv(65536)
            connection.sendall(first)
            while not stop.wait(pause):
                connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def listen() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    threading.Thread(target=answer, args=server.accept()[:1], daemon=True).start()

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            stop.set()
            listener.join()


def ended(act: Callable[[], object], seconds: float) -> str:
    """Return what a request said in its end; fail if it does not end in time."""
    said: list[str] = []

    def run() -> None:
        try:
            act()
        except LodError as error:
            said.append(str(error))

    thread = threading.Thread(target=run, daemon=True)
    begun = time.monotonic()
    thread.start()
    thread.join(patience(seconds))
    assert not thread.is_alive(), f"it goes on after {time.monotonic() - begun:.0f} seconds"
    [text] = said
    assert len(text) < 500
    return text


def body(url: str, limits: Limits = LIMITS) -> bytes:
    with closing(HttpClient(limits)) as client, closing(client.open("GET", url, {})) as answer:
        return client.body(answer, url)


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_given_up(name: str) -> None:
    """As much as is allowed is read, however fast it comes."""
    first, piece, message = ENDLESS[name]
    with sending(first, piece) as url:
        slow = replace(LIMITS, whole=60)  # the amount ends it, not the time
        assert re.search(message, ended(lambda: body(url, slow), 10))


@pytest.mark.parametrize("name", ENDLESS)
def test_what_comes_drop_by_drop_ends_in_time(name: str) -> None:
    """A byte now and then, or a line, does not make the time begin anew."""
    first, piece, _ = ENDLESS[name]
    with sending(first, piece[:10], pause=0.05) as url:
        said = ended(lambda: body(url), WHOLE + 2)
    assert f"{WHOLE} seconds" in said, said


@pytest.mark.parametrize("name", ["interim answers", "headers", "trailers"])
def test_the_commands_end(name: str, tmp_path: Path) -> None:
    """`lod fetch` and `lod push` end too, and tell which address was wrong."""
    first, piece, _ = ENDLESS[name]
    row = ArchiveRow(legislature="17", type="qg", forme="json", chemin="x.zip", md5="")
    limits = replace(ARCHIVE_LIMITS, delays=(), whole=WHOLE)

    def get(url: str) -> None:
        [outcome] = fetch([row], tmp_path, url, limits=limits)
        assert isinstance(outcome, LodError)
        raise outcome

    def ask(url: str) -> None:
        access = store_access(url, "--to", "http://localhost/", "", "oxigraph", "", "")
        with StoreClient(access, LIMITS) as store:
            store.select("compte", graphe="http://localhost/release")

    for act in (get, ask):
        for pause in (0, 0.05):
            with sending(first, piece, pause) as url:
                assert url.rstrip("/") in ended(lambda: act(url), WHOLE + 5)  # noqa: B023


def test_redirections_end(tmp_path: Path) -> None:
    """A server that always leads on is left after five, and all of them have one time."""
    row = ArchiveRow(legislature="17", type="qg", forme="json", chemin="x.zip", md5="")

    def get(url: str) -> None:
        limits = replace(ARCHIVE_LIMITS, delays=(), whole=WHOLE)
        [outcome] = fetch([row], tmp_path, url, limits=limits)
        assert isinstance(outcome, LodError)
        raise outcome

    again = b"HTTP/1.1 302 Found\r\nLocation: /x.zip\r\nContent-Length: 0\r\n"
    with sending(again + b"\r\n", b"", 60) as url:
        assert "more than 5 redirections" in ended(lambda: get(url), 10)
    with sending(again, b"X-More: 1\r\n", 0.2) as url:
        assert f"{WHOLE} seconds" in ended(lambda: get(url), WHOLE + 2)
    far = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/" + b"x" * 60_000
    with sending(far + b"\r\nContent-Length: 0\r\n\r\n", b"", 60) as url:
        assert "is redirected to another server" in ended(lambda: get(url), 10)
