"""Test what `lod check --published` says, on real servers of real releases."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from lod.remote.http import Limits
from lod.remote.resolution import SAMPLE, Resolved, resolutions
from lod.website.export import export
from tests.support.live import live
from tests.support.once import once
from tests.support.programs import lod
from tests.support.repository import running, saying
from tests.support.server_data import files_served, free_port

pytestmark = pytest.mark.slow
LIMITS = Limits(delays=(), connect=5, whole=60, size=2**27)
NAMESPACES = ("https://w3id.org/questions-parlementaires/def",
              "https://w3id.org/questions-parlementaires/shapes")  # fmt: skip


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A release whose base is a port of this machine, and the port."""

    def make(folder: Path) -> int:
        port = free_port()
        build([packaged.SAMPLE], folder, Settings(base=f"http://127.0.0.1:{port}/"), jobs=2)
        return port

    return once(tmp_path_factory, "resolved", make)


def asked(port: int) -> list[Resolved]:
    """Return what comes of the addresses of the release on a port."""
    return list(resolutions(Settings(base=f"http://127.0.0.1:{port}/"), LIMITS))


def wrong(found: list[Resolved]) -> dict[str, str]:
    """Return address → what is wrong, of those that do not resolve and are not at w3id.org.

    These cannot be reached from a machine without network, and nobody has asked for them yet.
    """
    failed = {one.address: one.wrong for one in found if one.wrong}
    for namespace in NAMESPACES:
        assert "ask for it as deploy/w3id says" in failed.pop(namespace)
    return failed


def test_all_resolves_where_it_is_served(released: tuple[Path, int]) -> None:
    """Hundreds of addresses, of all kinds: none is broken but the namespaces."""
    folder, port = released
    with live(folder, port=port):
        found = asked(port)
    assert wrong(found) == {}
    kinds = Counter(one.address.split("/")[3] for one in found)
    assert len(found) > SAMPLE + 50
    assert {"question", "depute", "ministere", "rubrique", "telechargements", "sparql"} <= {*kinds}
    assert kinds["telechargements"] >= 50  # each file of the catalogue


def test_a_host_of_files_does_not_choose(released: tuple[Path, int], tmp_path: Path) -> None:
    """Its pages are there, its IRIs are not; each finding says what to do."""
    folder, port = released
    export(folder, tmp_path / "public", 2)
    (tmp_path / "public" / "telechargements" / "tout.nq.gz").unlink()
    with files_served(tmp_path / "public", port):
        failed = wrong(asked(port))
    dump = f"http://127.0.0.1:{port}/telechargements/tout.nq.gz"
    assert failed[dump] == "404 Not Found; publish the whole release"
    documents = [told for address, told in failed.items() if "/question/" in address]
    assert len(documents) > 40
    assert all("let it choose by Accept" in told for told in documents)


def test_a_release_for_another_base(released: tuple[Path, int], tmp_path: Path) -> None:
    """It is said, and no address of the other base is taken for ours."""
    folder, _ = released
    shutil.copytree(folder, tmp_path / "out", symlinks=True)
    port = free_port()
    with live(tmp_path / "out", port=port):
        failed = wrong(asked(port))
    void = f"http://127.0.0.1:{port}/.well-known/void"
    assert failed[void].endswith(f"begin with http://127.0.0.1:{port}/; build with that base")


def test_nobody_is_there() -> None:
    """What cannot be reached is said of each address; the command ends with 1."""
    base = f"http://127.0.0.1:{free_port()}/"
    done = lod("check", "--published", "--base", base)
    assert done.exit_code == 1
    assert "is `lod serve` running" in done.stdout and "Traceback" not in done.stderr
    assert done.stderr == "6 addresses asked, 6 do not resolve\n"
    for inputs in ((), ("--published", "pages/")):
        done = lod("check", *inputs)
        assert (done.exit_code, done.stderr) == (2, "lod: give either INPUT or --published\n")


def test_a_server_that_misbehaves() -> None:
    """Redirections without end or to a file, Turtle that is none, a huge answer: findings."""
    told = {
        "/": saying(301, Location="/"),
        "/.well-known/void": saying(200, b"<html>not Turtle"),
        "/telechargements/dcat.ttl": saying(303, Location="file:///etc/passwd"),
        "/sitemap.xml": saying(200, b"<loc>" + b"x" * 3_000),
    }
    with running() as depot:
        depot.script = [lambda request: told[request.path](request)]
        limits = Limits(delays=(), connect=5, whole=10, size=2_000)
        failed = wrong(list(resolutions(Settings(base=depot.base), limits)))
        base = depot.base
    assert "more than 5 redirections" in failed[base]
    assert "do not begin with" in failed[f"{base}.well-known/void"]
    assert "'file:///etc/passwd' is not an address" in failed[f"{base}telechargements/dcat.ttl"]
    assert "more than 2000 bytes" in failed[f"{base}sitemap.xml"]
