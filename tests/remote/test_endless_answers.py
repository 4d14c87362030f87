"""Answers without end: whatever a server sends, a request ends, and says what was wrong."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lod.base.errors import LodError
from lod.reference.tables import ArchiveRow
from lod.remote.archives.download import ARCHIVE_LIMITS, fetch
from lod.remote.http import HttpClient, Limits
from tests.support.repository import ENDLESS, LIMITS, WHOLE, ended, sending


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
    with sending(first, piece[:10], pause=0.01) as url:
        said = ended(lambda: body(url), WHOLE + 2)
    assert f"{WHOLE} seconds" in said, said


@pytest.mark.parametrize("name", ["interim answers", "headers", "trailers"])
def test_the_command_ends(name: str, tmp_path: Path) -> None:
    """`lod fetch` ends too, and tells which address was wrong."""
    first, piece, _ = ENDLESS[name]
    row = ArchiveRow(legislature="17", type="qg", forme="json", chemin="x.zip", md5="")
    limits = replace(ARCHIVE_LIMITS, delays=(), whole=WHOLE)

    def get(url: str) -> None:
        [outcome] = fetch([row], tmp_path, url, limits=limits)
        assert isinstance(outcome, LodError)
        raise outcome

    for pause in (0, 0.01):
        with sending(first, piece, pause) as url:
            assert url.rstrip("/") in ended(lambda: get(url), WHOLE + 5)


def test_redirections_end(tmp_path: Path) -> None:
    """A server that always leads on is left after five, and all of them have one time."""
    row = ArchiveRow(legislature="17", type="qg", forme="json", chemin="x.zip", md5="")

    def get(url: str, whole: float = 60) -> None:
        limits = replace(ARCHIVE_LIMITS, delays=(), whole=whole)
        [outcome] = fetch([row], tmp_path, url, limits=limits)
        assert isinstance(outcome, LodError)
        raise outcome

    again = b"HTTP/1.1 302 Found\r\nLocation: /x.zip\r\nContent-Length: 0\r\n"
    with sending(again + b"\r\n", b"", 60) as url:
        assert "more than 5 redirections" in ended(lambda: get(url), 10)
    with sending(again, b"X-More: 1\r\n", 0.02) as url:
        assert f"{WHOLE} seconds" in ended(lambda: get(url, WHOLE), WHOLE + 2)
    far = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/" + b"x" * 60_000
    with sending(far + b"\r\nContent-Length: 0\r\n\r\n", b"", 60) as url:
        assert "is redirected to another server" in ended(lambda: get(url), 10)
