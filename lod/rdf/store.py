"""Open, fill and query stores; read the rows of SPARQL 1.1 Query Results in JSON."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    Variable,
)

from lod.base.errors import LodError
from lod.rdf.vocab import PREFIXES

RdfTerm = NamedNode | BlankNode | Literal | Triple
PIECE = 16 * 1024 * 1024  # bytes of N-Triples of one bulk load, which grows in memory with it
RESULTS = "application/sparql-results+json"  # their media type
Term = dict[str, str]  # `type` and `value`, and if it has them `datatype` or `xml:lang`
Row = dict[str, str]  # variable → value, "" if it has none


def load(
    folder: Path, pieces: Iterable[bytes], graph: str | None = None, *, is_last: bool = False
) -> int:
    """Load pieces of N-Triples, each of whole lines, and return how many triples the store has.

    They go into the graph with the IRI `graph`, or into the default graph. `is_last` says that
    nothing is loaded later: the store is then optimised for reading.
    """
    store = Store(str(folder))
    target = NamedNode(graph) if graph else DefaultGraph()
    for piece in pieces:
        store.bulk_load(input=piece, format=RdfFormat.N_TRIPLES, to_graph=target, lenient=True)
    store.flush()
    if is_last:
        store.optimize()
    return len(store)


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file of N-Triples in pieces of whole lines."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece + file.readline()


def open_store(folder: Path) -> Store:
    """Open a store for reading; raise LodError if it is not there, or damaged."""
    if not folder.is_dir():
        raise LodError(f"{folder}: no store here; run `lod build` again")
    try:
        return Store.read_only(str(folder))
    except RuntimeError as error:  # pyoxigraph says so of a file that is cut off, or gone
        remedy = (
            "make another release current (lod rollback DIR RELEASE); `lod releases DIR` lists all"
        )
        raise LodError(f"{folder}: it cannot be read ({error}); {remedy}") from error


def select(store: Store, query: str, bound: dict[Variable, RdfTerm] | None = None) -> Iterator[Row]:
    """Yield variable → text of each row of a SELECT, "" for an unbound variable.

    `bound` gives values to variables of the query, which need not declare our prefixes.
    """
    solutions = store.query(query, prefixes=PREFIXES, substitutions=bound)
    assert isinstance(solutions, QuerySolutions), "the query is a SELECT"
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: getattr(solution[name], "value", "") for name in names}


def term_rows(body: bytes) -> list[dict[str, Term | None]]:
    """Return the rows of an answer: variable → term, None if it has none.

    Raises orjson.JSONDecodeError if it is not JSON, another ValueError if it is not a table.
    """
    stated = orjson.loads(body)
    try:
        names, bindings = stated["head"]["vars"], stated["results"]["bindings"]
        values = (term["value"] for binding in bindings for term in binding.values())
        is_table = isinstance(names, list) and isinstance(bindings, list)
        if is_table and all(isinstance(value, str) for value in values):
            return [{name: binding.get(name) for name in names} for binding in bindings]
    except (AttributeError, KeyError, TypeError):
        pass
    raise ValueError("not a table of SPARQL results")


def value_rows(body: bytes) -> list[Row]:
    """Return the rows of an answer, each value as a text; raise as `term_rows` does."""
    return [
        {name: term["value"] if term else "" for name, term in row.items()}
        for row in term_rows(body)
    ]
