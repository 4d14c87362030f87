"""Things, their documents in four forms, and every other file of a release."""

import re
from pathlib import Path

from flask import Blueprint, Response, redirect, request, send_file

from lod.iris import KINDS
from lod.server.accept import choose
from lod.server.context import accept, current
from lod.server.problems import Problem
from lod.server.releases import Release

MAX_AGE = 300  # seconds
FORMS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
OFFERS = {media: form for form, media in FORMS.items()} | {"application/json": "jsonld"}
TYPES = FORMS | {
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
DUMPS = {".well-known/void": "void.ttl", "dcat.ttl": "dcat.ttl", "def.ttl": "ontology.ttl"}
ONTOLOGY = ("html", "ttl", "jsonld")  # the last is the context: names of the terms in JSON-LD
PAGES = {"fr": "", "en": ".en"}  # language → what the name of a page in it ends with

# all that the build ever writes; no segment is empty, hidden, or leads upwards
_PATH = re.compile(r"(?:\w[\w.-]{0,199}/){0,8}(?:\w[\w.-]{0,199})?", re.ASCII)

blueprint = Blueprint("documents", __name__)


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
def answer(path: str) -> Response:
    """Answer for a thing with 303, for a document or another file with its content."""
    release = current()
    if path in DUMPS:
        return send(release.folder / "dumps" / DUMPS[path])
    if not _PATH.fullmatch(path):
        raise missing(path)
    site = release.folder / "site"
    if is_thing(site, path):
        return see_other(release, path, tuple(FORMS))
    name, _, form = path.rpartition(".")
    if form in FORMS and is_thing(site, name):
        return document(release, name, form)
    return page(release, path)


@blueprint.get("/def")
def ontology() -> Response:
    """Answer with the ontology itself, and where it stands.

    200 and not 303: `/def` is the document (its terms are `#` fragments of it), and w3id.org has
    redirected once already.
    """
    release = current()
    form = negotiated(release, "def", ONTOLOGY)
    place = f"def{PAGES[language()]}.html" if form == "html" else f"def.{form}"
    response = answer(place)
    response.headers["Content-Location"] = f"{release.racine}{place}"
    response.headers["Content-Language"] = language() if form == "html" else "fr, en"
    response.headers["Link"] = ", ".join(
        [*alternates(release, "def", ONTOLOGY[1:]), *translations(release, "def")]
    )
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.get("/exemples", defaults={"path": "exemples"})
@blueprint.get("/statistiques", defaults={"path": "statistiques"})
def single(path: str) -> Response:
    """Send the client to the queries, or to the numbers, for people or for machines."""
    return see_other(current(), path, tuple(FORMS))


def language() -> str:
    """Return the language that the client likes best of those that we write; else French."""
    return request.accept_languages.best_match(list(PAGES), default="fr") or "fr"


def translations(release: Release, path: str) -> list[str]:
    """Return the Link values that lead to a page in each language."""
    return [
        f'<{release.racine}{path}{end}.html>; rel="alternate"; type="text/html"; hreflang="{code}"'
        for code, end in PAGES.items()
    ]


@blueprint.get("/qualite")
def quality() -> Response:
    """Send the client to the report of SHACL, for people or for machines."""
    return see_other(current(), "qualite", ("html", "ttl"))


def is_thing(site: Path, path: str) -> bool:
    """Say whether the path, without base and extension, names a thing that has documents."""
    kind, _, name = path.partition("/")
    return kind in KINDS and bool(name) and (site / f"{path}.html").is_file()


def see_other(release: Release, path: str, forms: tuple[str, ...]) -> Response:
    """Send the client to the document that it likes best."""
    form = negotiated(release, path, forms)
    response = moved(release, f"{path}.{form}", 303)
    response.headers["Link"] = ", ".join(alternates(release, path, forms))
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.vary.add("Accept")
    return response


def document(release: Release, path: str, form: str) -> Response:
    """Send one document of a thing; it says where the others are."""
    response = send(release.folder / "site" / f"{path}.{form}")
    others = tuple(other for other in FORMS if other != form)
    links = [
        *alternates(release, path, others),
        f'<{release.base}{path}.{form}>; rel="canonical"',
        f'<{release.base}{path}>; rel="describes"',
        f'<{release.racine}.well-known/void>; rel="describedby"; type="text/turtle"',
    ]
    response.headers["Link"] = ", ".join(links)
    return response


def page(release: Release, path: str) -> Response:
    """Send a file of the site, the index of a folder, or the way to one of them."""
    site = release.folder / "site"
    if path == "" or path.endswith("/"):
        if (site / path / "index.html").is_file():
            return send(site / path / "index.html")
        if is_thing(site, path.rstrip("/")):
            return moved(release, path.rstrip("/"), 301)
    elif (site / path).is_file():
        return send(site / path)
    elif (site / path / "index.html").is_file():
        return moved(release, f"{path}/", 301)
    raise missing(path)


def negotiated(release: Release, path: str, forms: tuple[str, ...]) -> str:
    """Return the form asked for by `format`, else the one that Accept prefers, or raise 406."""
    named = request.args.get("format")
    offers = {media: form for media, form in OFFERS.items() if form in forms}
    form = named if named else offers.get(choose(accept(), tuple(offers)) or "")
    if form in forms:
        return str(form)
    available = [f"{release.racine}{path}.{other}" for other in forms]
    raise Problem(
        "pas-acceptable",
        f"formes disponibles : {', '.join(FORMS[other] for other in forms)}",
        headers={"Link": ", ".join(alternates(release, path, forms)), "Vary": "Accept"},
        more={"available": available},
    )


def alternates(release: Release, path: str, forms: tuple[str, ...]) -> list[str]:
    """Return the Link values that lead to the forms of a document."""
    return [
        f'<{release.racine}{path}.{form}>; rel="alternate"; type="{FORMS[form]}"' for form in forms
    ]


def moved(release: Release, path: str, status: int) -> Response:
    """Return a redirection; its Location has a path and no host.

    The base names the publisher's host, the Host header whatever the client says: neither works
    for a server that is tried on another port. A path means the server that was asked.
    """
    response = redirect(f"{release.racine}{path}", status)
    assert isinstance(response, Response)
    return response


def send(file: Path) -> Response:
    """Send a file of the release with its type, tag and date; a part of it if a part is asked."""
    if not file.is_file():
        raise missing(file.name)
    media = TYPES.get(file.suffix[1:], "application/octet-stream" if file.suffix else "text/plain")
    return send_file(file, mimetype=media, conditional=True, etag=True, max_age=MAX_AGE)


def missing(path: str) -> Problem:
    """Return the problem of a path that leads nowhere."""
    return Problem("introuvable", f"rien à l’adresse « {path[:200]} »", headers={"Vary": "Accept"})
