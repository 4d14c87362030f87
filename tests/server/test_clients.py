"""Test that common clients can use the server: libraries, command-line programs, a browser.

A test is skipped if its program is missing, and fails in CI. `.ci/run` installs all of them:
Debian's `curl rasqal-utils default-jre-headless chromium nodejs npm`, and the packages of
`tests/clients/package.json` in `build/clients`. A JRE runs a Java program from its source.
"""

import json
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from lod.rdf.vocab import NAMESPACE
from tests.support.live import Live, live
from tests.support.programs import HERE, MODULES, browser, need, output
from tests.support.server_data import THINGS, files_served, free_port, ntriples, publish, write

TITLE = "Où va l’école « rurale » ?"
ROWS = "SELECT ?s ?n { ?s <urn:rang> ?n } ORDER BY ?n LIMIT 7"
CONSTRUCT = "CONSTRUCT { ?s <urn:p#rang> ?n } { ?s <urn:rang> ?n }"
TRUE = "ASK { ?s ?p ?o }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Yield a server whose base is its own address, with real documents of one question."""
    folder, port = tmp_path_factory.mktemp("clients"), free_port()
    base = f"http://127.0.0.1:{port}/"
    accented = f'<{base}auteur/15/élise> <urn:nom> "Élise"@fr .'
    about = f'<{base}{THINGS[0]}> <urn:titre> "{TITLE}"@fr .'
    release = publish(folder, base=base, quads=f"{ntriples('r1')}\n{about}\n{accented}")
    for form in ("ttl", "nt"):
        write(release / "site" / f"{THINGS[0]}.{form}", about)
    as_json = {"@id": f"{base}{THINGS[0]}", "urn:titre": {"@value": TITLE, "@language": "fr"}}
    write(release / "site" / f"{THINGS[0]}.jsonld", json.dumps(as_json))
    with live(folder, port=port) as running:
        yield running


def wrapper(server: Live, query: str, method: str = GET, way: str = URLENCODED) -> SPARQLWrapper:
    client = SPARQLWrapper(server.sparql)
    client.setQuery(query)
    client.setMethod(method)
    client.setRequestMethod(way)
    return client


