"""The examples for nginx and Caddy, each run by the real program before a real `lod serve`."""

import gzip
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode

import pytest

from lod.base.packing import zstd
from lod.publish.release import current
from lod.server.limits import BODY_BYTES
from tests.support.deployed import PROXIES, caddy, example, nginx, serving
from tests.support.live import Live, live
from tests.support.patience import HANG, wait_for
from tests.support.programs import need, output
from tests.support.server_data import THINGS, Answer, asked, asked_on, free_port, point, publish

pytestmark = [pytest.mark.tool, pytest.mark.slow]

NAME = "questions.example.org"  # in the examples; here it is localhost
STRANGER = "127.0.0.2"  # the address of the clients: another one than that of the proxy
FREE = 10.0  # seconds until a query has ended
TIMEOUT = 60  # seconds of a query: whatever ends it before is its client
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
    "FILTER(CONCAT(STR(?a), STR(?d)) = STR(?i)) }"
)
CADDY = """{{
	admin off
	auto_https disable_redirects
	http_port {http}
	https_port {https}
	servers"""
# what a client may write for /metrics
METRICS = (
    "/metrics", "/metrics/", "/metrics%2f", "/metrics%2F", "//metrics", "///metrics//",
    "/metrics?x", "/%6detrics", "/%6Detrics", "/%2fmetrics", "/./metrics", "/x/../metrics",
    "/x/%2e%2e/metrics", "/x/..%2fmetrics", "/metrics/.", "/metrics//", "/metrics/../metrics",
    "http://localhost/metrics", "/metrics%23", "/metrics%3fx", "/%256detrics", "/METRICS",
    "/metrics;x", "/metrics%00", "/metrics%20", "/metrics/x", "/metrics#x", "/x#/../metrics",
    "/x%2f..%2fmetrics", "metrics",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proxy:
    name: str
    port: int  # of https
    http_port: int
    server: Live
    context: ssl.SSLContext  # that trusts its certificate

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def connect(self, source: str = STRANGER) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), HANG, (source, 0))
        return self.context.wrap_socket(plain, server_hostname="localhost")

    def ask(
        self,
        target: str,
        method: str = "GET",
        body: bytes | None = None,
        *,
        source: str = STRANGER,
        **headers: str,
    ) -> Answer:
        connection = http.client.HTTPConnection("localhost", self.port)
        connection.sock = self.connect(source)
        return asked_on(connection, target, method, body, headers)

    def status(self, target: str) -> tuple[int, bytes]:
        """Return the status and the body of a request that no library would write; 0: none came."""
        with self.connect() as connection, suppress(OSError):
            head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            connection.sendall(head.encode("latin-1"))
            read = b"".join(iter(lambda: connection.recv(65536), b""))
            if found := re.match(rb"HTTP/1\.[01] (\d{3})", read):
                return int(found[1]), read
        return 0, b""


