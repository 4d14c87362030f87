"""The web application (Flask): its routes, and the problems that stand for exceptions.

`create_app` is complete by itself, under any WSGI server:
`flask --app "lod.server.routes.app:create_app('out')" run`. `lod serve` puts the front before it,
which gives each client its share.
"""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import partial
from http import HTTPStatus
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from flask import Flask, Response, current_app, g, redirect, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException

from lod.base.errors import LodError
from lod.base.packing import NOT_OURS
from lod.base.words import Sentence
from lod.extensions import begin_reading, beside, extensions, pictures
from lod.publish.search.parameters import SearchRequestError
from lod.publish.search.search_index import TooLongError
from lod.rdf.store import RESULTS
from lod.server import limits
from lod.server.common.problems import (
    HEADERS,
    Problem,
    keep_no_error,
    not_found,
    problem_response,
    slug_of,
)
from lod.server.common.request_response import below, canonical
from lod.server.engine.current_release import ReleaseHolder, ServedRelease
from lod.server.engine.pool import Pool
from lod.server.engine.reader import EngineQuery, TemporarySpace
from lod.server.engine.settings import ServerSettings
from lod.server.routes import api, dereference, endpoint, release_files, search_page, suggestions
from lod.server.routes.context import STATE, AppState, CostlyPaths, accept, current, notes, state
from lod.server.routes.metrics import Metrics
from lod.server.routes.release_files import FORMS
from lod.server.routes.site_files import page_asked, publication_of
from lod.website.pages.problem_pages import problem_page
from lod.website.rendering.language import translated, written_in

PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}
OF_CORE = CostlyPaths(("/sparql",), ("/api/",), ("/recherche",))
UNREADABLE = Sentence(
    "ses données sont abîmées, ou d’une autre version du programme ; l’éditeur doit la refaire"
)
# statuses for clients that ask too much: their pages are made without the templates of the site
LIGHT = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
REMOVED = Sentence("les fichiers de cette version ont été retirés ; réessayez")


def create_app(folder: Path | str, settings: ServerSettings | None = None) -> Flask:
    """Return the application that serves the release that is current in a folder; opens it."""
    settings = settings or ServerSettings()
    space = TemporarySpace()

    def new_pools(store: Path) -> tuple[Pool, Pool]:
        new = partial(Pool, store, limits=settings.limits, space=space)
        readers = settings.workers + limits.SPARE_READERS + limits.NEXT_READERS
        queries = new(settings.elsewhere, readers=readers, niceness=limits.QUERY_NICENESS)
        return new(readers=limits.PAGE_READERS), queries

    # absolute: Flask looks for a relative file beside its module, not in the working folder
    root = Path(folder).absolute()
    releases = ReleaseHolder(root, new_pools, settings.elsewhere, begin_reading)
    app = Flask(__name__, static_folder=None)
    costly = CostlyPaths(
        (*OF_CORE.store, *chain.from_iterable(e.store_paths for e in extensions())),
        OF_CORE.own_queries,
        (*OF_CORE.search, *chain.from_iterable(e.search_paths for e in extensions())),
    )
    tools = {tool.__name__: tool for extension in extensions() for tool in extension.tools()}
    app.extensions[STATE] = AppState(
        settings, releases, Metrics(root, releases, costly.all), costly, tools, pictures, beside
    )
    app.config["MAX_CONTENT_LENGTH"] = limits.BODY_BYTES
    app.url_map.merge_slashes = False  # else werkzeug redirects, with the Host of the client
    for routes in (endpoint, api, release_files, search_page, suggestions):
        app.register_blueprint(routes.blueprint)
    for extension in extensions():
        if extension.routes:
            app.register_blueprint(import_module(extension.routes).blueprint)
    app.register_blueprint(dereference.blueprint)  # last: any other path
    app.add_url_rule("/sante", view_func=health)
    app.add_url_rule("/metrics", view_func=measures)
    app.before_request(preflight)
    app.before_request(take_release)
    app.before_request(bound_address)
    app.before_request(spell_canonically)
    app.after_request(with_common_headers)
    app.teardown_request(give_release_back)
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(OSError, answer_system_error)
    for kind in (LodError, sqlite3.Error, *NOT_OURS):
        app.register_error_handler(kind, answer_unreadable)
    app.register_error_handler(SearchRequestError, answer_bad_request)
    app.register_error_handler(TooLongError, answer_slow_search)
    app.wsgi_app = partial(below_base, app.wsgi_app, releases)  # type: ignore[method-assign]  # as documented
    releases.open()
    return app


