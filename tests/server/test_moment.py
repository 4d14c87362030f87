"""What is served and exported tells when a release was published; its bytes do not know it."""

from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import DCAT, DCTERMS, Graph, URIRef
from werkzeug.http import http_date
from werkzeug.test import Client

from lod.base import packaged
from lod.publish.publication_log import read_log
from lod.publish.release import current, manifest
from lod.rdf.vocab import NAMESPACE
from lod.website.export import export
from tests.support.once import everything, state_of
from tests.support.paths import BASE
from tests.support.server_data import THINGS, client_of, point, publish, serving

FORMATS = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
VOID = f"{BASE}.well-known/void#questions"
STATED = f"GRAPH ?g {{ <{quote(VOID)}> dcterms:modified ?jour }}"
ASKED = f"/sparql?format=csv&query=SELECT ?jour {{ {STATED} }}"


@pytest.fixture(scope="module")
def instant(sample: Path) -> str:
    """When the release of the sample was published: long after the day of its data."""
    [*_, last] = read_log(sample)
    assert last.instant[:10] > last.donnees_au
    return last.instant


def test_a_robot_reads_the_instant(client: Client, instant: str, sample: Path) -> None:
    """Of each page that is of the day of the data, and of the dataset on the home page."""
    day = manifest(current(sample))["donnees_au"]
    for path in ("sitemap.xml", "sitemap-1.xml"):
        served = client.get(f"/{path}")
        written = (current(sample) / "site" / path).read_text("utf-8")
        told = served.text.count(f"<lastmod>{instant}</lastmod>")
        assert told == written.count(f"<lastmod>{day}") > 0 and instant not in written
        again = client.get(f"/{path}", headers={"If-None-Match": served.headers["ETag"]})
        assert again.status_code == 304
        part = client.get(f"/{path}", headers={"Range": "bytes=0-4"})
        assert (part.status_code, part.data) == (206, b"<?xml")
    assert f'"dateModified": "{instant}"' in client.get("/").text


def test_a_catalogue_reads_the_day(client: Client, instant: str, sample: Path) -> None:
    """In DCAT, of what comes of records; a download stays what its hash says."""
    graph = Graph().parse(data=client.get("/dcat.ttl").text, format="turtle")
    own, core = URIRef(f"{BASE}dcat.ttl#ontologie"), Graph().parse(packaged.CORE)
    itself = URIRef(NAMESPACE.rstrip("#"))
    for term in (DCTERMS.modified, URIRef(f"{DCAT}version")):
        assert graph.value(own, term) == core.value(itself, term), term
        graph.remove((own, term, None))
    assert {str(day) for day in graph.objects(None, DCTERMS.modified)} == {instant[:10]}
    download = (current(sample) / "dumps/dcat.ttl").read_bytes()
    assert client.get("/telechargements/dcat.ttl").data == download


@pytest.mark.parametrize("form", FORMATS)
def test_void_has_one_day(client: Client, form: str, sample: Path) -> None:
    """That of the data, in each form, in the file to download, and at the endpoint."""
    day = manifest(current(sample))["donnees_au"]
    text = client.get(f"/.well-known/void.{form}").text
    stated = Graph().parse(data=text, format=FORMATS[form]).value(URIRef(VOID), DCTERMS.modified)
    assert str(stated) == day
    assert f'dcterms:modified "{day}"' in client.get("/telechargements/void.ttl").text
    assert client.get(ASKED).text.split() == ["jour", day]


@pytest.mark.parametrize(
    "path", [f"{THINGS[0]}.html", f"{THINGS[0]}.ris", "sparql?query=ASK%7B%7D"]
)
def test_what_is_made_on_request_is_as_new_as_its_publication(tmp_path: Path, path: str) -> None:
    """Who states the day is told that nothing changed; not after a release taken back."""
    for identity in ("r1", "r2"):
        (publish(tmp_path, identity) / "site" / f"{THINGS[0]}.html").unlink()
    point(tmp_path, "r1", moment := 1_800_000_000)
    with serving(tmp_path, workers=1) as server:
        client = client_of(server)
        day = client.get(f"/{path}").last_modified
        assert day is not None and day.timestamp() == moment
        later, before = (http_date(moment + seconds) for seconds in (3, -1))
        for named, status in (
            ({"If-Modified-Since": http_date(day)}, 304),
            ({"If-Modified-Since": later}, 304),
            ({"If-Modified-Since": before}, 200),
            ({"If-Modified-Since": "hier"}, 200),
            ({"If-Modified-Since": http_date(day), "If-None-Match": '"x"'}, 200),
            ({"If-Unmodified-Since": before}, 412),
        ):
            for method in ("GET", "HEAD"):
                got = client.open(f"/{path}", method=method, headers=named)
                assert got.status_code == status, (method, named)
    for identity, seconds in (("r2", 10), ("r1", 20)):
        point(tmp_path, identity, moment + seconds)
        with serving(tmp_path, workers=1) as server:
            said = client_of(server).get(f"/{path}", headers={"If-Modified-Since": later})
            assert (said.status_code, said.last_modified.timestamp()) == (200, moment + seconds)


def test_an_export_tells_it_too(sample: Path, instant: str, tmp_path: Path) -> None:
    """Its maps and its descriptions; the release stays as it was."""
    before = state_of(sample)
    export(sample, tmp_path / "public", 1, everything(sample))
    assert state_of(sample) == before
    root = tmp_path / "public"
    assert f"<lastmod>{instant}</lastmod>" in (root / "sitemap.xml").read_text("utf-8")
    assert f'"dateModified": "{instant}"' in (root / "index.html").read_text("utf-8")
    assert f'dcterms:modified "{instant[:10]}"' in (root / "dcat.ttl").read_text("utf-8")
