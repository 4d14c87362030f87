"""Test the SPARQL protocol: what is decided before evaluation, and the tests of the W3C."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Request
from pyoxigraph import RdfFormat, Store
from werkzeug.test import EnvironBuilder

from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.formats import GRAPHS, SOLUTIONS
from lod.server.engine.query_traits import calls_out, is_too_deep
from lod.server.limits import QUERY_READINGS
from lod.server.routes import protocol
from tests.support.paths import SHARED, tables_of
from tests.support.programs import output
from tests.support.server_data import free_port, publish, serving

TABLES = tables_of(__file__)

W3C = SHARED / "checks" / "w3c-protocol"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
QUERY = protocol.QUERY
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, "text/html"), ("", "text/html"), ("*/*", "text/html"), (";;;", "text/html"),
     ("text/turtle", "text/turtle"), ("TEXT/Turtle; charset=utf-8", "text/turtle"),
     ("text/turtle, */*", "text/turtle"), ("text/turtle;q=0.5, text/html;q=0.4", "text/turtle"),
     ("text/turtle;q=0.5, */*;q=0.6", "text/html"), ("text/html;q=0, text/*", "text/turtle"),
     ("text/*;q=0.3, application/ld+json;q=0.2", "text/html"),
     ("application/*", "application/ld+json"), ("text/html;q=zz, text/turtle;q=0.1", "text/turtle"),
     (BROWSER, "text/html"), ("image/png", None), ("*/*;q=0", None),
     (",".join(["image/png"] * 400), None)],
)  # fmt: skip
def test_accept(header: str | None, expected: str | None) -> None:
    """The quality decides, then the precision of the range, then the order of the offers."""
    assert choose(header, ("text/html", "text/turtle", "application/ld+json")) == expected


CALLS = TABLES["calls"]
PASSES = TABLES["passes"]


@pytest.mark.parametrize("query", CALLS + PASSES)
def test_service_is_seen(query: str) -> None:
    """Wherever a parser may read it as a keyword; not in names, strings, comments, IRIs."""
    assert calls_out(query) == (query in CALLS)


def test_no_query_costs_the_front_much() -> None:
    """A query with many alternative readings is refused; a long harmless one is not."""
    assert calls_out("service" + "<a#>" * (QUERY_READINGS + 2))
    values = " ".join(f"<urn:x:{n}>" for n in range(30_000))
    assert not calls_out(f"SELECT ?service {{ VALUES ?service {{ {values} }} }}")


def test_depth() -> None:
    assert is_too_deep("{" * 65 + "}" * 65)
    assert not is_too_deep("{" * 64 + "}" * 64)
    assert not is_too_deep("ASK { ?s ?p '" + "(" * 99 + "' } # " + "[" * 99)
    assert not is_too_deep("SELECT * { VALUES (?a) {" + "(1)" * 1000 + "} }")


@pytest.mark.parametrize(
    ("expected", "said"),
    [((403, "lecture-seule"), {"query_string": "update=CLEAR%20ALL"}),
     ((403, "lecture-seule"), {"data": b"ASK {}", "content_type": protocol.UPDATE}),
     ((403, "lecture-seule"), {"data": b"update=CLEAR+ALL", "content_type": protocol.FORM}),
     ((415, "type-de-contenu"), {"data": b"ASK {}"}),
     ((415, "type-de-contenu"), {"data": b"ASK {}", "content_type": "text/plain"}),
     ((415, "type-de-contenu"), {"data": b"ASK {}", "content_type": f"{QUERY}; charset=utf-16"}),
     ((415, "type-de-contenu"),
      {"data": b"ASK {}", "content_type": QUERY, "headers": {"Content-Encoding": "gzip"}}),
     ((400, "requete-invalide"), {"query_string": "query=%FF"}),
     ((400, "requete-invalide"), {"data": b"\xff", "content_type": QUERY}),
     ((400, "requete-invalide"), {"query_string": "&".join(["a=1"] * 1001)}),
     ((414, "adresse-trop-longue"), {"query_string": "query=" + "x" * 40_000}),
     ((413, "corps-trop-long"), {"data": b"x" * 1_048_577, "content_type": QUERY})],
)  # fmt: skip
def test_what_cannot_be_asked(expected: tuple[int, str], said: dict[str, Any]) -> None:
    builder = EnvironBuilder("/sparql", method="POST" if "data" in said else "GET", **said)
    with pytest.raises(Problem) as caught:
        protocol.query_request(Request(builder.get_environ()), "http://b/", None)
    assert (caught.value.status, caught.value.slug) == expected


@pytest.mark.parametrize(
    ("name", "accept", "expected"),
    [("", None, (JSON, "text/turtle")), ("", "*/*", (JSON, "text/turtle")),
     ("", BROWSER, ("text/html", "text/html")), ("", "text/html", ("text/html", "text/html")),
     ("html", None, ("text/html", "text/html")), ("", "text/*", ("text/csv", "text/turtle")),
     ("", "application/json", ("application/json", "application/json")),
     ("", "text/csv;q=0.9, */*;q=0.1", ("text/csv", "text/turtle")),
     ("", f"{XML}, {JSON};q=0.5", (XML, None)),
     ("", "application/rdf+xml", (None, "application/rdf+xml")),
     ("csv", BROWSER, ("text/csv", None)), ("json", "text/turtle", (JSON, "application/ld+json")),
     ("application/n-triples", None, (None, "application/n-triples"))],
)  # fmt: skip
def test_media_types(name: str, accept: str | None, expected: tuple[str, str]) -> None:
    """`format` counts before Accept; a browser gets a page."""
    assert protocol.media_types([("format", name)], accept) == expected
    assert protocol.media_types([("output", name)], accept) == expected


@pytest.mark.parametrize(
    ("name", "accept"), [("png", None), ("", "image/png"), ("", JSON + ";q=0")]
)
def test_not_acceptable(name: str, accept: str | None) -> None:
    with pytest.raises(Problem) as caught:
        protocol.media_types([("format", name)], accept)
    assert caught.value.status == 406
    assert caught.value.more["available"] == list(dict.fromkeys([*SOLUTIONS, *GRAPHS]))


def test_the_tag_names_all_that_the_answer_depends_on() -> None:
    """The tag depends on release, dataset and form; an answer that may change has none."""

    def tag(release: str = "r", accept: str = "*/*", text: str = "ASK {}", *more: object) -> object:
        asked = protocol.QueryRequest(text, list(more), "http://b/", accept)
        return protocol.tag(release, asked.checked())

    graph = ("default-graph-uri", "urn:g")
    tags = [tag(), tag("s"), tag("r", "text/csv"), tag("r", "*/*", "ASK {} "),
            tag("r", "*/*", "ASK {}", graph)]  # fmt: skip
    assert len(set(tags)) == 5 and tag() == tag()
    assert tag(text="SELECT (rand() AS ?x) {}") is None


@pytest.fixture(scope="module")
def w3c(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an endpoint with the data of the W3C's tests."""
    if not W3C.is_dir():
        pytest.skip(f"{W3C} is absent: the W3C protocol tests were NOT run")
    folder, port, store = tmp_path_factory.mktemp("w3c"), free_port(), Store()
    store.load(output(sys.executable, W3C / "run.py", "--load-hint"), format=RdfFormat.N_QUADS)
    publish(folder, base=f"http://127.0.0.1:{port}/", quads=list(store))
    with serving(folder, port):
        yield f"http://127.0.0.1:{port}/sparql"


@pytest.mark.shared
@pytest.mark.slow
def test_w3c_protocol(w3c: str) -> None:
    """All 20 query tests and 3 descriptions pass, and all 14 updates are refused."""
    command = [sys.executable, W3C / "run.py", w3c, "--refuse-updates"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines()[-1] == "37 passed, 0 failed, 0 skipped", run.stdout + run.stderr