def nginx_command(folder: Path, server: Live, https: int, plain: int) -> list[str]:
    live_folder = f"/etc/letsencrypt/live/{NAME}"
    return nginx(folder, example(
        "nginx.conf",
        (f"{live_folder}/fullchain.pem", f"{folder}/cert.pem"),
        (f"{live_folder}/privkey.pem", f"{folder}/key.pem"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl backlog=4096;", f"listen 127.0.0.1:{https} ssl;"),
        ("127.0.0.1:8000;", f"127.0.0.1:{server.port};"),
        ("/var/cache/nginx-lod", f"{folder}/cache"),
        (NAME, "localhost"),
    ))  # fmt: skip


def caddy_command(folder: Path, server: Live, https: int, plain: int) -> list[str]:
    return caddy(folder, example(
        "Caddyfile",
        ("{\n\tservers", CADDY.format(http=plain, https=https)),
        (f"{NAME} {{\n", f"localhost {{\n\ttls {folder}/cert.pem {folder}/key.pem\n"
                         "\tbind 127.0.0.1\n"),
        ("reverse_proxy 127.0.0.1:8000", f"reverse_proxy 127.0.0.1:{server.port}"),
    ))  # fmt: skip


COMMANDS = {"nginx": nginx_command, "caddy": caddy_command}


@pytest.fixture(scope="module")
def server(sample: Path) -> Iterator[Live]:
    options = ("--proxy", "127.0.0.1", "--log-addresses", "--workers", "2")
    with live(sample, options=options, timeout=TIMEOUT) as started:
        yield started


@pytest.fixture(scope="module", params=COMMANDS)
def proxy(
    request: pytest.FixtureRequest, server: Live, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    name = str(request.param)
    folder, https, plain = tmp_path_factory.mktemp(name), free_port(), free_port()
    output(
        need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
        "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
    )  # fmt: skip
    command = COMMANDS[name](folder, server, https, plain)
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    context = ssl.create_default_context(cafile=folder / "cert.pem")
    found = Proxy(name, https, plain, server, context)
    with serving(command, folder, lambda: found.ask("/sante").status == 200, environment):
        yield found


def lines_about(path: str, said: str) -> list[dict[str, object]]:
    whole = (line for line in said.splitlines(keepends=True) if line.endswith("\n"))
    lines = (json.loads(line) for line in whole if line.startswith("{"))
    return [line for line in lines if line.get("chemin") == path]


def test_pages_and_queries_pass(proxy: Proxy) -> None:
    """A page, a query by GET and by POST, and a query as long as an address may be."""
    assert b"<h1" in proxy.ask("/").body
    asked = "ASK { ?q qp:numero 43349 }"
    form, plain = "application/x-www-form-urlencoded", "application/sparql-query"
    query = urlencode({"query": asked, "format": "csv"})
    long = urlencode({"query": f"{asked} # {'x' * 30_000}", "format": "csv"})
    for got in (
        proxy.ask(f"/sparql?{query}"),
        proxy.ask(f"/sparql?{long}"),
        proxy.ask("/sparql", "POST", query.encode(), Content_Type=form),
        proxy.ask("/sparql?format=csv", "POST", asked.encode(), Content_Type=plain),
    ):
        assert (got.status, got.body) == (200, b"true"), got


def test_what_is_short_is_not_cut(proxy: Proxy) -> None:
    """A query of nearly the longest body is taken; an update is refused by the service."""
    text = b"ASK {} #" + b"x" * (BODY_BYTES - 100)
    got = proxy.ask("/sparql?format=csv", "POST", text, Content_Type="application/sparql-query")
    assert (got.status, got.body) == (200, b"true")
    update = proxy.ask("/sparql", "POST", b"DROP ALL", Content_Type="application/sparql-update")
    assert update.status == 403


def test_too_long_a_body_is_told(proxy: Proxy) -> None:
    """Whoever writes all before it reads has the 413 still, or with Caddy a closed connection."""
    handler = urllib.request.HTTPSHandler(context=proxy.context)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), handler)
    request = urllib.request.Request(f"{proxy.url}/sparql", b"x" * (9 << 20))
    for _ in range(5):
        with pytest.raises(URLError) as refused:
            opener.open(request, timeout=HANG)
        if proxy.name == "nginx" or isinstance(refused.value, HTTPError):
            assert isinstance(refused.value, HTTPError) and refused.value.code == 413
            assert refused.value.read()


@pytest.mark.parametrize("target", METRICS)
def test_metrics_are_not_for_clients(proxy: Proxy, target: str) -> None:
    """However the path is written; from the machine itself they can be had."""
    status, read = proxy.status(target)
    assert status in (0, 301, 400, 404) and b"lod_requests" not in read, read[:500]


@pytest.mark.parametrize(
    "said", [{}, {"X_Forwarded_For": "203.0.113.9"}, {"X_Forwarded_For": "127.0.0.1, 203.0.113.9"}]
)
def test_a_client_cannot_be_another(proxy: Proxy, said: dict[str, str]) -> None:
    """The service sees the address that the proxy has seen, whatever the client says."""
    path, server = "/sante", proxy.server  # which no proxy keeps
    before = len(lines_about(path, server.said))
    proxy.ask(path, **said)
    # the log is written after the answer is sent, by a thread of its own
    wait_for(lambda: len(lines_about(path, server.said)) > before, FREE, lambda: server.said)
    assert lines_about(path, server.said)[-1]["client"] == STRANGER


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_client_that_leaves_ends_its_query(proxy: Proxy, method: str) -> None:
    """Long before the time that a query may take."""
    target = f"/sparql?query={quote(ENDLESS)}" if method == "GET" else "/sparql"
    body = "" if method == "GET" else urlencode({"query": ENDLESS})
    kind = "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{kind}{length}\r\n"
    with proxy.connect() as connection:
        connection.sendall((head + body).encode())
        wait_for(lambda: busy(proxy.server) == 1, FREE, lambda: "the query does not run")
    wait_for(lambda: busy(proxy.server) == 0, FREE, lambda: "it runs on, for nobody")


