"""The command `lod query`: a SPARQL query on the current release, printed in a terminal."""

import csv
import io
from pathlib import Path

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)

from lod.base.errors import UsageError
from lod.base.tabular import aligned
from lod.model.identifiers import shorten
from lod.publish.release import current, holding, manifest
from lod.publish.search.full_text import search_functions
from lod.rdf.sparql import named
from lod.rdf.store import open_store, term_rows
from lod.rdf.vocab import PREFIXES

RESULTS = {"csv": QueryResultsFormat.CSV, "json": QueryResultsFormat.JSON}
WIDTH = 60  # characters of a column of a table, at most
SCREEN = 120  # characters of a line: a single longer row is printed upright


def run(folder: Path, query: str, form: str) -> tuple[bytes, str]:
    """Return the answer as a table, CSV, JSON or Turtle, and a line that says how long it is.

    The prefixes of PREFIXES need no declaration. Raises UsageError for a query with a syntax
    error, or if this kind of answer does not have the form.
    """
    with holding(current(folder)) as release, search_functions(release) as known:
        base, store = manifest(release)["base"], open_store(release / "store")
        try:
            answer = store.query(
                query, prefixes=PREFIXES, base_iri=f"{base}sparql", custom_functions=known
            )
        except SyntaxError as error:
            raise UsageError(f"query: {_fault(query, error)}") from error
        return _answer(answer, form, base)


def _fault(query: str, error: SyntaxError) -> str:
    """Return what is wrong with a query that cannot be parsed, and what to do."""
    if name := next(named(query).undeclared, None):
        known, prefix = ", ".join(f"{prefix}:" for prefix in PREFIXES), name.prefix
        return (
            f"the prefix {prefix}: is not declared; write PREFIX {prefix}: <…> before the query, "
            f"or take a prefix that needs no declaration: {known}"
        )
    return f"{error.msg}; correct the query"


def _answer(
    result: QuerySolutions | QueryBoolean | QueryTriples, form: str, base: str
) -> tuple[bytes, str]:
    if isinstance(result, QueryTriples):
        if form in RESULTS:
            raise UsageError(f"a CONSTRUCT or DESCRIBE has no {form}; ask for ttl")
        triples = list(result)
        text = serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
        return text, f"{len(triples)} triples"
    if form == "ttl":
        raise UsageError("a SELECT or ASK has no Turtle; ask for table, csv or json")
    if isinstance(result, QueryBoolean):
        answer = f"{str(bool(result)).lower()}\n".encode()
        if form == "json":
            answer = result.serialize(format=RESULTS["json"]) or b""
        return answer, "ASK"
    text, count = _table(result, base) if form == "table" else _file(result, form)
    return text, f"{count} row{'s' if count != 1 else ''}"


def _file(solutions: QuerySolutions, form: str) -> tuple[bytes, int]:
    """Return rows as CSV or JSON of the W3C, and how many they are."""
    text = solutions.serialize(format=RESULTS[form]) or b""
    if form == "json":
        return text, len(term_rows(text))
    return text, sum(1 for _ in csv.reader(io.StringIO(text.decode(), newline=""))) - 1


def _table(solutions: QuerySolutions, base: str) -> tuple[bytes, int]:
    """Return an aligned table, and its number of rows; IRIs are printed without the base, long
    texts cut. A single row wider than a screen is printed upright and whole.
    """
    names = [variable.value for variable in solutions.variables]
    values = [[_text(value, base) for value in solution] for solution in solutions]
    if len(values) == 1 and sum(map(len, values[0])) > SCREEN:
        width = max(map(len, names))
        upright = zip(names, values[0], strict=True)
        lines = (f"{name:{width}}  {' '.join(text.split())}\n" for name, text in upright)
        return "".join(lines).encode(), 1
    head: list[object] = [*names]
    return aligned(
        [head, *([shorten(text, WIDTH) for text in row] for row in values)]
    ).encode(), len(values)


def _text(value: object, base: str) -> str:
    if isinstance(value, NamedNode):
        return value.value.removeprefix(base)
    return value.value if isinstance(value, Literal) else ""
