"""The ASGI application before Flask: it admits, bounds, caches, counts and logs requests.

It runs on one event loop, where nothing takes longer because a client sends more. A request is
checked for its path, head and rate, its body is read, and its answer is looked up in the cache. If
it is not there, Flask makes it in a thread, when it is the turn of the client.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote

from flask import Flask

from lod.server import limits
from lod.server.common.problems import HEADERS, Problem, not_found, problem_response
from lod.server.common.request_response import (
    Answer,
    Request,
    below,
    canonical,
    encode_headers,
    request_of,
)
from lod.server.engine.caller import Caller, network
from lod.server.front.access_log import AccessLog
from lod.server.front.bridge import Receive, call, environment, watching
from lod.server.front.cached_answers import Cache, coding_for, compress, is_text
from lod.server.front.lanes import Lanes, encoded
from lod.server.front.usage import Held, TokenBuckets
from lod.server.routes.context import state_of

COMMON_HEADERS = encode_headers(HEADERS.items())
_HOST = re.compile(rb"([\w.~!$&'()*+;=%-]+|\[[\da-f:.]+\])(:\d*)?", re.IGNORECASE)
_FORM = re.compile(rb"(?:^|&)format=([\w+./-]*)")
log = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Pace:
    """The pace of the refusals of one event loop: clients that ask again as soon as they are
    refused would keep the loop busy with refusing them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # refusals before the next one, and when they were counted
        self._behind, self._counted = 0.0, clock()
        self._waiting = 0

    async def turn(self, problem: Problem) -> None:
        """Wait until a problem may be sent, if its status is one of PACED."""
        if problem.status in limits.PACED and (seconds := self.delay()):
            self._waiting += 1
            try:
                await asyncio.sleep(seconds)
            finally:
                self._waiting -= 1

    def delay(self) -> float:
        """Return the seconds that the next refusal waits; count it.

        The first few wait no time, nor does any once REFUSALS_WAITING wait: they hold connections.
        """
        if self._waiting >= limits.REFUSALS_WAITING:
            return 0.0
        now, rate = self._clock(), limits.REFUSALS_A_SECOND
        behind = max(0.0, self._behind - (now - self._counted) * rate) + 1
        self._behind = min(behind, limits.REFUSALS_AT_ONCE + limits.REFUSAL_SECONDS * rate)
        self._counted = now
        return max(0.0, self._behind - limits.REFUSALS_AT_ONCE) / rate


