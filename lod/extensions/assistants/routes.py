"""`/mcp`: the Model Context Protocol over HTTP, without sessions or streams.

Nothing that a web page of somebody else sends is answered: it would act with the network position
of its reader (DNS rebinding). Programs send no Origin.
"""

from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from lod.extensions.assistants.definitions import limits
from lod.extensions.assistants.messages import answer
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import accept, current
from lod.server.routes.protocol import not_acceptable

MEDIA = "application/json"
REPEATED = ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")  # headers that repeat the message
blueprint = Blueprint("mcp", __name__)


@blueprint.route("/mcp", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer one message."""
    release = current()
    if request.method != "POST":
        guide = f"{release.base}assistants.html"
        detail = f"les messages de MCP viennent par POST ; comment : {guide}"
        raise Problem("methode", detail, headers={"Allow": "OPTIONS, POST"})
    check_request(release)
    # one byte more than allowed, so that the answer can say how long a message may be
    data = request.stream.read(limits().requete + 1)
    said = answer(release, data, {name: request.headers.get(name) for name in REPEATED})
    response = Response(said.body, said.status, {"Cache-Control": "no-store"}, mimetype=MEDIA)
    if said.body is None:
        del response.headers["Content-Type"]
    return response


def check_request(release: ServedRelease) -> None:
    """Raise Problem for a page of somebody else, and for what is not JSON."""
    origin = request.headers.get("Origin")
    parts = urlsplit(release.base)
    if origin is not None and origin != f"{parts.scheme}://{parts.netloc}":
        raise Problem("origine", f"« {origin[:80]} » ; demandez depuis un programme")
    if request.mimetype != MEDIA:
        wrong = request.mimetype[:80] or "corps sans Content-Type"
        raise Problem(
            "type-de-contenu", f"{wrong} ; attendu : {MEDIA}", headers={"Accept-Post": MEDIA}
        )
    if choose(accept(), (MEDIA,)) is None:
        raise not_acceptable([MEDIA])
