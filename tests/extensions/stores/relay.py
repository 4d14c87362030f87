"""A server between us and a store, that passes on what it is asked or does what a test says."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "host"}


class Passage(BaseHTTPRequestHandler):
    """One request, passed on unless the relay has another idea."""

    protocol_version = "HTTP/1.1"
    server: "Relais"
    body: bytes

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.fault_for(self)
        if fault is None:
            self.pass_on(self.body)
        else:
            fault(self)

    do_POST = do_GET

    def pass_on(self, body: bytes) -> None:
        kept = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        connection.request(self.command, self.path, body, kept)
        got = connection.getresponse()
        data = got.read()
        connection.close()
        headers = [(k, v) for k, v in got.getheaders() if k.lower() not in HOP]
        self.answer(got.status, data, headers)

    def answer(self, status: int, data: bytes = b"", headers: Any = ()) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


Fault = Callable[[Passage], None]


class Relais(ThreadingHTTPServer):
    """`faults` is asked about each request to load, by its number; `always` about every one."""

    daemon_threads = True

    def __init__(self, behind: int) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.behind = behind
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.heal()

    def heal(self) -> None:
        """Pass on everything, and count anew."""
        self.faults: Callable[[int], Fault | None] = lambda number: None
        self.always: Callable[[Passage], Fault | None] = lambda passage: None
        self.loads = 0

    def fault_for(self, passage: Passage) -> Fault | None:
        """What to do instead of passing a request on."""
        if (fault := self.always(passage)) is not None:
            return fault
        if passage.path.startswith(("/store", "/sparql-graph-crud")):
            self.loads += 1
            return self.faults(self.loads)
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may leave, and a store may be killed."""


@contextmanager
def relaying(behind: int) -> Iterator[Relais]:
    """Give a relay that runs."""
    with Relais(behind) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def status(code: int, **headers: str) -> Fault:
    """A server that refuses."""
    return lambda passage: passage.answer(
        code, b"no", [(k.replace("_", "-"), v) for k, v in headers.items()]
    )


def dead(passage: Passage) -> None:
    """A server that hangs up without a word."""
    passage.close_connection = True
    passage.connection.close()


def dripping(enough: threading.Event) -> Fault:
    """A server whose headers never end."""

    def answer(passage: Passage) -> None:
        passage.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not enough.wait(0.02):
            passage.wfile.write(b"X-More: 1\r\n")
            passage.wfile.flush()
        passage.close_connection = True

    return answer


def saying(data: bytes, media: str, announced: int = 0) -> Fault:
    """A server that claims success, and says these bytes, of more that it announces."""

    def answer(passage: Passage) -> None:
        passage.send_response_only(200)
        passage.send_header("Content-Type", media)
        passage.send_header("Content-Length", str(len(data) + announced))
        passage.end_headers()
        passage.wfile.write(data)
        passage.close_connection = True

    return answer
