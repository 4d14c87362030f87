"""The ASGI application: it answers each request on one event loop, which no client can block.

A request is checked for its head and its rate, its body is read, and its answer is looked up in the
cache. If it is not there, a SPARQL query goes to the pool, and all else to Flask in a thread. The
answer is compressed, cached, sent, counted and logged.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from lod.remote.stores.credentials import StoreAccess
from lod.remote.stores.versions import to_serve
from lod.server.common.problems import HEADERS, Problem, problem_response
from lod.server.common.request_response import Answer, Request, encode_headers, request_of
from lod.server.engine.current_release import ElsewhereStore, ReleaseHolder, ServedRelease
from lod.server.engine.pool import Pool
from lod.server.engine.worker import WorkerLimits
from lod.server.front.access_log import AccessLog
from lod.server.front.bridge import Bridge
from lod.server.front.cache import Cache
from lod.server.front.content_coding import coding_for, compress, is_text
from lod.server.front.disconnect import DisconnectWatch, Receive
from lod.server.front.rate_limit import RateLimit
from lod.server.routes.app import create_app
from lod.server.routes.endpoint import METHODS, answer_query, answer_refusal
from lod.server.routes.metrics import Metrics
from lod.server.routes.protocol import LONGEST_BODY, form_named, query_request

BODY_SECONDS = 20.0  # seconds for a body to arrive
ARRIVING_BYTES = 128 * 1024 * 1024  # bytes of all bodies that are not complete
LONGEST_HEADERS = 32 * 1024  # bytes of all headers, names included
SEND_SECONDS = 30.0  # seconds for a client to take one piece of an answer
MOST_REQUESTS = 400  # requests that are answered, or wait for it
QUICK_BYTES = 128 * 1024  # bytes of an answer compressed on the loop: takes a millisecond or two
SHORT_QUERY = 8 * 1024  # characters of a query checked on the loop: takes as long
# paths to which the rate applies
COSTLY = (b"/sparql", b"/recherche", b"/api/", b"/reconciliation")
COMMON_HEADERS = encode_headers(HEADERS.items())
log = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What the operator of a server decides."""

    limits: WorkerLimits = field(default_factory=WorkerLimits)  # of one query
    workers: int = 2  # queries evaluated at once
    rate: float = 0.0  # requests a second of one client, 0 for no limit
    access_log: AccessLog = field(default_factory=AccessLog)
    store_access: StoreAccess | None = None  # the remote store that answers `/sparql`, if any


