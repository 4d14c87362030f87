"""Every IRI that is published can be followed: in the store, in the descriptions, in the report."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse
from werkzeug.test import Client

from lod.collect import Bilan
from lod.release import current
from lod.store import open_store
from tests.server_data import client_of, serving

BASE = "http://localhost:8000/"


@pytest.fixture(scope="module")
def client(mixture: tuple[Path, Bilan]) -> Iterator[Client]:
    with serving(mixture[0], workers=1) as server:
        yield client_of(server)


def documents(folder: Path) -> set[str]:
    """The documents of every IRI below the base that is the subject or object of something."""
    release = current(folder)
    triples = [q.triple for q in open_store(release / "store").quads_for_pattern(None, None, None)]
    for path in (release / "dumps/dcat.ttl", release / "quality/report.ttl"):
        triples += [q.triple for q in parse(path=str(path), format=RdfFormat.TURTLE)]
    terms = {term for t in triples for term in (t.subject, t.object)}
    iris = {term.value for term in terms if isinstance(term, NamedNode)}
    return {iri.partition("#")[0] for iri in iris if iri.startswith(BASE)}


def test_every_iri_leads_to_a_document(client: Client, mixture: tuple[Path, Bilan]) -> None:
    """Followed as a program that wants Turtle does, each answers 200."""
    published = documents(mixture[0])
    assert len(published) > 1000
    # a question that was refused is a focus node of the report, and has no document
    refused = {iri for iri in published if "/question/" in iri} - {
        f"{BASE}question/{page.stem}"
        for page in (current(mixture[0]) / "site/question").glob("*.html")
    }
    assert len(refused) <= 2
    for iri in sorted(published - refused):
        path = "/" + iri.removeprefix(BASE)
        headers = {"Accept": "text/turtle, */*;q=0.1"}
        answer = client.get(path, headers=headers)
        if answer.status_code == 303:
            answer = client.get(answer.headers["Location"])
        assert answer.status_code == 200, iri


def test_a_raw_record_is_served_as_text(client: Client, mixture: tuple[Path, Bilan]) -> None:
    """Byte for byte, and never as a page: what a stranger wrote is not run in a browser."""
    raw = sorted((current(mixture[0]) / "sources").glob("*/*.txt"))
    for path in raw[:: len(raw) // 20]:
        answer = client.get(f"/sources/{path.parent.name}/{path.name}")
        assert answer.status_code == 200 and answer.data == path.read_bytes()
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/rejected/index.csv").status_code == 404


def test_the_folder_may_be_relative(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`lod serve out` serves the files of `out` in the working folder: pages, documents, dumps."""
    monkeypatch.chdir(sample.parent)
    with serving(Path(sample.name), workers=1) as server:
        for path in (
            "/",
            "/question/QANR5L15QE43349.ttl",
            "/telechargements/void.ttl",
            "/dcat.ttl",
        ):
            assert server.ask(path).status == 200, path
