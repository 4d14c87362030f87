"""The problems that the server may answer instead of a result, and their two representations."""

import json
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from lod.base.errors import LodError
from lod.base.words import Sentence
from lod.server.common import csp
from lod.server.common.request_response import choose
from lod.server.limits import RETRY_AFTER
from lod.website.pages.problem_pages import PROBLEMS, answer_page
from lod.website.rendering.language import FRENCH, LANGUAGES, translated, written_in

HEADERS = {  # of every answer, problem or not
    "Access-Control-Allow-Origin": "*",  # all is public; there are no credentials to protect
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location, Retry-After, "
    "X-SPARQL-Notice",
    "Content-Security-Policy": csp.header_value(csp.PAGES),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


class Problem(LodError):
    """Raised to answer with a problem; `slug` is a key of PROBLEMS, `detail` a `Sentence`.

    `more` are further members of the JSON form.
    """

    def __init__(
        self,
        slug: str,
        form: str,
        *values: object,
        headers: dict[str, str] | None = None,
        more: dict[str, int | str | list[str]] | None = None,
    ) -> None:
        self.slug, self.detail, self.more = slug, Sentence(form, *values), more or {}
        super().__init__(self.detail)
        self.status, self.title = PROBLEMS[slug][:2]
        self.headers = headers or {}
        if self.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
            self.headers = {"Retry-After": RETRY_AFTER, **self.headers}


def not_found(path: str) -> Problem:
    return Problem("introuvable", "rien à l’adresse « {} »", path[:200], headers={"Vary": "Accept"})


def slug_of(status: int) -> str:
    """Return the slug of the first problem with this status, else a general one of its class."""
    otherwise = "requete-invalide" if status < 500 else "erreur-interne"
    return next((slug for slug, kind in PROBLEMS.items() if kind.status == status), otherwise)


def language_for(languages: str) -> str:
    """Return the language of LANGUAGES that Accept-Language prefers, French if it prefers none.

    >>> language_for("en-GB,en;q=0.9,fr;q=0.5"), language_for("de"), language_for("")
    ('en', 'fr', 'fr')
    """
    accepted = parse_accept_header(languages, LanguageAccept)
    return accepted.best_match(list(LANGUAGES), default=FRENCH) or FRENCH


def keep_no_error(response: Response) -> Response:
    """Return the response; without validators and with `no-store` if it states an error."""
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        for name in ("ETag", "Last-Modified"):
            response.headers.pop(name, None)
        response.headers["Cache-Control"] = "no-store"
    return response


def problem_response(
    problem: Problem, accept: str | None, base: str, form: str | None = None, languages: str = ""
) -> Response:
    """Return the problem as HTML for a browser, else as JSON for a program.

    `form` is what the address names, which counts before Accept; `base` is the base of the release,
    `languages` the header Accept-Language.
    """
    media = "application/problem+json"
    with written_in(code := language_for(languages)):
        if form == "html" or (form is None and choose(accept, (media, "text/html")) == "text/html"):
            base_path, media = urlsplit(base).path or "/", "text/html"
            text = answer_page(problem.slug, translated(problem.detail), base_path)
        else:
            text = _as_json(problem, base)
    response = Response(text, problem.status, problem.headers, mimetype=media)
    response.headers["Content-Language"] = code
    response.vary.update(("Accept", "Accept-Language"))
    return keep_no_error(response)


def _as_json(problem: Problem, base: str) -> str:
    """Return the problem as RFC 9457 writes it; its type is an IRI below `base`."""
    title, advice = PROBLEMS[problem.slug].said()
    body = {
        "type": f"{base}problemes/{problem.slug}",
        "title": title,
        "status": problem.status,
        "detail": translated(problem.detail),
        "advice": advice,
        **problem.more,
    }
    return json.dumps(body, ensure_ascii=False)
