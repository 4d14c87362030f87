"""The HTTP server: waitress, a loop that reads and writes around threads that answer.

It sends a file by itself, in pieces, without a thread. It bounds heads, bodies, and the time that a
connection says nothing, and counts connections, but not those of a client: a proxy does that.
"""

import ctypes
import logging
import resource
import signal
import socket
import sys
import time
from http import HTTPStatus

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask
from waitress.utilities import RequestHeaderFieldsTooLarge

from lod.server import limits
from lod.server.common.problems import HEADERS, Problem, problem_response, slug_of
from lod.server.front.front import Front

SET_DUMPABLE = 4  # prctl(2)
WANTED = limits.CONNECTIONS * limits.CONNECTION_DESCRIPTORS + limits.DESCRIPTORS_KEPT_BACK
PROTECTIONS = {  # of the readers, where the system has them → what is so where it does not
    "seccomp": "readers may open sockets and start programs; SERVICE is refused by its name alone",
    "landlock": "readers may read whatever this account may read",
}
log = logging.getLogger(__name__)
# it warns of each request that waits for a thread, and of each client that has left
logging.getLogger("waitress").setLevel(logging.ERROR)


class Refused(ErrorTask):  # type: ignore[misc]  # waitress states no types
    """Answers what is refused before it is a request, as a problem."""

    def execute(self) -> None:
        """Write the answer, after which the connection ends."""
        error = self.request.error
        accept = self.request.headers.get("ACCEPT")
        problem = Problem(slug_of(error.code), "{}", error.body)
        response = problem_response(problem, accept, "/")
        response.headers.update(HEADERS)
        self.status = f"{error.code} {HTTPStatus(error.code).phrase}"
        self.response_headers.extend(response.headers.items())
        self.set_close_on_finish()
        self.content_length = len(body := response.get_data())
        self.write(body)


class Head(HTTPRequestParser):  # type: ignore[misc]
    """The head of a request: few lines, for all wait while it is parsed; no 100 for a long body."""

    def parse_header(self, header_plus: bytes) -> None:
        if is_long := header_plus.count(b"\n") > limits.HEAD_LINES:
            self.error = RequestHeaderFieldsTooLarge(f"more than {limits.HEAD_LINES} lines")
        super().parse_header(b"GET / HTTP/1.0\r\n" if is_long else header_plus)
        self.expect_continue &= self.content_length <= limits.BODY_BYTES


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection; `is_busy`: a request arrives, or is answered."""

    error_task_class, parser_class = Refused, Head
    is_busy = property(lambda self: bool(self.requests or self.request or self.total_outbufs_len))


class HttpServer:
    """A server on a socket, to be run by one thread."""

    def __init__(self, front: Front, listener: socket.socket, *, grace: float) -> None:
        """Requests that have begun when it stops may take `grace` seconds to end."""
        self._front, self._grace, self._stop_at = front, grace, float("inf")
        self._server = create_server(
            front, sockets=[listener], threads=front.threads + limits.FREE_THREADS, ident=None,
            connection_limit=most_connections(), backlog=limits.BACKLOG, asyncore_use_poll=True,
            channel_timeout=limits.SILENT_SECONDS, cleanup_interval=1, log_socket_errors=False,
            channel_request_lookahead=1,  # else nobody sees that a client leaves
            clear_untrusted_proxy_headers=False,  # the front knows whom it believes
            max_request_header_size=limits.HEAD_BYTES, inbuf_overflow=limits.BODY_MEMORY_BYTES,
            max_request_body_size=limits.BODY_BYTES + 1,
            outbuf_overflow=2 * limits.ANSWER_MEMORY_BYTES,  # a file only for what is longer
            outbuf_high_watermark=limits.ANSWER_MEMORY_BYTES,
        )  # fmt: skip
        self._server.channel_class = Channel

    def run(self) -> None:
        """Serve until `stop` is called, and then until all requests that have begun have ended."""
        server, look_at = self._server, 0.0
        release = self._front.releases.current
        for name, meaning in PROTECTIONS.items():
            if release and name not in release.pool.protections:
                log.warning("no %s here: %s", name, meaning)
        while not self._is_over():
            wasyncore.loop(limits.LOOK_SECONDS, use_poll=True, map=server._map, count=1)
            if (now := time.monotonic()) >= look_at:
                look_at = now + limits.LOOK_SECONDS
                self._front.look()
        server.task_dispatcher.shutdown(timeout=0)
        wasyncore.close_all(server._map)
        self._front.releases.close()

    def stop(self) -> None:
        """Take no new connection, and end soon; may be called in a signal handler."""
        self._server.accepting = False
        self._stop_at = min(self._stop_at, time.monotonic() + self._grace)

    def _is_over(self) -> bool:
        if self._stop_at == float("inf"):
            return False
        channels = list(self._server.active_channels.values())
        return time.monotonic() > self._stop_at or not any(c.is_busy for c in channels)


def most_connections() -> int:
    """Return how many connections the process has descriptors for, after asking for enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < WANTED:
        soft = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    room = (soft - limits.DESCRIPTORS_KEPT_BACK) // limits.CONNECTION_DESCRIPTORS
    return max(1, min(limits.CONNECTIONS, room))


def hide_memory() -> None:
    """Let no other process of this user, such as a reader, look into this one (Linux: prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DUMPABLE, ctypes.c_ulong(0), *(ctypes.c_ulong(0),) * 3)


def serve(front: Front, listener: socket.socket, *, grace: float) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, then finish the requests that have begun."""
    sys.setswitchinterval(limits.SWITCH_SECONDS)
    hide_memory()
    server = HttpServer(front, listener, grace=grace)
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, lambda *_: server.stop())
    server.run()
