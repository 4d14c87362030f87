"""The WSGI application behind the front: routes, and how Flask's own refusals are said.

It answers from the release that the front hands it, in a thread; it knows nothing of clients.
"""

from typing import Any

from flask import Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException

from lod.server.common.problems import Problem, said, slug_of
from lod.server.engine.current_release import Release
from lod.server.engine.pool import Query
from lod.server.engine.worker import Limits
from lod.server.routes import api
from lod.server.routes import dereference as documents
from lod.server.routes import endpoint as sparql
from lod.server.routes import reconcile as reconciliation
from lod.server.routes import search_page as recherche
from lod.server.routes.context import accept, current, notes
from lod.server.routes.metrics import Metrics

PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}


def create_app(limits: Limits, rate: float, metrics: Metrics) -> Flask:
    """Return the application; `limits` and `rate` are what it says of queries and clients."""
    app = Flask(__name__, static_folder=None)
    app.config.update(LIMITS=limits, RATE=rate, METRICS=metrics)
    # werkzeug would redirect to these with the Host header in Location
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(recherche.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(reconciliation.blueprint)
    app.register_blueprint(documents.blueprint)
    app.add_url_rule("/sante", view_func=health)
    app.add_url_rule("/metrics", view_func=measures)
    app.before_request(preflight)
    app.register_error_handler(Problem, say)
    app.register_error_handler(HTTPException, say_http)
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


def say(problem: Problem) -> Response:
    """Return the problem in the form that the client asks for."""
    extension = request.path.rpartition(".")[2]
    form = request.args.get("format") or (extension if extension in documents.FORMS else None)
    notes()["cause"] = problem.slug
    return said(problem, accept(), current().base, form)


def say_http(error: HTTPException) -> Response:
    """Return what Flask refused by itself as a problem, with its headers."""
    kept = ("Allow", "Content-Range", "Retry-After")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    status = error.code or 500
    detail = (
        "le journal du serveur dit pourquoi"
        if status == 500
        else f"{request.method} {request.path[:200]}"
    )
    return say(Problem(slug_of(status), detail, headers=headers))


def health() -> dict[str, Any]:
    """Say what is served, how many readers are alive, and whether they can reach no network."""
    release = current()
    elsewhere = {"store": _state(release)} if release.distant else {}
    return {
        **elsewhere,
        "release": release.id,
        "base": release.base,
        "triples": release.triples,
        "workers": len(release.pool.pids()),
        "isolated": release.pool.is_isolated,
    }


def _state(release: Release) -> dict[str, Any]:
    """Say whether the store elsewhere answers, by asking it."""
    query = Query("ASK {}", f"{release.base}sparql", "application/sparql-results+json", None)
    said: dict[str, Any] = {"url": release.moteur.url, "ok": True}
    try:
        release.moteur.ask(query).body.close()
    except Problem as problem:
        said |= {"ok": False, "detail": problem.detail}
    return said


def measures() -> Response:
    """Say what Prometheus wants to know."""
    return Response(current_app.config["METRICS"].text(), content_type=CONTENT_TYPE_LATEST)
