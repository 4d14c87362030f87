"""npm packages: verified before they are unpacked, and installed whole or not at all."""

import base64
import hashlib
import io
import socket
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.packaged import Vendored, vendored
from lod.remote import npm as vendor
from lod.remote.http import Limits
from tests.support.paths import site_files
from tests.support.repository import Answer, Depot, Request, running

SCRIPT, STYLE = b"console.log('a')\n" * 1000, b"b {}\n"
LIMITS = Limits(connect=2, read=2, whole=5, size=100_000)
LINK = "package/link.js"


def tarball(**members: bytes) -> bytes:
    """A package with a script, a style, a link that leads out of it, and what a test adds."""
    file = io.BytesIO()
    all_ = {"package/a.js": SCRIPT, "package/b.css": STYLE} | members
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, data in all_.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo(LINK)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    return file.getvalue()


def integrity(data: bytes) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"


def row(base: str, data: bytes, **other: str) -> Vendored:
    """Return a row of the table for the script, with other values in it."""
    said = {"package": "@a/b", "version": "1.0", "tarball": f"{base}b.tgz",
            "integrity": integrity(data), "member": "package/a.js", "name": "b/a.js",
            "licence": "b.txt"}  # fmt: skip
    return Vendored(**said | other)


def sending(data: bytes, sent: int | None = None, status: int = 200, length: bool = True) -> Answer:
    """An answer that may end before `sent` bytes, or have no Content-Length."""

    def answer(request: Request) -> None:
        request.start(status, **({"Content_Length": len(data)} if length else {}))
        request.wfile.write(data[:sent])
        request.close_connection = True

    return answer


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    """A registry on the loopback, and an empty folder for its packages."""
    monkeypatch.setattr(packaged, "VENDOR", tmp_path / "vendor")
    with running() as server:
        yield server


def brought(*rows: Vendored) -> str:
    """Return the line about one package; its folder has all files, or none."""
    [said] = vendor.bring(rows, LIMITS)
    here = [path for path in packaged.VENDOR.rglob("*") if path.is_file()]
    assert len(here) == (0 if isinstance(said, LodError) else len(rows))
    assert not list(packaged.VENDOR.glob(".new-*"))
    return str(said)


def test_files_come_once(depot: Depot) -> None:
    """Only the files of the table are installed, and they are not requested again."""
    data = tarball(**{"package/../../../evil.js": b"x"})
    depot.script = [sending(data)]
    style = row(depot.base, data, member="package/b.css", name="b/b.css")
    assert brought(row(depot.base, data), style) == "@a/b-1.0: 2 files, verified"
    assert (row("", data).path.read_bytes(), style.path.read_bytes()) == (SCRIPT, STYLE)
    assert brought(row(depot.base, data), style) == "@a/b-1.0: is there"
    assert len(depot.requests) == 1


GOOD = tarball()
BIG = tarball(**{"package/big.js": bytes(vendor.LARGEST + 1)})
BAD = {
    "another hash": (sending(GOOD[:-1] + b"x"), {}, "its hash is sha512-"),
    "hung up": (sending(GOOD, sent=100), {}, "the answer broke off"),
    "cut": (sending(GOOD, sent=100, length=False), {}, "its hash is sha512-"),
    "too big": (sending(bytes(LIMITS.size + 1)), {}, "more than 100000 bytes"),
    "absent": (sending(b"no", status=404), {}, "404 Not Found"),
    "elsewhere": (lambda request: request.start(302, Location="http://127.0.0.2/"), {}, "302 "),
    "no tarball": (sending(b"<html>"), {"integrity": integrity(b"<html>")}, "no package"),
    "no such member": (sending(GOOD), {"member": "package/c.js"}, "has no file package/c.js"),
    "a link": (sending(GOOD), {"member": LINK}, f"has no file {LINK}"),
    "a big member": (
        sending(BIG), {"integrity": integrity(BIG), "member": "package/big.js"}, "more than 4194304"
    ),
    "upwards": (sending(GOOD), {"name": "../a.js"}, "is not that of a file"),
    "hidden": (sending(GOOD), {"name": "b/.a.js"}, "is not that of a file"),
    "absolute": (sending(GOOD), {"name": __file__}, "is not that of a file"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_server_that_misbehaves(depot: Depot, name: str) -> None:
    """No file is installed; one line says what is wrong and what to do."""
    answer, other, wrong = BAD[name]
    depot.script = [answer]
    said = brought(row(depot.base, GOOD, **other))
    assert wrong in said and said.endswith(vendor.WITHOUT) and "\n" not in said


def test_without_a_network(depot: Depot) -> None:
    """A registry that cannot be reached gives one line."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        base = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert "cannot be reached" in brought(row(base, GOOD))


def test_the_table() -> None:
    """Each row names one version exactly, by its hash, and a licence that is there."""
    names = [v.name for v in vendored()]
    assert names[:2] == ["yasgui/yasgui.min.js", "yasgui/yasgui.min.css"]
    licences = {path.name for path in site_files("licences")}
    for v in vendored():
        assert v.tarball.startswith("https://registry.npmjs.org/") and v.version in v.tarball
        assert vendor.FILE_NAME.fullmatch(v.name) and len(v.integrity) == 95
        assert v.licence in licences
