"""A process that asks a store elsewhere what `worker.py` reads in one; started by `pool.py`, too.

A query is parsed here first, by the engine that else answers it: what is no SPARQL, or calls a
function of another engine, goes nowhere. Answers come in one form, are parsed, and are written by
the same hand and within the same limits as those of our own store: whole, or an error.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlencode

import urllib3
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)
from urllib3.exceptions import HTTPError

from lod.base.errors import LodError
from lod.publish.release import manifest
from lod.publish.search.sparql_function import CONTAINS
from lod.rdf.vocab import PREFIXES
from lod.remote.http import Limits
from lod.remote.sparql_results import RESULTS
from lod.remote.stores.credentials import ACCESS_VARIABLE, StoreAccess
from lod.remote.stores.store_client import FORM, NTRIPLES, StoreClient
from lod.remote.stores.versions import QUICK, graph_of, versions
from lod.server.engine.lexer import states_dataset
from lod.server.engine.worker import (
    QueryMessage,
    RefusedError,
    Result,
    WorkerLimits,
    answer,
    confine,
    evaluate,
    too_large,
)

TRUSTED_SECONDS = 5.0  # seconds that a store is believed to serve what it served
WIDER = 8  # an answer in JSON or N-Triples has at most so many times the bytes of any other form
ERROR_BYTES = 2000  # bytes of an error that are looked at
QUOTED_CHARACTERS = 200  # characters of it that a client is told


class BoundedBody:
    """The body of an answer, as a parser reads it: bounded, and an error unless it is whole."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, most: int, limit: int) -> None:
        self._answer, self._left, self._limit = answer, most, limit

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raise RefusedError if there are too many, or they break off."""
        try:
            data = self._answer.read1(size if size > 0 else 2**16)
        except HTTPError as error:
            raise broken("sa réponse s’est interrompue") from error
        self._left -= len(data)
        if self._left < 0:
            raise too_large(self._limit, "octets")
        return data


class RemoteStore:
    """A store elsewhere, as far as one release goes."""

    def __init__(self, store: Path, store_access: StoreAccess, limits: WorkerLimits) -> None:
        seconds = limits.seconds
        patience = Limits(delays=(), connect=min(QUICK.connect, seconds), whole=seconds)
        self._client, self._pointer = (
            StoreClient(store_access, patience),
            StoreClient(store_access, QUICK),
        )
        self._limits, self._empty = limits, Store()
        self._graph = graph_of(store_access, manifest(store.parent)["id"])
        self._nowhere = f"{store_access.graph}/-"  # a graph that is never there
        self._named = sorted(name.value for name in Store.read_only(str(store)).named_graphs())
        self._seen = 0.0
        self._answer: urllib3.BaseHTTPResponse | None = None

    def result(self, query: QueryMessage) -> Result:
        """Return the result of a query, which comes in while it is read; or raise RefusedError."""
        form = self._form(query)
        self._require_served()
        is_graph = not isinstance(form, QuerySolutions | QueryBoolean)
        try:
            url = self._client.engine.at(self._client.access.url, self._client.engine.requete)
            headers = {"Content-Type": FORM, "Accept": NTRIPLES if is_graph else RESULTS}
            if self._answer is not None:
                self._answer.close()  # what is left of it comes no more between two queries
            self._answer = self._client.open("POST", url, self._body(query), headers)
            self._judge(self._answer, is_graph)
        except (HTTPError, LodError) as error:
            raise broken("il ne répond pas") from error
        size = self._limits.size
        body = cast(IO[bytes], BoundedBody(self._answer, size * WIDER, size))
        return triples(body) if is_graph else table(body, isinstance(form, QueryBoolean))

    def _form(self, query: QueryMessage) -> Result:
        """Return what kind of result the query has, of no data; raise RefusedError if none."""
        try:
            form = evaluate(self._empty, query, {})
        except RefusedError as refused:
            if CONTAINS in str(refused):
                detail = "la recherche dans les textes n’est pas dans ce moteur ; voir /recherche"
                raise RefusedError("moteur-incapable", detail) from refused
            raise
        if states_dataset(query["text"]):
            detail = "FROM n’est pas admis ici ; écrire GRAPH, ou default-graph-uri dans l’adresse"
            raise RefusedError("moteur-incapable", detail)
        return form

    def _require_served(self) -> None:
        """Raise RefusedError unless the store has said of late that it serves our release."""
        now = time.monotonic()
        if now - self._seen < TRUSTED_SECONDS:
            return
        try:
            known = versions(self._pointer)
        except LodError as error:
            raise broken("il ne répond pas") from error
        if not any(v.graph == self._graph and v.ranks for v in known):
            raise RefusedError("moteur-sans-version", "le moteur distant n’a pas cette version")
        self._seen = now

    def _body(self, query: QueryMessage) -> bytes:
        """Return the form to send: the query with our prefixes, and the graphs it may see.

        Both kinds are always stated, for without any the store's own would be seen.
        """
        text = query["text"]
        used = (f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items() if f"{name}:" in text)
        default, named = query["default_graphs"], query["named_graphs"]
        if default is None:
            default, named = [self._graph], self._named
        else:
            default, named = ([g for g in some if g in self._named] for some in (default, named))
        return (
            urlencode(
                [
                    ("query", f"BASE <{query['base']}> {' '.join(used)}\n{text}"),
                    *(("default-graph-uri", g) for g in default or [self._nowhere]),
                    *(("named-graph-uri", g) for g in named or [self._nowhere]),
                ]
            ).encode()
            + self._deadline()
        )

    def _deadline(self) -> bytes:
        asked = self._client.engine.deadline(self._limits.seconds)
        return f"&{asked}".encode() if asked else b""

    def _judge(self, answer: urllib3.BaseHTTPResponse, is_graph: bool) -> None:
        """Raise RefusedError for all but an answer that says it is whole."""
        status, cut_header = answer.status, self._client.engine.coupe
        if status == 200 and cut_header and (most := answer.headers.get(cut_header)):
            raise too_large(int(most) if most.isdecimal() else 0, "lignes de ce moteur")
        if status == 200:
            if is_graph and not answer.chunked and answer.length_remaining is None:
                raise broken("rien ne dit que sa réponse soit entière")
            return
        said = excerpt(answer)
        if status in (206, 408, 504):
            raise RefusedError("delai", "le moteur distant n’a pas fini à temps")
        if status == 400:  # it is SPARQL: we have parsed it
            raise RefusedError("moteur-incapable", f"le moteur distant dit : {said}")
        self._seen = 0.0
        raise broken(f"statut {status}{f' ({said})' if status == 500 else ''}")


def table(body: IO[bytes], is_boolean: bool) -> QuerySolutions | QueryBoolean:
    """Return rows, or the answer to an ASK, which Virtuoso gives as a table of one row."""
    found = parse_query_results(body, format=QueryResultsFormat.JSON)
    if not is_boolean or isinstance(found, QueryBoolean):
        return found
    cells = [cell for row in found for cell in row]
    yes = any(getattr(cell, "value", "") in ("1", "true") for cell in cells)
    told = json.dumps({"head": {}, "boolean": yes})
    return parse_query_results(told, format=QueryResultsFormat.JSON)


def triples(body: IO[bytes]) -> Iterator[Triple]:
    """Yield the triples of an answer."""
    return (quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES))


def broken(wrong: str) -> RefusedError:
    """Return the refusal because of a store that is not as it should be."""
    return RefusedError("moteur-distant", f"moteur distant : {wrong}")


def excerpt(answer: urllib3.BaseHTTPResponse) -> str:
    """Return the beginning of what a store says of an error, as one line."""
    try:
        text = answer.read1(ERROR_BYTES).decode("utf-8", "replace")
    except HTTPError:
        return "rien"
    line = " ".join(text.split("\n\n")[0].split())
    return "".join(c for c in line if c.isprintable())[:QUOTED_CHARACTERS]


def main(store_path: str, descriptor: str, limits_json: str) -> None:
    """Say that we are there, then answer until the front closes the connection."""
    limits, store_access = (
        WorkerLimits(**json.loads(limits_json)),
        StoreAccess(**json.loads(os.environ.pop(ACCESS_VARIABLE))),
    )
    with (
        contextlib.suppress(EOFError, ConnectionError),
        Connection(int(descriptor)) as connection,
    ):
        remote_store = RemoteStore(Path(store_path), store_access, limits)
        confine(limits)
        connection.send_bytes(b"ready")
        answer(connection, limits, remote_store.result)


if __name__ == "__main__":
    main(*sys.argv[1:])
