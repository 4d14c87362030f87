"""The reader process of `pool.py` for a remote store: it sends queries to it, where `worker.py`
evaluates them.

pyoxigraph parses a query first: an invalid one, or one with a function that pyoxigraph does not
know, is not sent. The answer is requested in one format, parsed, and written by `worker.py` within
the same limits as that of a local store: it is complete, or an error.
"""

import json
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import orjson
import urllib3
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)
from urllib3.exceptions import HTTPError

from lod.base.errors import LodError
from lod.extensions.stores.store_client import QUICK, StoreClient, StoreElsewhere, graph_of
from lod.publish.release import manifest
from lod.publish.search.full_text import CONTAINS
from lod.rdf.store import RESULTS
from lod.rdf.vocab import PREFIXES
from lod.remote.http import PORTS, Limits
from lod.server.engine import worker
from lod.server.engine.query_traits import states_dataset
from lod.server.engine.worker import QueryMessage, RefusedError, Result, too_large
from lod.server.limits import READER_GRACE_SECONDS, WorkerLimits

BROKEN = "moteur-distant"  # the problem of a remote store that fails
TRUSTED_SECONDS = 5.0  # seconds after which the store is asked again which release it serves
WIDER = 8  # an answer in JSON or N-Triples has at most so many times the bytes of other formats
ERROR_BYTES = 2000  # bytes of an error message that are read
QUOTED_CHARACTERS = 200  # characters of it that the client gets
# folders with names of hosts and certificates
NETWORK = ("/etc", "/run/systemd/resolve", "/usr/share/ca-certificates", "/var/lib/ca-certificates")


class BoundedBody:
    """The body of a remote answer as a file for a parser; reading fails if it is cut off."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, limit: int) -> None:
        self._answer = answer
        self._limit = limit  # bytes that the answer may have in the format that the client gets
        self._remaining = limit * WIDER  # bytes that may still be read

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raise RefusedError if the body is too long, or is cut off."""
        try:
            data = self._answer.read1(size if size > 0 else 2**16)
        except HTTPError as error:
            raise RefusedError(BROKEN, "moteur distant : sa réponse s’est interrompue") from error
        self._remaining -= len(data)
        if self._remaining < 0:
            raise too_large(self._limit)
        return data