@pytest.mark.parametrize("way", [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_select(server: Live, form: str, way: tuple[str, str]) -> None:
    client = wrapper(server, ROWS, *way)
    client.setReturnFormat(form)
    found: Any = client.queryAndConvert()
    match form:
        case "json":
            numbers = [row["n"]["value"] for row in found["results"]["bindings"]]
        case "xml":
            numbers = [node.firstChild.data for node in found.getElementsByTagName("literal")]
        case _:
            cells = [line.split(b"," if form == CSV else b"\t") for line in found.splitlines()[1:]]
            numbers = [cell[1].decode() for cell in cells]
    assert numbers == ["0", "1", "2", "3", "4", "5", "6"]


def test_sparqlwrapper_ask_and_construct(server: Live) -> None:

    def told(query: str, form: str) -> Any:
        client = wrapper(server, query)
        client.setReturnFormat(form)
        return client.queryAndConvert()

    assert told(TRUE, JSON)["boolean"] and "true</boolean>" in told(TRUE, XML).toxml()
    turtle = rdflib.Graph().parse(data=told(CONSTRUCT, TURTLE), format="turtle")
    assert [len(g) for g in (turtle, told(CONSTRUCT, RDFXML), told(CONSTRUCT, JSONLD))] == [60] * 3


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_store(server: Live, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(server.sparql, method=method))
    author = rdflib.URIRef(f"{server.url}auteur/15/élise")
    name = (author, rdflib.URIRef("urn:nom"), rdflib.Literal("Élise", lang="fr"))
    assert len(graph) == 63
    assert list(graph.triples((author, None, None))) == [name]
    assert name in graph
    assert bool(graph.query(TRUE))
    assert len(list(graph.query(ROWS))) == 7
    assert len(graph.query(CONSTRUCT).graph or ()) == 60


@pytest.mark.parametrize("form", [None, "turtle", "json-ld"])
def test_rdflib_parse(server: Live, form: str | None) -> None:
    """rdflib and pyoxigraph read the triples at the IRI of a thing, and those of a query."""
    thing = f"{server.url}{THINGS[0]}"
    titles = rdflib.Graph().parse(thing, format=form).objects(rdflib.URIRef(thing))
    assert [str(title) for title in titles] == [TITLE]
    query = f"{server.sparql}?{urlencode({'query': CONSTRUCT})}"
    assert len(rdflib.Graph().parse(query, format=form)) == 60


def test_federation(server: Live) -> None:
    query = f"SELECT ?n {{ SERVICE <{server.sparql}> {{ ?s <urn:rang> ?n }} }}"
    assert len(list(rdflib.Graph().query(query))) == 60
    assert len(list(pyoxigraph.Store().query(query))) == 60  # type: ignore[arg-type]


def test_pandas(server: Live) -> None:
    import pandas  # here: it takes a second

    frame = pandas.read_csv(f"{server.sparql}?{urlencode({'query': ROWS, 'format': 'csv'})}")
    assert (list(frame.columns), list(frame.n)) == (["s", "n"], list(range(7)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own escapes
        import sparql_dataframe
    assert sparql_dataframe.get(server.sparql, ROWS, post=True).shape == (7, 2)


@pytest.mark.tool
def test_roqet(server: Live) -> None:
    lines = output(need("roqet"), "-q", "-r", "csv", "-p", server.sparql, "-e", ROWS).splitlines()
    assert [line.rpartition(",")[2] for line in lines] == ["n", *map(str, range(7))]


@pytest.mark.tool
@pytest.mark.parametrize("more", [[], ["-G"], ["--compressed"], ["--http1.0"]])
def test_curl(server: Live, more: list[str]) -> None:
    command = [need("curl"), "-sSf", *more, "-H", "Accept: text/csv"]
    text = output(*command, "--data-urlencode", f"query={ROWS}", server.sparql)
    assert len(text.splitlines()) == 8


@pytest.mark.tool
def test_java(server: Live) -> None:
    """The HttpClient of Java offers HTTP/2 with its POST, and is answered in HTTP/1.1."""
    said = output(need("java"), HERE / "Ask.java", server.sparql, "SELECT (7 AS ?n) {}")
    assert said.splitlines() == ["200 HTTP_1_1", "n", "7"] * 2


@pytest.mark.tool
@pytest.mark.slow
def test_comunica_calls_a_function_of_ours(tmp_path: Path) -> None:
    """It leaves a function to the endpoint that describes it, by the absolute IRI of the guides."""
    comunica, port = need(MODULES / ".bin" / "comunica-sparql"), free_port()
    base = f"http://127.0.0.1:{port}/"
    build([packaged.INVENTED], tmp_path, Settings(base=base))
    where = f'?q qp:titre ?titre FILTER(<{base}recherche#contient>(?q, "sécheresse"))'
    with live(tmp_path, port=port) as running:
        query = f"PREFIX qp: <{NAMESPACE}> SELECT ?titre {{ {where} }}"
        [row] = json.loads(output(comunica, running.sparql, query))
    assert "Partage de l’eau" in row["titre"]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a page with YASGUI, of another origin."""
    folder = tmp_path_factory.mktemp("yasgui")
    built = MODULES / "@zazuko" / "yasgui" / "build"
    need(built)
    for path in (HERE / "yasgui.html", built / "yasgui.min.js", built / "yasgui.min.css"):
        shutil.copy(path, folder)
    with files_served(folder) as port:
        yield f"http://localhost:{port}/yasgui.html"


@pytest.mark.tool
def test_yasgui(server: Live, elsewhere: str) -> None:
    """A browser shows rows of the server on a page of another origin, without errors."""
    node, chromium = need("node"), browser()
    said = output(node, HERE / "yasgui.mjs", MODULES, elsewhere, server.sparql, ROWS,
                  CHROMIUM=chromium)  # fmt: skip
    assert json.loads(said) == {"rows": {"GET": 7, "POST": 7}, "errors": []}