class Front:
    """The server of the release that is current in a folder."""

    def __init__(self, folder: Path, settings: ServerSettings) -> None:
        # absolute: Flask looks for a relative file beside its module, not in the working folder
        folder = folder.absolute()
        open_pool = partial(Pool, workers=settings.workers, limits=settings.limits)
        elsewhere = None
        if access := settings.store_access:
            elsewhere = ElsewhereStore(
                partial(open_pool, store_access=access), partial(to_serve, access, folder)
            )
        self.releases = ReleaseHolder(folder, open_pool, elsewhere)
        self._metrics = Metrics(self.releases)
        self._bridge = Bridge(create_app(settings.limits, settings.rate, self._metrics))
        self._cache = Cache()
        self._rate, self._access_log = RateLimit(settings.rate), settings.access_log
        self._working = 0  # requests that are answered now
        self._arriving = 0  # bytes received of bodies that are not complete

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; or, as uvicorn asks, open and close the release."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        began, request = time.perf_counter(), self._below_the_base(request_of(scope))
        answer = await self._answer(request, receive)
        sent = await self._send(request, answer, send)
        seconds = time.perf_counter() - began
        self._metrics.count(request, answer, seconds)
        self._access_log.note(request, answer, sent, seconds)

    def _below_the_base(self, request: Request) -> Request:
        """Return the request without the path of the base, which a proxy may have removed."""
        release = self.releases.current
        prefix = release.base_path.encode() if release else b"/"
        if prefix != b"/" and request.path.startswith(prefix):
            return replace(request, path=request.path[len(prefix) - 1 :])
        return request

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Open the release before the first request, and close it after the last one."""
        await receive()
        await self.releases.open()
        release = self.releases.current
        if release and not release.sparql_pool.is_isolated:
            log.warning("no seccomp here: SERVICE is refused by its name alone")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.releases.close()
        self._bridge.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, request: Request, receive: Receive) -> Answer:
        """Return the answer to a request, be it a problem."""
        try:
            self._admit(request)
            request = await self._with_body(request, receive)
        except Problem as problem:  # the rest of the body is not read, so the connection must end
            return self._refusal(problem, request).with_headers((b"connection", b"close"))
        try:
            release = self.releases.take()
        except Problem as problem:
            return self._refusal(problem, request)
        try:
            cached = self._cache.get(release.id, request)
            return cached or await self._new_answer(request, release, receive)
        except Problem as problem:
            return self._refusal(problem, request)
        finally:
            await self.releases.give_back(release)

    def _admit(self, request: Request) -> None:
        """Raise Problem for a request that is refused for its head, its rate, or the load."""
        host = request.headers.get(b"host")
        if (host is None and request.version == "1.1") or b"," in (host or b""):
            raise Problem("requete-invalide", "il faut un en-tête Host, un seul (RFC 9112, 3.2)")
        if sum(len(n) + len(v) for n, v in request.headers.items()) > LONGEST_HEADERS:
            raise Problem("entetes-trop-longs", f"au plus {LONGEST_HEADERS} octets")
        if self._working >= MOST_REQUESTS:
            raise Problem("occupe", "trop de requêtes à la fois ; réessayez plus tard")
        if _is_costly(request) and (wait := self._rate.wait(request.client)):
            seconds = str(int(wait) + 1)
            detail = f"ce client demande trop vite ; réessayez dans {seconds} s"
            raise Problem("trop-vite", detail, headers={"Retry-After": seconds})

    async def _with_body(self, request: Request, receive: Receive) -> Request:
        """Return the request with its body; raise Problem for a body too long or too slow."""
        length = request.header("content-length")
        if length is None and b"transfer-encoding" not in request.headers:
            return request
        if not (length or "0").isdecimal():
            raise Problem("requete-invalide", "Content-Length n’est pas un nombre")
        body = bytearray()
        _check_length(int(length or 0))
        try:
            async with asyncio.timeout(BODY_SECONDS):
                await self._receive_body(body, receive)
        except TimeoutError as error:
            detail = f"le corps n’est pas arrivé en {BODY_SECONDS:g} s"
            raise Problem("trop-lent", detail) from error
        finally:
            self._arriving -= len(body)
        return replace(request, body=bytes(body))

    async def _receive_body(self, body: bytearray, receive: Receive) -> None:
        """Append all pieces of a body, counted in `_arriving`; raise Problem if it is too long."""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Problem("client-parti", "le client est parti avant la fin du corps")
            body += message.get("body", b"")
            self._arriving += len(message.get("body", b""))
            more = message.get("more_body", False)
            _check_length(len(body))
            if more and self._arriving > ARRIVING_BYTES:
                raise Problem("occupe", "trop de corps arrivent à la fois")

    async def _new_answer(
        self, request: Request, release: ServedRelease, receive: Receive
    ) -> Answer:
        """Make the answer, compress it, add the common headers, and cache it."""
        self._working += 1
        try:
            with DisconnectWatch(receive):
                answer = await self._dispatch(request, release)
        finally:
            self._working -= 1
        if is_text(answer):
            vary = (b"vary", b", ".join(filter(None, (answer.header(b"vary"), b"Accept-Encoding"))))
            answer = answer.with_headers(vary, without=(b"vary",))
        if coding := coding_for(request, answer):
            is_quick = len(answer.body) <= QUICK_BYTES
            answer = await self._run(partial(compress, answer, coding), is_quick)
        own = {name for name, _ in answer.headers}  # a page may have a policy of its own
        common = (pair for pair in COMMON_HEADERS if pair[0] not in own)
        answer = answer.with_headers(*common, without=(b"date",))
        self._cache.keep(release.id, request, answer)
        return answer

    async def _dispatch(self, request: Request, release: ServedRelease) -> Answer:
        """Return the answer of the pool to a query, that of Flask to any other request."""
        asked = None
        if request.path == b"/sparql" and request.method in (*METHODS, "HEAD"):
            asked = query_request(request, release.base)
        if asked is None:
            return await self._bridge.answer(request, release)
        try:
            query = await self._run(asked.checked, len(asked.text) <= SHORT_QUERY)
            return await answer_query(request, release, query, self._bridge.work)
        except Problem as problem:
            page = asked.for_page()
            if page is None:
                raise
            return await answer_refusal(release, page, problem, self._bridge.work)

    async def _run(self, function: Callable[[], T], is_quick: bool) -> T:
        """Return the result of a function, run in a thread unless it is quick."""
        return function() if is_quick else await self._bridge.work(function)

    def _refusal(self, problem: Problem, request: Request) -> Answer:
        """Return the answer that states a problem, in the form that the client accepts."""
        release = self.releases.current
        base, known = (release.base, {"release": release.id}) if release else ("/", {})
        response = problem_response(problem, request.header("accept"), base, form_named(request))
        notes = {**known, "cause": problem.slug}
        headers = (*encode_headers(response.headers.items()), *COMMON_HEADERS)
        return Answer(response.status_code, headers, response.get_data(), notes)

    async def _send(self, request: Request, answer: Answer, send: Send) -> int:
        """Send the answer; return how many bytes of its body were sent.

        If it cannot be completed, the connection closes before the announced length, or without the
        last chunk, so that the client sees that the answer is incomplete.
        """
        sent = 0
        start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        try:
            await send(start)
            async for piece, more in self._pieces(request, answer):
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": piece, "more_body": more})
                sent += len(piece)
        except (TimeoutError, OSError) as error:
            log.warning("answer broken off after %d bytes: %r", sent, error)
        finally:
            if answer.rest is not None:
                answer.rest.close()  # type: ignore[attr-defined]  # a generator
        return sent

    async def _pieces(self, request: Request, answer: Answer) -> AsyncIterator[tuple[bytes, bool]]:
        """Yield each piece of the body, and whether more follow."""
        if request.method == "HEAD":
            yield b"", False
        elif (rest := answer.rest) is None:
            yield answer.body, False
        else:
            yield answer.body, True
            while piece := await self._bridge.work(lambda: next(rest, b"")):
                yield piece, True
            yield b"", False


def _is_costly(request: Request) -> bool:
    """Say whether the rate applies to the request, whatever escapes its path has."""
    return unquote_to_bytes(request.path).startswith(COSTLY)


def _check_length(size: int) -> None:
    """Raise Problem for a body, received or announced, of more than LONGEST_BODY bytes."""
    if size > LONGEST_BODY:
        raise Problem("corps-trop-long", f"au plus {LONGEST_BODY} octets")
