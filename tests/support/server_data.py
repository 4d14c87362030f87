"""A release as small as the server can serve, and a server on a free port."""

import functools
import gzip
import http.client
import http.server
import json
import os
import random
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyoxigraph import Quad, RdfFormat, Store
from werkzeug.test import Client
from werkzeug.wrappers import Response

from lod.base.settings import Settings
from lod.cli.serving import listening_socket
from lod.model.question import Question
from lod.publish.publication import Publication
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import IndexContext, write_index
from lod.publish.store_counts import StoreCounts
from lod.publish.void import describe_service
from lod.rdf.iris import Iris
from lod.server.engine.reader import EngineQuery
from lod.server.engine.settings import ServerSettings
from lod.server.front.access_log import AccessLog
from lod.server.front.front import Front
from lod.server.front.listener import HttpServer
from lod.server.routes.app import create_app
from tests.support.chantier import question, write_questions
from tests.support.patience import HANG

BASE = "http://exemple.test/"
THINGS = ("question/QANR5L15QE43349", "depute/PA718926", "auteur/15/pierre-dharreville")
FORMS = ("html", "ttl", "jsonld", "nt", "rdf")
ROWS = 60  # five of them joined are 777,600,000 rows: no engine ends in time
CROSS = (
    "SELECT (COUNT(*) AS ?n) { ?a <urn:rang> ?b . ?c <urn:rang> ?d . ?e <urn:rang> ?f . "
    "?g <urn:rang> ?h . ?i <urn:rang> ?j FILTER(?b + ?d + ?f + ?h + ?j < 0) }"
)
RELEASE = "SELECT ?id { <urn:release> <urn:id> ?id }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def ntriples(identity: str) -> str:
    lines = [f'<urn:n{i}> <urn:rang> "{i}"^^<http://www.w3.org/2001/XMLSchema#integer> .'
             for i in range(ROWS)]  # fmt: skip
    return "\n".join([*lines, f'<urn:release> <urn:id> "{identity}" .'])


def publish(
    folder: Path, identity: str = "r1", base: str = BASE, quads: str | list[Quad] = ""
) -> Path:
    """Write a release and switch `current` to it by one rename."""
    release = folder / "releases" / identity
    site, dumps = release / "site", release / "dumps"
    write_store(release / "store", quads or ntriples(identity))
    for thing in THINGS:
        for form in FORMS:
            write(site / f"{thing}.{form}", f"{form} {thing} {identity}")
    write_questions(release, [question("2021-12-28", uid=Path(THINGS[0]).name)], base)
    write(site / "index.html", f"<h1>Accueil {identity}</h1>")
    write(site / "def.html", "<h1>Ontologie</h1>")
    write(site / "def.en.html", "<h1>Ontology</h1>")
    for form, text in (("jsonld", '{"@context": {}}'), ("nt", ""), ("rdf", "<x/>")):
        write(site / f"def.{form}", text)
    write(site / "sparql.html", "<form></form>")
    write(site / "telechargements" / "index.html", "<h1>Téléchargements</h1>")
    write(site / "static" / "style.css", "main {}")
    for name in ("ontology.ttl", "void.ttl", "dcat.ttl", "exemples.ttl"):
        write(dumps / name, f"# {name}")
    (dumps / "service.ttl").write_bytes(service(base))
    (site / "telechargements" / "questions.nt.gz").write_bytes(gzip.compress(b"x", mtime=0))
    write(site / "telechargements" / "SHA256SUMS", "0  questions.nt.gz")
    manifest = {"id": identity, "base": base, "donnees_au": "2026-10-31", "triples": {"store": 61}}
    write(release / "manifest.json", json.dumps(manifest))
    point(folder, identity)
    return release


def write_search_index(release: Path, questions: Iterable[Question], base: str = BASE) -> None:
    said = Publication(base, "", date(2026, 10, 31)).saved_properties()
    write_index(release / INDEX_FILE, questions, IndexContext(Iris(base), str, said))


