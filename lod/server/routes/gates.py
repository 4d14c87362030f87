"""Which gate a request passes, by its path: what is dear has few places (`front/gate.py`)."""

import re

from lod.rdf.iris import CORE_KINDS
from lod.rdf.serialize import DATA_FORMS, QUAD_FORMS
from lod.server.routes.context import CostlyPaths
from lod.server.routes.on_request import FEED, MADE

FREE = ("/sante", "/metrics")  # whoever watches the server is answered whatever waits
FILES = ("/api/", "/api/openapi.json")  # paths below those of the store that are files
# documents that are made when they are asked for; some are files
_PAGES = re.compile(
    rf"/sources/.*|.*\.({'|'.join((*MADE, *DATA_FORMS, *QUAD_FORMS))})|/question/.*\.html"
)
_RESOURCES = re.compile(rf"/({'|'.join(CORE_KINDS)})/.*\.html")
_DESCRIBED = re.compile(r"(format=[\w+./-]*)?")  # parameters of `/sparql` that ask no query
_WHOLE = re.compile(r"\bcsv\b")  # a form of a search that has all that it finds


def gate_of(costly: CostlyPaths, route: str, query: str, accept: str, has_body: bool) -> str | None:
    """Return the name of the gate of a request, a key of `gate_sizes`; None if it passes none.

    `route` is its path below the base, `query` what follows `?`.
    """
    if route in FREE:
        return None
    if route in FILES:
        return "files"
    if route.startswith(costly.search):
        is_whole = route.endswith(FEED) or _WHOLE.search(query) or _WHOLE.search(accept)
        return "tables" if is_whole else "search"
    if route.startswith(costly.own_queries):
        return "tables"
    if route.startswith(costly.store):
        is_described = route == "/sparql" and not has_body and _DESCRIBED.fullmatch(query)
        return "files" if is_described else "store"
    if _PAGES.fullmatch(route):
        return "pages"
    return "resources" if _RESOURCES.fullmatch(route) else "files"
