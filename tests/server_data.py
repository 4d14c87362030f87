"""A release as small as the server can serve, and a server on a free port."""

import gzip
import http.client
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Quad, RdfFormat, Store
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from werkzeug.test import TestResponse

from lod.comptes import Comptes, Ensemble, Total
from lod.dataset import RESULTATS, describe
from lod.server.app import SERVER
from lod.settings import Settings

BASE = "http://exemple.test/"
THINGS = ("question/QANR5L15QE43349", "depute/PA718926", "auteur/15/pierre-dharreville")
FORMS = ("html", "ttl", "jsonld", "nt")
ROWS = 60  # five of them joined are 777,600,000 rows: no engine ends in time
CROSS = (
    "SELECT (COUNT(*) AS ?n) { ?a <urn:rang> ?b . ?c <urn:rang> ?d . ?e <urn:rang> ?f . "
    "?g <urn:rang> ?h . ?i <urn:rang> ?j FILTER(?b + ?d + ?f + ?h + ?j < 0) }"
)


def ntriples(identity: str) -> str:
    """The data of one release: sixty numbers, and which release it is."""
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
    write(site / "index.html", f"<h1>Accueil {identity}</h1>")
    write(site / "def.html", "<h1>Ontologie</h1>")
    write(site / "def.en.html", "<h1>Ontology</h1>")
    write(site / "def.jsonld", '{"@context": {}}')
    write(site / "sparql.html", "<form></form>")
    write(site / "telechargements" / "index.html", "<h1>Téléchargements</h1>")
    write(site / "static" / "style.css", "main {}")
    for name in ("ontology.ttl", "void.ttl", "dcat.ttl"):
        write(dumps / name, f"# {name}")
    (dumps / "service.ttl").write_bytes(service(base))
    (site / "telechargements" / "questions.nt.gz").write_bytes(gzip.compress(b"x", mtime=0))
    write(site / "telechargements" / "SHA256SUMS", "0  questions.nt.gz")
    manifest = {"id": identity, "base": base, "donnees_au": "2026-10-31", "triples": {"store": 61}}
    write(release / "manifest.json", json.dumps(manifest))
    point(folder, identity)
    return release


def service(base: str) -> bytes:
    """Return the description of a service whose release has sixty-one triples."""
    figures = Ensemble(triplets=61, entites=0, sujets=61, classes=(), proprietes=())
    counted = Comptes(Total(61, 61, 61), 0, (), (), ())
    values = {"donnees_au": "2026-10-31", "formes": RESULTATS, "parties": {}, "comptes": counted}
    return describe("service.ttl", Settings(base=base), ensemble=figures, **values)


def point(folder: Path, identity: str) -> None:
    """Make a release current."""
    link = folder / f".current-{os.getpid()}"
    link.symlink_to(Path("releases") / identity)
    link.replace(folder / "current")


def write(path: Path, text: str) -> None:
    """Write a file, and its folder if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def write_store(path: Path, quads: str | list[Quad]) -> None:
    """Write a store and close it."""
    path.mkdir(parents=True)
    store = Store(path)
    if isinstance(quads, str):
        store.load(quads, format=RdfFormat.N_TRIPLES)
    else:
        store.extend(quads)
    store.flush()


class BufferedClient(FlaskClient):
    """A client that reads each answer to its end and closes it, as a server does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **kwargs})


def client_of(app: Flask) -> FlaskClient:
    """Return a client of the application, without HTTP."""
    return BufferedClient(app, app.response_class)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """One answer, its header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass
class Server:
    """A server on the loopback."""

    app: Flask
    port: int

    def ask(
        self, target: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Answer:
        """Send one request as it is given; `Content_Type` stands for `Content-Type`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, target, body, named)
            got = connection.getresponse()
            return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        finally:
            connection.close()


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[Server]:
    """Serve the application by waitress in a thread, with the settings of `lod serve`."""
    channels: dict[int, Any] = {}
    server = create_server(app, map=channels, host="127.0.0.1", port=port, **SERVER)

    def loop() -> None:
        with suppress(OSError):  # its socket is closed below
            server.run()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield Server(app, int(server.effective_port))
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(5)
        # whose client left without being noticed yet: its socket, and the file it was sent
        for channel in [c for c in channels.values() if isinstance(c, HTTPChannel)]:
            channel.handle_close()
        wasyncore.close_all(channels, ignore_all=True)
        app.extensions["releases"].close()


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
