"""Things, their documents in four forms, and every other file of a release."""

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, send_file

from lod.publish.release import manifest
from lod.rdf.iris import KINDS, spelled
from lod.server.common import csp
from lod.server.common.accept import choose
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import accept, current
from lod.server.routes.problem_pages import PROBLEMS_PATH, is_explained, problem_document

MAX_AGE = 300  # seconds
FORMS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
OFFERS = {media: form for form, media in FORMS.items()} | {"application/json": "jsonld"}
FEED = "atom"  # beside the forms of a document: it tells of the thing, and is none of them
TYPES = FORMS | {
    FEED: "application/atom+xml",
    "cff": "application/yaml",
    "css": "text/css",
    "csv": "text/csv",
    "gz": "application/gzip",  # a file to keep, and its hash is published: no Content-Encoding
    "ico": "image/x-icon",
    "js": "text/javascript",
    "json": "application/json",
    "png": "image/png",
    "rq": "application/sparql-query",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "webp": "image/webp",
    "woff2": "font/woff2",
    "xml": "application/xml",
    "zip": "application/zip",
}
DUMPS = {"dcat.ttl": "dcat.ttl", "def.ttl": "ontology.ttl"}
VOID = ".well-known/void"
VOID_FORMS = ("ttl", "html", "jsonld", "nt")  # a robot that accepts anything gets Turtle
CHANGES = "changements"  # the stream, and the pages of each version below it
SINGLE = {"exemples": tuple(FORMS), "statistiques": tuple(FORMS), CHANGES: tuple(FORMS),
          "qualite": ("html", "ttl")}  # fmt: skip
ROUTES = ("def", "sante", "sparql")  # what answers elsewhere, under one spelling
ONTOLOGY_FORMS = ("html", "ttl", "jsonld")  # the last is the context: names of the terms in JSON-LD
LANGUAGE_SUFFIXES = {"fr": "", "en": ".en"}  # language → what the name of a page in it ends with
# all that the build ever writes; no segment is empty, hidden, or leads upwards
_PATH = re.compile(r"(?:\w[\w.-]{0,199}/){0,8}(?:\w[\w.-]{0,199})?", re.ASCII)
blueprint = Blueprint("documents", __name__)


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
def answer(path: str) -> Response:
    """Answer for a thing with 303, for a document or another file with its content."""
    release = current()
    if path == "favicon.ico":  # asked for beside what has no head to name it, as Turtle
        return send(release.folder / "site" / "static" / "icone.svg")
    if path in DUMPS:
        return send(release.folder / "dumps" / DUMPS[path])
    if path.startswith(VOID):
        return void(release, path)
    if not _PATH.fullmatch(path):
        raise not_found(path)
    if other := canonical_path(release, path):
        return redirect_to(release, other, 301)
    if reason := withheld(release.folder).get(question_of(path)):
        raise Problem("retiree-de-la-publication", reason, headers={"Vary": "Accept"})
    name, form = named_form(path)
    if is_thing(release, name):
        return document(release, name, form) if form else see_other(release, name)
    return home(release) if path == "" else send_page(release, path)


def canonical_path(release: ServedRelease, path: str) -> str | None:
    """Return the one spelling of a path that leads somewhere, None if it is spelled so.

    It is computed, and looked up once: no folder is searched.
    """
    whole, form = named_form(path.rstrip("/"), (*FORMS, FEED))
    kind, slash, name = whole.partition("/")
    if slash and kind.lower() in (*KINDS, CHANGES, PROBLEMS_PATH):
        whole = "/".join(spelled(kind, name))
    elif whole.lower() in (*SINGLE, *ROUTES, PROBLEMS_PATH):
        whole = whole.lower()
    right = f"{whole}.{form}" if form else whole
    if right == path and not is_encoded(release):
        return None
    known = is_thing(release, whole) or question_of(whole) in withheld(release.folder)
    return right if known or right in ROUTES else None


def is_encoded(release: ServedRelease) -> bool:
    """Say whether the address has an escape: our IRIs need none, unless the base itself does."""
    return "%" in urlsplit(request.environ.get("REQUEST_URI", "")).path and "%" not in release.base


