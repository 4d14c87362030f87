"""The WSGI application behind the front: routes, and how Flask's own refusals are said.

It answers from the release that the front hands it, in a thread; it knows nothing of clients.
"""

from typing import Any

from flask import Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException

from lod.server.common.problems import Problem, problem_response, slug_of
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.pool import EngineQuery
from lod.server.engine.worker import WorkerLimits
from lod.server.routes import api, dereference, endpoint, reconcile, search_page
from lod.server.routes.context import accept, current, notes
from lod.server.routes.metrics import Metrics

PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}


def create_app(limits: WorkerLimits, rate: float, metrics: Metrics) -> Flask:
    """Return the application; `limits` and `rate` are what it says of queries and clients."""
    app = Flask(__name__, static_folder=None)
    app.config.update(LIMITS=limits, RATE=rate, METRICS=metrics)
    # werkzeug would redirect to these with the Host header in Location
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.register_blueprint(endpoint.blueprint)
    app.register_blueprint(search_page.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(reconcile.blueprint)
    app.register_blueprint(dereference.blueprint)
    app.add_url_rule("/sante", view_func=health)
    app.add_url_rule("/metrics", view_func=measures)
    app.before_request(preflight)
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http_error)
    return app


def preflight() -> Response | None:
    """Say which methods there are, to who asks that."""
    if request.method != "OPTIONS":
        return None
    allowed = ", ".join(sorted(current_app.make_default_options_response().allow))
    headers = {**PREFLIGHT, "Allow": allowed, "Access-Control-Allow-Methods": allowed}
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response


def answer_problem(problem: Problem) -> Response:
    """Return the problem in the form that the client asks for."""
    extension = request.path.rpartition(".")[2]
    form = request.args.get("format") or (extension if extension in dereference.FORMS else None)
    notes()["cause"] = problem.slug
    return problem_response(problem, accept(), current().base, form)


def answer_http_error(error: HTTPException) -> Response:
    """Return what Flask refused by itself as a problem, with its headers."""
    kept = ("Allow", "Content-Range", "Retry-After")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    status = error.code or 500
    detail = (
        "le journal du serveur dit pourquoi"
        if status == 500
        else f"{request.method} {request.path[:200]}"
    )
    return answer_problem(Problem(slug_of(status), detail, headers=headers))


def health() -> dict[str, Any]:
    """Say what is served, how many readers are alive, and whether they can reach no network."""
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
    """Say whether the store elsewhere answers, by asking it."""
    query = EngineQuery("ASK {}", f"{release.base}sparql", "application/sparql-results+json", None)
    said: dict[str, Any] = {"url": release.sparql_pool.url, "ok": True}
    try:
        release.sparql_pool.ask(query).body.close()
    except Problem as problem:
        said |= {"ok": False, "detail": problem.detail}
    return said


def measures() -> Response:
    """Say what Prometheus wants to know."""
    return Response(current_app.config["METRICS"].text(), content_type=CONTENT_TYPE_LATEST)
