"""`/sparql`: answer a query; without a query, describe the endpoint."""

import hashlib
from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, request

from lod.server.common.accept import choose
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.formats import GRAPHS, HTML, content_type
from lod.server.engine.reader import EngineQuery, Reply
from lod.server.limits import ANSWER_PIECE
from lod.server.routes.caching import cache_headers, cacheable
from lod.server.routes.context import accept, caller, current, notes, prefers_html, state
from lod.server.routes.protocol import not_acceptable, query_request, tag
from lod.server.routes.release_files import send
from lod.server.routes.result_pages import refusal_page, result_page
from lod.server.routes.service_description import describe
from lod.server.routes.syntax_advice import advised

METHODS = ["GET", "POST", "QUERY"]  # QUERY: a GET with a body, draft-ietf-httpbis-safe-method
EXTENSIONS = {"text/csv": "csv", "text/tab-separated-values": "tsv"}
blueprint = Blueprint("sparql", __name__)


@blueprint.route("/sparql", methods=METHODS)
def sparql() -> Response:
    """Answer the query of the request, as a page if the client prefers that."""
    release = current()
    asked = query_request(request, release.base, accept())
    if asked is None:
        return description(release)
    try:
        return answer_query(release, asked.checked(), asked.view)
    except Problem as refused:
        problem = advised(refused, asked.text)
        page = asked.for_page()
        if page is None:
            raise problem from refused
        notes()["cause"] = problem.slug
        headers = {**problem.headers, "Vary": "Accept"}
        text = refusal_page(release, page, problem)
        return Response(text, problem.status, headers, content_type=content_type(HTML))


def answer_query(release: ServedRelease, query: EngineQuery, view: Mapping[str, str]) -> Response:
    """Return the answer to a query, 304 if the client has it; do not evaluate it for HEAD."""
    # the URL is part of the tag, because the engines of two places may write different bytes
    shown = repr(view) if view else ""
    etag = tag(release.id + release.sparql_pool.url + shown, query)
    notes()["requete"] = query_hash(query.text)
    common = {"Vary": "Accept", **(cache_headers(release, etag) if etag else {})}
    is_safe = request.method in ("GET", "HEAD")
    if etag and is_safe and request.if_none_match.contains_weak(etag):
        return Response(status=304, headers=common)
    if request.method == "HEAD":  # no Content-Type: it is known only after evaluation
        response = Response(headers=common)
        del response.headers["Content-Type"]
        return response
    reply = reply_to(release, query)
    if reply.media == HTML:
        text = result_page(release, query, reply, view)
        return Response(text, headers=common, content_type=content_type(HTML))
    headers = {**common, **content_headers(reply.media, reply.size)}
    if reply.size > ANSWER_PIECE:
        return Response(_pieces(reply), headers=headers)
    with reply.body as body:
        return Response(body.read(), headers=headers)


def reply_to(release: ServedRelease, query: EngineQuery) -> Reply:
    """Evaluate the query; the problem of a large answer gets a link to the downloads."""
    try:
        return release.sparql_pool.run(query, caller())
    except Problem as problem:
        if problem.slug == "reponse-trop-grande":
            problem.headers["Link"] = f'<{release.base_path}telechargements/>; rel="alternate"'
        raise


def content_headers(media: str, size: int) -> dict[str, str]:
    """Return the headers for type and length of an answer; CSV and TSV are sent as a file.

    A browser that opened them in a spreadsheet would let it evaluate a cell that begins with `=`.
    """
    headers = {"Content-Type": content_type(media), "Content-Length": str(size)}
    if extension := EXTENSIONS.get(media):
        headers["Content-Disposition"] = f"attachment; filename=resultats.{extension}"
    return headers


def query_hash(text: str) -> str:
    """Return the hash that stands for a query in the log, so that the log does not disclose it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _pieces(reply: Reply) -> Iterator[bytes]:
    """Yield the body of a reply in pieces, and close it."""
    with reply.body as body:
        while piece := body.read(ANSWER_PIECE):
            yield piece


def description(release: ServedRelease) -> Response:
    """Return the page with the form to a browser, the service description to another client."""
    if request.method not in ("GET", "HEAD"):
        raise Problem("requete-invalide", "il manque le paramètre query")
    form = release.folder / "site" / "sparql.html"
    if prefers_html(*GRAPHS) and form.is_file():
        response = send(form)
    else:
        media = choose(accept(), tuple(GRAPHS))
        if media is None:
            raise not_acceptable([*GRAPHS, "text/html"])
        text = describe(release, state().settings.limits, GRAPHS[media])
        response = cacheable(Response(text, content_type=content_type(media)), release)
    response.vary.add("Accept")
    return response