class Front:
    """The server of an application of `create_app`."""

    def __init__(self, app: Flask, access_log: AccessLog | None = None) -> None:
        state = state_of(app)
        self.releases, self._metrics = state.releases, state.metrics
        self._wsgi, settings = app.wsgi_app, state.settings
        self._access_log = access_log or AccessLog()
        self._cache = Cache()
        rate = settings.rate
        self._rate = TokenBuckets(rate, max(1.0, rate * limits.BURST_SECONDS)) if rate else None
        self._lanes = Lanes(settings, state.costly)
        self._costly = encoded(state.costly.all)  # the rate applies to these
        self._senders = ThreadPoolExecutor(limits.SENDERS, "send")
        self._held = Held(limits.HELD_BYTES)
        self.refusals = Pace()
        waiting = "Requests that wait for a thread"
        self._metrics.gauge("lod_requests_waiting", waiting, lambda: self._lanes.waiting)
        dropped = "Lines of the log that were dropped, because nobody read it"
        self._metrics.gauge("lod_log_lines_dropped", dropped, lambda: self._access_log.dropped)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; or begin or end, for the scope `lifespan`."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        began, request = time.perf_counter(), request_of(scope)
        release = self.releases.current
        route = below(request.path, release.base_path.encode() if release else b"/")
        try:
            answer = await self._answer(request, route, receive)
        except Exception:
            log.exception("a request is answered with 500")
            problem = Problem("erreur-interne", "le journal du serveur dit pourquoi")
            answer = self._refusal(problem, request)
        sent = await self._send(request, answer, send)
        seconds = time.perf_counter() - began
        self._metrics.count(route, answer, seconds)
        self._access_log.note(request, answer, sent, seconds)

    def at_once(self, request: Request) -> Answer | None:
        """Return the answer to a request without body, counted and logged, if it is in the cache
        and short and the client is admitted; else None.
        """
        began = time.perf_counter()
        release = None if self.releases.gives_away else self.releases.current
        answer = self._cache.get(release.id, request) if release else None
        if release is None or answer is None or len(answer.body) > limits.ANSWER_UNWATCHED:
            return None
        route = below(request.path, release.base_path.encode())
        try:
            self._admit(request, route, network(request.client))
        except Problem:
            return None
        seconds = time.perf_counter() - began
        self._metrics.count(route, answer, seconds)
        self._access_log.note(request, answer, len(answer.body), seconds)
        return answer

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Warn if the readers lack a protection, follow `current`, close the release at the end."""
        await receive()
        release = self.releases.current
        if release and "seccomp" not in release.pool.protections:
            log.warning("no seccomp here: SERVICE is refused by its name alone")
        self._follow()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._next_look.cancel()
        self._lanes.close()
        self._senders.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self.releases.close)
        await send({"type": "lifespan.shutdown.complete"})

    def _follow(self) -> None:
        """Move to the release that is current, now and each second, even without requests."""
        loop = asyncio.get_running_loop()
        self._next_look = loop.call_later(limits.RELEASE_FOLLOW_SECONDS, self._follow)
        self.releases.follow()

    async def _answer(self, request: Request, route: bytes, receive: Receive) -> Answer:
        """Return the answer to a request, also if it is a problem; `route` is its path below the
        base.
        """
        path = canonical(request.path)
        if path and path != request.path:
            return self._moved(request, path)
        caller = Caller(network(request.client))
        try:
            if path is None:
                raise not_found(unquote(request.path[1 : limits.REFUSED_BYTES], "latin-1"))
            self._admit(request, route, caller.network)
            request = await self._with_body(request, receive)
        except Problem as problem:  # the rest of the body is not read, so the connection must end
            await self.refusals.turn(problem)
            return self._refusal(problem, request).with_headers((b"connection", b"close"))
        if self.releases.gives_away:  # not even once more
            await asyncio.to_thread(self.releases.catch_up)
        release = self.releases.current
        cached = self._cache.get(release.id, request) if release else None
        if cached:
            return cached
        try:
            with watching(receive, caller.leave):
                work = partial(self._made, request, caller)
                answer = await self._lanes.run(route, request, caller, work)
        except Problem as problem:
            await self.refusals.turn(problem)
            return self._refusal(problem, request)
        self._cache.keep(answer.notes.get("release", ""), request, answer)
        return answer

    def _moved(self, request: Request, path: bytes) -> Answer:
        """Return the redirection to the canonical path, which begins with one slash: no host."""
        status = 301 if request.method in ("GET", "HEAD") else 308
        query = b"?" + request.query if request.query else b""
        headers = ((b"location", path + query), (b"content-length", b"0"))
        unread = () if request.method in ("GET", "HEAD") else ((b"connection", b"close"),)
        return Answer(status, (*headers, *unread, *COMMON_HEADERS), b"")

    def _admit(self, request: Request, route: bytes, client: str) -> None:
        """Raise Problem for a request refused for its head, or the rate of the network `client`."""
        host = request.headers.get(b"host")
        is_missing = host is None and request.version == "1.1"
        if is_missing or (host is not None and not _HOST.fullmatch(host)):  # several have a comma
            detail = "il faut un en-tête Host, un seul, qui nomme un hôte (RFC 9112, 3.2)"
            raise Problem("requete-invalide", detail)
        if sum(len(n) + len(v) for n, v in request.headers.items()) > limits.HEADERS_BYTES:
            raise Problem("entetes-trop-longs", f"au plus {limits.HEADERS_BYTES} octets")
        if len(request.query) > limits.QUERY_STRING_BYTES:
            raise Problem("adresse-trop-longue", f"au plus {limits.QUERY_STRING_BYTES} octets")
        if self._rate is None or not route.startswith(self._costly):
            return
        if wait := self._rate.take(client):
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
        _check_length(int(length or 0))
        size = limits.BODY_BYTES if length is None else int(length)
        try:
            async with asyncio.timeout(limits.BODY_SECONDS) as limit:
                with self._held.holding(network(request.client), size, limit):
                    return replace(request, body=await _received(receive))
        except TimeoutError as error:
            detail = f"le corps n’est pas arrivé en {limits.BODY_SECONDS:g} s"
            raise Problem("trop-lent", detail) from error

    def _made(self, request: Request, caller: Caller) -> Answer:
        """Return the answer of Flask, compressed as the client prefers; runs in a thread."""
        answer = call(self._wsgi, environment(request, caller))
        if is_text(answer):
            vary = (b"vary", b", ".join(filter(None, (answer.header(b"vary"), b"Accept-Encoding"))))
            answer = answer.with_headers(vary, without=(b"vary",))
        coding = coding_for(request, answer)
        return compress(answer, coding) if coding else answer

    def _refusal(self, problem: Problem, request: Request) -> Answer:
        """Return the answer that states a problem, in the form that the client accepts.

        Of address and headers, only the beginning is looked at: this runs on the loop.
        """
        release = self.releases.current
        base, notes = (release.base, {"release": release.id}) if release else ("/", {})
        match = _FORM.search(request.query[: limits.REFUSED_BYTES])
        form = match[1].decode() if match else None
        accept = (request.header("accept") or "")[: limits.REFUSED_BYTES]
        languages = (request.header("accept-language") or "")[: limits.REFUSED_BYTES]
        headers = tuple(problem.headers.items())
        answer = _problem_answer(
            problem.slug, problem.detail, headers, accept, base, form, languages
        )
        return replace(answer, notes={**notes, "cause": problem.slug})

    async def _send(self, request: Request, answer: Answer, send: Send) -> int:
        """Send the answer; return how many bytes of its body were sent.

        If it cannot be completed, the connection closes before the announced length, or without the
        last chunk, so that the client sees that the answer is incomplete.
        """
        sent = 0
        start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        try:
            await send(start)
            size = len(answer.body)
            async with asyncio.timeout(None) as limit:
                with self._held.holding(network(request.client), size, limit):
                    async for piece, is_more in self._pieces(request, answer):
                        async with asyncio.timeout(limits.SEND_SECONDS):
                            message = {"type": "http.response.body", "body": piece}
                            await send(message | {"more_body": is_more})
                        sent += len(piece)
        except Exception as error:
            log.warning("answer broken off after %d bytes: %r", sent, error)
        finally:
            if answer.rest is not None:
                answer.rest.close()  # type: ignore[attr-defined]  # a generator
        return sent

    async def _pieces(self, request: Request, answer: Answer) -> AsyncIterator[tuple[bytes, bool]]:
        """Yield each piece of the body, and whether more follow."""
        rest, size = answer.rest, len(answer.body)
        if request.method == "HEAD":
            yield b"", False
        elif rest is None and size <= limits.ANSWER_UNWATCHED:
            yield answer.body, False
        else:
            for at in range(0, size, limits.ANSWER_UNWATCHED):
                yield answer.body[at : at + limits.ANSWER_UNWATCHED], True
                await asyncio.sleep(0)  # the transport sends it at the end of the turn of the loop
            loop = asyncio.get_running_loop()
            while rest and (piece := await loop.run_in_executor(self._senders, next, rest, b"")):
                yield piece, True
            yield b"", False  # waits until the client has taken nearly all


@lru_cache(limits.REFUSALS)
def _problem_answer(
    slug: str,
    detail: str,
    headers: tuple[tuple[str, str], ...],
    accept: str,
    base: str,
    form: str | None,
    languages: str,
) -> Answer:
    """Return the answer that states a problem, as `problem_response` does."""
    problem = Problem(slug, detail, headers=dict(headers))
    response = problem_response(problem, accept, base, form, languages)
    encoded_headers = (*encode_headers(response.headers.items()), *COMMON_HEADERS)
    return Answer(response.status_code, encoded_headers, response.get_data())


async def _received(receive: Receive) -> bytes:
    """Return the body of a request; raise Problem if it is too long, or the client leaves."""
    body, is_more = bytearray(), True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("client-parti", "le client est parti avant la fin du corps")
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        _check_length(len(body))
    return bytes(body)


def _check_length(size: int) -> None:
    """Raise Problem for a body, received or announced, of more than BODY_BYTES bytes."""
    if size > limits.BODY_BYTES:
        raise Problem("corps-trop-long", f"au plus {limits.BODY_BYTES} octets")
