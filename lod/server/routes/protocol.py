"""SPARQL 1.1 Protocol: read the query of a request, and check it without evaluating it."""

import hashlib
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import orjson
from flask import Request
from werkzeug.http import parse_options_header

from lod.base.words import Sentence
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.formats import GRAPHS, HTML, SOLUTIONS, media_types_named
from lod.server.engine.query_traits import calls_out, is_too_deep, states_dataset
from lod.server.engine.reader import EngineQuery
from lod.server.limits import BODY_BYTES, PARAMETERS, QUERY_DEPTH, QUERY_STRING_BYTES

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ACCEPTED = {"Accept-Post": f"{FORM}, {QUERY}"}
OFFERS = (*SOLUTIONS, *GRAPHS, HTML)  # all media types of an answer
# functions that make the answer to a query change each time; `uuid` also finds `struuid`
CHANGING = ("now", "rand", "uuid", "bnode")
Parameters = list[tuple[str, str]]
# parameters that say what is asked, and in which form
UNION = "union-default-graph"  # as the server of Oxigraph names it


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query as a request states it, not yet checked."""

    text: str
    parameters: Parameters  # all of the request
    base: str  # of the release
    accept: str | None  # the header Accept

    def checked(self) -> EngineQuery:
        """Return the query for the pool; raise Problem if it must not be evaluated."""
        if calls_out(self.text):
            raise Problem("federation", "le mot SERVICE n’est pas admis dans une requête")
        if is_too_deep(self.text):
            raise Problem("imbrication", "plus de {} parenthèses ouvertes à la fois", QUERY_DEPTH)
        if states_union(self.parameters) and (
            dataset(self.parameters) != (None, None) or states_dataset(self.text)
        ):
            detail = "{} réunit tous les graphes : n’en nommer aucun, ni FROM"
            raise Problem("requete-invalide", detail, UNION)
        return self._for_engine(media_types(self.parameters, self.accept))

    def for_page(self) -> EngineQuery | None:
        """Return the query, unchecked, if the client wants a page as its answer; else None."""
        form = _form_parameter(self.parameters)
        media = media_types_named(form)[0] if form else choose(self.accept, OFFERS)
        return self._for_engine((HTML, HTML)) if media == HTML else None

    def _for_engine(self, media: tuple[str | None, str | None]) -> EngineQuery:
        (default, named), is_union = dataset(self.parameters), states_union(self.parameters)
        return EngineQuery(self.text, f"{self.base}sparql", *media, default, named, is_union)


def query_request(request: Request, base: str, accept: str | None) -> QueryRequest | None:
    """Return the query of a request, from its parameters or its body; None if it has none.

    Raises Problem for an update, for two queries, and for what is not well formed.
    """
    parameters = _pairs(request.query_string, QUERY_STRING_BYTES, "adresse-trop-longue")
    if request.method in ("POST", "QUERY"):
        parameters += _of_body(request)
    if any(name == "update" for name, _ in parameters):
        raise read_only()
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) > 1:
        raise Problem("requete-invalide", "le paramètre query est répété")
    return QueryRequest(queries[0], parameters, base, accept) if queries else None


def dataset(parameters: Parameters) -> tuple[list[str], list[str]] | tuple[None, None]:
    """Return the default and the named graphs that a request states, (None, None) if no graph."""
    default, named = (
        [value for name, value in parameters if name == key]
        for key in ("default-graph-uri", "named-graph-uri")
    )
    return (default, named) if default or named else (None, None)


def states_union(parameters: Parameters) -> bool:
    """Say whether a request asks all graphs at once: by the parameter UNION, if it is not false."""
    return any(name == UNION and value.lower() not in ("false", "0") for name, value in parameters)


def media_types(parameters: Parameters, accept: str | None) -> tuple[str | None, str | None]:
    """Return the media types for solutions and for a graph; raise Problem if both are None."""
    if form := _form_parameter(parameters):
        pair = media_types_named(form)
    elif choose(accept, OFFERS) == HTML:  # a browser
        pair = HTML, HTML
    else:
        pair = choose(accept, tuple(SOLUTIONS)), choose(accept, tuple(GRAPHS))
    if pair == (None, None):
        raise not_acceptable([*SOLUTIONS, *GRAPHS])
    return pair


def tag(release: str, query: EngineQuery) -> str | None:
    """Return the entity tag of the answer, None for a query whose answer may change."""
    if any(word in query.text.casefold() for word in CHANGING):
        return None
    return hashlib.sha256(release.encode() + orjson.dumps(query)).hexdigest()[:32]


def not_acceptable(offers: list[str]) -> Problem:
    """Return the problem that no form of the answer is acceptable; it lists the media types."""
    available = list(dict.fromkeys(offers))
    detail = "formes disponibles : {}"
    said, headers = ", ".join(available), {"Vary": "Accept"}
    return Problem("pas-acceptable", detail, said, headers=headers, more={"available": available})


def read_only() -> Problem:
    return Problem("lecture-seule", "les mises à jour (SPARQL Update) sont refusées")


def unexpected_body(media: str, *expected: str) -> Problem:
    """Return the problem of a body whose media type, "" for none, is none of those `expected`."""
    sent, forms = media[:80] or Sentence("corps sans Content-Type"), ", ".join(expected)
    accepted = {"Accept-Post": forms}
    return Problem("type-de-contenu", "{} ; attendu : {}", sent, forms, headers=accepted)


def _form_parameter(parameters: Parameters) -> str | None:
    values = (value for name, value in parameters if name in ("format", "output") and value)
    return next(values, None)


def _of_body(request: Request) -> Parameters:
    """Return the parameters in the body of a request; raise Problem if it is no query."""
    # a server without the front before it has read no body yet
    body = request.stream.read(BODY_BYTES + 1)
    if len(body) > BODY_BYTES:
        raise Problem("corps-trop-long", "au plus {} octets", BODY_BYTES)
    media, options = parse_options_header(request.headers.get("Content-Type"))
    media = media.lower()
    if media == UPDATE:
        raise read_only()
    if media not in (FORM, QUERY) or (request.method, media) == ("QUERY", FORM):
        raise unexpected_body(media, FORM, QUERY)
    if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Problem("type-de-contenu", "seul UTF-8 est admis", headers=ACCEPTED)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem("type-de-contenu", "le corps ne doit pas être compressé", headers=ACCEPTED)
    if media == FORM:
        return _pairs(body, BODY_BYTES, "corps-trop-long")
    return [("query", _utf8(body))]


def _pairs(data: bytes, longest: int, slug: str) -> Parameters:
    """Return the parameters of a form; raise the Problem `slug` over `longest` bytes.

    `parse_qsl` does the same, but takes three times as long for what has many escapes.
    """
    if len(data) > longest:
        raise Problem(slug, "au plus {} octets", longest)
    pieces = [piece.partition(b"=") for piece in data.split(b"&", PARAMETERS) if piece]
    if len(pieces) > PARAMETERS:
        raise Problem("requete-invalide", "plus de {} paramètres", PARAMETERS)
    return [(_unescaped(name), _unescaped(value)) for name, _, value in pieces]


def _unescaped(data: bytes) -> str:
    return _utf8(unquote_to_bytes(data.replace(b"+", b" ")))


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("requete-invalide", "la requête n’est pas en UTF-8") from error
