"""A server that does what a test says, and remembers what it was asked."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


class Request(BaseHTTPRequestHandler):
    """One request; what is answered is the next line of the server's script."""

    protocol_version = "HTTP/1.1"
    server: "Depot"
    form: dict[str, list[str]]

    def do_GET(self) -> None:
        self.server.requests.append(self)
        script = self.server.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.form = parse_qs(body.decode(), strict_parsing=True)
        self.do_GET()

    def start(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


Answer = Callable[[Request], None]


class Depot(ThreadingHTTPServer):
    """A server that does what a test says, and remembers what it was asked."""

    daemon_threads = True
    script: list[Answer]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.requests: list[Request] = []
        self.base = f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client may leave
            super().handle_error(request, client_address)

    def asked(self, name: str) -> list[str | None]:
        """A header of each request."""
        return [request.headers[name] for request in self.requests]


@contextmanager
def running() -> Iterator[Depot]:
    """Give a server that runs, on a port of the system's choice."""
    with Depot() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def saying(status: int, body: bytes = b"", **headers: object) -> Answer:
    """A server that always says the same; a Content-Length of its own is what it claims."""

    def answer(request: Request) -> None:
        head = {"Content_Length": len(body), "Connection": "close"}
        request.start(status, **{**head, **headers})
        request.wfile.write(body)

    return answer
