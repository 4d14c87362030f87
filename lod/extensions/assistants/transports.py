"""The Model Context Protocol over HTTP (`/mcp`, without sessions or streams), and over standard
input and output, one message a line.

A request from a web page of another site is refused: it would come from inside the network of the
reader of that page (DNS rebinding). Programs send no Origin.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from lod.extensions.assistants.definitions import limits
from lod.extensions.assistants.messages import answer, failure
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.settings import ServerSettings
from lod.server.routes.app import create_app
from lod.server.routes.context import accept, current, state_of
from lod.server.routes.protocol import not_acceptable, unexpected_body

MEDIA = "application/json"
REPEATED = ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")  # headers that repeat the message
LOOPBACK = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger(__name__)
blueprint = Blueprint("mcp", __name__)


@blueprint.route("/mcp", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer one message."""
    release = current()
    if request.method != "POST":
        guide = f"{release.base}assistants.html"
        detail = "les messages de MCP viennent par POST ; comment : {}"
        raise Problem("methode", detail, guide, headers={"Allow": "OPTIONS, POST"})
    check_request(release)
    # one byte more than allowed, so that the answer can say how long a message may be
    data = request.stream.read(limits().requete + 1)
    headers = request.headers  # white space around a value is no part of it (RFC 9110, 5.5)
    repeated = {name: headers[name].strip() for name in REPEATED if name in headers}
    reply = answer(release, data, repeated)
    response = Response(reply.body, reply.status, {"Cache-Control": "no-store"}, mimetype=MEDIA)
    if reply.body is None:
        del response.headers["Content-Type"]
    return response


def check_request(release: ServedRelease) -> None:
    """Raise Problem for a request from a page of another site, and for what is not JSON."""
    origin = request.headers.get("Origin")
    if origin is not None and origin not in own_origins(release):
        raise Problem("origine", "« {} » ; demandez depuis un programme", origin[:80])
    if request.mimetype != MEDIA:
        raise unexpected_body(request.mimetype, MEDIA)
    if choose(accept(), (MEDIA,)) is None:
        raise not_acceptable([MEDIA])


def own_origins(release: ServedRelease) -> Iterator[str]:
    """Yield the origins of our own pages: that of the base, and that of the requested address if it
    is of this machine. A page of another site has its own origin, whatever Host its browser sends.
    """
    parts = urlsplit(release.base)
    yield f"{parts.scheme}://{parts.netloc}"
    if urlsplit(f"//{request.host}").hostname in LOOPBACK:
        yield f"http://{request.host}"


def serve(folder: Path, settings: ServerSettings, lines: IO[bytes], answers: IO[bytes]) -> int:
    """Answer every line from the current release of a folder; return how many there were.

    Each message is answered before the next one is read, even if answering it fails.
    """
    app, count = create_app(folder, settings), 0
    try:
        for line in messages(lines):
            count += 1
            try:
                with app.test_request_context("/mcp", method="POST"):
                    app.preprocess_request()
                    reply = answer(current(), line)
            except Exception:
                log.exception("a message is answered with an error")
                reply = failure(line)
            if reply.body is not None:
                answers.write(reply.body + b"\n")
                answers.flush()
    finally:
        state_of(app).releases.close()
    return count


def messages(lines: IO[bytes]) -> Iterator[bytes]:
    """Yield non-empty lines; cut a too long line just beyond the limit, so that it is refused."""
    longest = limits().requete + 1
    while line := lines.readline(longest + 1):
        rest = line
        while len(rest) > longest and not rest.endswith(b"\n"):
            rest = lines.readline(longest + 1)
        if line.strip():
            yield line.rstrip(b"\r\n")
