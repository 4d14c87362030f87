"""Test the front: who asks, access log, metrics, heads, what every answer says, shutdown."""

import io
import json
import re
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lod.base import packaged
from lod.publish.held_back import HELD
from lod.server import limits
from lod.server.front.access_log import AccessLog
from lod.server.front.front import client_of
from tests.support.live import live
from tests.support.paths import ROOT
from tests.support.patience import HANG, wait_for
from tests.support.programs import output
from tests.support.server_data import THINGS, Server, publish, serving

COUNT = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, log: io.StringIO) -> Iterator[Server]:
    """Yield a server with an access log."""
    folder = tmp_path_factory.mktemp("front")
    publish(folder)
    with serving(folder, access_log=AccessLog(log)) as running:
        yield running


def metric(server: Server, name: str) -> float:
    lines = server.ask("/metrics").body.decode().splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


def test_metrics(server: Server) -> None:
    server.ask(COUNT)
    assert metric(server, "lod_readers ") == 6
    # what extensions answer from is read after the start
    wait_for(lambda: metric(server, "lod_readers_busy ") == 0, HANG, lambda: "a reader stays busy")
    assert metric(server, 'lod_release_triples{id="r1"} ') == 61
    assert metric(server, 'lod_request_seconds_count{route="sparql"} ') > 0


DEPLOY = ROOT / "deploy"
RULES = (DEPLOY / "lod-rules.yml").read_text("utf-8")
NAMED = (
    "lod_release_published_seconds", "lod_data_until_seconds", "lod_build_info",
    "lod_records_rejected", "lod_releases_held", "process_resident_memory_bytes",
    "process_cpu_seconds_total", "lod_readers_replaced_total", "lod_log_lines_dropped_total",
)  # fmt: skip


def test_what_an_operator_is_told(server: Server) -> None:
    """Each metric of the guide and of the rules is there; counters are named as such."""
    text = server.ask("/metrics").body.decode()
    there = {*re.findall(r"^(\w+)", text, re.M)}
    assert {*NAMED} - there == set()
    expressions = "".join(re.findall(r"expr: (>-(?:\n {10}.*)+|.*)", RULES))
    assert {*re.findall(r"lod_\w+", expressions)} - there == set()
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    counters = [name for name, kind in kinds.items() if kind == "counter"]
    assert len(counters) > 3 and all(name.endswith("_total") for name in counters)
    assert metric(server, "lod_data_until_seconds ") == 1793404800  # 2026-10-31


def test_the_rules_are_five_that_the_guide_explains() -> None:
    """Prometheus itself reads them, where it is."""
    names = re.findall(r"- alert: (\w+)", RULES)
    assert len(names) == 5
    for guide in ("exploitation.md", "exploitation.en.md"):
        text = (packaged.GUIDES / guide).read_text("utf-8")
        assert [name for name in names if f"| `{name}` |" not in text] == []
    if program := shutil.which("promtool"):
        output(program, "check", "rules", DEPLOY / "lod-rules.yml")


def test_held_releases_are_counted(tmp_path: Path) -> None:
    publish(tmp_path, "r2")
    publish(tmp_path)
    with serving(tmp_path) as server:
        assert metric(server, "lod_releases_held ") == 0
        (tmp_path / HELD).write_text('{"r2": ["a reason"]}', "utf-8")
        assert metric(server, "lod_releases_held ") == 1


@pytest.mark.parametrize(("most", "state"), [(0, "bon"), (1, "dégradé"), (36500, "bon")])
def test_old_data_is_told(tmp_path: Path, most: int, state: str) -> None:
    """After a stated number of days, with the status of a server that is well."""
    manifest = publish(tmp_path) / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("2026-10-31", "2020-10-31"), "utf-8")
    with serving(tmp_path, data_days=most) as server:
        answer = server.ask("/sante")
    told = json.loads(answer.body)
    assert (answer.status, told["etat"], told["jours_au_plus"]) == (200, state, most)
    assert told["donnees_au"] == "2020-10-31" and told["jours"] > 2000


