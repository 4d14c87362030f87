"""`/sparql`: answer a query on the event loop; without a query, describe the endpoint by Flask."""

import hashlib
from collections.abc import Awaitable, Callable, Generator

from flask import Blueprint, Response, current_app
from flask import request as flask_request

from lod.server.common.accept import choose
from lod.server.common.problems import Problem
from lod.server.common.request_response import Answer, Headers, Request, encode_headers
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.formats import GRAPHS, HTML, content_type
from lod.server.engine.pool import EngineQuery, Reply
from lod.server.routes.caching import cache_headers, cacheable
from lod.server.routes.context import accept, current, prefers_html
from lod.server.routes.dereference import send
from lod.server.routes.protocol import not_acceptable, tag
from lod.server.routes.result_pages import refusal_page, result_page
from lod.server.routes.service_description import describe

METHODS = ["GET", "POST", "QUERY"]  # QUERY: a GET with a body, draft-ietf-httpbis-safe-method
PIECE = 512 * 1024  # bytes sent at once; a smaller answer is sent, and cached, as a whole
EXTENSIONS = {"text/csv": b"csv", "text/tab-separated-values": b"tsv"}
blueprint = Blueprint("sparql", __name__)
Work = Callable[[Callable[[], bytes]], Awaitable[bytes]]  # runs a function in a thread


async def answer_query(
    request: Request, release: ServedRelease, query: EngineQuery, work: Work
) -> Answer:
    """Return the answer to a query, 304 if the client has it; do not evaluate it for HEAD."""
    # the URL is part of the tag, because two engines may write different bytes
    etag = tag(release.id + release.sparql_pool.url, query)
    notes = {"release": release.id, "requete": query_hash(query.text)}
    cached = encode_headers(cache_headers(release, etag).items()) if etag else ()
    common = ((b"vary", b"Accept"), *cached)
    if etag and request.method in ("GET", "HEAD") and request.has(f'"{etag}"'.encode()):
        return Answer(304, common, b"", notes)
    if request.method == "HEAD":  # no Content-Type: it is known only after evaluation
        return Answer(200, common, b"", notes)
    reply = await reply_to(release, query)
    if reply.media == HTML:
        page = await work(lambda: result_page(release, query, reply))
        return Answer(200, (*common, *content_headers(HTML, len(page))), page, notes)
    headers = (*common, *content_headers(reply.media, reply.size))
    pieces = _pieces(reply)
    first = next(pieces, b"")
    if len(first) < reply.size:
        return Answer(200, headers, first, notes, pieces)
    pieces.close()
    return Answer(200, headers, first, notes)


async def reply_to(release: ServedRelease, query: EngineQuery) -> Reply:
    """Evaluate the query; the problem of a large answer gets a link to the downloads."""
    try:
        return await release.sparql_pool.run(query)
    except Problem as problem:
        if problem.slug == "reponse-trop-grande":
            problem.headers["Link"] = f'<{release.base_path}telechargements/>; rel="alternate"'
        raise


async def answer_refusal(
    release: ServedRelease, query: EngineQuery, problem: Problem, work: Work
) -> Answer:
    """Return the page that tells a person why the query has no result."""
    page = await work(lambda: refusal_page(release, query, problem))
    headers = encode_headers({**problem.headers, "Vary": "Accept"}.items())
    notes = {"release": release.id, "cause": problem.slug}
    return Answer(problem.status, (*headers, *content_headers(HTML, len(page))), page, notes)


def content_headers(media: str, size: int) -> Headers:
    """Return the headers for type and length of an answer; CSV and TSV are sent as a file.

    A browser that opened them in a spreadsheet would let it evaluate a cell that begins with `=`.
    """
    headers = ((b"content-type", content_type(media).encode()), (b"content-length", b"%d" % size))
    if extension := EXTENSIONS.get(media):
        return (*headers, (b"content-disposition", b"attachment; filename=resultats." + extension))
    return headers


def query_hash(text: str) -> str:
    """Return the hash that stands for a query in the log, so that the log does not disclose it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _pieces(reply: Reply) -> Generator[bytes, None, None]:
    """Yield the body of a reply in pieces, and close it."""
    with reply.body as body:
        while piece := body.read(PIECE):
            yield piece


@blueprint.route("/sparql", methods=METHODS)
def description() -> Response:
    """Return the page with the form to a browser, the service description to another client."""
    if flask_request.method not in ("GET", "HEAD"):
        raise Problem("requete-invalide", "il manque le paramètre query")
    release = current()
    form = release.folder / "site" / "sparql.html"
    if prefers_html(*GRAPHS) and form.is_file():
        response = send(form)
    else:
        media = choose(accept(), tuple(GRAPHS))
        if media is None:
            raise not_acceptable([*GRAPHS, "text/html"])
        text = describe(release, current_app.config["LIMITS"], GRAPHS[media])
        response = cacheable(Response(text, content_type=content_type(media)), release)
    response.vary.add("Accept")
    return response
