"""The WSGI application around Flask: it knows who asks, gives places in turn, counts and logs.
Connections, and clients that are slow, are bounded by a proxy, or the server (`listener.py`).
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import parse_qs

from flask import Flask
from waitress.buffers import ReadOnlyFileBasedBuffer

from lod.server.common.problems import HEADERS, Problem, problem_response
from lod.server.common.request_response import NOTES, below
from lod.server.engine.caller import Caller, network
from lod.server.front.access_log import AccessLog
from lod.server.front.gate import Gate
from lod.server.limits import ANSWER_MEMORY_BYTES, gate_sizes
from lod.server.routes.context import CALLER, state_of
from lod.server.routes.gates import gate_of

Environ = dict[str, Any]
Networks = Sequence[IPv4Network | IPv6Network]
LEFT = "waitress.client_disconnected"  # key of the environment: says whether the client has left
log = logging.getLogger(__name__)


class Front:
    """The server of an application of `create_app`, called by threads."""

    def __init__(
        self, app: Flask, access_log: AccessLog | None = None, proxies: Networks = ()
    ) -> None:
        """Believe `proxies`, and nobody else, in what they say of their clients."""
        state = state_of(app)
        self.releases, self._metrics, self._costly = state.releases, state.metrics, state.costly
        self._wsgi: Any = app.wsgi_app
        self._proxies = proxies
        self._access_log = access_log or AccessLog()
        sizes = gate_sizes(state.settings.workers, state.settings.limits.seconds)
        self._gates = {name: Gate(size) for name, size in sizes.items()}
        self.threads = sum(size.places + size.waiting for size in sizes.values())
        self._asking: dict[Caller, Callable[[], bool]] = {}  # → whether the client has left
        waiting, dropped = "Requests that wait for a place", "Lines of the log that were dropped"
        at = self._gates.values()
        self._metrics.gauge("lod_requests_waiting", waiting, lambda: sum(g.waiting for g in at))
        self._metrics.counter("lod_log_lines_dropped", dropped, lambda: self._access_log.dropped)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request (PEP 3333). A file is handed over to the server, which sends it without
        a thread; what is long, and made while it is sent, keeps its place.
        """
        began, release = time.perf_counter(), self.releases.current
        environ["REMOTE_ADDR"] = client_of(environ, self._proxies)
        environ[CALLER] = caller = Caller(network(environ["REMOTE_ADDR"]))
        environ[NOTES] = {"release": release.id} if release else {}
        environ.pop("HTTP_UPGRADE", None)  # an offer that may be ignored; Flask would refuse it
        route = below(environ["PATH_INFO"], release.base_path if release else "/")
        head: list[Any] = []
        place = ExitStack()
        try:
            self._let_in(route, environ, caller, place)
            body: Iterable[bytes] = self._wsgi(environ, lambda *given: head.extend(given))
        except Problem as problem:
            body = self._refusal(problem, environ)(environ, lambda *given: head.extend(given))
        except BaseException:
            place.close()
            raise
        status, headers = head[:2]
        lengths = (int(value) for name, value in headers if name.lower() == "content-length")
        size, is_file = next(lengths, None), isinstance(body, ReadOnlyFileBasedBuffer)
        is_short = size is not None and size <= ANSWER_MEMORY_BYTES  # the server takes it at once
        if is_file or is_short or environ["REQUEST_METHOD"] == "HEAD":
            place.close()
        start_response(status, headers)

        def note(sent: int) -> None:
            code, seconds = int(status[:3]), time.perf_counter() - began
            self._metrics.count(route, code, seconds)
            self._access_log.note(environ, code, sent, seconds)

        if is_file:
            note(size or 0)
            return body
        return _sent(body, place, note)

    def look(self) -> None:
        """Stop what clients asked that have left, and what takes too long while others wait; begin
        to open the release that is current.
        """
        for caller, has_left in list(self._asking.items()):
            if has_left():
                caller.leave()
        for gate in self._gates.values():
            gate.cut_short()
        self.releases.follow()

    def _let_in(self, route: str, environ: Environ, caller: Caller, place: ExitStack) -> None:
        """Wait for a place if the request needs one, until `place` is closed; raise Problem."""
        query, accept = environ["QUERY_STRING"], environ.get("HTTP_ACCEPT", "")
        has_body = environ.get("CONTENT_LENGTH", "0") != "0"
        if name := gate_of(self._costly, route, query, accept, has_body):
            self._asking[caller] = environ.get(LEFT, lambda: False)
            place.callback(self._asking.pop, caller)
            place.enter_context(self._gates[name].place(caller))

    def _refusal(self, problem: Problem, environ: Environ) -> Any:
        """Return the response to a request that gets no place."""
        release, query = self.releases.current, environ["QUERY_STRING"][: 1 << 10]
        environ[NOTES]["cause"] = problem.slug
        [form, *_] = parse_qs(query).get("format", [None])
        accept, languages = (environ.get(f"HTTP_ACCEPT{end}", "") for end in ("", "_LANGUAGE"))
        base = release.base if release else "/"
        response = problem_response(problem, accept or None, base, form, languages)
        response.headers.update(HEADERS)
        return response


def client_of(environ: Environ, proxies: Networks) -> str:
    """Return the address of the client: if a proxy asks, the last one that it names and that is no
    proxy.
    """
    address: str = environ["REMOTE_ADDR"]
    for named in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not named.strip() or not _is_among(proxies, address):
            break
        address = named.strip()
    return address


def _is_among(networks: Networks, address: str) -> bool:
    with suppress(ValueError):
        parsed = ip_address(address.partition("%")[0])
        plain = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(plain in known for known in networks)
    return False


def _sent(body: Iterable[bytes], place: ExitStack, note: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the pieces of a body; at the end, or when the client leaves, close all, and note how
    many bytes were taken.
    """
    sent = 0
    with place:
        try:
            for piece in body:
                yield piece
                sent += len(piece)
        finally:
            if close := getattr(body, "close", None):
                close()
            note(sent)
