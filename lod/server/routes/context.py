"""What the application has beside its routes, and facts of the request that it answers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, request
from pyoxigraph import Triple
from werkzeug.wsgi import wrap_file

from lod.rdf import serialize
from lod.rdf.store import RESULTS, Row, value_rows
from lod.server.common.request_response import NOTES, Notes, choose
from lod.server.engine.caller import Caller, network
from lod.server.engine.current_release import ReleaseHolder, ServedRelease
from lod.server.engine.reader import EngineQuery, Reply
from lod.server.engine.settings import ServerSettings
from lod.server.limits import ANSWER_PIECE
from lod.server.routes.metrics import Metrics
from lod.website.pages.question_page import Beside
from lod.website.rendering.query_tables import Pictures

CALLER = "lod.caller"  # key of the WSGI environment
STATE = "lod"  # key of `Flask.extensions`
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool answers a language model."""

    sentence: str  # what was found, in one sentence
    page: str  # address of the page on which a person sees the same
    fields: Json
    named: str = "questions des députés au Gouvernement"  # name of what an answer cites


Tool = Callable[[ServedRelease, dict[str, str]], ToolAnswer]  # arguments, verified → answer


@dataclass(frozen=True, slots=True)
class CostlyPaths:
    """The beginnings of the paths whose answers cost more than a file, by what answers them."""

    store: tuple[str, ...] = ()  # the store, which evaluates queries of clients
    own_queries: tuple[str, ...] = ()  # the store, which evaluates only our own queries
    search: tuple[str, ...] = ()  # the search index

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.store, *self.own_queries, *self.search)


@dataclass(frozen=True, slots=True)
class AppState:
    """What an application has beside its routes."""

    settings: ServerSettings
    releases: ReleaseHolder
    metrics: Metrics
    costly: CostlyPaths
    tools: dict[str, Tool]  # what a language model may call, by name
    pictures: Pictures  # draws the rows of a query
    beside: Beside  # what extensions show on a page of the core


def state_of(app: Flask) -> AppState:
    return cast(AppState, app.extensions[STATE])


def state() -> AppState:
    return state_of(current_app)


def current() -> ServedRelease:
    """Return the release that this request is answered from, even if a newer one is published."""
    return cast(ServedRelease, g.release)


def caller() -> Caller:
    """Return who sends this request; under another server than `lod serve`, its address alone."""
    client = request.environ.get(CALLER)
    return client if isinstance(client, Caller) else Caller(network(request.remote_addr or ""))


def ask_store(query: EngineQuery) -> Reply:
    """Evaluate a query of ours in the store of the release; raise Problem."""
    return current().pool.run(query, caller())


def result_rows(reply: Reply) -> list[Row]:
    with reply.body as body:
        return value_rows(body.read())


def ask_rows(text: str) -> list[Row]:
    """Return the rows that a query SELECT of ours gives; raise Problem."""
    return result_rows(ask_store(EngineQuery(text, f"{current().base}sparql", RESULTS, None)))


class FromStore:
    """The store of the release, as page makers ask it: `rows` returns the rows of a query."""

    rows = all_rows = staticmethod(ask_rows)


def body_of(reply: Reply) -> Iterable[bytes]:
    """Return the body of a reply as the body of a response with its length: the server sends the
    file by itself, if it can.
    """
    return wrap_file(request.environ, reply.body, ANSWER_PIECE)


def ask_graph(text: str) -> Iterator[Triple]:
    """Yield the triples that a query CONSTRUCT of ours gives; raise Problem."""
    reply = ask_store(EngineQuery(text, f"{current().base}sparql", None, "application/n-triples"))
    with reply.body as body:
        yield from serialize.triples(body.read())


def accept() -> str | None:
    """Return the Accept header of the request, several of them joined, None if there is none."""
    return request.environ.get("HTTP_ACCEPT") or None


def notes() -> Notes:
    """Return the members of the line of the access log for this request, which may be added to."""
    return cast(Notes, request.environ.setdefault(NOTES, {}))


def prefers_html(*alternatives: str) -> bool:
    """Say whether the client prefers HTML to these other media types, as browsers do."""
    return choose(accept(), (*alternatives, "text/html")) == "text/html"
