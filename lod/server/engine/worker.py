"""The reader process of `pool.py`: it opens one store and evaluates one query at a time.

It exchanges JSON with the front, never pickles, and imports nothing of it: an attacker who controls
a reader must not control the front. (`concurrent.futures` and Pebble unpickle what a worker sends,
so they cannot be used.) A result is read in the thread that made it: pyoxigraph aborts otherwise.
"""

import contextlib
import io
import re
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

import orjson
from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
    serialize,
)

from lod.base.packaged import ONTOLOGY, PACKAGE, SITE
from lod.publish.search.full_text import SparqlFunction, search_functions
from lod.rdf.serialize import split_character, well_formed
from lod.rdf.vocab import PREFIXES
from lod.server.engine import sandbox
from lod.server.engine.formats import GRAPHS, HTML, SOLUTIONS
from lod.server.engine.preview import make_preview
from lod.server.limits import (
    READER_GRACE_SECONDS,
    READER_MEMORY_BYTES,
    READER_PIECE,
    READER_STACK,
    WorkerLimits,
)

# where Python and its libraries are, which may be read at any time
PROGRAM = (PACKAGE, SITE, ONTOLOGY,
           *map(Path, (sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64")))  # fmt: skip
QueryMessage = dict[str, Any]  # the fields of `reader.EngineQuery`
Header = dict[str, Any]  # first line of an answer: {media, size} or {problem, detail, more}
Functions = dict[NamedNode, SparqlFunction]
Result = QuerySolutions | QueryBoolean | Iterable[Triple]
_PLACE = re.compile(r"\bat (\d+):(\d+)")  # line and column in a syntax error of pyoxigraph


class RefusedError(Exception):
    """The query is answered with a problem; `slug` is a key of `problems.PROBLEMS`."""

    def __init__(self, slug: str, form: str, *values: int | str, **more: int) -> None:
        super().__init__(form, *values)
        self.header: Header = {"problem": slug, "detail": [form, *values], "more": more}


UNREADABLE = RefusedError("moteur-distant", "moteur distant : sa réponse est illisible")


class Spool:
    """The bytes of one answer: in memory, from READER_MEMORY_BYTES on in a temporary file.

    The file has been opened before, because the process can open none any more.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._memory = file, io.BytesIO()
        self.size = 0  # bytes written so far

    def write(self, piece: bytes) -> None:
        """Append the piece; raise RefusedError if the disk is full."""
        self.size += len(piece)
        if self.size <= READER_MEMORY_BYTES:
            self._memory.write(piece)
            return
        try:
            if self._memory.tell():
                self._file.write(self._memory.getvalue())
                self._memory = io.BytesIO()
            self._file.write(piece)
        except OSError as error:
            detail = "il n’y a plus de place pour une réponse si grande ; réessayez plus tard"
            raise RefusedError("occupe", detail) from error

    def pieces(self) -> Iterator[bytes]:
        """Yield all that was written, in pieces of READER_PIECE bytes."""
        file: IO[bytes] = self._memory if self.size <= READER_MEMORY_BYTES else self._file
        file.seek(0)
        while piece := file.read(READER_PIECE):
            yield piece

    def clear(self) -> None:
        """Empty the file, for the next answer."""
        if self.size > READER_MEMORY_BYTES:
            self._file.seek(0)
            self._file.truncate()


class Sink:
    """The file that the engine writes a result to; an exception raised here stops the query."""

    def __init__(self, spool: Spool, most: int, is_xml: bool) -> None:
        self._spool, self._most, self._is_xml = spool, most, is_xml
        self._begun = b""  # first bytes of a character that the next piece completes

    def write(self, piece: bytes) -> int:
        """Write the piece to the spool; raise RefusedError if the answer becomes too large."""
        if self._spool.size + len(piece) > self._most:
            raise too_large(self._most)
        output = piece
        if self._is_xml:
            whole, self._begun = split_character(self._begun + piece)
            output = well_formed(whole)
        self._spool.write(output)
        return len(piece)

    def flush(self) -> None:
        """Do nothing: the answer is sent when it is complete."""


def too_large(limit: int) -> RefusedError:
    detail = "la réponse dépasse {} octets ; prenez plutôt les téléchargements"
    return RefusedError("reponse-trop-grande", detail, limit, limit=limit)


def evaluate(
    store: Store, query: QueryMessage, functions: Functions
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Parse the query and begin to evaluate it; raise RefusedError if it is invalid."""
    try:
        default, named = (graphs(query[key]) for key in ("default_graphs", "named_graphs"))
    except ValueError as error:
        raise RefusedError("requete-invalide", "IRI de graphe : {}", str(error)) from error
    try:
        return store.query(
            query["text"],
            base_iri=query["base"],
            prefixes=PREFIXES,
            default_graph=default,
            named_graphs=named,
            use_default_graph_as_union=query["is_union"],
            custom_functions=functions,
        )
    except SyntaxError as error:
        place = _PLACE.search(str(error))
        position = {"line": int(place[1]), "column": int(place[2])} if place else {}
        raise RefusedError("syntaxe", "{}", str(error), **position) from error
    except RuntimeError as error:
        if "custom" in str(error):  # a custom function that does not exist
            raise RefusedError("requete-invalide", "{}", str(error)) from error
        raise  # a bug of ours: the process ends, and the front answers 500


def graphs(iris: list[str] | None) -> list[Any] | None:  # Any: two list types, both invariant
    """Return the graphs that a request states, None if it states no dataset."""
    return None if iris is None else [NamedNode(iri) for iri in iris]


def write(result: Result, query: QueryMessage, spool: Spool, limits: WorkerLimits) -> str:
    """Write the whole result to the spool in a format that the client accepts; return its media
    type; raise RefusedError if it accepts none, or the result is too large.
    """
    is_graph = not isinstance(result, QuerySolutions | QueryBoolean)
    media = query["graph" if is_graph else "solutions"]
    if media is None:
        raise RefusedError(
            "pas-acceptable", "aucune des formes acceptées ne convient à ce type de requête"
        )
    if media == HTML:
        spool.write(orjson.dumps(make_preview(result, limits.rows)))
        return HTML
    sink = Sink(spool, limits.size, is_xml=media.endswith("xml"))
    if isinstance(result, QuerySolutions | QueryBoolean):
        result.serialize(sink, format=SOLUTIONS[media])  # type: ignore[arg-type]
    else:
        serialize(result, sink, format=GRAPHS[media], prefixes=PREFIXES)  # type: ignore[arg-type]
    return str(media)


def respond(
    connection: Connection,
    query: QueryMessage,
    limits: WorkerLimits,
    result: Callable[[QueryMessage], Result],
    file: IO[bytes],
) -> None:
    """Evaluate one query by `result` and, when its answer is complete, send header and body."""
    spool = Spool(file)
    try:
        media = write(result(query), query, spool, limits)
        header: Header = {"media": media, "size": spool.size}
        pieces = spool.pieces()
        connection.send_bytes(orjson.dumps(header) + b"\n" + next(pieces, b""))
        for piece in pieces:
            connection.send_bytes(piece)
    except (SyntaxError, RefusedError) as error:
        # SyntaxError: in the answer of a remote store; `evaluate` refuses one in the query
        refused = error if isinstance(error, RefusedError) else UNREADABLE
        connection.send_bytes(orjson.dumps(refused.header) + b"\n")
    finally:
        spool.clear()


def confine(limits: WorkerLimits) -> None:
    """Limit the memory that the process may use beside what the open store takes; no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():  # Linux; elsewhere only time limits a query
        mapped = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + limits.memory,) * 2)


def isolate(folders: Iterable[Path], ports: Iterable[int] = ()) -> dict[str, bool]:
    """Forbid the process, from now on, all that evaluating queries does not need.

    It may read the folders and the program, and connect to the ports. Holds for this thread and
    those started later. Returns name of a protection → whether it is on.
    """
    ports = tuple(ports)
    readable = (*folders, *PROGRAM, Path("/proc/self"))
    return {
        "landlock": sandbox.restrict(readable, ports),
        "seccomp": sandbox.filter_calls(is_remote=bool(ports)),
    }


def run(descriptor: str, serve: Callable[[Connection, dict[str, Any], IO[bytes]], None]) -> None:
    """Be a reader: get the settings from the front, then `serve` until it closes the connection.

    `serve` gets the connection, the settings, and the file for long answers; it runs in a thread
    whose stack has READER_STACK bytes.
    """
    with Connection(int(descriptor)) as connection, tempfile.TemporaryFile(buffering=0) as file:
        settings = orjson.loads(connection.recv_bytes())

        def work() -> None:
            with contextlib.suppress(EOFError, ConnectionError):
                serve(connection, settings, file)

        threading.stack_size(READER_STACK)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()


def answer(
    connection: Connection,
    limits: WorkerLimits,
    result: Callable[[QueryMessage], Result],
    file: IO[bytes],
) -> None:
    """Answer one query after another; raise EOFError or ConnectionError when the front ends."""
    while True:
        query = orjson.loads(connection.recv_bytes())
        # no handler is set: the signal ends the process, even while the engine works
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + READER_GRACE_SECONDS)
        respond(connection, query, limits, result, file)
        signal.setitimer(signal.ITIMER_REAL, 0)


def main(store_path: str, descriptor: str) -> None:
    """Open the store, tell the front, then answer queries until it closes the connection."""

    def serve(connection: Connection, settings: dict[str, Any], file: IO[bytes]) -> None:
        limits, release = WorkerLimits(**settings["limits"]), Path(store_path).resolve().parent
        protections = isolate([release])  # before the store is opened: for the threads it starts
        with search_functions(release) as functions:
            store = Store.read_only(store_path)
            confine(limits)
            connection.send_bytes(orjson.dumps(protections))
            answer(connection, limits, lambda query: evaluate(store, query, functions), file)

    run(descriptor, serve)


if __name__ == "__main__":
    main(*sys.argv[1:])
