"""`/sparql`: a query in, a complete answer out; without a query, what the endpoint is."""

from flask import Blueprint, Response, current_app, request
from werkzeug.wsgi import FileWrapper

from lod.server.accept import choose
from lod.server.context import accept, current, prefers_html
from lod.server.description import describe
from lod.server.documents import MAX_AGE, send
from lod.server.formats import GRAPHS, content_type
from lod.server.pool import Query, Reply
from lod.server.problems import Problem
from lod.server.protocol import not_acceptable, parameters, query_in, tag, to_run
from lod.server.releases import Release

METHODS = ["GET", "POST", "QUERY"]  # QUERY: a GET with a body, draft-ietf-httpbis-safe-method

blueprint = Blueprint("sparql", __name__)


@blueprint.route("/sparql", methods=METHODS)
def endpoint() -> Response:
    """Answer a query in the three forms of the protocol, or describe the service."""
    release, found = current(), parameters(request)
    text = query_in(found)
    if text is not None:
        return evaluated(release, to_run(text, found, release.base, accept()))
    if request.method not in ("GET", "HEAD"):
        raise Problem("requete-invalide", "il manque le paramètre query")
    return described(release)


def evaluated(release: Release, query: Query) -> Response:
    """Return the answer to a query, 304 if the client has it; HEAD runs nothing."""
    name, is_get = tag(release.id, query), request.method in ("GET", "HEAD")
    if name and is_get and request.if_none_match.contains(name):
        response = Response(status=304)
    elif request.method == "HEAD":
        response = Response()
        del response.headers["Content-Type"]  # only the evaluation tells a table from a graph
    else:
        response = reply(release, query)
    response.vary.add("Accept")
    if is_get and name:
        cached(response, release, name)
    return response


def reply(release: Release, query: Query) -> Response:
    """Run the query and return the whole of its answer, whose size is known."""
    try:
        found = release.pool.run(query)
    except Problem as problem:
        if problem.slug == "reponse-trop-grande":
            problem.headers["Link"] = f'<{release.racine}telechargements/>; rel="alternate"'
        raise
    return streamed(found)


def streamed(found: Reply) -> Response:
    """Return the spooled answer as a response that closes it."""
    response = Response(FileWrapper(found.body, 65_536), content_type=content_type(found.media))
    response.content_length = found.size
    if found.media in ("text/csv", "text/tab-separated-values"):
        # a spreadsheet runs `=…` in a cell, and the format must stay exact: so it is a file
        extension = "csv" if found.media == "text/csv" else "tsv"
        response.headers["Content-Disposition"] = f"attachment; filename=resultats.{extension}"
    return response


def described(release: Release) -> Response:
    """Return the page with the form to a browser, the service description to anyone else."""
    form = release.folder / "site" / "sparql.html"
    if prefers_html(*GRAPHS) and form.is_file():
        response = send(form)
    else:
        media = choose(accept(), GRAPHS)
        if media is None:
            raise not_acceptable([*GRAPHS, "text/html"])
        text = describe(release, current_app.config["LIMITS"], GRAPHS[media])
        response = Response(text, content_type=content_type(media))
        response.add_etag()
        cached(response, release, None).make_conditional(request.environ)
    response.vary.add("Accept")
    return response


def cached(response: Response, release: Release, name: str | None) -> Response:
    """Let caches keep the response as long as a page."""
    if name:
        response.set_etag(name)
    response.last_modified = release.modified  # type: ignore[assignment]
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    return response
