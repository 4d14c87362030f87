"""Test the server by HTTP, with real readers."""

import json
import socket
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import RdfFormat, parse
from werkzeug.test import Client, TestResponse

from lod.server.engine.pool import Pool
from lod.server.limits import WorkerLimits
from lod.server.routes.endpoint import METHODS
from lod.server.routes.release_files import DOCUMENT_FORMS, FORMS
from tests.support.paths import tables_of
from tests.support.patience import HANG, wait_for
from tests.support.server_data import (
    BASE,
    COUNT,
    CROSS,
    RELEASE,
    Server,
    ask,
    client_of,
    listening,
    point,
    publish,
    serving,
)

TABLES = tables_of(__file__)

QUESTION = "/question/QANR5L15QE43349"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server with two readers and a limit of two seconds for a query."""
    folder = tmp_path_factory.mktemp("out")
    publish(folder)
    with serving(folder, limits=WorkerLimits(seconds=2), workers=2) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Client:
    return client_of(server)


def sparql(client: Client, query: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/sparql", query_string={"query": query}, headers=named)


def problem(response: TestResponse) -> tuple[int, str]:
    """Return status and slug of a problem; check that the body has the same status."""
    assert response.mimetype == "application/problem+json", response.text
    body = json.loads(response.data)
    assert body["status"] == response.status_code
    assert body["type"].startswith(f"{BASE}problemes/")
    return response.status_code, body["type"].rpartition("/")[2]


@pytest.mark.parametrize(
    ("accept", "form"),
    [(None, "html"), (BROWSER["Accept"], "html"), ("application/json", "jsonld"),
     ("application/n-triples, text/turtle;q=0.9", "nt"), ("text/html;q=0.1, text/*;q=0.5", "ttl")],
)  # fmt: skip
@pytest.mark.parametrize("path", [QUESTION, "/auteur/15/pierre-dharreville"])
def test_thing(client: Client, path: str, accept: str | None, form: str) -> None:
    response = client.get(path, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.headers["Location"]) == (303, f"{path}.{form}")
    # its page is in two languages
    assert response.vary.as_set() == {"accept", "accept-language"}
    assert response.headers["Link"].count('rel="alternate"') == 7


def test_form_named_in_the_address(client: Client) -> None:
    """`format` counts before Accept; a 406 lists the forms that there are."""
    response = client.get(f"{QUESTION}?format=nt", headers=BROWSER)
    assert response.headers["Location"] == f"{QUESTION}.nt"
    assert problem(client.get(f"{QUESTION}?format=png")) == (406, "pas-acceptable")
    response = client.get(QUESTION, headers={"Accept": "image/png"})
    assert problem(response) == (406, "pas-acceptable")
    assert json.loads(response.data)["available"] == [
        f"{QUESTION}.{form}" for form in DOCUMENT_FORMS
    ]
    assert response.headers["Link"].count('rel="alternate"') == 7


@pytest.mark.parametrize(("form", "media"), FORMS.items())
def test_document(client: Client, form: str, media: str) -> None:
    response = client.get(f"{QUESTION}.{form}")
    assert (response.status_code, response.mimetype) == (200, media)
    assert response.text == f"{form} {QUESTION[1:]} r1"
    link = response.headers["Link"]
    others = [other for other in FORMS if other != form]
    for other in others:
        assert f'<{QUESTION}.{other}>; rel="alternate"; type="{FORMS[other]}"' in link
    assert link.count("alternate") == 6
    assert f'<{BASE[:-1]}{QUESTION}.{form}>; rel="canonical"' in link
    assert f'<{BASE[:-1]}{QUESTION}>; rel="describes"' in link
    assert 'rel="describedby"' in link


def test_downloads(client: Client) -> None:
    """A folder redirects to its index; a dump is what it is, and not another file in gzip."""
    response = client.get("/telechargements")
    assert (response.status_code, response.headers["Location"]) == (301, "/telechargements/")
    assert client.get("/telechargements/").text == "<h1>Téléchargements</h1>"
    dump = client.get("/telechargements/questions.nt.gz", headers={"Accept-Encoding": "gzip"})
    assert (dump.mimetype, dump.headers.get("Content-Encoding")) == ("application/gzip", None)
    assert client.get("/telechargements/SHA256SUMS").mimetype == "text/plain"


def test_missing_in_the_form_asked(client: Client) -> None:
    """A 404 is an escaped page for a browser, JSON for a program, or as the extension says."""
    page = client.get("/question/<script>", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    for path in ("/question/X", "/question/X.ttl", "/question/X?format=ttl", "/", "/x.y"):
        response = client.get("/absent" + path, headers={"Accept": "text/turtle"})
        assert problem(response) == (404, "introuvable")
    assert problem(client.get("/question/X.ttl", headers=BROWSER)) == (404, "introuvable")
    assert client.get("/question/X.html").mimetype == "text/html"


def test_ontology(client: Client) -> None:
    """`/def` is the ontology in the form asked for, with its Content-Location."""
    page = client.get("/def")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert page.headers["Content-Location"] == "/def.html"
    turtle = client.get("/def", headers={"Accept": "text/turtle"})
    assert (turtle.text, turtle.mimetype) == ("# ontology.ttl", "text/turtle")
    assert turtle.headers["Content-Location"] == "/def.ttl"
    assert "accept" in turtle.vary.as_set()
    assert problem(client.get("/def?format=csv")) == (406, "pas-acceptable")


@pytest.mark.parametrize(
    "path",
    ["/../manifest.json", "/%2e%2e/manifest.json", "/..%2fmanifest.json", "/..%5cmanifest.json",
     "/%252e%252e%252fmanifest.json", "/static/../../manifest.json", "/.hidden", "//evil.example/",
     "/static//../../manifest.json", "/question/../../manifest.json", "/%c0%ae%c0%ae/manifest.json",
     "/question/..%2f..%2fmanifest.json.ttl", "//etc/passwd", "/%2fetc%2fpasswd", "/%ff",
     "/index.html%00", "/question/%00.ttl", "/" + "a" * 2000, "/question/" + "a/" * 1000,
     "/%5cevil.example/", "/telechargements/../../store/CURRENT", "/%2f%2fevil.example/",
     f"/{QUESTION}", f"{QUESTION}//evil.example/", "/QUESTION//evil.example/",
     "/question/%0d%0aX-Injected:1"],
)  # fmt: skip
def test_no_way_out(server: Server, path: str) -> None:
    """No path leads out of the site, to another host, or to an error 500."""
    got = server.ask(path)
    assert got.status == 404
    assert b'exemple.test/"' not in got.body
    assert "location" not in got.headers


def test_nothing_of_the_request_becomes_a_header(server: Server) -> None:
    """Line ends and hosts in a request do not appear in headers or the body of the answer."""
    names = ("Host", "X_Forwarded_Host", "X_Forwarded_Proto", "X_Forwarded_Prefix", "Forwarded")
    evil = dict.fromkeys(names, "evil.example")
    for path in (QUESTION, QUESTION.lower(), f"{QUESTION}/", "/telechargements", "/def", "/sparql",
                 "/absent"):  # fmt: skip
        got = server.ask(f"{path}?format=%0d%0aX-Injected:%201", **evil)
        plain = server.ask(path, Accept="text/turtle", **evil)
        for answer in (got, plain):
            assert answer.status < 500
            assert "x-injected" not in answer.headers
            assert "evil" not in repr(answer.headers) + answer.body.decode()
            assert answer.headers.get("location", "/").startswith("/")
        assert path != "/sparql" or f"{BASE}sparql".encode() in plain.body
    got = server.ask("/a%0d%0aX-Injected:%201")
    assert got.status == 404
    assert "x-injected" not in got.headers


def test_methods(client: Client) -> None:
    for path, allowed in (("/sparql", METHODS), (QUESTION, ["GET"]), ("/sante", ["GET"])):
        for method in ("PUT", "DELETE", "TRACE"):
            response = client.open(path, method=method)
            assert problem(response) == (405, "methode")
            assert set(response.allow) == {*allowed, "HEAD", "OPTIONS"}
    assert problem(client.post(QUESTION)) == (405, "methode")
    response = client.options("/sparql")
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Access-Control-Allow-Methods"] == response.headers["Allow"]
    assert "POST" in response.headers["Allow"]


def test_health(client: Client) -> None:
    """`/sante` tells the release and the number of readers, four more than one client may have."""
    told = json.loads(client.get("/sante").data)
    of_data = {key: told.pop(key) for key in ("etat", "publiee", "jours", "jours_au_plus")}
    assert of_data["jours_au_plus"] == 14
    assert told == {
        "release": "r1",
        "base": BASE,
        "triples": 61,
        "workers": 6,
        "isolated": True,
        "protections": ["landlock", "seccomp"],
        "donnees_au": "2026-10-31",
    }


def test_forms_of_the_protocol(server: Server) -> None:
    form = "application/x-www-form-urlencoded"
    direct = "application/sparql-query; charset=UTF-8"
    encoded = urlencode({"query": COUNT})
    answers = [
        server.ask(f"/sparql?{encoded}"),
        server.ask("/sparql", "POST", encoded.encode(), Content_Type=form),
        server.ask("/sparql", "POST", COUNT.encode(), Content_Type=direct),
        server.ask("/sparql", "QUERY", COUNT.encode(), Content_Type=direct),
    ]
    assert {(a.status, a.type) for a in answers} == {(200, "application/sparql-results+json")}
    [body] = {a.body for a in answers}
    assert json.loads(body)["results"]["bindings"][0]["n"]["value"] == "61"
    assert answers[0].headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    ("media", "select", "truth"),
    [("application/sparql-results+json", b'"value":"r1"', b'"boolean":true'),
     ("application/sparql-results+xml", b"<literal>r1</literal>", b"<boolean>true</boolean>"),
     ("text/csv", b"id\r\nr1\r\n", b"true"),
     ("text/tab-separated-values", b'?id\n"r1"\n', b"true"),
     ("application/json", b'"value":"r1"', b'"boolean":true')],
)  # fmt: skip
def test_tables(client: Client, media: str, select: bytes, truth: bytes) -> None:
    response = sparql(client, RELEASE, Accept=media)
    assert (response.status_code, response.mimetype) == (200, media)
    assert select in response.data
    assert "accept" in response.vary.as_set()
    assert truth in sparql(client, "ASK { ?s ?p ?o }", Accept=media).data


@pytest.mark.parametrize(
    ("media", "syntax"),
    [("text/turtle", RdfFormat.TURTLE), ("application/n-triples", RdfFormat.N_TRIPLES),
     ("application/rdf+xml", RdfFormat.RDF_XML), ("application/ld+json", RdfFormat.JSON_LD)],
)  # fmt: skip
def test_graphs(client: Client, media: str, syntax: RdfFormat) -> None:
    construct = "CONSTRUCT { ?s <urn:p#rang> ?o } { ?s <urn:rang> ?o }"
    response = sparql(client, construct, Accept=media)
    assert (response.status_code, response.mimetype) == (200, media)
    assert len(list(parse(response.data, format=syntax))) == 60
    assert sparql(client, "DESCRIBE <urn:release>", Accept=media).status_code == 200


def test_the_form_of_the_answer_follows_the_query(client: Client) -> None:
    """Rows are not available as Turtle, nor a graph as CSV; a browser gets pages."""
    construct = "CONSTRUCT WHERE { ?s ?p ?o }"
    assert problem(sparql(client, COUNT, Accept="text/turtle")) == (406, "pas-acceptable")
    assert problem(sparql(client, construct, Accept="text/csv")) == (406, "pas-acceptable")
    assert sparql(client, COUNT, **BROWSER).mimetype == "text/html"
    assert sparql(client, construct, **BROWSER).mimetype == "text/html"
    csv = client.get("/sparql", query_string={"query": COUNT, "format": "csv"}, headers=BROWSER)
    assert csv.data == b"n\r\n61\r\n"
    assert csv.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("query", "media"),
    [(COUNT, "text/csv"), (COUNT, "application/sparql-results+json"), ("ASK {}", "*/*"),
     (COUNT, "text/html"), ("DESCRIBE <urn:release>", "text/turtle"), (COUNT, "text/turtle"),
     ("PREFIX ask: <urn:> CONSTRUCT { ask:a ?p ?o } { ?s ?p ?o }", "*/*")],
)  # fmt: skip
def test_head_has_the_headers_of_get(client: Client, query: str, media: str) -> None:
    """But the length, which is known after evaluation only."""
    asked = {"query_string": {"query": query}, "headers": {"Accept": media}}
    head, get = (client.open("/sparql", method=method, **asked) for method in ("HEAD", "GET"))
    assert head.data == b"" != get.data and head.status_code == get.status_code
    for name in ("Content-Type", "Content-Disposition", "ETag", "Vary", "Last-Modified"):
        assert head.headers.get(name) == get.headers.get(name), name
    assert "Content-Length" not in head.headers or get.status_code != 200


def test_results_are_well_formed_xml(client: Client) -> None:
    """Characters that XML does not allow are replaced, wherever a piece of the answer ends."""
    impossible = "\\u0001\\uFFFE\\uFFFF"
    for text in (
        f"SELECT ('a{impossible}' AS ?x) {{}}",
        f"CONSTRUCT {{<a:b> <a:c> 'a{impossible}'}} {{}}",
    ):
        media = "application/rdf+xml, application/sparql-results+xml"
        got = sparql(client, text, Accept=media)
        assert "".join(ElementTree.fromstring(got.data).itertext()).strip() == "a\ufffd\ufffd\ufffd"
    for start in range(8_180, 8_195):
        text = f"SELECT ('{'a' * start}\\uFFFE' AS ?x) {{}}"
        got = sparql(client, text, Accept="application/sparql-results+xml")
        assert "".join(ElementTree.fromstring(got.data).itertext()) == "a" * start + "\ufffd"


def test_our_prefixes_and_base_are_known(client: Client) -> None:
    """A query may use the prefixes and the base without declaring them, or redefine them."""
    assert sparql(client, "ASK { ?s qp:titre ?o }").status_code == 200
    own = "PREFIX qp: <urn:> ASK { qp:release qp:id 'r1' }"
    assert json.loads(sparql(client, own).data)["boolean"] is True
    relative = sparql(client, "SELECT (<question/X> AS ?x) {}", Accept="text/csv")
    assert relative.data == f"x\r\n{BASE}question/X\r\n".encode()


def test_dataset_of_the_request(client: Client) -> None:
    """A stated graph is the only one that the query sees; it is not fetched."""
    with listening() as (port, heard):
        for name in ("default-graph-uri", "named-graph-uri"):
            for iri in ("urn:absent", f"http://127.0.0.1:{port}/", "file:///etc/passwd"):
                asked = {"query": COUNT, name: iri, "format": "csv"}
                assert client.get("/sparql", query_string=asked).data == b"n\r\n0\r\n"
                said = f"SELECT (COUNT(*) AS ?n) FROM <{iri}> {{ ?s ?p ?o }}"
                assert sparql(client, said, Accept="text/csv").data == b"n\r\n0\r\n"
        assert not heard
    bad = {"query": COUNT, "default-graph-uri": "no iri"}
    assert problem(client.get("/sparql", query_string=bad)) == (400, "requete-invalide")


def test_head_runs_nothing(client: Client) -> None:
    response = client.head("/sparql", query_string={"query": CROSS})
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["ETag"]
    assert client.head("/sparql").mimetype == "text/turtle"
    assert client.head(QUESTION).status_code == 303


def test_answers_are_cached(client: Client) -> None:
    """An answer may be kept, by its tag, but in another form; one that may change may not."""
    response = sparql(client, COUNT)
    assert response.headers["Cache-Control"] == "public, max-age=300"
    tag = response.headers["ETag"]
    assert sparql(client, COUNT, If_None_Match=tag).status_code == 304
    assert sparql(client, COUNT, If_None_Match=tag, Accept="text/csv").status_code == 200
    changing = sparql(client, "SELECT (NOW() AS ?n) {}").headers
    assert not {"ETag", "Cache-Control"} & set(changing.keys())


def test_service_description(client: Client) -> None:
    """Without a query the endpoint is described, or a form to ask it is shown."""
    assert client.get("/sparql").mimetype == "text/turtle"
    lines = client.get("/sparql", headers={"Accept": "application/n-triples"}).text.splitlines()
    assert f"#endpoint> <{BASE}sparql> ." in " ".join(lines)
    assert client.get("/sparql", headers=BROWSER).text == "<form></form>"
    assert problem(client.get("/sparql", headers={"Accept": "image/png"}))[0] == 406


def test_syntax_error_says_where(client: Client) -> None:
    response = sparql(client, "SELECT *\n{ ?s ?p }")
    assert problem(response) == (400, "syntaxe")
    body = json.loads(response.data)
    assert (body["line"], body["column"]) == (2, 10)
    assert body["detail"].startswith("ligne 2, colonne 10 : « } » n’est pas attendu ici")
    assert body["engine"].startswith("error at 2:10")
    for text, meant in (
        ("SELECT ?a { ?q qp:auteurr ?a", "qp:auteur"),
        ("SELECT ?a { ?q qp:DateReponse ?a", "qp:dateReponse"),
        ("SELECT ?a { ?q qp:groupe ?d ; qp:Ministeree ?a", "qp:Ministere"),
        ("SELEC ?a { ?a ?b ?c }", "SELECT"),
        ("SELECT ?a WHER { ?a ?b ?c }", "WHERE"),
        ("SELECT ?a { ?a skoss:prefLabel ?n }", "skos:prefLabel"),
    ):
        detail = json.loads(sparql(client, text).data)["detail"]
        assert detail.endswith(f" ; vouliez-vous dire {meant} ?"), detail
    detail = json.loads(sparql(client, "ASK { ?a zzz:b ?n }").data)["detail"]
    assert "le préfixe « zzz: » n’est pas déclaré ; ajoutez PREFIX zzz: <…>" in detail
    quoted = json.loads(sparql(client, "SELECT ?a { ?a ?b 'SELEC qp:x'").data)["detail"]
    assert "vouliez" not in quoted and "il manque « } »" in quoted
    page = sparql(client, "SELECT <script>", **BROWSER)
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert "<script>" not in page.text


# where the first name with the prefix zz: stands
UNDECLARED = TABLES["undeclared"]


@pytest.mark.parametrize("query", UNDECLARED)
def test_an_undeclared_prefix_is_named_in_any_position(client: Client, query: str) -> None:
    """Whatever the engine expected instead, at its own place; what is no name says nothing."""
    body = json.loads(sparql(client, query).data)
    line = query.split("\n")[-1]
    place = (query.count("\n") + 1, line.rindex("zz:") + 1)
    assert (body["line"], body["column"]) == place
    start = f"ligne {place[0]}, colonne {place[1]} : le préfixe « zz: » n’est pas déclaré ; "
    assert body["detail"].startswith(start)


REFUSED = {
    "ASK { BIND(<urn:f>(1) AS ?x) }": (400, "requete-invalide"),
    "": (400, "syntaxe"),
    "PREFIX add: <urn:> INSERT DATA { <urn:a> <urn:b> <urn:c> }": (403, "lecture-seule"),
    "# ask\nWITH <urn:g> DELETE WHERE { ?s ?p ?o }": (403, "lecture-seule"),
    "ASK { ?insert ?p } DELETE": (400, "syntaxe"),
    "ASK { ?s ?p '\\uD800' }": (400, "syntaxe"),
    "{" * 65 + "}" * 65: (400, "imbrication"),
    "ASK { SERVICE <http://127.0.0.1/> {} }": (403, "federation"),
}


@pytest.mark.parametrize(("query", "expected"), REFUSED.items())
def test_refused_query(client: Client, query: str, expected: tuple[int, str]) -> None:
    assert problem(sparql(client, query)) == expected


def test_refused_request(server: Server, client: Client) -> None:
    """What the route refuses; a body too long is refused before it comes."""
    assert problem(client.get("/sparql?query=a&query=b")) == (400, "requete-invalide")
    assert problem(client.post("/sparql", data={"a": "b"})) == (400, "requete-invalide")
    response = client.post("/sparql", data=b"ASK {}", content_type="text/plain")
    assert problem(response) == (415, "type-de-contenu")
    assert "application/sparql-query" in response.headers["Accept-Post"]
    announced = server.ask("/sparql", "POST", b"", Content_Length=str(10 * 2**30))
    assert announced.status == 413


@pytest.mark.slow
def test_deadline(client: Client) -> None:
    """A query that does not end is stopped, its reader is replaced, the next query is answered."""
    response = sparql(client, CROSS)
    assert problem(response) == (504, "delai")
    assert json.loads(response.data)["detail"].endswith("2 s")
    assert sparql(client, COUNT).status_code == 200
    assert json.loads(client.get("/sante").data)["workers"] == 6


def pool_of(server: Server) -> Pool:
    release = server.front.releases.current
    assert release
    return release.query_pool


@pytest.mark.slow
def test_a_client_that_leaves_stops_its_query(tmp_path: Path) -> None:
    """A client that disconnects ends the reader of its query, whose time is not over."""
    publish(tmp_path)
    asked = (
        f"GET /sparql?query={quote(CROSS)} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        f"Content-Length: {len(CROSS)}\r\n\r\n{CROSS}",
    )
    with serving(tmp_path, limits=WorkerLimits(seconds=2 * HANG), workers=1) as server:

        def state(name: str) -> int:
            return int(pool_of(server).state()[name][1])

        for number, request in enumerate(asked, start=1):
            with socket.create_connection(("127.0.0.1", server.port)) as leaving:
                leaving.sendall(request.encode())
                wait_for(lambda: state("readers_busy"), HANG, lambda: "the query does not run")
            wait_for(lambda: not state("readers_busy"), HANG, lambda: "it runs on, for nobody")
            assert state("readers_replaced") == number


@pytest.mark.slow
def test_new_release_is_noticed(tmp_path: Path) -> None:
    """While `current` moves, every request is answered, from the old or the new release."""
    publish(tmp_path, "r1")
    with serving(tmp_path, workers=2) as server:
        releases = server.front.releases
        old, query = releases.take(), f"/sparql?query={quote(RELEASE)}&format=csv"
        seen: list[tuple[int, bytes]] = []
        stop = threading.Event()

        def load() -> None:
            while not stop.is_set():
                seen.extend((a.status, a.body) for a in map(server.ask, (query, "/")))

        clients = [threading.Thread(target=load) for _ in range(4)]
        for thread in clients:
            thread.start()
        publish(tmp_path, "r2")
        while b"r2" not in server.ask(query).body:
            time.sleep(0.01)
        stop.set()
        for thread in clients:
            thread.join()
        assert {status for status, _ in seen} == {200}
        assert server.ask("/").body == b"<h1>Accueil r2</h1>"
        with old.pool.run(ask(RELEASE)).body as body:  # the old release is still in use
            assert b'"r1"' in body.read()
        releases.give_back(old)
        assert old.pool.pids() == []


@pytest.mark.slow
def test_broken_release_is_not_moved_to(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    publish(tmp_path, "r1")
    for name in ("sans-manifeste", "sans-magasin"):
        (tmp_path / "releases" / name).mkdir()
    manifest = (tmp_path / "releases" / "r1" / "manifest.json").read_text("utf-8")
    (tmp_path / "releases" / "sans-magasin" / "manifest.json").write_text(manifest, "utf-8")
    with serving(tmp_path, workers=1) as server:
        for number, name in enumerate(("sans-manifeste", "sans-magasin"), start=1):
            server.front.releases._retry_at = 0.0
            point(tmp_path, name)
            while caplog.text.count("stays the same") < number:
                assert server.ask("/").body == b"<h1>Accueil r1</h1>"


@pytest.mark.slow
def test_no_release_yet(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        refused = server.ask("/")
        assert refused.status == 503
        assert int(refused.headers["retry-after"]) > 0
        publish(tmp_path)
        while server.ask("/").status != 200:
            time.sleep(0.01)


@pytest.mark.slow
def test_base_with_a_path(tmp_path: Path) -> None:
    """The base may have a path, which a proxy removes or keeps; it is led to without its slash."""
    publish(tmp_path, base="https://exemple.test/donnees/")
    with serving(tmp_path, workers=1) as server:
        moved = server.ask("/donnees?q=1")
        assert (moved.status, moved.headers["location"]) == (301, "/donnees/?q=1")
        assert server.ask("/donnee").status == 404
        for path in ("/donnees", ""):
            assert server.ask(path + QUESTION).headers["location"] == f"/donnees{QUESTION}.html"
            assert server.ask(f"{path}/").status == 200
            query = f"{path}/sparql?query={quote(RELEASE)}&format=csv"
            assert server.ask(query).body == b"id\r\nr1\r\n"
