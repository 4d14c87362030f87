"""Entity tags and cache headers of the answers that are made from a release; conditions, ranges."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate

from flask import Response, request

from lod.server.engine.current_release import ServedRelease

MAX_AGE = 300  # seconds
NOT_MODIFIED, FAILED = 304, 412  # statuses of the answer to a condition that does not hold
_CONDITIONS = ("MATCH", "NONE_MATCH", "MODIFIED_SINCE", "UNMODIFIED_SINCE", "RANGE")  # If-…
_RANGE = re.compile(
    r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<suffix>\d{1,18}))", re.I | re.A
)


def cache_headers(release: ServedRelease, tag: str | None) -> dict[str, str]:
    """Return the headers that let caches keep an answer as long as a page of the site."""
    tagged = {"ETag": f'"{tag}"'} if tag else {}
    return {
        **tagged,
        "Last-Modified": formatdate(release.modified, usegmt=True),
        "Cache-Control": f"public, max-age={MAX_AGE}",
    }


def cacheable(response: Response, release: ServedRelease, size: int | None = None) -> Response:
    """Return the response with cache headers and a tag of its content; 304 if the client has it, or
    the part that the client asks for, if `size` is stated: the bytes of the whole.
    """
    response.add_etag()
    response.headers.update(cache_headers(release, None))
    return conditional(response, size)


def answer_unless_known(
    release: ServedRelease, form: str, make: Callable[[], Response]
) -> Response:
    """Return the response that `make` makes; 304, without calling it, if the client has it.

    The tag depends on the address of the request, this form and the release.
    """
    parts = (release.id, request.path, form, request.query_string)
    tag = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    if (unmet := answer_to_conditions(release, tag)) is not None:
        return unmet
    response = make()
    response.headers.update(cache_headers(release, tag))
    return response


def answer_to_conditions(release: ServedRelease, tag: str) -> Response | None:
    """Return the answer, 304 or 412, if a condition of the request does not hold for what has this
    tag and the time of the release; None if all of them hold.
    """
    modified = datetime.fromtimestamp(int(release.modified), UTC)
    status = _unmet(tag, modified)
    if status == FAILED:
        return _failed()
    return Response(status=status, headers=cache_headers(release, tag)) if status else None


def conditional(response: Response, size: int | None = None) -> Response:
    """Return the response that the conditions of the request allow, or the part that it asks for.

    `size` is how many bytes the response has, None if only all of it is sent. Raises
    RequestedRangeNotSatisfiable for a range that begins after its end.

    Werkzeug parses the headers and cuts out the part. It gets no conditions, because it takes
    `If-Match: *` for a tag, ignores If-Unmodified-Since, and sends a part whatever the condition;
    and only a range that it serves, because it answers any other with 416.
    """
    tag, _ = response.get_etag()
    if status := _unmet(tag or "", response.last_modified):
        response.close()
        if status == FAILED:
            return _failed()
        response.set_data(b"")
        response.status_code = status
        return response
    names = {"HTTP_RANGE", *(f"HTTP_IF_{name}" for name in _CONDITIONS)}
    environ = {name: value for name, value in request.environ.items() if name not in names}
    if size and (part := _part(response, size)):
        environ["HTTP_RANGE"] = part
    response.make_conditional(environ, accept_ranges=size is not None, complete_length=size)
    return response


def _unmet(tag: str, modified: datetime | None) -> int | None:
    """Return the status that the conditions of the request ask for; None if all of them hold.

    They are checked in the order of RFC 9110, 13.2.2; a date, only where the request states no tag.
    """
    before, since = request.if_unmodified_since, request.if_modified_since
    if request.if_match:
        if tag not in request.if_match:  # compared strongly; `*` is every tag
            return FAILED
    elif before and modified and modified > before:
        return FAILED
    if request.if_none_match:
        return NOT_MODIFIED if request.if_none_match.contains_weak(tag) else None
    return NOT_MODIFIED if since and modified and modified <= since else None


def _failed() -> Response:
    response = Response(status=FAILED)
    del response.headers["Content-Type"]
    return response


def _part(response: Response, size: int) -> str | None:
    """Return the range of bytes to send, None to send all of them (RFC 9110, 14.2).

    All are sent if the client has another version, or asks for several ranges, for other units than
    bytes, or for no valid range. A suffix longer than the whole is the whole, sent as a part.
    """
    stated = request.headers.get("If-Range", "").strip()
    day = request.if_range.date
    is_same = stated in ("", response.headers.get("ETag")) or (  # a weak tag never is
        day is not None and day == response.last_modified
    )
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or not is_same or not asked:
        return None
    if asked["suffix"]:
        return "bytes=0-" if int(asked["suffix"]) > size else asked[0]
    is_backwards = asked["last"] and int(asked["last"]) < int(asked["first"])
    return None if is_backwards else asked[0]