class RemoteStore:
    """The copy of one release in a remote store."""

    def __init__(self, store: Path, elsewhere: StoreElsewhere, limits: WorkerLimits) -> None:
        seconds = limits.seconds
        # longer than the front waits: so the front reports that the query took too long
        whole = seconds + READER_GRACE_SECONDS
        connect, size = min(QUICK.connect, seconds), limits.size * WIDER
        patience = Limits(delays=(), connect=connect, whole=whole, size=size)
        self._client, self._limits = StoreClient(elsewhere, patience), limits
        self._empty = Store()  # parses queries
        self._base, self._release = manifest(store.parent)["base"], store.resolve().parent.name
        self._named = sorted(name.value for name in Store.read_only(str(store)).named_graphs())
        self._seen = 0.0  # monotonic time at which the store last said that it has the release
        self._answer: urllib3.BaseHTTPResponse | None = None  # the last answer

    def result(self, query: QueryMessage) -> Result:
        """Return the result of a query; it arrives while it is read. Raises RefusedError."""
        shape = self._shape(query)
        is_graph = not isinstance(shape, QuerySolutions | QueryBoolean)
        if self._answer is not None:
            self._answer.close()  # it may not have been read to its end
        try:
            self._require_loaded()
            accept = "application/n-triples" if is_graph else RESULTS
            self._answer = self._client.query(self._form(query), accept)
            self._check_answer(self._answer, is_graph)
        except (HTTPError, LodError) as error:
            raise RefusedError(BROKEN, "moteur distant : il ne répond pas") from error
        body = cast(IO[bytes], BoundedBody(self._answer, self._limits.size))
        if is_graph:
            return (quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES))
        return table(body, isinstance(shape, QueryBoolean))

    def _shape(self, query: QueryMessage) -> Result:
        """Return the result of the query on an empty store, whose type tells what kind of query it
        is; raise RefusedError if the query is invalid, or cannot be answered by another engine.
        """
        try:
            shape = worker.evaluate(self._empty, query, {})
        except RefusedError as refused:
            if CONTAINS in str(refused):
                detail = "la recherche dans les textes n’est pas dans ce moteur ; voir /recherche"
                raise RefusedError("moteur-incapable", detail) from refused
            raise
        if states_dataset(query["text"]):
            detail = "FROM n’est pas admis ici ; écrire GRAPH, ou default-graph-uri dans l’adresse"
            raise RefusedError("moteur-incapable", detail)
        return shape

    def _require_loaded(self) -> None:
        """Raise RefusedError unless the store has the release; ask it every TRUSTED_SECONDS."""
        now = time.monotonic()
        if now - self._seen < TRUSTED_SECONDS:
            return
        if self._release not in self._client.releases(self._base):
            raise RefusedError("moteur-sans-version", "le moteur distant n’a pas cette version")
        self._seen = now

    def _form(self, query: QueryMessage) -> dict[str, str | list[str]]:
        """Return the form to send: the query with its prefixes, its dataset and its deadline.

        Default and named graphs are always stated; else the store would use its own dataset.
        """
        text = query["text"]
        used = (f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items() if f"{name}:" in text)
        default, named = query["default_graphs"], query["named_graphs"]
        if default is None:
            own = graph_of(self._base, self._release)
            default, named = [own, *self._named * query["is_union"]], self._named
        else:
            default, named = ([g for g in iris if g in self._named] for iris in (default, named))
        nowhere = [graph_of(self._base, "-")]  # it never exists
        deadline = self._client.engine.deadline(self._limits.seconds)
        return {
            "query": f"BASE <{query['base']}> {' '.join(used)}\n{text}",
            "default-graph-uri": default or nowhere,
            "named-graph-uri": named or nowhere,
        } | ({"timeout": deadline} if deadline else {})

    def _check_answer(self, answer: urllib3.BaseHTTPResponse, is_graph: bool) -> None:
        """Raise RefusedError for an error, or an answer that may be incomplete."""
        status, cut_header = answer.status, self._client.engine.coupe
        if status == 200 and cut_header and (most := answer.headers.get(cut_header)):
            limit = int(most) if most.isdecimal() else 0
            detail = "la réponse dépasse {} lignes de ce moteur ; prenez plutôt les téléchargements"
            raise RefusedError("reponse-trop-grande", detail, limit, limit=limit)
        if status == 200:
            if is_graph and not answer.chunked and answer.length_remaining is None:
                detail = "moteur distant : rien ne dit que sa réponse soit entière"
                raise RefusedError(BROKEN, detail)
            return
        message = excerpt(answer)
        if status in (206, 408, 504):
            raise RefusedError("delai", "le moteur distant n’a pas fini à temps")
        if status == 400:  # the query is valid, since pyoxigraph has parsed it
            raise RefusedError("moteur-incapable", "le moteur distant dit : {}", message)
        self._seen = 0.0
        told = f"{status} ({message})" if status == 500 else status
        raise RefusedError(BROKEN, "moteur distant : statut {}", told)


def table(body: IO[bytes], is_boolean: bool) -> QuerySolutions | QueryBoolean:
    """Return the rows of a SELECT, or the boolean of an ASK, which Virtuoso sends as one row."""
    results = parse_query_results(body, format=QueryResultsFormat.JSON)
    if not is_boolean or isinstance(results, QueryBoolean):
        return results
    cells = [cell for row in results for cell in row]
    is_true = any(getattr(cell, "value", "") in ("1", "true") for cell in cells)
    boolean = json.dumps({"head": {}, "boolean": is_true})
    return parse_query_results(boolean, format=QueryResultsFormat.JSON)


def excerpt(answer: urllib3.BaseHTTPResponse) -> str:
    """Return the beginning of the error message of a store, as one line."""
    try:
        text = answer.read1(ERROR_BYTES).decode("utf-8", "replace")
    except HTTPError:
        return "rien"
    line = " ".join(text.split("\n\n")[0].split())
    return "".join(c for c in line if c.isprintable())[:QUOTED_CHARACTERS]


def main(store_path: str, descriptor: str) -> None:
    """Tell the front that the process is ready, then answer until it closes the connection."""

    def serve(connection: Connection, settings: dict[str, Any], file: IO[bytes]) -> None:
        limits = WorkerLimits(**settings["limits"])
        elsewhere = StoreElsewhere(**settings["elsewhere"])
        release, address = Path(store_path).resolve().parent, urlsplit(elsewhere.url)
        port = address.port or PORTS[address.scheme]
        protections = worker.isolate([release, *map(Path, NETWORK)], [port])
        remote_store = RemoteStore(Path(store_path), elsewhere, limits)
        worker.confine(limits)
        connection.send_bytes(orjson.dumps(protections))
        worker.answer(connection, limits, remote_store.result, file)

    worker.run(descriptor, serve)


if __name__ == "__main__":
    main(*sys.argv[1:])