def below_base(
    wsgi: Any, releases: ReleaseHolder, environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    """Answer a request (PEP 3333); its path may begin with the path of the base or lack it, because
    a proxy may remove that.
    """
    if release := releases.current:
        environ["PATH_INFO"] = below(environ["PATH_INFO"], release.base_path)
    return cast(Iterable[bytes], wsgi(environ, start_response))


def take_release() -> None:
    """Take the release that answers this request; raise Problem if none is published any more.

    If the next one withholds what this one gives, wait for it: that is given not even once more.
    """
    releases = state().releases
    if releases.gives_away:
        releases.catch_up()
    g.release = releases.take()
    if not g.release.folder.is_dir():
        raise Problem("aucune-version", "{}", REMOVED)
    notes()["release"] = g.release.id


def bound_address() -> None:
    """Raise Problem for an address that is too long."""
    longest = limits.PATH_BYTES, limits.QUERY_STRING_BYTES
    if len(raw_path()) > longest[0] or len(request.query_string) > longest[1]:
        raise Problem("adresse-trop-longue", "au plus {} octets avant « ? », {} après", *longest)


def spell_canonically() -> Any:
    """Redirect from another spelling of a path; raise Problem for what no path of ours can be."""
    raw = raw_path()
    if (path := canonical(raw)) is None:
        raise not_found(unquote(raw[1:], "latin-1"))
    if path == raw:
        return None
    query = request.query_string.decode("latin-1")
    is_read = request.method in ("GET", "HEAD")
    # it begins with one slash: no host
    return redirect(f"{path}?{query}" if query else path, 301 if is_read else 308)


def raw_path() -> str:
    """Return the path of the request as it was sent, with its escapes, if the server tells it."""
    raw = str(request.environ.get("REQUEST_URI", "/")).partition("?")[0]
    return raw if raw.startswith("/") else "/"


def give_release_back(_: BaseException | None) -> None:
    if release := g.pop("release", None):
        state().releases.give_back(release)


def with_common_headers(response: Response) -> Response:
    """Return the response with the headers of every answer; a page may have a policy of its own."""
    present = {name.lower() for name, _ in response.headers}  # once: each look-up reads all
    for name, value in HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    return keep_no_error(response)


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
    form = request.args.get("format") or (extension if extension in FORMS else None)
    notes()["cause"] = problem.slug
    release = g.get("release")
    languages = request.headers.get("Accept-Language", "")
    base = release.base if release else "/"
    response = problem_response(problem, accept(), base, form, languages)
    is_heavy = problem.status < HTTPStatus.INTERNAL_SERVER_ERROR and problem.status not in LIGHT
    if release and is_heavy and response.mimetype == "text/html":
        path, language = page_asked()
        asked = request.full_path.removeprefix(request.path)
        with written_in(language):
            html = problem_page(
                publication_of(release),
                problem.slug,
                translated(problem.detail),
                path=path,
                demande=asked,
            )
        response.set_data(html)
        response.headers["Content-Language"] = language
    return response


def answer_http_error(error: HTTPException) -> Response:
    """Return an error of Flask itself as a problem, with those of its headers that matter."""
    kept = ("Allow", "Content-Range", "Retry-After")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    status = error.code or 500
    said = f"{request.method} {request.path[:200]}"
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        said = Sentence("le journal du serveur dit pourquoi")
    return answer_problem(Problem(slug_of(status), "{}", said, headers=headers))


def answer_system_error(error: OSError) -> Response:
    """Return what the system refuses as a problem: a file that is gone, no space, no descriptor."""
    current_app.logger.error("%s %s: %r", request.method, request.path[:200], error)
    if isinstance(error, FileNotFoundError):
        return answer_problem(Problem("aucune-version", "{}", REMOVED))
    return answer_problem(Problem("occupe", "le système n’a plus de place ; réessayez plus tard"))


def answer_unreadable(error: Exception) -> Response:
    """Return the problem for files of the release that cannot be read: they are damaged, or written
    by an earlier program.
    """
    current_app.logger.error("%s %s: %r", request.method, request.path[:200], error)
    return answer_problem(Problem("version-illisible", "{}", UNREADABLE))


def answer_bad_request(error: SearchRequestError) -> Response:
    return answer_problem(Problem("requete-invalide", "{}", error.detail))


def answer_slow_search(_: TooLongError) -> Response:
    return answer_problem(Problem("delai", "la recherche était trop longue ; précisez-la"))


def health() -> tuple[dict[str, Any], int]:
    """Return the release that is served, its age and the state of the readers; 503 if one of the
    two pools can start none.
    """
    release = current()
    pools = release.pool, release.query_pool
    protections = set.intersection(*(pool.protections for pool in pools))
    body = {
        "release": release.id,
        "base": release.base,
        "triples": release.triples,
        "workers": sum(len(pool.pids()) for pool in pools),
        "isolated": "seccomp" in protections,
        "protections": sorted(protections),
        **_freshness(release),
    }
    if elsewhere := state().settings.elsewhere:
        body = {"store": {"url": elsewhere.url, **_state_elsewhere(release)}, **body}
    return body, 200 if all(pool.is_well for pool in pools) else 503


def _freshness(release: ServedRelease) -> dict[str, Any]:
    """Return how old the data is, and whether that is more than the operator has stated."""
    today, most = datetime.now(UTC), state().settings.data_days
    days = (today.date() - date.fromisoformat(release.data_until)).days
    return {
        "etat": "dégradé" if 0 < most < days else "bon",
        "publiee": datetime.fromtimestamp(release.modified, UTC).isoformat(timespec="seconds"),
        "donnees_au": release.data_until,
        "jours": days,
        "jours_au_plus": most,
    }


def _state_elsewhere(release: ServedRelease) -> dict[str, Any]:
    """Return whether the store elsewhere answers, tried by a query that costs nothing."""
    query = EngineQuery("ASK {}", f"{release.base}sparql", RESULTS, None)
    try:
        release.query_pool.run(query, seconds=limits.HEALTH_SECONDS).body.close()
    except Problem as problem:
        return {"ok": False, "detail": problem.detail}
    return {"ok": True}


def measures() -> Response:
    text = state().metrics.text()
    return Response(text, content_type=CONTENT_TYPE_LATEST)
