"""`/api/`: questions by parameters, and the queries of the site, as plain JSON and CSV."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request
from werkzeug.wsgi import FileWrapper

from lod.publish.search.parameters import parameters_for
from lod.publish.search.search_index import SearchIndex
from lod.publish.search.search_request import SearchRequest
from lod.rdf.vocab import PREFIXES
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.pool import EngineQuery, Reply
from lod.server.engine.worker import WorkerLimits
from lod.server.routes import openapi
from lod.server.routes.context import current
from lod.server.routes.dereference import not_found, redirect_to
from lod.server.routes.endpoint import allow_caching
from lod.server.routes.search_page import in_time, search_request_from, tag, verified_parameters
from lod.server.routes.site_files import page, search_index_of

MEDIA = {"json": "application/sparql-results+json", "csv": "text/csv"}
_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "decimal": float,
    "double": float,
    "boolean": lambda text: text in ("true", "1"),
}
_XSD = PREFIXES["xsd"]
blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("")
def folder() -> Response:
    """Send the client to the page."""
    return redirect_to(current(), "api/", 301)


@blueprint.get("/")
def index() -> Response:
    """Say to people what there is."""
    release = current()
    verified_parameters(())
    return answer_unless_known(release, "html", lambda: api_page(release))


def api_page(release: ServedRelease) -> Response:
    """Return the page: parameters, columns, tables, limits."""
    return page(
        release,
        "api.html",
        "api/index",
        parameters=parameters_for("api"),
        queries=openapi.published_queries(),
        columns=openapi.question()["properties"],
        conditions=openapi.conditions(*limits_in_force()),
    )


def limits_in_force() -> tuple[WorkerLimits, float]:
    """Return the limits that are in force: of a query, and of a client."""
    return current_app.config["LIMITS"], current_app.config["RATE"]


@blueprint.get("/openapi.json")
def description() -> Response:
    """Describe the API as OpenAPI."""
    release = current()
    verified_parameters(())
    said = openapi.document(release.base, *limits_in_force())
    response = Response(json.dumps(said, ensure_ascii=False), mimetype="application/json")
    response.add_etag()
    allow_caching(response, release).make_conditional(request.environ)
    return response


@blueprint.get("/questions.<any(json, csv):form>")
def questions(form: str) -> Response:
    """Answer with one page of the questions that the parameters choose."""
    release = current()
    search_index, search_request = (
        search_index_of(release),
        search_request_from(verified_parameters(parameters_for("api"))),
    )

    def answer() -> Response:
        hits: list[int] = in_time(SearchIndex.find, search_index, search_request)
        uids = search_index.uids(hits[search_request.page_slice])
        text = openapi.chosen([f"{release.base}question/{uid}" for uid in uids])
        following = next_page(release, search_request, len(hits), form)
        return query_response(
            release, text, form, openapi.QUESTIONS, following, len(hits), search_request.page
        )

    return answer_unless_known(release, form, answer)


@blueprint.get("/<name>.<any(json, csv):form>")
def query(name: str, form: str) -> Response:
    """Answer with the rows of a query of the site."""
    release, found = current(), openapi.published_queries().get(name)
    if found is None:
        raise not_found(f"api/{name}.{form}")
    verified_parameters(())
    text = found.text
    return answer_unless_known(release, form, lambda: query_response(release, text, form, name))


def answer_unless_known(
    release: ServedRelease, form: str, answer: Callable[[], Response]
) -> Response:
    """Return the answer, 304 if the client has it."""
    name = tag(release, form)
    is_known = request.if_none_match.contains_weak(name)
    return allow_caching(Response(status=304) if is_known else answer(), release, name)


def next_page(
    release: ServedRelease, search_request: SearchRequest, total: int, form: str
) -> str | None:
    """Return the address of the next page, if there is one."""
    if search_request.page * search_request.taille >= total:
        return None
    following = replace(search_request, page=search_request.page + 1)
    return following.address(f"{release.base}api/{openapi.QUESTIONS}.{form}")


def query_response(
    release: ServedRelease,
    text: str,
    form: str,
    name: str,
    following: str | None = None,
    total: int | None = None,
    number: int = 1,
) -> Response:
    """Run a query and return its rows in one form; `total` counts more than those of this page."""
    reply = release.pool.ask(EngineQuery(text, f"{release.base}sparql", MEDIA[form], None))
    if form == "csv":
        response = Response(FileWrapper(reply.body, 65_536), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    else:
        found = rows(reply)
        body = {
            "total": len(found) if total is None else total,
            "page": number,
            "suivante": following,
            "requete": f"{release.base}sparql?{urlencode({'query': text, 'format': 'json'})}",
            "licence": openapi.LICENCE["url"],
            "release": release.id,
            "resultats": found,
        }
        response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def rows(reply: Reply) -> list[dict[str, Any]]:
    """Return the rows of an answer as flat objects: numbers typed, null for what is not known."""
    with reply.body as body:
        read = body.read(openapi.LONGEST + 1)
    if len(read) > openapi.LONGEST:
        detail = f"plus de {openapi.LONGEST} octets ; prenez la même table en .csv"
        raise Problem("reponse-trop-grande", detail)
    found = json.loads(read)
    names = found["head"]["vars"]
    return [
        {name: value(row[name]) if name in row else None for name in names}
        for row in found["results"]["bindings"]
    ]


def value(term: dict[str, str]) -> Any:
    """Return a term of SPARQL's JSON as JSON itself has it.

    >>> value({"type": "literal", "value": "12", "datatype": _XSD + "integer"})
    12
    """
    datatype = term.get("datatype", "").removeprefix(_XSD)
    return _CONVERTERS.get(datatype, str)(term["value"])
