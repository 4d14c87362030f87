"""The WSGI application of `lod serve`: what all answers share, and the server that runs it."""

import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import waitress  # type: ignore[import-untyped]
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from lod.server import api, documents, recherche, sparql
from lod.server.context import prefers_html
from lod.server.pool import Pool
from lod.server.problems import Problem, as_html, as_json, slug_of
from lod.server.protocol import LONGEST_BODY
from lod.server.releases import Release, Releases
from lod.server.worker import Limits

SERVER: dict[str, Any] = {
    "threads": 32,  # with 8, ten clients that do not read stop everybody else
    "channel_timeout": 20,  # seconds; half requests are dropped
    "max_request_body_size": 2 * LONGEST_BODY,  # refused as soon as it is announced
    "max_request_header_size": 64 * 1024,
    "clear_untrusted_proxy_headers": True,
    "ident": None,
}
HEADERS = {
    "Access-Control-Allow-Origin": "*",  # all is public, and nobody is known: no credentials
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location, Retry-After",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def create_app(folder: Path, *, timeout: float = 10.0, workers: int = 2) -> Flask:
    """Return the application that serves whatever release is current in `folder`."""
    limits = Limits(seconds=timeout)
    # absolute: Flask looks for a relative file beside this module, not in the working folder
    releases = Releases(
        folder.absolute(), lambda store: Pool(store, workers=workers, limits=limits)
    )
    releases.follow()  # the first request need not wait for the readers
    app = Flask(__name__, static_folder=None)
    app.config.update(LIMITS=limits, MAX_CONTENT_LENGTH=LONGEST_BODY)
    app.extensions["releases"] = releases
    # werkzeug would redirect to these with the Host header in Location
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(recherche.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(documents.blueprint)
    app.add_url_rule("/sante", view_func=health)
    app.before_request(lambda: begin(releases))
    app.after_request(finish)
    app.teardown_request(lambda _: end(releases))
    app.register_error_handler(Problem, say)
    app.register_error_handler(HTTPException, say_http)
    app.wsgi_app = mounted(app.wsgi_app, releases)  # type: ignore[method-assign, assignment]
    return app


def run(app: Flask, host: str, port: int) -> None:
    """Serve until interrupted, then end the readers."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as Ctrl-C does
    try:
        waitress.serve(app, host=host, port=port, **SERVER)
    finally:
        app.extensions["releases"].close()


def mounted(wsgi: Wsgi, releases: Releases) -> Wsgi:
    """Return the application below the path of the base, for a base that has one.

    A proxy may strip that path or leave it: both work.
    """

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        racine, path = releases.racine(), environ.get("PATH_INFO", "")
        if racine != "/" and path.startswith(racine):
            environ = {**environ, "PATH_INFO": path[len(racine) - 1 :]}
        return wsgi(environ, start_response)

    return application


def begin(releases: Releases) -> Response | None:
    """Take the current release for this request; answer a preflight at once."""
    g.release = None
    if request.method == "OPTIONS":
        return preflight()
    g.release = releases.take()
    return None


def preflight() -> Response:
    """Say which methods there are."""
    allowed = ", ".join(sorted(current_app.make_default_options_response().allow))
    headers = {**PREFLIGHT, "Allow": allowed, "Access-Control-Allow-Methods": allowed}
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response


def finish(response: Response) -> Response:
    """Add what every response says."""
    response.headers.extend(HEADERS)
    return response


def end(releases: Releases) -> None:
    """Give the release back."""
    release = g.pop("release", None)
    if release is not None:
        releases.give_back(release)


def say(problem: Problem) -> Response:
    """Return the problem as the client can read it: a page for a browser, JSON for a program."""
    release: Release | None = g.get("release")
    extension = request.path.rpartition(".")[2]
    asked = request.args.get("format") or (extension if extension in documents.FORMS else None)
    is_page = prefers_html("application/problem+json") if asked is None else asked == "html"
    if is_page:
        response = as_html(problem, release.racine if release else "/")
    else:
        response = as_json(problem, release.base if release else "/")
    response.vary.add("Accept")
    return response


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
    """Say what is served, and how many readers are alive."""
    release: Release = g.release
    return {
        "release": release.id,
        "base": release.base,
        "triples": release.triples,
        "workers": len(release.pool.pids()),
    }