def test_one_line_a_request(server: Server, log: io.StringIO) -> None:
    """The log has address, status and duration of a request, but not its client or query."""
    log.truncate(log.seek(0))
    server.ask(COUNT, User_Agent='a" b')
    server.ask("/absent%0d%0a")

    def lines() -> list[dict[str, Any]]:  # those of earlier tests may come late
        said = map(json.loads, log.getvalue().splitlines())
        return [line for line in said if line["agent"] == 'a" b' or "absent" in line["chemin"]]

    # a line is written once the answer is sent
    wait_for(lambda: len(lines()) == 2, HANG, lambda: "no line is written")
    first, second = sorted(lines(), key=itemgetter("statut"))
    assert (first["methode"], first["chemin"], first["statut"]) == ("GET", "/sparql", 200)
    assert (first["client"], first["release"]) == ("127.0.0.0/24", "r1")
    assert len(first["requete"]) == 16 and first["ms"] >= 0 and first["octets"] > 0
    assert (second["statut"], second["cause"]) == (404, "introuvable")
    assert "COUNT" not in log.getvalue() and first["agent"] == 'a" b'


def told(server: Server, *lines: str) -> list[str]:
    """Send a head; return the lines of the answer, after which the connection must end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=HANG) as client:
        client.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: client.recv(100_000), b"")).decode().split("\r\n")


SHORT, LONG = ("/" + "%61" * (limits.PATH_BYTES // 3 + n) for n in (-1, 1))
GET = "GET /sante HTTP/1.1"


@pytest.mark.parametrize(
    ("status", "lines"),
    [(200, [GET, "Host: x", *(f"X-{n}: a" for n in range(90))]),
     (431, [GET, "Host: x", *["a:"] * 16_000]),
     (431, [GET, "Host: x", f"X: {'x' * limits.HEAD_BYTES}"]),
     (301, [f"GET {SHORT} HTTP/1.1", "Host: x"]),
     (414, [f"GET {LONG} HTTP/1.1", "Host: x"]),
     (200, ["GET /sparql?query=ASK%7B%7D" + "%20" * 10_000 + " HTTP/1.1", "Host: x"]),
     (414, [f"GET /sparql?query={'q' * limits.QUERY_STRING_BYTES} HTTP/1.1", "Host: x"]),
     (413, ["POST /sparql HTTP/1.1", "Host: x", f"Content-Length: {limits.BODY_BYTES + 1}"]),
     (400, [GET, "no header"]),
     (501, ["POST /sparql HTTP/1.1", "Host: x", "Transfer-Encoding: gzip, chunked"])],
)  # fmt: skip
def test_heads(server: Server, status: int, lines: list[str]) -> None:
    """What is too long or no request has its own status, and is told as a problem."""
    answer = told(server, *lines)
    assert answer[0].split()[1] == str(status)
    if status >= 400:
        assert json.loads(answer[-1])["status"] == status
        assert "Content-Type: application/problem+json" in answer
        assert "Access-Control-Allow-Origin: *" in answer


METRICS = ("metrics/", "metrics%2f", "/metrics", "%6detrics", "./metrics", "x/../metrics",
           "METRICS", "metrics;x", "metrics.")  # fmt: skip


@pytest.mark.parametrize("name", METRICS)
def test_metrics_have_one_name(server: Server, name: str) -> None:
    """A proxy that hides `/metrics` hides all of it: no other name answers the metrics."""
    assert b"lod_requests" in server.ask("/metrics").body
    got = server.ask(f"/{name}")
    assert b"lod_requests" not in got.body
    assert got.status in (301, 308, 400, 404)


@pytest.mark.slow
def test_silence_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that says nothing more is closed, with a head begun or a body."""
    monkeypatch.setattr(limits, "SILENT_SECONDS", 1)
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\n"
    publish(tmp_path)
    with serving(tmp_path, workers=1) as server, ExitStack() as stack:
        connections = []
        for sent in (b"", head, head + b"Content-Length: 9\r\n\r\nASK"):
            half = socket.create_connection(("127.0.0.1", server.port), HANG)
            connections.append(stack.enter_context(half))
            half.sendall(sent)
        assert [half.recv(1000) for half in connections] == [b""] * 3