def named_form(path: str, forms: Collection[str] = tuple(FORMS)) -> tuple[str, str]:
    """Return a path without the extension of a form, and that form, "" if it names none."""
    name, _, extension = path.rpartition(".")
    form = extension.lower()
    return (name, form) if name and form in forms else (path, "")


def question_of(path: str) -> str:
    """Return the identifier of the question that a path is about, "" if it is about none."""
    kind, _, name = named_form(path, (*FORMS, FEED))[0].partition("/")
    return name if kind == "question" else ""


@lru_cache(maxsize=4)
def withheld(folder: Path) -> dict[str, str]:
    """Return identifier → reason, of the questions that the publisher keeps from a release."""
    read: dict[str, str] = manifest(folder).get("retenues", {})
    return read


def home(release: ServedRelease) -> Response:
    """Send the home page; a program that wants data is led to what describes them."""
    form = negotiated(release, VOID, tuple(FORMS)) if not prefers_any() else "html"
    if form != "html":
        response = redirect_to(release, f"{VOID}.{form}", 303)
    else:
        response = send(release.folder / "site" / "index.html")
    response.headers["Link"] = ", ".join(alternates(release, VOID, VOID_FORMS))
    response.vary.add("Accept")
    return response


def prefers_any() -> bool:
    """Say whether a client has no wish that only data would meet."""
    return choose(accept(), tuple(OFFERS)) in (None, "text/html") and "format" not in request.args


def void(release: ServedRelease, path: str) -> Response:
    """Send VoID; 200 where robots look for it, with the address of the form that is sent."""
    name, form = named_form(path.rstrip("/"))
    if name != VOID:
        raise not_found(path)
    if path.endswith("/"):
        return redirect_to(release, path.rstrip("/"), 301)
    chosen = form or negotiated(release, VOID, VOID_FORMS)
    site = release.folder / ("dumps/void.ttl" if chosen == "ttl" else f"site/{VOID}.{chosen}")
    response = send(site)
    others = tuple(other for other in VOID_FORMS if other != chosen)
    response.headers["Link"] = ", ".join(alternates(release, VOID, others))
    if not form:
        response.headers["Content-Location"] = f"{release.base_path}{VOID}.{chosen}"
        response.vary.add("Accept")
    return response


@blueprint.get("/def")
def ontology() -> Response:
    """Answer with the ontology itself, and where it stands.

    200 and not 303: `/def` is the document (its terms are `#` fragments of it), and w3id.org has
    redirected once already.
    """
    release = current()
    if request.path.endswith("/"):  # the route takes both
        return redirect_to(release, "def", 301)
    form = negotiated(release, "def", ONTOLOGY_FORMS)
    place = f"def{LANGUAGE_SUFFIXES[language()]}.html" if form == "html" else f"def.{form}"
    response = answer(place)
    response.headers["Content-Location"] = f"{release.base_path}{place}"
    response.headers["Content-Language"] = language() if form == "html" else "fr, en"
    response.headers["Link"] = ", ".join(
        [*alternates(release, "def", ONTOLOGY_FORMS[1:]), *translations(release, "def")]
    )
    response.vary.update(("Accept", "Accept-Language"))
    return response


def language() -> str:
    """Return the language that the client likes best of those that we write; else French."""
    return request.accept_languages.best_match(list(LANGUAGE_SUFFIXES), default="fr") or "fr"


def translations(release: ServedRelease, path: str) -> list[str]:
    """Return the Link values that lead to a page in each language."""
    return [
        f'<{release.base_path}{path}{end}.html>; rel="alternate"; type="text/html"; '
        f'hreflang="{code}"'
        for code, end in LANGUAGE_SUFFIXES.items()
    ]


def is_thing(release: ServedRelease, path: str) -> bool:
    """Say whether the path, without base and extension, names a thing that has documents."""
    kind, _, name = path.partition("/")
    if kind == PROBLEMS_PATH:
        return is_explained(path)
    return (path in SINGLE or (kind in (*KINDS, CHANGES) and bool(name))) and (
        release.folder / "site" / f"{path}.ttl"
    ).is_file()


