"""Facts of the request that Flask answers in this thread."""

from typing import cast

from flask import request

from lod.server.common.accept import choose
from lod.server.common.request_response import NOTES, RELEASE, Notes
from lod.server.engine.current_release import ServedRelease


def current() -> ServedRelease:
    """Return the release that this request is answered from, even if a newer one is published."""
    return cast(ServedRelease, request.environ[RELEASE])


def accept() -> str | None:
    """Return the Accept header of the request, several of them joined, None if there is none."""
    return ",".join(request.headers.getlist("Accept")) or None


def notes() -> Notes:
    """Return the members of the line of the access log for this request, which may be added to."""
    return cast(Notes, request.environ[NOTES])


def prefers_html(*others: str) -> bool:
    """Say whether the client prefers HTML to the other media types, as browsers do."""
    return choose(accept(), (*others, "text/html")) == "text/html"
