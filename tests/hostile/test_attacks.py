"""Attacks that others have seen on endpoints, beside those of the siege."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from tests.support.live import Live, live
from tests.support.patience import HANG, wait_for
from tests.support.server_data import ntriples, publish, write_search_index
from tests.support.synthetic.lives import cases

pytestmark = pytest.mark.slow

SCRIPT = "<script>alert(1)</script>"
TEXTS = (SCRIPT, '"><img src=x onerror=alert(1)>', "]]></literal>", "javascript:alert(1)", "&lt;b>",
         "\u2028</script>", "'};alert(1)//")  # fmt: skip
FORMULAS = ("=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
            'say "x", y')  # fmt: skip
INJECTED = ("x> } UNION { ?s ?p ?o } #", 'x" } UNION { ?s ?p ?o } #', "x\\u0022 } #", "x\n} #",
            "x'); DROP TABLE q; --", "x* OR 1=1", "%", "_", "{{7*7}}", "${7*7}", "x\0")  # fmt: skip


def hostile() -> list[Quad]:
    """Triples whose every part may be code to somebody."""
    s, text, formula = NamedNode("urn:s"), NamedNode("urn:text"), NamedNode("urn:formula")
    return [
        *(quad for quad in parse(ntriples("r1"), format=RdfFormat.N_TRIPLES)),
        *(Quad(s, text, Literal(value)) for value in TEXTS),
        *(Quad(s, formula, Literal(value)) for value in FORMULAS),
        Quad(s, NamedNode("urn:link"), NamedNode("javascript:alert(1)")),
        Quad(s, NamedNode("urn:typed"), Literal(SCRIPT, datatype=NamedNode("urn:x'onload='x"))),
        Quad(s, NamedNode("urn:said"), Literal(SCRIPT, language="en-x-script")),
    ]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of hostile data; queries get two seconds."""
    folder = tmp_path_factory.mktemp("attacks")
    write_search_index(publish(folder, quads=hostile()), cases(17).values())
    with live(folder, timeout=2) as running:
        yield running


def test_code_in_the_data(server: Live) -> None:
    """Whatever stands in the data comes back as it is."""
    query = "SELECT ?x { <urn:s> <urn:text> ?x }"
    as_json = json.loads(server.post(query).body)["results"]["bindings"]
    assert {row["x"]["value"] for row in as_json} == set(TEXTS)
    as_xml = server.post(query, Accept="application/sparql-results+xml").body
    literals = ElementTree.fromstring(as_xml).iterfind(".//{*}literal")
    assert {node.text for node in literals} == set(TEXTS)
    for media, form in (
        ("text/turtle", RdfFormat.TURTLE), ("application/ld+json", RdfFormat.JSON_LD),
        ("application/rdf+xml", RdfFormat.RDF_XML), ("application/n-triples", RdfFormat.N_TRIPLES),
    ):  # fmt: skip
        body = server.post("CONSTRUCT { ?s <urn:p#text> ?x } { ?s <urn:text> ?x }", Accept=media)
        assert {quad.object.value for quad in parse(body.body, format=form)} == set(TEXTS)


def test_formulas(server: Live) -> None:
    """What a spreadsheet would run is in CSV and TSV as it is, in a file to be kept."""
    query = "SELECT ?x { <urn:s> <urn:formula> ?x }"
    got = server.post(query, Accept="text/csv")
    rows = list(csv.reader(io.StringIO(got.body.decode(), newline="")))
    assert sorted(rows[1:]) == sorted([value] for value in FORMULAS)
    tsv = server.post(query, Accept="text/tab-separated-values")
    assert rb'"=HYPERLINK(\"http://evil.example\")"' in tsv.body
    for answer in (got, tsv):
        assert answer.headers["content-disposition"].startswith("attachment")


def test_lines_in_the_log(server: Live) -> None:
    """A request is one line of the log, and no character of it acts on a terminal."""
    evil = "\r\nFORGED 200\r\n\x1b[2J\x1b]0;x\x07\x9b31m"
    server.ask("/absent/marked-0")  # what other tests asked is written before this line
    wait_for(lambda: "marked-0" in server.said, HANG, lambda: server.said[-2000:])
    before = len(server.said)
    server.ask(f"/absent/{quote('marked-1' + evil)}")
    server.ask(f"/sparql?query={quote('ASK {} # marked-2' + evil)}")
    server.ask("/sante?marked-3", User_Agent="x\x1b[2J\x07", Referer="x\x1b[31m")
    server.post("SELECT marked-4" + evil)
    wait_for(
        lambda: server.said[before:].count('"chemin"') >= 3, HANG, lambda: server.said[before:]
    )
    said = server.said[before:]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)
    assert not [line for line in said.splitlines() if line.lstrip().startswith("FORGED")]
    told = [json.loads(line) for line in said.splitlines()]
    lines = [line for line in told if "chemin" in line]  # not of a reader that was replaced
    assert len(lines) == 3  # a header with ESC is refused before it is a request
    assert "marked-1" in lines[0]["chemin"]
    assert "marked-2" not in said and "marked-4" not in said  # of a query, its hash


def test_queries_of_ours(server: Live) -> None:
    """What stands in an address is never taken for a part of a query."""
    for text in INJECTED:
        for path in ("/question/", "/depute/", "/ministere/", "/auteur/15/"):
            for form in ("", ".ttl", ".html"):
                got = server.ask(f"{path}{quote(text, safe='')}{form}")
                assert got.status in (400, 404), (path, text)
        for name in ("q", "page", "type", "legislature", "tri"):
            got = server.ask(f"/recherche?{name}={quote(text, safe='')}")
            assert got.status in (200, 400, 404), (name, text)
            assert "7*7" not in text or b"49" not in got.body
