"""Test that random queries give the same results by this server and by Oxigraph's own.

Both read one store, so that the test covers what lies between engine and client: protocol,
processes, chunks, syntaxes, cache. `tests/publish/test_queries.py` covers the engine.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from random import Random

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
COMPARED = "=", "!=", "<", ">="
COUNTED = "COUNT(*)", "COUNT(DISTINCT ?o)", "MIN(STR(?o))", "MAX(STR(?o))", "SUM(STRLEN(STR(?o)))"


class Terms:
    """Terms drawn at random from the graphs of a store: a query without GRAPH sees the default."""

    def __init__(self, store: Store, seed: int) -> None:
        self._rng = Random(seed)
        self.choice, self.between = self._rng.choice, self._rng.randint
        default = store.quads_for_pattern(None, None, None, DefaultGraph())
        facts = sorted(tuple(map(str, quad)) for quad in default)
        named = sorted({tuple(map(str, quad)) for quad in store}.difference(facts))
        self._named = self._rng.sample(named, 500)
        sizes = Counter(p for _, p, _, _ in facts)
        # a property of all things would give answers of many megabytes
        self._properties = sorted(p for p, n in sizes.items() if 3 <= n <= MANY)
        self._facts = self._rng.sample(facts, 5_000)
        of: dict[str, list[str]] = {}
        for s, p, _, _ in facts:
            if sizes[p] <= MANY:
                of.setdefault(s, []).append(p)
        self._together = list(of.values())

    def property(self) -> str:
        """Return a property that is used, but not by nearly all things."""
        return self.choice(self._properties)

    def pair(self) -> tuple[str, str]:
        """Return two properties that one thing has."""
        found = self.choice(self._together)
        return self.choice(found), self.choice(found)

    def fact(self) -> tuple[str, str, str]:
        """Return a triple."""
        return self.choice(self._facts)[:3]

    def named(self) -> tuple[str, str, str, str]:
        """Return a quad of a named graph."""
        return self.choice(self._named)


def pattern(t: Terms) -> str:
    s, p, o = t.fact()
    return t.choice([
        f"SELECT * {{ {s} ?p ?o }}", f"SELECT ?s {{ ?s {p} {o} }} ORDER BY ?s LIMIT 50",
        f"SELECT ?p {{ {s} ?p {o} }}",
    ])  # fmt: skip


def join(t: Terms) -> str:
    one, two = t.pair()
    return f"SELECT ?s ?a ?b {{ ?s {one} ?a ; {two} ?b }} ORDER BY ?s ?a ?b LIMIT 100"


def optional(t: Terms) -> str:
    one, two = t.property(), t.property()
    return f"SELECT * {{ ?s {one} ?a OPTIONAL {{ ?s {two} ?b }} }}"


def union(t: Terms) -> str:
    return f"SELECT * {{ {{ ?s {t.property()} ?a }} UNION {{ ?s {t.property()} ?b }} }}"


def filtered(t: Terms) -> str:
    _, p, o = t.fact()
    sign = t.choice(COMPARED)
    return f"SELECT ?s ?o {{ ?s {p} ?o FILTER(STR(?o) {sign} STR({o})) }} ORDER BY ?s ?o LIMIT 99"


def matched(t: Terms) -> str:
    letter = t.choice("aeiouéèœ«’ 15")
    return f'SELECT * {{ ?s {t.property()} ?o FILTER(CONTAINS(LCASE(STR(?o)), "{letter}")) }}'


def counted(t: Terms) -> str:
    return f"SELECT ({t.choice(COUNTED)} AS ?n) {{ ?s {t.property()} ?o }}"


def grouped(t: Terms) -> str:
    return (
        f"SELECT ?o (COUNT(?s) AS ?n) {{ ?s {t.property()} ?o }} GROUP BY ?o HAVING(COUNT(?s) >= 1)"
    )


def ordered(t: Terms) -> str:
    limit, offset = t.between(1, 40), t.between(0, 2)
    way = t.choice(["?o ?s", "DESC(?s) ?o", "DESC(?o) DESC(?s)"])
    return f"SELECT ?s ?o {{ ?s {t.property()} ?o }} ORDER BY {way} LIMIT {limit} OFFSET {offset}"


def path(t: Terms) -> str:
    s, p, o = t.fact()
    q = t.property()
    way = t.choice([f"{p}/!<urn:x>", f"({p}|{q})", f"{p}?", f"{p}*", f"{p}+", f"^{p}", f"!{q}"])
    subject = o if way.startswith("^") and not o.startswith('"') else s
    return f"SELECT ?o {{ {subject} {way} ?o }}"


def absent(t: Terms) -> str:
    one, two = t.property(), t.property()
    way = t.choice([f"FILTER NOT EXISTS {{ ?s {two} ?b }}", f"MINUS {{ ?s {two} ?b }}"])
    return f"SELECT DISTINCT ?s {{ ?s {one} ?a {way} }}"


def bound(t: Terms) -> str:
    values = " ".join(t.fact()[0] for _ in range(5))
    return f"SELECT ?s ?p (STR(?o) AS ?x) {{ VALUES ?s {{ {values} }} ?s ?p ?o }}"


def asked(t: Terms) -> str:
    s, p, o = t.fact()
    return t.choice([f"ASK {{ {s} {p} {o} }}", f"ASK {{ {s} {t.property()} {o} }}"])


def constructed(t: Terms) -> str:
    one, two = t.pair()
    return f"CONSTRUCT {{ ?s <urn:p#a> ?a . ?s {two} ?b }} {{ ?s {one} ?a ; {two} ?b }}"


def graph(t: Terms) -> str:
    s, p, o, g = t.named()
    return t.choice([
        f"SELECT ?g {{ GRAPH ?g {{ {s} {p} {o} }} }}", f"SELECT * {{ GRAPH {g} {{ {s} ?p ?o }} }}",
    ])  # fmt: skip


def described(t: Terms) -> str:
    return f"DESCRIBE {t.fact()[0]}"


KINDS: tuple[Callable[[Terms], str], ...] = (
    pattern, join, optional, union, filtered, matched, counted, grouped, ordered, path, absent,
    bound, asked, graph, constructed, described,
)  # fmt: skip


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
    terms = Terms(Store.read_only(str(sample / "current" / "store")), SEED)
    other = HTTPConnection(theirs.removeprefix("http://").removesuffix("/query"), timeout=HANG)
    compared, filled, kinds = 0, 0, Counter[str]()
    for number in range(COUNT):
        kind = KINDS[number % len(KINDS)]
        query = kind(terms)
        media = NTRIPLES if query.startswith(("CONSTRUCT", "DESCRIBE")) else JSON
        got = ours.post(query, Accept=media)
        other.request("POST", "/query", query.encode(), {"Content-Type": SPARQL, "Accept": media})
        expected = other.getresponse()
        body = expected.read()
        assert (got.status, expected.status) == (200, 200), f"{query}\n{got.body!r}\n{body!r}"
        assert bag(query, got.body) == bag(query, body), query
        compared += 1
        filled += bool(bag(query, body))
        kinds[kind.__name__] += bool(bag(query, body))
    other.close()
    print(f"{compared} queries, {filled} with rows: {dict(kinds)}")
    assert compared == COUNT
    assert filled >= FILLED * COUNT
