"""`/api/`: questions chosen by parameters, and rows of the site's queries, as JSON and CSV."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response

from lod.publish.search.parameters import parameters_for, read_request
from lod.rdf.store import RESULTS, Term, term_rows
from lod.rdf.vocab import PREFIXES
from lod.server.common.problems import Problem, not_found
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.reader import EngineQuery, Reply
from lod.server.limits import CONVERTED_BYTES
from lod.server.routes import openapi
from lod.server.routes.caching import answer_unless_known, cacheable
from lod.server.routes.context import ask_store, body_of, current, state
from lod.server.routes.release_files import redirect_to
from lod.server.routes.search_page import json_response, verified_parameters
from lod.server.routes.site_files import page, publication_of, search_index_of

MEDIA = {"json": RESULTS, "csv": "text/csv"}
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
# local name of a datatype → lexical forms, type of Python, value from which on JSON has no number
NUMBERS: dict[str, tuple[re.Pattern[str], Callable[[str], float], float]] = {
    "integer": (re.compile(r"[+-]?[0-9]{1,20}"), int, 2**63),
    "decimal": (re.compile(DECIMAL), float, math.inf),
    "double": (re.compile(rf"{DECIMAL}(?:[eE][+-]?[0-9]+)?"), float, math.inf),
}
_XSD = PREFIXES["xsd"]
blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("")
def folder() -> Response:
    return redirect_to(current(), "api/", 301)


@blueprint.get("/")
def index() -> Response:
    """Return a page that explains parameters, columns, tables and limits."""
    release = current()
    verified_parameters(())

    def answer() -> Response:
        return page(
            release,
            "api.html",
            "api/index",
            parameters=parameters_for("api"),
            queries=openapi.published_queries(),
            columns=openapi.question()["properties"],
            conditions=openapi.conditions(state().settings),
        )

    return answer_unless_known(release, "html", answer)


@blueprint.get("/openapi.json")
def description() -> Response:
    """Return the description of the API in OpenAPI."""
    release = current()
    verified_parameters(())
    document = openapi.document(publication_of(release), state().settings)
    return cacheable(json_response(document), release)


@blueprint.get("/questions.<any(json, csv):form>")
def questions(form: str) -> Response:
    """Return one page of the questions that the parameters choose."""
    release = current()
    search_index = search_index_of(release)
    asked = read_request(verified_parameters(parameters_for("api")))

    def answer() -> Response:
        hits = search_index.find(asked)
        uids = search_index.uids(hits[asked.page_slice])
        text = openapi.chosen([f"{release.base}question/{uid}" for uid in uids])
        path, following = f"questions.{form}", None
        if asked.page * asked.taille < len(hits):
            following = replace(asked, page=asked.page + 1).address(f"{release.base}api/{path}")
        return query_response(release, text, path, asked.page, len(hits), following)

    return answer_unless_known(release, form, answer)


@blueprint.get("/<name>.<any(json, csv):form>")
def query(name: str, form: str) -> Response:
    """Return the rows of a query of the site."""
    release, file = current(), f"{name}.{form}"
    if name not in openapi.published_queries():
        raise not_found(f"api/{file}")
    verified_parameters(())
    text = openapi.published_queries()[name].text
    return answer_unless_known(release, form, lambda: query_response(release, text, file))


def query_response(
    release: ServedRelease,
    text: str,
    file: str,
    number: int = 1,
    total: int | None = None,
    following: str | None = None,
) -> Response:
    """Run a query and return its rows as the content of a file, whose extension is the form.

    They are page `number` of `total` rows, or all; `following` is the address of the next page.
    """
    form = file.rpartition(".")[2]
    reply = ask_store(EngineQuery(text, f"{release.base}sparql", MEDIA[form], None))
    if form == "csv":
        media = "text/csv; charset=utf-8"
        response = Response(body_of(reply), content_type=media, direct_passthrough=True)
        response.content_length = reply.size
        response.headers["Content-Disposition"] = f"attachment; filename={file}"
    else:
        results = rows(reply)
        body = {
            "total": len(results) if total is None else total,
            "page": number,
            "suivante": following,
            "requete": f"{release.base}sparql?{urlencode({'query': text, 'format': 'json'})}",
            "licence": openapi.LICENCE["url"],
            "release": release.id,
            "resultats": results,
        }
        response = json_response(body)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def rows(reply: Reply) -> list[dict[str, Any]]:
    """Return the rows of an answer as flat JSON objects, with null for an unbound variable.

    Raises Problem if the answer is longer than CONVERTED_BYTES.
    """
    with reply.body as body:
        data = body.read(CONVERTED_BYTES + 1)
    if len(data) > CONVERTED_BYTES:
        detail = "plus de {} octets ; prenez la même table en .csv"
        raise Problem("reponse-trop-grande", detail, CONVERTED_BYTES)
    return [
        {name: value(term) if term else None for name, term in row.items()}
        for row in term_rows(data)
    ]


def value(term: Term) -> Any:
    """Return a term of SPARQL JSON results as a JSON value: a string, a number or a boolean.

    A literal that is not of its datatype, or a number too large for JSON, becomes its lexical form.

    >>> [value({"value": text, "datatype": _XSD + "integer"}) for text in ("12", "n/a", "9" * 20)]
    [12, 'n/a', '99999999999999999999']
    """
    text, datatype = term["value"], term.get("datatype", "").removeprefix(_XSD)
    if datatype == "boolean":
        return BOOLEANS.get(text, text)
    forms, read, limit = NUMBERS.get(datatype, (None, float, 0.0))
    if forms is None or not forms.fullmatch(text):
        return text
    number = read(text)
    return number if abs(number) < limit else text
