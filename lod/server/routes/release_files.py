"""The files of a release, redirections below its base, and what does not exist; the files to
download of each release that is kept, at addresses whose bytes never change.
"""

import re
from contextlib import suppress
from pathlib import Path

from flask import Blueprint, Response, redirect, request, send_file
from waitress.buffers import ReadOnlyFileBasedBuffer
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from lod.base.errors import LodError
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.documents import DOWNLOADS
from lod.publish.held_back import held_back
from lod.publish.publication_log import dated, read_log
from lod.publish.release import MANIFEST, manifest
from lod.rdf.serialize import DATA_FORMS, QUAD_FORMS
from lod.rdf.templates import FILE_FORMATS
from lod.server.common import csp
from lod.server.common.problems import Problem, not_found
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import MAX_AGE, cacheable, conditional
from lod.server.routes.context import current
from lod.server.routes.on_request import FEED, FEED_MEDIA, feed_response
from lod.server.routes.site_files import preferred_language
from lod.website.rendering.language import FRENCH, LANGUAGES, is_translated

# extension of a document → its media type
FORMS = {"html": "text/html"} | {name: form.media for name, form in DATA_FORMS.items()}
DOCUMENT_FORMS = FORMS | {name: form.media for name, form in QUAD_FORMS.items()}  # of a resource
TYPES = FORMS | {  # extension of a file → its media type
    **{name: FILE_FORMATS[name].media for name in ("parquet", "sqlite")},
    FEED: FEED_MEDIA,  # of a thing: it is not one of the forms of its document
    "cff": "application/yaml",
    "css": "text/css",
    "csv": "text/csv",
    "gz": "application/gzip",  # no Content-Encoding: clients keep the file, whose hash is published
    "ico": "image/x-icon",
    "ics": "text/calendar",
    "jpg": "image/jpeg",
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
YEAR = 31_536_000  # seconds; as long as caches keep anything
SUMS = "SHA256SUMS"
_IDENTITY = re.compile("[0-9a-f]{16}")
blueprint = Blueprint("versions", __name__)


def send_page(release: ServedRelease, path: str) -> Response:
    """Return a file of the site or the index of a folder; redirect from a folder without its slash,
    a page without `.html`, and the base without its slash.
    """
    site = release.folder / "site"
    if path.endswith("/"):
        if (site / path / "index.html").is_file():
            return send_spoken(release, f"{path}index")
    elif (site / path).is_file():
        if path.endswith(f".{FEED}"):
            return feed_response(release, (site / path).read_bytes)
        return send(site / path)
    elif (site / path / "index.html").is_file():
        return redirect_to(release, f"{path}/", 301)
    elif path.startswith(DOWNLOADS) and (site / f"{path}.gz").is_file():
        return send_unpacked(release, path)
    page = path.rstrip("/")
    if (site / f"{page}.html").is_file():
        if not is_translated(page):
            return redirect_to(release, f"{page}.html", 301)
        return redirect_to_language(release, page)
    if f"/{path}/" == release.base_path:
        return redirect_to(release, "", 301)
    raise not_found(path)


def send_unpacked(release: ServedRelease, path: str) -> Response:
    """Return what a packed file holds, packed for the way; lead who takes no gzip to the file."""
    if request.accept_encodings["gzip"]:
        response = send(release.folder / "site" / f"{path}.gz")
        response.mimetype = TYPES[path.rpartition(".")[2]]
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = redirect_to(release, f"{path}.gz", 302)
    response.vary.add("Accept-Encoding")
    return response


def send_spoken(release: ServedRelease, page: str) -> Response:
    """Return a page at an address that names no language, in the one that the client prefers."""
    language = preferred_language() if is_translated(page) else FRENCH
    response = send(release.folder / "site" / f"{page}{LANGUAGES[language]}.html")
    response.headers["Content-Language"] = language
    if is_translated(page):
        response.vary.add("Accept-Language")
    return response


def redirect_to_language(release: ServedRelease, page: str) -> Response:
    """Return a redirection to a page in the language that the client prefers."""
    response = redirect_to(release, f"{page}{LANGUAGES[preferred_language()]}.html", 302)
    response.vary.add("Accept-Language")
    return response


def redirect_to(release: ServedRelease, path: str, status: int) -> Response:
    """Return a redirection to a path below the base; its Location has no host.

    A Location without host means the server that was asked. The base has the publisher's host, and
    the Host header is whatever the client sends: neither is right for a server on another port.
    """
    query = request.query_string.decode("ascii", "replace")
    kept = f"?{query}" if query and status == 301 else ""  # another spelling of the same request
    # one slash: after two, a client would read a host
    location = "/" + f"{release.base_path}{path}{kept}".lstrip("/")
    response = redirect(location, status)
    assert isinstance(response, Response)
    return response


def send(file: Path, *, is_dated: bool = True) -> Response:
    """Return a file of the release, or the part asked for; raise Problem if it is missing.

    If it `is_dated`, a file that states when the release was published gets that time.
    """
    if not file.is_file():
        raise not_found(file.name)
    media = TYPES.get(file.suffix[1:], "application/octet-stream" if file.suffix else "text/plain")
    release = current()
    if is_dated and (data := dated(release.folder, file)):
        return cacheable(Response(data, mimetype=media), release, len(data))
    response = send_file(file, mimetype=media, conditional=False, max_age=MAX_AGE)
    content = response.response
    try:
        response = conditional(response, file.stat().st_size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    if response.status_code == 206 and isinstance(content, ReadOnlyFileBasedBuffer):
        # waitress sends as many bytes as the length says, without a thread
        content.file.seek(response.content_range.start)
        response.response = content
    if own := csp.BY_FILE.get(file.name):
        response.headers["Content-Security-Policy"] = csp.header_value(own)
    return response


@blueprint.get("/versions/<identity>/<path:name>")
def kept_file(identity: str, name: str) -> Response:
    """Return a file to download of a release that is kept.

    Raises Problem if there is no such file; with another slug if the release was removed, or has a
    question that has been withheld since.
    """
    release, path = current(), f"versions/{identity}/{name}"
    folder = release.folder.parent / identity
    if not _IDENTITY.fullmatch(identity) or identity in held_back(folder.parents[1]):
        raise not_found(path)
    if not (folder / MANIFEST).is_file():
        if was_published(release, identity):
            raise Problem("version-enlevee", "la version {} n’est plus gardée ici", identity)
        raise not_found(path)
    facts = manifest(folder)
    if facts["base"] != release.base or name not in (*facts["files"], SUMS):
        raise not_found(path)
    if any(PublishedQuestions(folder).has(uid) for uid in release.withheld):
        detail = "la version {} contient une question retirée depuis de la publication"
        raise Problem("version-enlevee", detail, identity)
    response = send(folder / "dumps" / name, is_dated=False)  # its sum is published
    if response.status_code != 412:  # no cache may keep that
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
        response.headers.pop("Expires", None)  # it states a shorter time
    return response


def was_published(release: ServedRelease, identity: str) -> bool:
    """Say whether the log of publications has a release; False if it cannot be read."""
    with suppress(OSError, LodError):
        log = read_log(release.folder.parent.parent)
        return any(line.version == identity and line.base == release.base for line in log)
    return False
