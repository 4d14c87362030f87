"""What happens to each request, in order; an ASGI application on one event loop.

Is it well formed, does its client ask too fast, is the answer in memory, may its body be read?
Then a query goes to the pool, all else to Flask in a thread; the answer is compressed, kept, sent,
counted and logged. No client can make the loop wait.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from lod.remote.stores.credentials import StoreAccess
from lod.remote.stores.versions import to_serve
from lod.server.common.problems import HEADERS, Problem, problem_response
from lod.server.common.request_response import Answer, Request, encode_headers, request_of
from lod.server.engine.current_release import ElsewhereStore, ReleaseHolder, ServedRelease
from lod.server.engine.pool import EngineQuery, Pool
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
from lod.server.routes.protocol import (
    LONGEST_BODY,
    Parameters,
    checked_query,
    form_named,
    parameters,
    query_for_page,
    query_in,
)

BODY_SECONDS = 20.0  # seconds for a body to arrive
ARRIVING_BYTES = 128 * 1024 * 1024  # bytes of all bodies that are not complete
LONGEST_HEADERS = 32 * 1024  # bytes of all headers, names too
SEND_SECONDS = 30.0  # seconds for a piece of an answer to be taken
MOST_REQUESTS = 400  # requests worked on, or waiting to be
QUICK_BYTES = 128 * 1024  # bytes that are compressed on the loop: a millisecond or two
SHORT_QUERY = 8 * 1024  # bytes of a query that is looked through on the loop: the same
# what a client may not ask faster than the rate
COSTLY = (b"/sparql", b"/recherche", b"/api/", b"/reconciliation")
COMMON_HEADERS = encode_headers(HEADERS.items())
log = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Front:
    """The server of whatever release is current in a folder."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: WorkerLimits | None = None,
        workers: int = 2,
        rate: float = 0.0,
        access_log: AccessLog | None = None,
        store_access: StoreAccess | None = None,
    ) -> None:
        limits = limits or WorkerLimits()
        # absolute: Flask looks for a relative file beside its module, not in the working folder
        folder = folder.absolute()
        make = partial(Pool, workers=workers, limits=limits)
        elsewhere = None
        if store_access is not None:
            elsewhere = ElsewhereStore(
                partial(make, store_access=store_access), partial(to_serve, store_access, folder)
            )
        self.releases = ReleaseHolder(folder, make, elsewhere)
        self._metrics = Metrics(self.releases)
        self._bridge, self._cache = Bridge(create_app(limits, rate, self._metrics)), Cache()
        self._rate, self._access_log = RateLimit(rate), access_log or AccessLog()
        self._working = self._arriving = 0  # requests; bytes of bodies

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        began, request = time.perf_counter(), self._below_the_base(request_of(scope))
        answer = await self._answer(request, receive)
        sent = await self._send(request, answer, send)
        took = time.perf_counter() - began
        self._metrics.count(request, answer, took)
        self._access_log.note(request, answer, sent, took)

    def _below_the_base(self, request: Request) -> Request:
        """Return the request with its path below the base; a proxy may strip that or not."""
        release = self.releases.current
        prefix = release.base_path.encode() if release else b"/"
        if prefix != b"/" and request.path.startswith(prefix):
            return replace(request, path=request.path[len(prefix) - 1 :])
        return request

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Open the release before the first request, close it after the last."""
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
        """Return the answer or, in the form that the client can read, the reason for none."""
        try:
            self._admit(request)
            request = await self._with_body(request, receive)
        except Problem as problem:  # its body is not read: the connection can only end
            return self._refusal(problem, request).with_headers((b"connection", b"close"))
        try:
            release = self.releases.take()
        except Problem as problem:
            return self._refusal(problem, request)
        try:
            return self._cache.get(release.id, request) or await self._new_answer(
                request, release, receive
            )
        except Problem as problem:
            return self._refusal(problem, request)
        finally:
            await self.releases.give_back(release)

    def _admit(self, request: Request) -> None:
        """Raise Problem for a request that is not to be looked at."""
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
        """Return the request with its body; raise Problem for one that is too long or too slow."""
        length = request.header("content-length")
        if length is None and b"transfer-encoding" not in request.headers:
            return request
        if not (length or "0").isdecimal():
            raise Problem("requete-invalide", "Content-Length n’est pas un nombre")
        if int(length or 0) > LONGEST_BODY:  # as soon as it is announced
            raise _too_long()
        body, more = bytearray(), True
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Problem("client-parti", "le client est parti avant la fin du corps")
                    body += message.get("body", b"")
                    self._arriving += len(message.get("body", b""))
                    more = message.get("more_body", False)
                    if len(body) > LONGEST_BODY:
                        raise _too_long()
                    if more and self._arriving > ARRIVING_BYTES:
                        raise Problem("occupe", "trop de corps arrivent à la fois")
        except TimeoutError as error:
            raise Problem(
                "trop-lent", f"le corps n’est pas arrivé en {BODY_SECONDS:g} s"
            ) from error
        finally:
            self._arriving -= len(body)
        return replace(request, body=bytes(body))

    async def _new_answer(
        self, request: Request, release: ServedRelease, receive: Receive
    ) -> Answer:
        """Return a new answer, as its client and the cache get it."""
        self._working += 1
        try:
            with DisconnectWatch(receive):
                answer = await self._dispatch(request, release)
        finally:
            self._working -= 1
        if is_text(answer):
            answer = answer.with_headers(_vary(answer), without=(b"vary",))
        if coding := coding_for(request, answer):
            answer = await self._compress(answer, coding)
        own = {name for name, _ in answer.headers}  # a page may have a policy of its own
        common = (pair for pair in COMMON_HEADERS if pair[0] not in own)
        answer = answer.with_headers(*common, without=(b"date",))
        self._cache.keep(release.id, request, answer)
        return answer

    async def _dispatch(self, request: Request, release: ServedRelease) -> Answer:
        if request.path == b"/sparql" and request.method in (*METHODS, "HEAD"):
            found = parameters(request)
            if (text := query_in(found)) is not None:
                try:
                    query = await self._checked_query(request, release, text, found)
                    return await answer_query(request, release, query, self._bridge.work)
                except Problem as problem:
                    page = query_for_page(text, found, release.base, request.header("accept"))
                    if page is None:
                        raise
                    return await answer_refusal(release, page, problem, self._bridge.work)
        return await self._bridge.answer(request, release)

    async def _checked_query(
        self, request: Request, release: ServedRelease, text: str, found: Parameters
    ) -> EngineQuery:
        def query() -> EngineQuery:
            return checked_query(text, found, release.base, request.header("accept"))

        return query() if len(text) <= SHORT_QUERY else await self._bridge.work(query)

    async def _compress(self, answer: Answer, coding: str) -> Answer:
        if len(answer.body) <= QUICK_BYTES:
            return compress(answer, coding)
        return await self._bridge.work(lambda: compress(answer, coding))

    def _refusal(self, problem: Problem, request: Request) -> Answer:
        release = self.releases.current
        base, known = (release.base, {"release": release.id}) if release else ("/", {})
        response = problem_response(problem, request.header("accept"), base, form_named(request))
        notes = {**known, "cause": problem.slug}
        headers = (*encode_headers(response.headers.items()), *COMMON_HEADERS)
        return Answer(response.status_code, headers, response.get_data(), notes)

    async def _send(self, request: Request, answer: Answer, send: Send) -> int:
        """Send the answer; return how many bytes of it went out.

        What cannot be finished is broken off: the connection closes before the length announced,
        or without the last chunk, and no client can take a part for the whole.
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
    """Say whether the rate counts the request, however its address is written."""
    return unquote_to_bytes(request.path).startswith(COSTLY)


def _too_long() -> Problem:
    return Problem("corps-trop-long", f"au plus {LONGEST_BODY} octets")


def _vary(answer: Answer) -> tuple[bytes, bytes]:
    said = answer.header(b"vary")
    return (b"vary", b"Accept-Encoding" if said is None else said + b", Accept-Encoding")
