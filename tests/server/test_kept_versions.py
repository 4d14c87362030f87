"""A paper can cite the bytes: each release that is kept has its files at addresses of their own."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS
from werkzeug.test import Client

from lod.base.settings import Settings
from lod.build import build
from lod.publish.release import current, manifest
from tests.support.paths import BASE
from tests.support.releases import Kept
from tests.support.server_data import client_of, serving

GONE = "0123456789abcdef"  # a release that never was


@pytest.fixture(scope="module")
def client(made: Kept) -> Iterator[Client]:
    with serving(made.out, workers=1) as server:
        yield client_of(server)


def test_each_file_of_each_release_has_an_address(client: Client, made: Kept) -> None:
    """The same bytes for ever, as the sums say; with tag, ranges and no end of its freshness."""
    for release in map(made.folder, range(3)):
        files = manifest(release)["files"]
        assert len(files) > 30
        for name, told in files.items():
            answer = client.head(f"/versions/{release.name}/{name}")
            assert answer.status_code == 200 and answer.content_length == told["bytes"], name
            cached = answer.headers["Cache-Control"].split(", ")
            assert {"public", "immutable", "max-age=31536000"} == set(cached)
            assert "Expires" not in answer.headers
        for name in ("dcat.ttl", "void.ttl", "questions.nt.gz"):
            path = f"/versions/{release.name}/{name}"
            whole = client.get(path)
            assert sha256(whole.data).hexdigest() == files[name]["sha256"]
        part = client.get(path, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.data) == (206, whole.data[10:20])
        again = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(f"/versions/{release.name}/SHA256SUMS").data


def test_the_catalogue_and_the_page_name_them(client: Client, made: Kept) -> None:
    """DCAT identifies each file by the address of its bytes, and states its version."""
    here = current(made.out)
    graph = Graph().parse(data=client.get("/dcat.ttl").data, format="turtle")
    parts = set(graph.objects(None, DCAT.distribution))
    for part in parts:
        address = str(graph.value(part, DCTERMS.identifier))
        assert address.startswith(f"{BASE}versions/{here.name}/")
        assert client.head(address.removeprefix(BASE[:-1])).status_code == 200
    graph.remove((URIRef(f"{BASE}dcat.ttl#ontologie"), None, None))  # it has its own version
    versions = {str(o) for o in graph.objects(None, URIRef(f"{DCAT}version"))}
    assert versions == {here.name} and len(parts) > 30
    for end in ("", ".en"):
        page = client.get(f"/telechargements/index{end}.html").text
        assert f"{BASE}versions/{here.name}/questions.ttl.gz" in page


def test_what_is_not_there(client: Client, made: Kept) -> None:
    """Nothing but files to download is served of a release; the answer says so in words."""
    release = current(made.out).name
    for path in (f"{GONE}/questions.nt.gz", f"{release}/rien.ttl", f"{release}/../manifest.json",
                 f"{release}/manifest.json", f"{release}/tables/../../manifest.json",
                 "../current/dumps/void.ttl", f"{release.upper()}x/void.ttl"):  # fmt: skip
        answer = client.get(f"/versions/{path}")
        assert answer.status_code in (301, 404), path


def test_a_removed_release_is_gone(kept: Kept) -> None:
    """410, with words, also for a browser: the log knows that it was published."""
    former = kept.folder(0)
    path = f"/versions/{former.name}/questions.nt.gz?new"
    with serving(kept.out, workers=1) as server:
        client = client_of(server)
        assert client.get(path.removesuffix("?new")).status_code == 200
        former.rename(kept.out / "aside")
        answer = client.get(path)  # none is kept for that address
        assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
        assert former.name in answer.json["detail"]  # type: ignore[index]
        page = client.get(path, headers={"Accept": "text/html"})
        assert (page.status_code, page.mimetype) == (410, "text/html")


def test_a_release_with_a_withheld_question_is_gone(kept: Kept, tmp_path: Path) -> None:
    """Who withholds a question withholds it from the files of all releases."""
    uid, former = "QANR5L17QE1", current(kept.out)
    (tmp_path / "retenues.csv").write_text(f"uid,motif\n{uid},demande\n", "utf-8")
    build([kept.records[2]], kept.out, Settings(revue=tmp_path))
    here = current(kept.out)
    assert manifest(here)["retenues"] == {uid: "demande"}
    with serving(kept.out, workers=1) as server:
        client = client_of(server)
        answer = client.get(f"/versions/{former.name}/questions.nt.gz")
        assert answer.status_code == 410 and "retirée" in answer.json["detail"]  # type: ignore[index]
        assert client.get(f"/versions/{here.name}/questions.nt.gz").status_code == 200
