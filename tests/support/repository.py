"""A server that does what a test says, remembers what it was asked; what it may answer."""

import hashlib
import io
import json
import random
import struct
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from lod.base.errors import LodError
from lod.remote.http import Limits
from tests.support.patience import patience


class Request(BaseHTTPRequestHandler):
    """One request; what is answered is the next line of the server's script."""

    protocol_version = "HTTP/1.1"
    server: "Depot"
    body: bytes

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.requests.append(self)
        script = self.server.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    do_POST = do_GET

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), strict_parsing=True)

    def start(self, status: int, **headers: object) -> None:
        self.send_response_only(status)
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
        return [request.headers[name] for request in self.requests]


@contextmanager
def running() -> Iterator[Depot]:
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


def archive_of(seed: int, size: int = 100_000) -> bytes:
    """A zip of two records of noise, which does not shrink."""
    noise, file = random.Random(seed), io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("json/QANR5L17QG1.json", "json/QANR5L17QG2.json"):
            archive.writestr(name, noise.randbytes(size))
    return file.getvalue()


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def zipped(data: bytes, name: str = "x.json", count: int = 1) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}-{name}", data)
    return file.getvalue()


def sharing(whole: bytes, count: int) -> bytes:
    """Return a zip of one member whose directory names it so many times."""
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entries = whole[start:end] * count
    sizes = struct.pack("<HHIIH", count, count, len(entries), start, 0)
    return whole[:start] + entries + b"PK\x05\x06\0\0\0\0" + sizes


LIMITS = Limits(delays=(), whole=0.1, size=2**16)


def ended(act: Callable[[], object], seconds: float) -> str:
    """Return what a request said in its end; fail if it does not end in time."""
    said: list[str] = []

    def run() -> None:
        try:
            act()
        except LodError as error:
            said.append(str(error))

    thread = threading.Thread(target=run, daemon=True)
    begun = time.monotonic()
    thread.start()
    thread.join(patience(seconds))
    assert not thread.is_alive(), f"it goes on after {time.monotonic() - begun:.0f} seconds"
    [text] = said
    assert len(text) < 500
    return text


Question = dict[str, object]
Change = Callable[[Question], object]


def rewrite(path: Path, changes: dict[str, Change | None]) -> None:
    """Change some records of an archive; None: leave it out. All others keep their bytes."""
    with zipfile.ZipFile(path) as old:
        records = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in records.items():
            uid = Path(name).stem
            if uid in changes:
                change, record = changes[uid], json.loads(data)
                if change is None:
                    continue
                change(record["question"])
                data = json.dumps(record).encode()
            new.writestr(name, data)


RESULTS = "application/sparql-results+json"
EXCEPTION = b"\njava.util.concurrent.TimeoutException\n\tat java.base/java.util.concurrent\n"
ROWS = [{"item": "http://www.wikidata.org/entity/Q30334188", "an": "718926"}]


def body_of(rows: Iterable[dict[str, str]]) -> bytes:
    bindings = [{n: {"type": "literal", "value": v} for n, v in row.items()} for row in rows]
    names = sorted({name for row in bindings for name in row})
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()


BODY = body_of(ROWS)


def results(rows: Iterable[dict[str, str]] = ROWS, **headers: object) -> Answer:
    return claiming(body_of(rows), **headers)


def claiming(body: bytes, **headers: object) -> Answer:
    return saying(200, body, **{"Content_Type": f"{RESULTS};charset=utf-8", **headers})


def page(status: int, text: str = "<h1>Too many requests</h1>", **headers: object) -> Answer:
    """What people would see in a browser."""
    return saying(status, text.encode(), Content_Type="text/html", **headers)


def cut(body: bytes = BODY) -> Answer:
    """Half of an answer and then an exception, as WDQS ends what took 60 seconds; in chunks."""

    def answer(request: Request) -> None:
        request.start(200, Content_Type=RESULTS, Transfer_Encoding="chunked")
        for piece in (body[: len(body) // 2], EXCEPTION, b""):
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        request.close_connection = True

    return answer


def hanging_up(sent: int | None) -> Answer:
    """So many bytes of an answer that announces more; None for not even a status line."""

    def answer(request: Request) -> None:
        if sent is not None:
            request.start(200, Content_Type=RESULTS, Content_Length=len(BODY))
            request.wfile.write(BODY[:sent])
        request.close_connection = True

    return answer


def dripping(enough: threading.Event) -> Answer:
    """A line of headers, again and again, until the test has seen enough."""

    def answer(request: Request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not enough.wait(0.02):
            request.wfile.write(b"X-More: 1\r\n")
            request.wfile.flush()
        request.close_connection = True

    return answer


def limited(most: int) -> Answer:
    """An endpoint that answers one row for each item, and is cut if there are more than `most`."""

    def answer(request: Request) -> None:
        words = request.form["query"][0].split()
        items = sorted({word for word in words if word.startswith("wd:Q")})
        rows = [{"item": f"http://www.wikidata.org/entity/{item[3:]}"} for item in items]
        (results(rows) if len(items) <= most else cut(body_of(rows)))(request)

    return answer