def test_a_client_of_http_2_that_leaves_ends_its_query(proxy: Proxy) -> None:
    """The stream ends, and so does the request that the proxy has made of it."""
    command = [need("curl"), "-sk", "--http2", "-o", os.devnull, "-G", f"{proxy.url}/sparql",
               "--data-urlencode", f"query={ENDLESS} # once more would be kept"]  # fmt: skip
    version = output(*command[:3], "-o", os.devnull, "-w", "%{http_version}", f"{proxy.url}/sante")
    assert version == "2"
    with subprocess.Popen(command) as client:
        wait_for(lambda: busy(proxy.server) == 1, FREE, lambda: "the query does not run")
        client.kill()
    wait_for(lambda: busy(proxy.server) == 0, FREE, lambda: "it runs on, for nobody")


def busy(server: Live) -> int:
    text = server.ask("/metrics").body.decode()
    return int(float(re.findall(r"^lod_readers_busy (\S+)$", text, re.M)[0]))


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_what_is_compressed_is_compressed_once(proxy: Proxy, coding: str) -> None:
    """By the proxy; the page is the same, and what a client has, it is told that it has."""
    if (proxy.name, coding) == ("nginx", "zstd"):
        coding = "gzip"  # what it has of those that browsers ask for
    plain = proxy.ask("/exemples.html")
    assert "content-encoding" not in plain.headers
    got = proxy.ask("/exemples.html", Accept_Encoding=coding)
    assert got.headers["content-encoding"] == coding and "Accept-Encoding" in got.headers["vary"]
    read = zstd.decompress
    assert (read if coding == "zstd" else gzip.decompress)(got.body) == plain.body
    for answer, more in ((plain, {}), (got, {"Accept_Encoding": coding})):
        again = proxy.ask("/exemples.html", If_None_Match=answer.headers["etag"], **more)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"].removeprefix("W/") == plain.headers["etag"]


def test_a_download_can_be_resumed(proxy: Proxy, sample: Path) -> None:
    """Its length is told, and a part is the part, whether the client accepts codings or not."""
    whole = (current(sample) / "dumps" / "questions.nt.gz").read_bytes()
    for more in ({}, {"Accept_Encoding": "gzip, zstd"}):
        head = proxy.ask("/telechargements/questions.nt.gz", "HEAD", **more)
        assert (head.headers["content-length"], head.headers["accept-ranges"]) == (
            str(len(whole)), "bytes")  # fmt: skip
        part = proxy.ask("/telechargements/questions.nt.gz", Range="bytes=1000-1999", **more)
        assert (part.status, part.body) == (206, whole[1000:2000])
        assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
        assert part.headers["etag"] == head.headers["etag"]


@pytest.mark.parametrize("proxy", ["nginx"], indirect=True)  # Caddy has no such bound
def test_who_asks_too_much_is_paced(proxy: Proxy) -> None:
    """Of four hundred requests those beyond the burst have a 429; somebody else is answered."""
    target = "/api/questions.json?q=plan"
    head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    with proxy.connect() as connection:
        connection.sendall((head * 399 + last).encode())
        read = b"".join(iter(lambda: connection.recv(65536), b""))
    statuses = Counter(re.findall(rb"HTTP/1\.1 (\d{3}) ", read))
    assert set(statuses) == {b"200", b"429"} and statuses[b"200"] >= 150, statuses
    assert proxy.ask(target, source="127.0.0.3").status == 200


def test_plain_http_is_redirected(proxy: Proxy) -> None:
    """By nginx as the example says; Caddy does so by itself where it has port 80."""
    if proxy.name == "nginx":
        connection = http.client.HTTPConnection("127.0.0.1", proxy.http_port, timeout=HANG)
        connection.request("GET", "/def?x=1", headers={"Host": "localhost"})
        got = connection.getresponse()
        assert (got.status, got.headers["Location"]) == (301, "https://localhost/def?x=1")
        connection.close()


def test_what_is_withheld_is_soon_gone(tmp_path: Path) -> None:
    """Though nginx has kept its page: it asks after five seconds, and the service knows at once."""
    folder, port = tmp_path / "out", free_port()
    manifest, path = publish(folder, "r2") / "manifest.json", f"/{THINGS[0]}.ttl"
    withheld = {"retenues": {THINGS[0].removeprefix("question/"): "x"}}
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | withheld))
    publish(folder, "r1")
    with live(folder, options=("--proxy", "127.0.0.1")) as server:

        def status() -> int:
            return asked(port, path, "GET", None, {}).status

        command = PROXIES["nginx"](tmp_path, server.port, port)
        with serving(command, tmp_path, lambda: status() == 200):
            assert [status() for _ in range(3)] == [200] * 3
            seen = server.said.count(path)
            assert status() == 200 and server.said.count(path) == seen
            point(folder, "r2")
            wait_for(lambda: status() == 410, 10, lambda: "it is still there")
