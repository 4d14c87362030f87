"""A paper can cite the bytes: each release that is kept has its files at addresses of their own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS
from werkzeug.test import Client

from lod.base.packing import sha256
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import current, manifest
from tests.support.paths import BASE, GOOD, RICH
from tests.support.server_data import client_of, serving

GONE = "0123456789abcdef"  # a release that never was


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, one after the other."""
    folder = tmp_path_factory.mktemp("kept")
    build([RICH], folder, Settings())
    build([RICH, GOOD], folder, Settings())
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with serving(folder, workers=1) as server:
        yield client_of(server)


def test_each_file_of_each_release_has_an_address(client: Client, folder: Path) -> None:
    """The same bytes for ever, as the sums say; with tag, ranges and no end of its freshness."""
    releases = sorted((folder / "releases").glob("????????????????"))
    assert len(releases) == 2
    for release in releases:
        files = manifest(release)["files"]
        assert len(files) > 30
        for name, told in files.items():
            answer = client.head(f"/versions/{release.name}/{name}")
            assert answer.status_code == 200 and answer.content_length == told["bytes"], name
            cached = answer.headers["Cache-Control"].split(", ")
            assert {"public", "immutable", "max-age=31536000"} == set(cached)
            assert "Expires" not in answer.headers
        path = f"/versions/{release.name}/questions.nt.gz"
        whole = client.get(path)
        (folder / "got").write_bytes(whole.data)
        assert sha256(folder / "got") == files["questions.nt.gz"]["sha256"]
        part = client.get(path, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.data) == (206, whole.data[10:20])
        again = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(f"/versions/{release.name}/SHA256SUMS").data


def test_the_catalogue_and_the_page_name_them(client: Client, folder: Path) -> None:
    """DCAT identifies each file by the address of its bytes, and states its version."""
    here = current(folder)
    graph = Graph().parse(data=client.get("/dcat.ttl").data, format="turtle")
    parts = set(graph.objects(None, DCAT.distribution))
    for part in parts:
        address = str(graph.value(part, DCTERMS.identifier))
        assert address.startswith(f"{BASE}versions/{here.name}/")
        assert client.head(address.removeprefix(BASE[:-1])).status_code == 200
    versions = {str(o) for o in graph.objects(None, URIRef(f"{DCAT}version"))}
    assert versions == {here.name} and len(parts) > 30
    for end in ("", ".en"):
        page = client.get(f"/telechargements/index{end}.html").text
        assert f"{BASE}versions/{here.name}/questions.ttl.gz" in page


def test_what_is_not_there(client: Client, folder: Path) -> None:
    """Nothing but files to download is served of a release; the answer says so in words."""
    release = current(folder).name
    for path in (
        f"{GONE}/questions.nt.gz",
        f"{release}/rien.ttl",
        f"{release}/../manifest.json",
        f"{release}/manifest.json",
        f"{release}/tables/../../manifest.json",
        "../current/dumps/void.ttl",
        f"{release.upper()}x/void.ttl",
    ):
        answer = client.get(f"/versions/{path}")
        assert answer.status_code in (301, 404), path


def test_a_removed_release_is_gone(client: Client, folder: Path) -> None:
    """410, with words, also for a browser: the log knows that it was published."""
    here = current(folder)
    [former] = (one for one in (folder / "releases").glob("????????????????") if one != here)
    kept = folder / "aside"
    path = f"/versions/{former.name}/questions.nt.gz?new"  # no answer is kept for that address
    former.rename(kept)
    try:
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
        assert former.name in answer.json["detail"]  # type: ignore[index]
        page = client.get(path, headers={"Accept": "text/html"})
        assert (page.status_code, page.mimetype) == (410, "text/html")
    finally:
        kept.rename(former)


@pytest.mark.slow
def test_a_release_with_a_withheld_question_is_gone(folder: Path, tmp_path: Path) -> None:
    """Who withholds a question withholds it from the files of all releases."""
    shutil.copytree(folder, tmp_path / "out", symlinks=True)
    former = current(tmp_path / "out")
    [uid, _] = (uid for _, uid in PublishedQuestions(former).uids())
    review = tmp_path / "revue"
    review.mkdir()
    (review / "retenues.csv").write_text(f"uid,motif\n{uid},demande\n", "utf-8")
    build([RICH, GOOD], tmp_path / "out", Settings(revue=review))
    assert manifest(current(tmp_path / "out"))["retenues"] == {uid: "demande"}
    with serving(tmp_path / "out", workers=1) as server:
        client = client_of(server)
        answer = client.get(f"/versions/{former.name}/questions.nt.gz")
        assert answer.status_code == 410 and "retirée" in answer.json["detail"]  # type: ignore[index]
        here = current(tmp_path / "out").name
        assert client.get(f"/versions/{here}/questions.nt.gz").status_code == 200
