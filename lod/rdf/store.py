"""The embedded store: loaded once by the build, then only ever opened read-only."""

from collections.abc import Iterable, Iterator
from pathlib import Path

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

RdfTerm = NamedNode | BlankNode | Literal | Triple
PIECE = 16 * 1024 * 1024  # bytes of N-Triples a bulk load; its memory grows with the piece


def load(
    folder: Path, pieces: Iterable[bytes], graph: str | None = None, *, is_last: bool = False
) -> int:
    """Load pieces of N-Triples, each of whole lines, and return how many triples are there.

    `graph` is the IRI of the one that they go into, if it is not the default graph; `is_last`:
    nothing comes after, and the store is optimised for reading.
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
    """Yield a file of N-Triples in pieces that end with a whole line."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece + file.readline()


def open_store(folder: Path) -> Store:
    """Open the store of a release; raise LodError if it is not there."""
    if not folder.is_dir():
        raise LodError(f"{folder}: no store here; run `lod build` again")
    return Store.read_only(str(folder))


def select(
    store: Store, query: str, bound: dict[Variable, RdfTerm] | None = None
) -> Iterator[dict[str, str]]:
    """Yield the rows of a SELECT as texts, an empty one for what is unbound; `bound` fixes some
    variables.
    """
    found = store.query(query, substitutions=bound)
    assert isinstance(found, QuerySolutions), "the query is a SELECT"
    names = [variable.value for variable in found.variables]
    for solution in found:
        yield {name: getattr(solution[name], "value", "") for name in names}
