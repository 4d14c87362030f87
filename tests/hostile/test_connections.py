"""What a connection has begun it brings to an end: slow readers, requests sent ahead."""

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from lod.server import limits
from tests.support.live import Live, live
from tests.support.patience import HANG
from tests.support.server_data import THINGS, publish, serving

pytestmark = pytest.mark.slow

SIZE = 26_000_000  # bytes of a download
FILE = "/telechargements/large.nt"
ASK = f"/sparql?query={quote('ASK {}')}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small release with one large download."""
    folder = tmp_path_factory.mktemp("connections")
    (publish(folder) / "site" / FILE.lstrip("/")).write_bytes(bytes(SIZE))
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Live]:
    with live(folder) as running:
        yield running


def test_a_slow_download_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes longer than a connection may be silent; the next request is answered."""
    monkeypatch.setattr(limits, "SILENT_SECONDS", 1)
    with (
        serving(folder) as server,
        closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=HANG)) as one,
    ):
        one.request("GET", FILE)
        response, size = one.getresponse(), 0
        while piece := response.read(SIZE // 20):
            size += len(piece)
            time.sleep(0.1)
        assert (response.status, size) == (200, SIZE)
        one.request("GET", "/sante")
        assert one.getresponse().status == 200


class Received(io.BufferedReader):
    """What a server sends on a connection, so that several answers can be read from it."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(socket.SocketIO(connection, "r"))

    def makefile(self, *_: object, **__: object) -> "Received":
        """Be the file that `http.client` reads."""
        return self

    def close(self) -> None:
        """Stay open: the next answer comes."""


@pytest.mark.parametrize("offer", ["", "Connection: Upgrade\r\nUpgrade: websocket\r\n"])
def test_requests_sent_ahead(server: Live, offer: str) -> None:
    """Each has its answer, in order; an offer to go on in another protocol is passed over."""
    targets = ["/sante", ASK, FILE, f"/{THINGS[0]}.ttl", "/absent", ASK] * 2
    with server.connect(HANG) as connection:
        heads = (f"GET {target} HTTP/1.1\r\nHost: x\r\n{offer}\r\n" for target in targets)
        connection.sendall("".join(heads).encode())
        received = Received(connection)
        for target in targets:
            response = http.client.HTTPResponse(received, method="GET")  # type: ignore[arg-type]
            response.begin()
            body = response.read()
            assert response.status == (404 if target == "/absent" else 200)
            assert (len(body) == SIZE) == (target == FILE)
            assert (b'"boolean"' in body) == (target == ASK)
