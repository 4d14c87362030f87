"""A query on the current release, for a terminal: table, CSV, JSON or Turtle."""

import csv
import io
import json
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

from lod.base.errors import LodError, UsageError
from lod.model.identifiers import shorten
from lod.publish.release import current, manifest
from lod.publish.search.sparql_function import search_functions
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES

RESULTS = {"csv": QueryResultsFormat.CSV, "json": QueryResultsFormat.JSON}
WIDTH = 60  # characters of a column of a table
SCREEN = 120  # characters of a line


def run(folder: Path, query: str, form: str) -> tuple[bytes, str]:
    """Return the answer in one form, and a line that counts it; our prefixes are known.

    Raises UsageError for a query that is not one, LodError for a form that the kind of answer
    does not have.
    """
    release = current(folder)
    base, store = manifest(release)["base"], open_store(release / "store")
    with search_functions(release) as known:
        try:
            found = store.query(
                query, prefixes=PREFIXES, base_iri=f"{base}sparql", custom_functions=known
            )
        except SyntaxError as error:
            raise UsageError(f"query: {error.msg}; correct the query") from error
        return _answer(found, form, base)


def _answer(
    found: QuerySolutions | QueryBoolean | QueryTriples, form: str, base: str
) -> tuple[bytes, str]:
    if isinstance(found, QueryTriples):
        if form in RESULTS:
            raise LodError(f"a CONSTRUCT or DESCRIBE has no {form}; ask for ttl")
        triples = list(found)
        text = serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
        return text, f"{len(triples)} triples"
    if form == "ttl":
        raise LodError("a SELECT or ASK has no Turtle; ask for table, csv or json")
    if isinstance(found, QueryBoolean):
        answer = f"{str(bool(found)).lower()}\n".encode()
        return (answer if form != "json" else found.serialize(format=RESULTS["json"]) or b""), "ASK"
    text, count = _table(found, base) if form == "table" else _file(found, form)
    return text, f"{count} row{'s' if count != 1 else ''}"


def _file(found: QuerySolutions, form: str) -> tuple[bytes, int]:
    """Return the W3C's own format, and the number of rows in it."""
    text = found.serialize(format=RESULTS[form]) or b""
    if form == "json":
        return text, len(json.loads(text)["results"]["bindings"])
    return text, sum(1 for _ in csv.reader(io.StringIO(text.decode(), newline=""))) - 1


def _table(found: QuerySolutions, base: str) -> tuple[bytes, int]:
    """Return aligned columns; IRIs below the base are shown without it, long texts cut.

    A single row that would be wider than a screen stands upright, whole.
    """
    names = [variable.value for variable in found.variables]
    values = [[_text(value, base) for value in solution] for solution in found]
    if len(values) == 1 and sum(map(len, values[0])) > SCREEN:
        width = max(map(len, names))
        upright = zip(names, values[0], strict=True)
        return "".join(f"{name:{width}}  {_line(v)}\n" for name, v in upright).encode(), 1
    rows = [names, *([_cut(text) for text in row] for row in values)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["─" * width for width in widths])
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return ("\n".join(lines) + "\n").encode(), len(rows) - 2


def _text(value: object, base: str) -> str:
    if isinstance(value, NamedNode):
        iri = value.value
        return iri.removeprefix(base) if base else iri
    return value.value if isinstance(value, Literal) else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str) -> str:
    return shorten(text, WIDTH)