def see_other(release: ServedRelease, path: str) -> Response:
    """Send the client to the document that it likes best."""
    forms = SINGLE.get(path, tuple(FORMS))
    form = negotiated(release, path, forms)
    response = redirect_to(release, f"{path}.{form}", 303)
    response.headers["Link"] = ", ".join(alternates(release, path, forms))
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.vary.add("Accept")
    return response


def document(release: ServedRelease, path: str, form: str) -> Response:
    """Send one document of a thing; it says where the others are."""
    if path.partition("/")[0] == PROBLEMS_PATH:
        response = explanation(release, path, form)
    else:
        response = send(release.folder / "site" / f"{path}.{form}")
    others = tuple(other for other in SINGLE.get(path, tuple(FORMS)) if other != form)
    links = [
        *alternates(release, path, others),
        f'<{release.base}{path}.{form}>; rel="canonical"',
        f'<{release.base}{path}>; rel="describes"',
        f'<{release.base_path}{VOID}>; rel="describedby"; type="text/turtle"',
    ]
    response.headers["Link"] = ", ".join(links)
    return response


def explanation(release: ServedRelease, path: str, form: str) -> Response:
    """Send what a problem is and what to do about it."""
    text = problem_document(path, form, release.base, release.base_path)
    response = Response(text, mimetype=FORMS[form])
    response.cache_control.public, response.cache_control.max_age = True, MAX_AGE
    response.add_etag()
    response.make_conditional(request)
    return response


def send_page(release: ServedRelease, path: str) -> Response:
    """Send a file of the site, the index of a folder, or the way to one of them."""
    site = release.folder / "site"
    if path.endswith("/"):
        if (site / path / "index.html").is_file():
            return send(site / path / "index.html")
    elif (site / path).is_file():
        return send(site / path)
    elif (site / path / "index.html").is_file():
        return redirect_to(release, f"{path}/", 301)
    raise not_found(path)


def negotiated(release: ServedRelease, path: str, forms: tuple[str, ...]) -> str:
    """Return the form asked for by `format`, else the one that Accept prefers, or raise 406."""
    named = request.args.get("format")
    offers = {media: f for f in forms for media, of in OFFERS.items() if of == f}
    form = named if named else offers.get(choose(accept(), tuple(offers)) or "")
    if form in forms:
        return str(form)
    available = [f"{release.base_path}{path}.{other}" for other in forms]
    raise Problem(
        "pas-acceptable",
        f"formes disponibles : {', '.join(FORMS[other] for other in forms)}",
        headers={"Link": ", ".join(alternates(release, path, forms)), "Vary": "Accept"},
        more={"available": available},
    )


def alternates(release: ServedRelease, path: str, forms: tuple[str, ...]) -> list[str]:
    """Return the Link values that lead to the forms of a document."""
    return [
        f'<{release.base_path}{path}.{form}>; rel="alternate"; type="{FORMS[form]}"'
        for form in forms
    ]


def redirect_to(release: ServedRelease, path: str, status: int) -> Response:
    """Return a redirection; its Location has a path and no host.

    The base names the publisher's host, the Host header whatever the client says: neither works
    for a server that is tried on another port. A path means the server that was asked.
    """
    asked = request.query_string.decode("ascii", "replace")
    kept = f"?{asked}" if asked and status == 301 else ""  # the thing is the same, so is the wish
    # one slash: with two, what follows would be a host
    place = "/" + f"{release.base_path}{path}{kept}".lstrip("/")
    response = redirect(place, status)
    assert isinstance(response, Response)
    return response


def send(file: Path) -> Response:
    """Send a file of the release with its type, tag and date; a part of it if a part is asked."""
    if not file.is_file():
        raise not_found(file.name)
    media = TYPES.get(file.suffix[1:], "application/octet-stream" if file.suffix else "text/plain")
    response = send_file(file, mimetype=media, conditional=True, etag=True, max_age=MAX_AGE)
    if own := csp.BY_FILE.get(file.name):
        response.headers["Content-Security-Policy"] = csp.header_value(own)
    return response


def not_found(path: str) -> Problem:
    """Return the problem of a path that leads nowhere."""
    return Problem("introuvable", f"rien à l’adresse « {path[:200]} »", headers={"Vary": "Accept"})
