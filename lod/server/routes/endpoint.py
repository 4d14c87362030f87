"""`/sparql`: a query in, a complete answer out; without a query, what the endpoint is.

A query never enters Flask: its request is decided on the event loop, and evaluated elsewhere.
"""

import hashlib
from collections.abc import Awaitable, Callable, Generator
from email.utils import formatdate

from flask import Blueprint, Response, current_app
from flask import request as asked

from lod.server.common.accept import choose
from lod.server.common.problems import Problem
from lod.server.common.request_response import Answer, Request, encode_headers
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.formats import GRAPHS, HTML, content_type
from lod.server.engine.pool import EngineQuery, Reply
from lod.server.routes.context import accept, current, prefers_html
from lod.server.routes.dereference import MAX_AGE, send
from lod.server.routes.protocol import not_acceptable, tag
from lod.server.routes.result_pages import refusal_page, result_page
from lod.server.routes.service_description import describe

METHODS = ["GET", "POST", "QUERY"]  # QUERY: a GET with a body, draft-ietf-httpbis-safe-method
PIECE = 512 * 1024  # bytes sent at a time; a smaller answer is sent, and kept, whole
EXTENSIONS = {"text/csv": b"csv", "text/tab-separated-values": b"tsv"}
blueprint = Blueprint("sparql", __name__)
Pairs = tuple[tuple[bytes, bytes], ...]
Work = Callable[[Callable[[], bytes]], Awaitable[bytes]]  # beside the loop


async def answer_query(
    request: Request, release: ServedRelease, query: EngineQuery, work: Work
) -> Answer:
    """Return the answer to a query, 304 if the client has it; HEAD runs nothing."""
    # two engines need not write the same bytes
    name = tag(release.id + release.sparql_pool.url, query)
    notes = {"release": release.id, "requete": query_hash(query.text)}
    common = (
        (b"vary", b"Accept"),
        *(encode_headers(cache_headers(release, name).items()) if name else ()),
    )
    if name and request.method in ("GET", "HEAD") and request.has(f'"{name}"'.encode()):
        return Answer(304, common, b"", notes)
    if request.method == "HEAD":  # only the evaluation tells a table from a graph
        return Answer(200, common, b"", notes)
    reply = await reply_to(release, query)
    if reply.media == HTML:
        page = await work(lambda: result_page(release, query, reply))
        return Answer(200, (*common, *page_headers(page)), page, notes)
    headers = (*common, *content_headers(reply))
    pieces = _pieces(reply)
    first = next(pieces, b"")
    if len(first) < reply.size:
        return Answer(200, headers, first, notes, pieces)
    pieces.close()
    return Answer(200, headers, first, notes)


async def reply_to(release: ServedRelease, query: EngineQuery) -> Reply:
    """Run the query; a refusal of a large answer says where all of it can be had."""
    try:
        return await release.sparql_pool.run(query)
    except Problem as problem:
        if problem.slug == "reponse-trop-grande":
            problem.headers["Link"] = f'<{release.base_path}telechargements/>; rel="alternate"'
        raise


async def answer_refusal(
    release: ServedRelease, query: EngineQuery, problem: Problem, work: Work
) -> Answer:
    """Return the page that says to a person why a query gave nothing."""
    page = await work(lambda: refusal_page(release, query, problem))
    said = {**problem.headers, "Vary": "Accept"}
    notes = {"release": release.id, "cause": problem.slug}
    return Answer(problem.status, (*encode_headers(said.items()), *page_headers(page)), page, notes)


def page_headers(page: bytes) -> Pairs:
    """Return the headers that tell type and length of a page."""
    length = b"%d" % len(page)
    return ((b"content-type", content_type(HTML).encode()), (b"content-length", length))


def content_headers(reply: Reply) -> Pairs:
    """Return the headers that tell type and length; a table for spreadsheets is a file.

    A spreadsheet runs `=…` in a cell, and the format must stay exact.
    """
    said = (
        (b"content-type", content_type(reply.media).encode()),
        (b"content-length", b"%d" % reply.size),
    )
    if extension := EXTENSIONS.get(reply.media):
        return (*said, (b"content-disposition", b"attachment; filename=resultats." + extension))
    return said


def cache_headers(release: ServedRelease, name: str | None) -> dict[str, str]:
    """Return the headers that let caches keep an answer as long as a page."""
    tagged = {"ETag": f'"{name}"'} if name else {}
    return {
        **tagged,
        "Last-Modified": formatdate(release.modified, usegmt=True),
        "Cache-Control": f"public, max-age={MAX_AGE}",
    }


def query_hash(text: str) -> str:
    """Return what a query is called in the log: whoever reads it learns nothing of its author."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _pieces(reply: Reply) -> Generator[bytes, None, None]:
    with reply.body as body:
        while piece := body.read(PIECE):
            yield piece


@blueprint.route("/sparql", methods=METHODS)
def description() -> Response:
    """Return the page with the form to a browser, the service description to anyone else."""
    if asked.method not in ("GET", "HEAD"):
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
        response = Response(text, content_type=content_type(media))
        response.add_etag()
        allow_caching(response, release).make_conditional(asked.environ)
    response.vary.add("Accept")
    return response


def allow_caching(response: Response, release: ServedRelease, name: str | None = None) -> Response:
    """Let caches keep the response as long as a page, under a name if it has one."""
    response.headers.update(cache_headers(release, name))
    return response
