"""Archives without end, and those that unpack to more than there is: whatever a server sends,
`lod fetch` ends, and says what was wrong.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from lod.base.errors import LodError
from lod.base.inputs import MAX_BYTES
from lod.extensions.fetch.download import ARCHIVE_LIMITS, ArchiveRow, fetch
from lod.extensions.fetch.state import damage
from tests.support.bombs import sharing, zipped
from tests.support.repository import ENDLESS, WHOLE, ended, sending


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


@pytest.mark.slow
def test_a_bomb_is_told(tmp_path: Path) -> None:
    """A zip of 160 kB that unpacks to 160 MiB, and a zip whose members share their bytes."""
    bomb = tmp_path / "bomb.zip"
    bomb.write_bytes(zipped(bytes(MAX_BYTES), count=20))
    assert damage(bomb) == "unpacks to more than 128 MiB"
    bomb.write_bytes(sharing(zipped(bytes(MAX_BYTES)), count=1_000))
    assert damage(bomb) == "some of its members share bytes: it may be a zip bomb"
