"""Strings, names and IRIs of a query are those that the engine reads."""

import random

import pytest
from pyoxigraph import QuerySolutions, Store

from lod.base.packaged import SITE
from lod.rdf.sparql import TOKEN
from lod.rdf.vocab import PREFIXES
from lod.server.engine.query_traits import calls_out

QUERIES = sorted(SITE.rglob("*.rq"))
BEGINNINGS = ("VALUES ?x { ", "?s ?p ", "?s ?p ?o FILTER(1", "?s ?p 1", "BIND(1 AS ?x)")
KEYWORD = "BIND(1 AS ?seen)"  # where the engine takes it, it would take SERVICE
PIECES = (
    "'", "\"", "'''", "\"\"\"", "\\", "\\t", "\\z", "\\u0041", "\\ud800", "\\U00110000", "\\'", "a",
    " ", "\n", "#", "}", "{", ")", "1", ".", "<a>", "<a#>", "<a'>", "<", ">", "?", "?a", "true",
    "@fr", "qp:a", "qp:a.b", "qp:a\\'",
    "qp:%27", "qp:", ".b", "_:a.b", "é", KEYWORD, f" }} {KEYWORD}",
    f".{KEYWORD}", f" }} {KEYWORD} }} #",
)  # fmt: skip
SEEN = 300  # queries of those drawn below in which the engine reads the keyword


def variables(query: str) -> set[str] | None:
    """Return the variables of a SELECT, none of another form; None if it has a syntax error."""
    try:
        found = Store().query(query, prefixes=PREFIXES, base_iri="http://exemple.test/")
    except SyntaxError:
        return None
    return {v.value for v in found.variables} if isinstance(found, QuerySolutions) else set()


def without_texts(query: str) -> str:
    emptied = {"string": "'' ", "comment": "#\n"}
    return "".join(emptied.get(str(t.lastgroup), t[0]) for t in TOKEN.finditer(query))


@pytest.mark.slow
def test_queries_parse_without_their_texts() -> None:
    for path in QUERIES:
        query = path.read_text("utf-8")
        assert variables(without_texts(query)) == variables(query) is not None, path


@pytest.mark.slow
def test_no_text_hides_a_keyword() -> None:
    draw, seen = random.Random(1), 0
    for _ in range(40_000):
        body = draw.choice(BEGINNINGS) + "".join(draw.choices(PIECES, k=draw.randint(1, 8)))
        query = f"SELECT * {{ {body} }}"
        if KEYWORD in query and "seen" in (variables(query) or ()):
            seen += 1
            assert calls_out(query.replace(KEYWORD, "SERVICE<x:>{}")), query
    assert seen > SEEN