@pytest.mark.parametrize(
    ("asks", "said", "client"),
    [("10.0.0.1", "192.0.2.7", "192.0.2.7"), ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
     ("::1", "192.0.2.7", "192.0.2.7"), ("10.0.0.1", "", "10.0.0.1"),
     ("10.0.0.1", "203.0.113.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),  # through two proxies
     ("192.0.2.1", "203.0.113.9", "192.0.2.1"), ("127.0.0.1", "203.0.113.9", "127.0.0.1"),
     ("10.0.0.1", "203.0.113.9, nonsense", "nonsense")],
)  # fmt: skip
def test_only_a_proxy_names_a_client(asks: str, said: str, client: str) -> None:
    proxies = [ip_network("10.0.0.0/8"), ip_network("::1")]
    environ = {"REMOTE_ADDR": asks, "HTTP_X_FORWARDED_FOR": said}
    assert client_of(environ, proxies) == client
    assert client_of(environ, []) == asks


def test_a_header_has_one_spelling(server: Server) -> None:
    """A name with `_`, which Python takes for one with `-`, is dropped."""
    head = ("GET /def HTTP/1.1", "Host: x", "Accept: text/html")
    named = ("Accept-Language: fr", "Accept_Language: en"), ("Accept-Language: en",)
    said = ["".join(told(server, *head, *more)) for more in named]
    assert "<h1>Ontologie" in said[0] and "<h1>Ontology" in said[1]


QUESTION = f"/{THINGS[0]}"
NEGOTIATED = (QUESTION, "/def", "/sparql", "/sparql?query=ASK%20%7B%7D", "/sparql?query=x",
              "/sparql?query=" + quote("CONSTRUCT WHERE { ?s ?p ?o }"), "/absent",
              "/question/<script>", f"{QUESTION}?format=png")  # fmt: skip
FIXED = ("/", f"{QUESTION}.ttl", f"{QUESTION}.html", "/sante", "/telechargements/",
         "/telechargements/SHA256SUMS", "/static/style.css", "/.well-known/void", "/dcat.ttl",
         "/telechargements", f"{QUESTION}/")  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")


@pytest.mark.parametrize("path", [*NEGOTIATED, *FIXED])
def test_every_answer(server: Server, path: str) -> None:
    """Whatever is asked by whatever method: no guessing, no script, no secret in the body."""
    for method in METHODS:
        got = server.ask(path, method)
        assert got.headers["x-content-type-options"] == "nosniff", method
        assert "default-src 'none'" in got.headers["content-security-policy"], method
        assert "unsafe" not in got.headers["content-security-policy"], method
        assert "referrer-policy" in got.headers, method
        assert got.headers["access-control-allow-origin"] == "*", method
        assert "access-control-allow-credentials" not in got.headers, method
        assert b"Traceback" not in got.body
        assert got.status < 500
        if path in NEGOTIATED and method in ("GET", "HEAD"):
            assert "accept" in vary(got.headers), method


def vary(headers: dict[str, str]) -> set[str]:
    """What an answer depends on."""
    return {name.strip().lower() for name in headers.get("vary", "").split(",")}


@pytest.mark.parametrize("path", [*NEGOTIATED, *FIXED])
def test_head(server: Server, path: str) -> None:
    """HEAD says what GET says, without a body, unless only a query would tell."""
    head, plain = server.ask(path, "HEAD"), server.ask(path)
    assert head.body == b""
    if "query=" not in path:
        same = ("content-type", "location", "etag", "link", "content-location", "cache-control")
        assert head.status == plain.status
        assert [head.headers.get(n) for n in same] == [plain.headers.get(n) for n in same]


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.slow
def test_a_stop_is_graceful(told: signal.Signals, tmp_path: Path) -> None:
    publish(tmp_path)
    with live(tmp_path, timeout=3) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n"
                           b"Content-Type: application/sparql-query\r\n\r\nASK")  # fmt: skip
            time.sleep(0.3)
            server.process.send_signal(told)
            time.sleep(0.3)
            client.sendall(b" {}")
            assert client.recv(10_000).startswith(b"HTTP/1.1 200 ")
        assert server.process.wait(HANG) == 0
