"""The same query on three engines: rdflib, Oxigraph in process, and a server asked by HTTP."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyoxigraph import Store
from rdflib import Dataset, Graph
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from tests.support.stores import oxigraph, running

Row = tuple[str, ...]
Table = tuple[list[str], list[Row]]
NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")


def value(text: str) -> str:
    """A value as it counts: `98`, `98.0` and `9.8E1` are one number."""
    return f"{Decimal(text).normalize():f}" if NUMBER.fullmatch(text) else text


def by_oxigraph(store: Store, query: str) -> Table:
    """In a function of its own: rdflib's errors keep the frames that they passed, and with them a
    result that only the thread that made it may drop.
    """
    found = store.query(query)
    names = [variable.value for variable in found.variables]
    return names, [tuple(value(getattr(cell, "value", "")) for cell in row) for row in found]


def by_rdflib(graph: Graph, query: str) -> Table:
    found = graph.query(query)
    names = [str(variable) for variable in found.vars or ()]
    rows = [tuple("" if row[n] is None else value(str(row[n])) for n in names) for row in found]
    return names, rows


def by_server(address: str, query: str) -> Table:
    client = SPARQLWrapper(address, returnFormat=JSON)
    client.setMethod(POST)
    client.setQuery(query)
    return table(client.query().convert())


def table(found: Any) -> Table:
    names, empty = found["head"]["vars"], {"value": ""}
    rows = found["results"]["bindings"]
    return names, [tuple(value(row.get(n, empty)["value"]) for n in names) for row in rows]


@contextmanager
def serving(store: Path, way: str = "serve-read-only") -> Iterator[str]:
    """Another program serves a store, read-only unless told; yield its endpoint."""
    with running(oxigraph(store, way)) as server:
        yield f"{server.url}query"


def graph_of(store: Store) -> Dataset:
    """The same triples in rdflib, each in its graph."""
    quads = b"".join(f"{quad} .\n".encode() for quad in store)
    return Dataset().parse(data=quads, format="nquads")
