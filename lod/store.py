"""The embedded store: loaded once by the build, then only ever opened read-only."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

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

from lod.errors import LodError

Term = NamedNode | BlankNode | Literal | Triple
PIECE = 16 * 1024 * 1024  # bytes of N-Triples a bulk load; its memory grows with the piece


def load(folder: Path, files: list[Path], named: Mapping[str, Path] | None = None) -> int:
    """Load files of N-Triples into a store, optimise it, and return how many triples it has.

    `named` are those that go into a graph of their own, by its IRI.
    """
    store = Store(str(folder))
    graphs: list[tuple[NamedNode | DefaultGraph, Path]]
    graphs = [(DefaultGraph(), path) for path in files]
    graphs += [(NamedNode(iri), path) for iri, path in (named or {}).items()]
    for graph, path in graphs:
        with path.open("rb") as file:
            for piece in _pieces(file):
                store.bulk_load(
                    input=piece, format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=True
                )
    store.flush()
    store.optimize()
    return len(store)


def open_store(folder: Path) -> Store:
    """Open the store of a release; raise LodError if it is not there."""
    if not folder.is_dir():
        raise LodError(f"{folder}: no store here; run `lod build` again")
    return Store.read_only(str(folder))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the file in pieces that end with a whole line."""
    while piece := file.read(PIECE):
        yield piece + file.readline()


def select(
    store: Store, query: str, bound: dict[Variable, Term] | None = None
) -> Iterator[dict[str, str]]:
    """Yield the rows of a SELECT as texts, an empty one for what is unbound; `bound` fixes some
    variables.
    """
    found = store.query(query, substitutions=bound)
    assert isinstance(found, QuerySolutions), "the query is a SELECT"
    names = [variable.value for variable in found.variables]
    for solution in found:
        yield {name: getattr(solution[name], "value", "") for name in names}
