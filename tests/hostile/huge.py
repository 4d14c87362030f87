"""Queries too large or too deep for a file, each made by a line of a table."""

from collections.abc import Callable, Iterator

from tests.hostile.attack import Attack, posted

DEEPEST = 64  # brackets that a query may open at once, as the endpoint says
DEPTHS = (64, 65, 100_000)
CHAINS = (9_400, 100_000)  # pieces without a bracket
WORKS, REFUSED = frozenset({"200"}), frozenset({"400"})
# depth that no bracket shows: refused, or evaluated in time, and never the end of a reader
DEEP = frozenset({"200", "400", "504"})
HEAVY = frozenset({"413", "500", "504"})
LONGEST_BODY = 2**20  # bytes


def nested(
    before: str, opening: str, middle: str, closing: str, after: str, own: int = 1
) -> Callable[[int], str]:
    """Return what writes a query whose brackets nest so deep; `own` of them are its own."""
    return lambda depth: before + opening * (depth - own) + middle + closing * (depth - own) + after


def repeated(before: str, piece: str, after: str) -> Callable[[int], str]:
    """Return what writes a query with so many pieces."""
    return lambda count: before + piece * count + after


# every bracket that the engine's parser descends into
BRACKETS = {
    "group": nested("SELECT * ", "{", "", "}", "", own=0),
    "expression": nested("ASK { FILTER", "(", "true", ")", " }"),
    "blank": nested("ASK { ", "[ <urn:p> ", "1", " ]", " <urn:p> 1 }"),
    "list": nested("ASK { ", "( ", "1", " )", " <urn:p> 1 }"),
    "path": nested("ASK { ?s ", "(", "<urn:p>", ")", " ?o }"),
    "not-exists": nested("ASK { ", "FILTER NOT EXISTS { ", "?s ?p ?o", " }", " }"),
    "optional": nested("ASK { ", "OPTIONAL { ", "?s ?p ?o", " }", " }"),
    "minus": nested("ASK { ", "?a ?b ?c MINUS { ", "?s ?p ?o", " }", " }"),
    "subselect": nested("SELECT * ", "{ SELECT * ", "{}", "}", "", own=1),
    "call": nested("ASK { FILTER(", "STR(", "1", ")", ") }", own=2),
    "choice": nested("ASK { FILTER(", "IF(true, ", "true", ", true)", ") }", own=2),
}
# depth without a bracket that the endpoint counts; the engine descends into most of it
UNCOUNTED = {
    "reified": lambda depth: "ASK { " + "<< " * depth + "<urn:a>" + " <urn:p> 1 >>" * depth
    + " <urn:p> 1 }",
    "not": repeated("ASK { FILTER(", "!", "true) }"),
    "minus-sign": repeated("ASK { FILTER(", "- ", "1 = 1) }"),
    "plus-sign": repeated("ASK { FILTER(", "+ ", "1 = 1) }"),
    "inverse": repeated("ASK { ?s ", "^", "<urn:p> ?o }"),
    "sum": repeated("ASK { FILTER(", "1 + ", "1 = 0) }"),
    "or": repeated("ASK { FILTER(", "false || ", "true) }"),
    "sequence": repeated("ASK { ?s ", "<urn:p>/", "<urn:p> ?o }"),
    "alternative": repeated("ASK { ?s ", "<urn:p>|", "<urn:p> ?o }"),
    "closures": repeated("ASK { ?s <urn:p>", "*", " ?o }"),
    "and": repeated("ASK { FILTER(", "true && ", "true) }"),
    "difference": repeated("ASK { FILTER(", "1 - ", "1 = 0) }"),
    "quotient": repeated("ASK { FILTER(", "1 / ", "1 = 0) }"),
    "signs": repeated("ASK { FILTER(1 ", "-1 ", "= 0) }"),
    "negated-signs": repeated("ASK { FILTER(", "! - ", "1) }"),
    "negated-path": repeated("ASK { ?s ", "!<urn:p>/", "<urn:p> ?o }"),
    "inverse-sequence": repeated("ASK { ?s ", "^<urn:p>/", "<urn:p> ?o }"),
    "closed-sequence": repeated("ASK { ?s ", "<urn:p>?/", "<urn:p> ?o }"),
    "optionals": repeated("ASK { ?s ?p ?o", " OPTIONAL { <urn:a> <urn:b> ?o }", " }"),
    "unions": repeated("ASK { {}", " UNION {}", " }"),
    "minuses": repeated("ASK { ?s ?p ?o", " MINUS { ?s <urn:a> <urn:b> }", " }"),
    "filters": repeated("ASK { ?s ?p ?o", " FILTER(true)", " }"),
    "binds": lambda depth: "ASK { " + " ".join(f"BIND(1 AS ?v{n})" for n in range(depth)) + " }",
    "groups": repeated("ASK { ?s ?p ?o", " {}", " }"),
    "values": repeated("ASK { ?s ?p ?o", " VALUES ?s { <urn:n1> }", " }"),
    "orders": repeated("SELECT * { ?s <urn:rang> ?o } ORDER BY", " ?o", " LIMIT 1"),
    "having": repeated("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING", " (true)", " LIMIT 1"),
}  # fmt: skip
SUM = " + ".join(f"?v{n}" for n in range(8))
DOUBLED = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(31))
VALUES = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(60)))} }}" for n in range(8))
LONG = {  # name → the query, the right answers
    "unions-5000": ("ASK { {}" + " UNION { ?s ?p ?o }" * 5_000 + " }", DEEP),
    "optionals-2000": ("ASK { ?s ?p ?o" + " OPTIONAL { ?s ?p ?o }" * 2_000 + " }", DEEP),
    "exists-2000": ("ASK {" + " FILTER EXISTS { ?s ?p ?o }" * 2_000 + " }", DEEP),
    "triples-100000": ("ASK { " + "?s?p?o." * 100_000 + " }", DEEP),
    "variables-20000": (
        "SELECT * { " + " ".join(f"OPTIONAL{{?a{n} <urn:p> ?b{n}}}" for n in range(20_000)) + " }",
        DEEP,
    ),
    "triples-unconnected": (
        "ASK { " + " ".join(f"?a{n} <urn:rang> ?b{n} ." for n in range(99)) + " FILTER(?b0 < 0) }",
        HEAVY | WORKS,
    ),
    "values-300-KiB": (
        "SELECT (COUNT(?v) AS ?n) { VALUES ?v { "
        + " ".join(f"<urn:v:{n:09}>" for n in range(18_000)) + " } }",
        WORKS,
    ),
    "values-60-to-the-8": (
        f"SELECT (COUNT(*) AS ?n) {{ {VALUES} FILTER({SUM} < 0) }}",
        HEAVY,
    ),
    "values-of-lists": ("SELECT * { VALUES (?a) { " + "(1)" * 50_000 + " } }", WORKS),
    "in-100000": (
        "SELECT * { ?s <urn:rang> ?n FILTER(?n IN (" + ",".join(map(str, range(100_000))) + ")) }",
        WORKS | HEAVY,
    ),
    "in-of-a-product": (
        "SELECT (COUNT(*) AS ?n) { ?a <urn:rang> ?b . ?c <urn:rang> ?d . ?e <urn:rang> ?f . "
        "?g <urn:rang> ?h FILTER(?b + ?d IN (" + ",".join(map(str, range(200, 20_000))) + ")) }",
        HEAVY,
    ),
    "doubled-31-times": (f"SELECT ?v31 {{ BIND('x' AS ?v0) {DOUBLED} }}", HEAVY),
    "prefixes-20000": (
        " ".join(f"PREFIX p{n}: <urn:p{n}:>" for n in range(20_000)) + " ASK {}", WORKS,
    ),
    "one-long-string": ("SELECT ('" + "x" * 1_000_000 + "' AS ?x) {}", WORKS),
    "one-long-iri": ("ASK { ?s ?p <urn:" + "x" * 1_000_000 + "> }", WORKS),
    "one-long-name": ("ASK { ?" + "x" * 1_000_000 + " ?p ?o }", WORKS),
    "comments": ("#\n" * 400_000 + "ASK {}", WORKS),
    "spaces": (" " * 1_000_000 + "ASK {}", WORKS),
    "quotes": ("ASK { ?s ?p " + "'" * 900_000, REFUSED),
    "backslashes": ("ASK { ?s ?p '" + "\\" * 900_000, REFUSED),
    "escaped-quotes": ('ASK { ?s ?p "' + 'a\\"' * 20_000, REFUSED),
    "less-than": ("ASK { FILTER(1" + "<" * 900_000 + ") }", REFUSED | {"403"}),
    "half-iris": ("ASK { service " + "<a#" * 300_000 + " }", REFUSED | {"403"}),
    "projected-10000": ("SELECT " + " ".join(f"({n} AS ?v{n})" for n in range(10_000)) + " {}",
                        WORKS | HEAVY),
}  # fmt: skip


def sent(kind: str, name: str, query: str, right: frozenset[str]) -> Attack:
    """Return the attack; what is longer than the longest body may be refused for that."""
    text = query.encode()
    too_long = {"413"} if len(text) > LONGEST_BODY else set()
    return Attack(kind, name, right | too_long, posted(text))


def attacks() -> Iterator[Attack]:
    """Yield every query of the tables, each kind of nesting at each depth."""
    for name, write in BRACKETS.items():
        for depth in DEPTHS:
            right = REFUSED if depth > DEEPEST else WORKS
            yield sent(f"nested-{name}", f"{name}-{depth}", write(depth), right)
    for name, write in UNCOUNTED.items():
        for depth in CHAINS:
            yield sent("uncounted", f"{name}-{depth}", write(depth), DEEP)
    for name, (query, right) in LONG.items():
        yield sent("long-query", name, query, right)