def service(base: str) -> bytes:
    counts = StoreCounts(61, 0, 61, (), (), ())
    return describe_service(Settings(base=base), counts, {}, date(2026, 10, 31))


def point(folder: Path, identity: str, moment: float | None = None) -> None:
    """Make a release current, now or at a moment in seconds since the epoch."""
    link = folder / f".current-{os.getpid()}"
    link.symlink_to(Path("releases") / identity)
    if moment is not None:
        os.utime(link, (moment, moment), follow_symlinks=False)
    link.replace(folder / "current")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def write_store(path: Path, quads: str | list[Quad]) -> None:
    path.mkdir(parents=True)
    store = Store(path)
    if isinstance(quads, str):
        store.load(quads, format=RdfFormat.N_TRIPLES)
    else:
        store.extend(quads)
    store.flush()


def client_of(server: "Server") -> Client:
    """Return a client that is as handy as one without HTTP, and speaks it."""

    def forward(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        headers = {key[5:].replace("_", "-").title(): value for key, value in environ.items()
                   if key.startswith("HTTP_")}  # fmt: skip
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else None
        path, query = environ["REQUEST_URI"].partition("?")[0], environ["QUERY_STRING"]
        target = (
            f"{path}?{quote(query, safe='%&=+!$~*;:@/?,', encoding='latin-1')}" if query else path
        )
        got = server.ask(target, environ["REQUEST_METHOD"], body, **headers)
        start_response(f"{got.status} ", [*got.pairs])
        return [got.body]

    return Client(forward, Response)


def free_port() -> int:
    """Return a port that nobody listens on, below those that Linux gives to clients."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", random.randrange(15_000, 32_768)))
            return int(probe.getsockname()[1])


@dataclass
class Answer:
    """One answer, its header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    pairs: tuple[tuple[str, str], ...] = ()  # the headers again, none of them lost

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


def asked(
    port: int, target: str, method: str, body: bytes | None, headers: dict[str, str],
    timeout: float = HANG, source: str = "127.0.0.1",
) -> Answer:  # fmt: skip
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=timeout, source_address=(source, 0)
    )
    return asked_on(connection, target, method, body, headers)


def asked_on(
    connection: http.client.HTTPConnection, target: str, method: str, body: bytes | None,
    headers: dict[str, str],
) -> Answer:  # fmt: skip
    """Send one request as it is given (`Content_Type` stands for `Content-Type`), and close."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(connection):
        connection.request(method, target, body, named)
        got = connection.getresponse()
        pairs = tuple(got.getheaders())
        return Answer(got.status, {k.lower(): v for k, v in pairs}, got.read(), pairs)


@dataclass
class Server:
    """A server on the loopback."""

    front: Front
    port: int

    def ask(
        self, target: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Answer:
        return asked(self.port, target, method, body, headers)


@contextmanager
def serving(
    folder: Path, port: int = 0, access_log: AccessLog | None = None, **options: Any
) -> Iterator[Server]:
    """Serve a folder in a thread, as `lod serve` does."""
    front = Front(create_app(folder, ServerSettings(**options)), access_log)
    listener = listening_socket("127.0.0.1", port)
    running = HttpServer(front, listener, grace=5)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield Server(front, int(listener.getsockname()[1]))
    finally:
        running.stop()
        thread.join(HANG)


@contextmanager
def files_served(folder: Path, port: int = 0) -> Iterator[int]:
    """Serve a folder as any web server does, without Python behind it; give its port."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Listen on a free port; give the port, and what was sent to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    connection, _ = server.accept()
                    with connection:
                        connection.settimeout(1)
                        heard.append(connection.recv(1000))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            stop.set()
            thread.join()


def ask(query: str) -> EngineQuery:
    return EngineQuery(query, BASE, "application/sparql-results+json", "text/turtle")
