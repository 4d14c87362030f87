"""What Flask keeps for one request: the release it is answered from."""

from typing import cast

from flask import request

from lod.server.common.accept import choose
from lod.server.common.request_response import NOTES, RELEASE, Notes
from lod.server.engine.current_release import ServedRelease


def current() -> ServedRelease:
    """Return the release that this request is answered from, whatever is published meanwhile."""
    return cast(ServedRelease, request.environ[RELEASE])


def accept() -> str | None:
    """Return the Accept header of the request; several of them are one."""
    return ",".join(request.headers.getlist("Accept")) or None


def notes() -> Notes:
    """Return what the log will say of this request; to be added to."""
    return cast(Notes, request.environ[NOTES])


def prefers_html(*others: str) -> bool:
    """Say whether the client would rather have a page than any of the others: a browser."""
    return choose(accept(), (*others, "text/html")) == "text/html"
