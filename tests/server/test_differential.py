"""Test that random queries give the same results by this server and by Oxigraph's own.

Both read one store, so that the test covers what lies between engine and client: protocol,
processes, chunks, syntaxes, cache. `tests/publish/test_queries.py` covers the engine.
"""

import json
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from random import Random
from string import Template

import pytest
from pyoxigraph import DefaultGraph, RdfFormat, Store, parse

from tests.support import engines
from tests.support.live import SPARQL, Live, live
from tests.support.patience import HANG

COUNT = 500  # queries
MANY = 2_000  # triples of one property, more than which it is not used
FILLED = 0.8  # least share of queries with rows
SEED = 20261125
JSON, NTRIPLES = "application/sparql-results+json", "application/n-triples"
# kind → its queries: $s $p $o is a triple, $from $by $to one whose object is no literal, $one and
# $two are properties of one thing, $x and $y any, $S $P $O $G is a quad of a named graph
KINDS = {
    "pattern": ["SELECT * { $s ?p ?o }", "SELECT ?s { ?s $p $o } ORDER BY ?s LIMIT 50",
                "SELECT ?p { $s ?p $o }"],
    "join": ["SELECT ?s ?a ?b { ?s $one ?a ; $two ?b } ORDER BY ?s ?a ?b LIMIT 100"],
    "optional": ["SELECT * { ?s $x ?a OPTIONAL { ?s $y ?b } }"],
    "union": ["SELECT * { { ?s $x ?a } UNION { ?s $y ?b } }"],
    "filtered": [f"SELECT ?s ?o {{ ?s $p ?o FILTER(STR(?o) {sign} STR($o)) }} ORDER BY ?s ?o "
                 "LIMIT 99" for sign in ("=", "!=", "<", ">=")],
    "matched": [f'SELECT * {{ ?s $x ?o FILTER(CONTAINS(LCASE(STR(?o)), "{letter}")) }}'
                for letter in "aeiouéèœ«’ 15"],
    "counted": [f"SELECT ({count} AS ?n) {{ ?s $x ?o }}"
                for count in ("COUNT(*)", "COUNT(DISTINCT ?o)", "MIN(STR(?o))", "MAX(STR(?o))",
                              "SUM(STRLEN(STR(?o)))")],
    "grouped": ["SELECT ?o (COUNT(?s) AS ?n) { ?s $x ?o } GROUP BY ?o HAVING(COUNT(?s) >= 1)"],
    "ordered": [f"SELECT ?s ?o {{ ?s $x ?o }} ORDER BY {way} LIMIT {limit} OFFSET {limit % 3}"
                for way in ("?o ?s", "DESC(?s) ?o", "DESC(?o) DESC(?s)") for limit in (1, 8, 40)],
    "path": ["SELECT ?o { $to ^$by ?o }", *(
        f"SELECT ?o {{ $s {way} ?o }}"
        for way in ("$p/!<urn:x>", "($p|$x)", "$p?", "$p*", "$p+", "!$x"))],
    "absent": ["SELECT DISTINCT ?s { ?s $x ?a FILTER NOT EXISTS { ?s $y ?b } }",
               "SELECT DISTINCT ?s { ?s $x ?a MINUS { ?s $y ?b } }"],
    "bound": ["SELECT ?s ?p (STR(?o) AS ?x) { VALUES ?s { $s $from $to } ?s ?p ?o }"],
    "asked": ["ASK { $s $p $o }", "ASK { $s $x $o }"],
    "graph": ["SELECT ?g { GRAPH ?g { $S $P $O } }", "SELECT * { GRAPH $G { $S ?p ?o } }"],
    "constructed": ["CONSTRUCT { ?s <urn:p#a> ?a . ?s $two ?b } { ?s $one ?a ; $two ?b }"],
    "described": ["DESCRIBE $s"],
}  # fmt: skip


def queries(store: Store) -> Iterator[tuple[str, str]]:
    """Yield a kind and a query of it, for ever; a query without GRAPH sees the default graph."""
    rng = Random(SEED)
    default = store.quads_for_pattern(None, None, None, DefaultGraph())
    facts = sorted(tuple(map(str, quad))[:3] for quad in default)
    named = sorted(set(tuple(map(str, q)) for q in store if q.graph_name != DefaultGraph()))
    links = [fact for fact in facts if fact[2].startswith("<")]
    sizes = Counter(p for _, p, _ in facts)
    # a property of all things would give answers of many megabytes
    properties = sorted(p for p, n in sizes.items() if 3 <= n <= MANY)
    of: dict[str, list[str]] = {}
    for s, p, _ in facts:
        if sizes[p] <= MANY:
            of.setdefault(s, []).append(p)
    together = list(of.values())
    for kind in cycle(KINDS):
        drawn = dict(zip("spo", rng.choice(facts), strict=True))
        drawn |= zip(("from", "by", "to"), rng.choice(links), strict=True)
        drawn |= zip("SPOG", rng.choice(named), strict=True)
        drawn |= zip("xy", rng.choices(properties, k=2), strict=True)
        drawn |= zip(("one", "two"), rng.choices(rng.choice(together), k=2), strict=True)
        yield kind, Template(rng.choice(KINDS[kind])).substitute(drawn)


@pytest.fixture(scope="module")
def ours(sample: Path) -> Iterator[Live]:
    """Return the address of a server of the sample."""
    with live(sample) as server:
        yield server


@pytest.fixture(scope="module")
def theirs(sample: Path) -> Iterator[str]:
    """Return the address of Oxigraph's server of the same store."""
    with engines.serving(sample / "current" / "store") as address:
        yield address


def bag(query: str, body: bytes) -> Counter[str]:
    """Return rows or triples with their counts, in no order, or a boolean."""
    if query.startswith(("CONSTRUCT", "DESCRIBE")):
        return Counter(str(quad.triple) for quad in parse(body, format=RdfFormat.N_TRIPLES))
    found = json.loads(body)
    if "boolean" in found:
        return Counter({str(found["boolean"]): 1})
    return Counter(json.dumps(row, sort_keys=True) for row in found["results"]["bindings"])


def test_differential(sample: Path, ours: Live, theirs: str) -> None:
    """Five hundred random queries give equal results, most of which are not empty."""
    drawn = queries(Store.read_only(str(sample / "current" / "store")))
    other = HTTPConnection(theirs.removeprefix("http://").removesuffix("/query"), timeout=HANG)
    filled = Counter[str]()
    for kind, query in islice(drawn, COUNT):
        media = NTRIPLES if query.startswith(("CONSTRUCT", "DESCRIBE")) else JSON
        got = ours.post(query, Accept=media)
        other.request("POST", "/query", query.encode(), {"Content-Type": SPARQL, "Accept": media})
        expected = other.getresponse()
        body = expected.read()
        assert (got.status, expected.status) == (200, 200), f"{query}\n{got.body!r}\n{body!r}"
        assert bag(query, got.body) == bag(query, body), query
        filled[kind] += bool(bag(query, body))
    other.close()
    assert filled.total() >= FILLED * COUNT, filled
