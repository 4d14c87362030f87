"""The WSGI application (Flask): its routes, and the problems that stand for exceptions.

It answers from the release that the front passes to it, in a thread.
"""

from typing import Any

from flask import Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException

from lod.base.errors import LodError
from lod.publish.search.parameters import SearchRequestError
from lod.publish.search.search_index import TooLongError
from lod.server.common.problems import Problem, problem_response, slug_of
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.pool import EngineQuery
from lod.server.engine.worker import WorkerLimits
from lod.server.reconciliation.batch import ReconciliationError, TooManyError
from lod.server.routes import api, dereference, endpoint, reconcile, search_page
from lod.server.routes.context import accept, current, notes
from lod.server.routes.metrics import Metrics

PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}


def create_app(limits: WorkerLimits, rate: float, metrics: Metrics) -> Flask:
    """Return the application; `limits` and `rate` (requests a second) are stated on its pages."""
    app = Flask(__name__, static_folder=None)
    app.config.update(LIMITS=limits, RATE=rate, METRICS=metrics)
    # else werkzeug redirects, with the Host header of the client in Location
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    for routes in (endpoint, search_page, api, reconcile, dereference):
        app.register_blueprint(routes.blueprint)
    app.add_url_rule("/sante", view_func=health)
    app.add_url_rule("/metrics", view_func=measures)
    app.before_request(preflight)
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(SearchRequestError, answer_bad_request)
    app.register_error_handler(ReconciliationError, answer_bad_request)
    app.register_error_handler(TooLongError, answer_slow_search)
    return app


def preflight() -> Response | None:
    """Answer OPTIONS with the methods of the path; return None for any other method."""
    if request.method != "OPTIONS":
        return None
    allowed = ", ".join(sorted(current_app.make_default_options_response().allow))
    headers = {**PREFLIGHT, "Allow": allowed, "Access-Control-Allow-Methods": allowed}
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response


def answer_problem(problem: Problem) -> Response:
    """Return the problem in the form that `format`, the extension or Accept asks for."""
    extension = request.path.rpartition(".")[2]
    form = request.args.get("format") or (extension if extension in dereference.FORMS else None)
    notes()["cause"] = problem.slug
    return problem_response(problem, accept(), current().base, form)


def answer_http_error(error: HTTPException) -> Response:
    """Return an error of Flask itself as a problem, with those of its headers that matter."""
    kept = ("Allow", "Content-Range", "Retry-After")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    status = error.code or 500
    detail = (
        "le journal du serveur dit pourquoi"
        if status == 500
        else f"{request.method} {request.path[:200]}"
    )
    return answer_problem(Problem(slug_of(status), detail, headers=headers))


def answer_bad_request(error: LodError) -> Response:
    """Return an error in what the client asks as a problem."""
    slug = "corps-trop-long" if isinstance(error, TooManyError) else "requete-invalide"
    return answer_problem(Problem(slug, str(error)))


def answer_slow_search(_: TooLongError) -> Response:
    """Return the problem of a search that takes too long."""
    is_batch = request.blueprint == reconcile.blueprint.name
    remedy = "envoyez moins de requêtes" if is_batch else "précisez-la"
    return answer_problem(Problem("delai", f"la recherche était trop longue ; {remedy}"))


def health() -> dict[str, Any]:
    """Return the release that is served, and the state of the readers."""
    release = current()
    elsewhere = {"store": _store_state(release)} if release.remote_pool else {}
    return {
        **elsewhere,
        "release": release.id,
        "base": release.base,
        "triples": release.triples,
        "workers": len(release.pool.pids()),
        "isolated": release.pool.is_isolated,
    }


def _store_state(release: ServedRelease) -> dict[str, Any]:
    """Return whether the remote store answers, by a query that costs nothing."""
    query = EngineQuery("ASK {}", f"{release.base}sparql", "application/sparql-results+json", None)
    state = {"url": release.sparql_pool.url, "ok": True}
    try:
        release.sparql_pool.ask(query).body.close()
    except Problem as problem:
        state |= {"ok": False, "detail": problem.detail}
    return state


def measures() -> Response:
    """Return the metrics for Prometheus."""
    return Response(current_app.config["METRICS"].text(), content_type=CONTENT_TYPE_LATEST)
