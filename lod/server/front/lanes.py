"""The lanes of a server: which requests share threads, and how many each client may have.

What waits for the store never holds up a search, and neither of them what is made on request,
nor any of these pages and files.
"""

import re
import time
from collections.abc import Callable
from typing import TypeVar

from lod.rdf.serialize import DATA_FORMS
from lod.server.common.problems import Problem
from lod.server.common.request_response import Request
from lod.server.engine.caller import Caller
from lod.server.engine.settings import ServerSettings
from lod.server.front.lane import Lane, TokenBuckets
from lod.server.limits import DOCUMENTS_LANE, light_lane, store_lane
from lod.server.routes.on_request import FEED, MADE

NOT_STORE = (b"/api/", b"/api/openapi.json")  # paths whose answers do not come from the store
SEARCH = b"/recherche"
# documents that are made when they are asked for; some are files
_FORMS = "|".join((*MADE, *DATA_FORMS))
_MADE = re.compile(rf"/sources/.*|.*\.({_FORMS})|/question/.*\.html".encode())
# parameters of `/sparql` that ask for no evaluation, whatever escapes there are
_DESCRIBED = re.compile(rb"(format=[\w+./-]*)?")
_WHOLE = re.compile(rb"\bcsv\b")  # a form of a search that has all that it finds
MINUTE = 60.0  # seconds
T = TypeVar("T")


class Lanes:
    """All lanes, and the time of evaluation that each client has left."""

    def __init__(self, settings: ServerSettings, store_paths: tuple[bytes, ...]) -> None:
        self._store_paths = store_paths
        workers, seconds = settings.workers, settings.limits.seconds
        light = light_lane(seconds)
        self._store, self._search = (
            Lane("store", store_lane(workers, seconds)),
            Lane("search", light),
        )
        self._made, self._documents = Lane("made", light), Lane("documents", DOCUMENTS_LANE)
        self._lanes = (self._store, self._search, self._made, self._documents)
        budget = settings.budget
        self._budget = TokenBuckets(budget / MINUTE, budget) if budget else None

    @property
    def waiting(self) -> int:
        return sum(lane.waiting for lane in self._lanes)

    async def run(
        self, route: bytes, request: Request, caller: Caller, function: Callable[[], T]
    ) -> T:
        """Return the result of a function, which is run in the lane of a request.

        Raises Problem if the client has used up its time, or as `Lane.run` does.
        """
        lane = self._lane(route, request)
        if lane is self._documents or self._budget is None:
            return await lane.run(caller, function)
        if wait := self._budget.wait(caller.network, 0.0):
            seconds = str(int(wait) + 1)
            detail = f"ce client a épuisé son temps de calcul ; réessayez dans {seconds} s"
            raise Problem("budget", detail, headers={"Retry-After": seconds})
        used = 0.0

        def measured() -> T:
            nonlocal used
            began = time.monotonic()
            try:
                return function()
            finally:
                used = time.monotonic() - began

        try:
            return await lane.run(caller, measured)
        finally:
            self._budget.take(caller.network, used)

    def close(self) -> None:
        for lane in self._lanes:
            lane.close()

    def _lane(self, route: bytes, request: Request) -> Lane:
        """Return the lane of a request; `route` is its path below the base."""
        if route.startswith(SEARCH):
            is_whole = route.endswith(FEED.encode()) or any(map(_WHOLE.search, _forms(request)))
            return self._made if is_whole else self._search
        if not route.startswith(self._store_paths) or route in NOT_STORE:
            return self._made if _MADE.fullmatch(route) else self._documents
        has_no_query = not request.body and _DESCRIBED.fullmatch(request.query)
        return self._documents if route == b"/sparql" and has_no_query else self._store


def _forms(request: Request) -> tuple[bytes, bytes]:
    """Return where a request says in which form it wants its answer."""
    return request.query, request.headers.get(b"accept", b"")
