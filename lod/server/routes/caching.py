"""Entity tags and cache headers of the answers that are made from a release."""

import hashlib
from collections.abc import Callable
from email.utils import formatdate

from flask import Response, request

from lod.server.engine.current_release import ServedRelease

MAX_AGE = 300  # seconds


def cache_headers(release: ServedRelease, tag: str | None) -> dict[str, str]:
    """Return the headers that let caches keep an answer as long as a page of the site."""
    tagged = {"ETag": f'"{tag}"'} if tag else {}
    return {
        **tagged,
        "Last-Modified": formatdate(release.modified, usegmt=True),
        "Cache-Control": f"public, max-age={MAX_AGE}",
    }


def cacheable(response: Response, release: ServedRelease) -> Response:
    """Return the response with cache headers and a tag of its content, 304 if the client has it."""
    response.add_etag()
    response.headers.update(cache_headers(release, None))
    response.make_conditional(request.environ)
    return response


def answer_unless_known(
    release: ServedRelease, form: str, make: Callable[[], Response]
) -> Response:
    """Return the response that `make` makes, 304 without calling it if the client has it.

    The tag is that of the address of the request, in this form and release.
    """
    parts = (release.id, request.path, form, request.query_string)
    tag = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    is_known = request.if_none_match.contains_weak(tag)
    response = Response(status=304) if is_known else make()
    response.headers.update(cache_headers(release, tag))
    return response
