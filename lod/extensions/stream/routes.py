"""`/publications`: the stream of publications (LDES), which stands beside the releases.

A finished page is sent as immutable; clients ask for the root and for the page that is being filled
again each time.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, request

from lod.extensions.stream.log import StreamPage, read_publications, stream_of
from lod.extensions.stream.pages import page_file, stream_pages
from lod.extensions.stream.text import STREAM, root_text
from lod.publish.history import CHANGES
from lod.server.common.problems import not_found
from lod.server.engine.current_release import ServedRelease
from lod.server.limits import ANSWER_PIECE
from lod.server.routes.caching import conditional
from lod.server.routes.context import current, prefers_html
from lod.server.routes.release_files import redirect_to

TRIG, TURTLE = "application/trig", "text/turtle"
FINISHED = "public, max-age=31536000, immutable"
OPEN = "no-cache"  # a client with a copy asks whether it is still valid
blueprint = Blueprint(STREAM, __name__)


@blueprint.get(f"/{STREAM}")
def stream() -> Response:
    """Redirect a program to the root, a browser to the page about changes."""
    path = f"{CHANGES}.html" if prefers_html(TRIG, TURTLE) else f"{STREAM}.ttl"
    response = redirect_to(current(), path, 303)
    response.vary.add("Accept")
    return response


@blueprint.get(f"/{STREAM}.ttl")
def root() -> Response:
    """Return the root: the description of the stream, and the relations to its pages."""
    release = current()
    response = Response(root_text(release.base, _pages(release)), mimetype=TURTLE)
    response.add_etag()
    response.headers["Cache-Control"] = OPEN
    return conditional(response)


@blueprint.get(f"/{STREAM}/<int:number>")
def members(number: int) -> Response:
    """Redirect from the document of members to the page that has them."""
    page = _page(number)
    return redirect_to(current(), f"{STREAM}/{page.number}.trig", 303)


@blueprint.get(f"/{STREAM}/<int:number>.trig")
def page(number: int) -> Response:
    """Return a page; packed, as it is on the disk, if the client accepts that."""
    stream_page = _page(number)
    path = page_file(_folder(current()), number, stream_page.members)
    changed = path.stat().st_mtime_ns  # states of withheld questions are removed from a page later
    is_packed = bool(request.accept_encodings["gzip"])
    response = Response(_pieces(path, is_packed), mimetype=TRIG)
    response.automatically_set_content_length = False  # it would unpack the whole page to count
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
        response.content_length = path.stat().st_size
    response.set_etag(f"{number}-{stream_page.members}-{changed:x}-{is_packed:d}")
    response.headers["Cache-Control"] = FINISHED if stream_page.is_finished else OPEN
    response.vary.add("Accept-Encoding")
    return conditional(response)


def _pages(release: ServedRelease) -> list[StreamPage]:
    """Return the pages of the stream; raise Problem if nothing is published below this base."""
    folder = _folder(release)
    log = read_publications(folder)
    if not stream_of(log, release.base):
        raise not_found(STREAM)
    return stream_pages(folder, log, release.base)


def _pieces(path: Path, is_packed: bool) -> Iterator[bytes]:
    """Yield a page in pieces, as it is on the disk, or unpacked."""
    with path.open("rb") if is_packed else gzip.open(path) as file:
        while piece := file.read(ANSWER_PIECE):
            yield piece


def _page(number: int) -> StreamPage:
    """Return a page; raise Problem if the stream has no page of this number."""
    for page in _pages(current()):
        if page.number == number:
            return page
    raise not_found(f"{STREAM}/{number}")


def _folder(release: ServedRelease) -> Path:
    """Return the folder of all releases."""
    return release.folder.parent.parent
