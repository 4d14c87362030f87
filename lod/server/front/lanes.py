"""The lanes of a server: which requests share threads, and how many each client may have.

What waits for the store never holds up a search, and neither of them what is made on request of
one question, nor this a page about thousands of them, nor any of these pages and files.
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from lod.rdf.iris import CORE_KINDS
from lod.rdf.serialize import DATA_FORMS
from lod.server.common.problems import Problem
from lod.server.common.request_response import Request
from lod.server.engine.caller import Caller
from lod.server.engine.settings import ServerSettings
from lod.server.front.lane import Lane
from lod.server.front.usage import Usage
from lod.server.limits import DOCUMENTS_LANE, light_lane, resources_lane, store_lane
from lod.server.routes.context import CostlyPaths
from lod.server.routes.on_request import FEED, MADE

NOT_STORE = (b"/api/", b"/api/openapi.json")  # paths below those of the store that are files
# documents that are made when they are asked for; some are files
_FORMS = "|".join((*MADE, *DATA_FORMS))
_MADE = re.compile(rf"/sources/.*|.*\.({_FORMS})|/question/.*\.html".encode())
# pages about resources: that of a legislature takes as long as fifty questions
_RESOURCES = re.compile(rf"/({'|'.join(CORE_KINDS)})/.*\.html".encode())
# parameters of `/sparql` that ask for no evaluation, whatever escapes there are
_DESCRIBED = re.compile(rb"(format=[\w+./-]*)?")
_WHOLE = re.compile(rb"\bcsv\b")  # a form of a search that has all that it finds
T = TypeVar("T")


class Lanes:
    """All lanes, and the time of work that each client has left."""

    def __init__(self, settings: ServerSettings, costly: CostlyPaths) -> None:
        self._search_paths = encoded(costly.search)
        self._own_query_paths = encoded(costly.own_queries)
        self._store_paths = (*encoded(costly.store), *self._own_query_paths)
        self._budget, self._usage = settings.budget, Usage()
        seconds = settings.limits.seconds
        sizes = {
            "store": store_lane(settings.workers, seconds),
            "search": light_lane(seconds),
            "made": light_lane(seconds),
            "resources": resources_lane(seconds),
            "documents": DOCUMENTS_LANE,
        }
        self._lanes = {name: Lane(name, size, self._usage) for name, size in sizes.items()}

    @property
    def waiting(self) -> int:
        return sum(lane.waiting for lane in self._lanes.values())

    async def run(
        self, route: bytes, request: Request, caller: Caller, function: Callable[[], T]
    ) -> T:
        """Return the result of a function, which is run in the lane of a request.

        Raises Problem if the client has used up its time, or as `Lane.run` does.
        """
        name = self._name(route, request)
        is_bounded = self._budget and name != "documents"
        if is_bounded and (wait := self._usage.wait(caller.network, self._budget)):
            seconds = str(int(wait) + 1)
            detail = f"ce client a épuisé son temps de calcul ; réessayez dans {seconds} s"
            raise Problem("budget", detail, headers={"Retry-After": seconds})
        return await self._lanes[name].run(caller, function)

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.close()

    def _name(self, route: bytes, request: Request) -> str:
        """Return the name of the lane of a request; `route` is its path below the base."""
        if route.startswith(self._search_paths):
            is_whole = route.endswith(FEED.encode()) or any(map(_WHOLE.search, _forms(request)))
            return "made" if is_whole else "search"
        if not route.startswith(self._store_paths) or route in NOT_STORE:
            if _MADE.fullmatch(route):
                return "made"
            return "resources" if _RESOURCES.fullmatch(route) else "documents"
        has_no_query = not request.body and _DESCRIBED.fullmatch(request.query)
        if route == b"/sparql" and has_no_query:
            return "documents"
        return "made" if route.startswith(self._own_query_paths) else "store"


def encoded(paths: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(path.encode() for path in paths)


def _forms(request: Request) -> tuple[bytes, bytes]:
    """Return where a request says in which form it wants its answer."""
    return request.query, request.headers.get(b"accept", b"")
