"""Test the front: cache, rate limit, compression, access log, metrics, headers, shutdown."""

import asyncio
import gzip
import io
import json
import math
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from lod.base.packing import zstd
from lod.server import limits
from lod.server.common.request_response import Answer, Request, request_of
from lod.server.engine.caller import Caller, network, shortened
from lod.server.engine.sandbox import ARCHITECTURES, calls, program
from lod.server.front.access_log import AccessLog
from lod.server.front.bridge import environment
from lod.server.front.cached_answers import CODINGS, Cache
from lod.server.front.usage import Held, TokenBuckets, Usage
from lod.server.limits import BUCKETS, BURST_SECONDS, CACHED_ANSWER
from tests.support.live import live
from tests.support.patience import HANG, patience, wait_for
from tests.support.server_data import THINGS, Server, listening, publish, serving

COUNT = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
ALL = "/sparql?query=" + quote("SELECT * { ?s ?p ?o }")
PAGE = "/question/QANR5L15QE43349.ttl"
PUBLIC = ((b"cache-control", b"public, max-age=300"), (b"etag", b'"a"'), (b"content-length", b"1"))


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


def asking(path: bytes = b"/x", method: str = "GET", **headers: str) -> Request:
    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return Request(method, path, b"", named, "192.0.2.1")


def answer(body: bytes = b"x", status: int = 200, headers: tuple = PUBLIC) -> Answer:  # type: ignore[type-arg]
    return Answer(status, headers, body)


def test_the_cache_keeps_what_may_be_kept() -> None:
    cache = Cache()
    for request, found in (
        (asking(b"/private"), answer(headers=())),
        (asking(b"/error"), answer(status=500)),
        (asking(b"/large"), answer(b"x" * (CACHED_ANSWER + 1))),
        (asking(b"/part", range="bytes=1-"), answer()),
        (asking(b"/head", "HEAD"), answer()),
        (asking(b"/new", cache_control="no-cache"), answer()),
        (asking(b"/long"), Answer(200, PUBLIC, b"x", rest=iter([b"y"]))),
    ):
        cache.keep("r1", request, found)
        assert cache.get("r1", request) is None, request.path
    cache.keep("r1", asking(b"/good"), answer())
    found = cache.get("r1", asking(b"/good"))
    assert found and (found.body, found.notes) == (b"x", {"cache": True})


def test_the_cache_knows_what_an_answer_depends_on() -> None:
    cache = Cache()
    cache.keep("r1", asking(), answer())
    assert cache.get("r1", asking())
    for name in ("accept", "accept_encoding", "accept_language", "content_type"):
        assert cache.get("r1", asking(**{name: "x"})) is None
    assert cache.get("r1", Request("GET", b"/x", b"", {}, "", body=b"other")) is None
    assert cache.get("r2", asking()) is None
    cache.keep("r2", asking(b"/y"), answer())
    assert cache.get("r1", asking()) is None


def test_the_cache_is_bounded() -> None:
    """The least recently used answer is removed first."""
    cache = Cache(size=10_000)
    for name in (b"/1", b"/2", b"/3"):
        cache.keep("r", asking(name), answer(b"x" * 500))
    assert cache.get("r", asking(b"/1"))
    cache.keep("r", asking(b"/4"), answer(b"x" * 500))
    kept = [n for n in (b"/1", b"/2", b"/3", b"/4") if cache.get("r", asking(n))]
    assert kept == [b"/1", b"/3", b"/4"]
    cache.keep("r", asking(b"/4"), answer(b"x" * 500))  # replaced: it does not count twice
    assert cache.get("r", asking(b"/1"))


def test_who_has_it_is_told_so() -> None:
    """A tag in If-None-Match, weak or strong, brings a 304 without body and length."""
    cache = Cache()
    cache.keep("r", asking(), answer(headers=((b"etag", b'W/"a"'), *PUBLIC[::2])))
    found = cache.get("r", asking(if_none_match='"b", "a"'))
    assert found and (found.status, found.body) == (304, b"")
    assert found.header(b"content-length") is None and found.header(b"etag") == b'W/"a"'
    whatever = cache.get("r", asking(if_none_match=" *"))
    assert whatever and whatever.status == 304
    other = cache.get("r", asking(if_none_match='"b"'))
    assert other and other.status == 200


def test_buckets() -> None:
    """A client may use up its bucket, then as much as the rate fills; others are not affected."""
    now = [0.0]
    buckets = TokenBuckets(2.0, 10.0, clock=lambda: now[0])
    assert [buckets.take("192.0.2.1") for _ in range(11)] == [0.0] * 10 + [0.5]
    assert buckets.take("192.0.2.2") == 0.0
    now[0] = 0.5
    assert [buckets.take("192.0.2.1") for _ in range(2)] == [0.0, 0.5]


def test_buckets_are_kept_in_bounded_memory() -> None:
    """The number of buckets is bounded; an IPv6 client has one for all its addresses."""
    buckets = TokenBuckets(1.0, 1.0)
    for number in range(BUCKETS + 100):
        buckets.take(f"10.{number >> 8}.{number & 255}.1")
    assert len(buckets._buckets) == BUCKETS
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.7") != network("::ffff:192.0.2.8")
    assert shortened("::ffff:192.0.2.7", 24, 48) == "192.0.2.0/24"


def test_usage_fades_and_is_of_the_networks_around_too() -> None:
    """A third is left after a minute; who has many addresses has the shares of their network."""
    now = [0.0]
    usage = Usage(clock=lambda: now[0])
    usage.add("192.0.2.7", 6.0)
    assert (usage.of("192.0.2.7"), usage.of("192.0.2.8"), usage.of("192.0.3.7")) == (6.0, 0.75, 0.0)
    assert usage.wait("192.0.2.7", 6.0) == 0.0
    assert usage.wait("192.0.2.7", 3.0) == pytest.approx(60 * math.log(2))
    now[0] = 60.0
    assert usage.of("192.0.2.7") == pytest.approx(6 / math.e)
    for number in range(16):
        usage.add(f"2001:db8:1:{number:x}::/64", 1.0)
    assert usage.of("2001:db8:1:1::/64") == 8.0  # of the /56, which has two shares


def test_who_holds_most_loses_the_oldest() -> None:
    """Bytes in memory are bounded, and nobody is ended for what others hold."""

    async def scene() -> None:
        held, ended = Held(100), []

        async def transfer(network: str, size: int) -> None:
            try:
                async with asyncio.timeout(None) as limit:
                    with held.holding(network, size, limit):
                        await asyncio.sleep(1)
            except TimeoutError:
                ended.append((network, size))

        works = [("a", 30), ("b", 20), ("a", 31), ("c", 40), ("c", 200)]
        await asyncio.gather(*(transfer(*work) for work in works))
        assert ended == [("a", 30), ("c", 40), ("c", 200)]
        assert (held._total, held._of, held._limits) == (0, {}, {})

    asyncio.run(scene())


def test_answers_come_from_memory(server: Server) -> None:
    """The second answer is cached, unless `no-cache` is asked for; the metrics tell both apart."""
    before = metric(server, 'lod_requests_total{cache="oui",route="sparql",statut="200"}')
    first, second = server.ask(COUNT), server.ask(COUNT)
    assert (first.body, first.headers["etag"]) == (second.body, second.headers["etag"])
    server.ask(COUNT, Cache_Control="no-cache")
    after = metric(server, 'lod_requests_total{cache="oui",route="sparql",statut="200"}')
    assert after - before == 1
    again = server.ask(COUNT, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


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


DECODED = {"zstd": zstd.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("coding", CODINGS)
def test_compression(server: Server, coding: str) -> None:
    plain, coded = server.ask(ALL), server.ask(ALL, Accept_Encoding=coding)
    assert coded.headers["content-encoding"] == coding
    assert coded.headers["content-length"] == str(len(coded.body))
    assert coded.headers["etag"] == "W/" + plain.headers["etag"]
    assert DECODED[coding](coded.body) == plain.body
    again = server.ask(ALL, Accept_Encoding=coding, If_None_Match=coded.headers["etag"])
    assert again.status == 304
    assert "content-encoding" not in server.ask("/", Accept_Encoding=coding).headers  # too short


def test_one_line_a_request(server: Server, log: io.StringIO) -> None:
    """The log has address, status and duration of a request, but not its client or query."""
    log.truncate(log.seek(0))
    server.ask(COUNT, User_Agent='a" b')
    server.ask("/absent%0d%0a")
    # a line is written once the answer is sent
    wait_for(lambda: log.getvalue().count("\n") >= 2, HANG, lambda: "no line is written")
    first, second = (json.loads(line) for line in log.getvalue().splitlines())
    assert (first["methode"], first["chemin"], first["statut"]) == ("GET", "/sparql", 200)
    assert (first["client"], first["release"]) == ("127.0.0.0/24", "r1")
    assert len(first["requete"]) == 16 and first["ms"] >= 0 and first["octets"] > 0
    assert (second["statut"], second["cause"]) == (404, "introuvable")
    assert "COUNT" not in log.getvalue() and first["agent"] == 'a" b'
    AccessLog(file := io.StringIO(), is_full=True).note(asking(), answer(), 1, 0.1)
    assert json.loads(file.getvalue())["client"] == "192.0.2.1"  # only if the operator wants it


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/donnees/"])
def test_too_fast(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client over the rate gets 429 with Retry-After for queries; pages are not limited. The base
    may have a path.
    """
    publish(tmp_path, base=f"http://exemple.test{path}")
    with serving(tmp_path, workers=1, rate=1.0) as server:
        monkeypatch.setattr(server.front._rate, "_clock", lambda: 0.0)
        root = path.removesuffix("/")
        statuses = [server.ask(f"{root}{COUNT}").status for _ in range(BURST_SECONDS + 1)]
        assert statuses == [200] * BURST_SECONDS + [429]
        assert metric(server, 'lod_requests_total{cache="non",route="sparql",statut="429"}') == 1
        refused = server.ask(f"{root}{COUNT}", Accept="text/html")
        assert refused.status == 429 and "text/html" in refused.headers["content-type"]
        assert int(refused.headers["retry-after"]) >= 1
        assert server.ask(f"{root}{PAGE}").status == 200
        assert server.ask(f"{root}/api/").status == 429


@pytest.mark.slow
def test_half_a_request_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head that does not end closes the connection, one that is too long gets 431 first, a body
    that does not end 408.
    """
    monkeypatch.setattr(limits, "HEAD_SECONDS", patience(0.5))
    monkeypatch.setattr(limits, "BODY_SECONDS", patience(0.5))
    monkeypatch.setattr(limits, "HEAD_BYTES", 4_000)
    head, get = b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET /sante HTTP/1.1\r\nHost: x\r\n\r\n"
    body = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nASK"
    publish(tmp_path)
    with serving(tmp_path, workers=1) as server:
        for sent, *answers in (
            (head + b"X: ", b""),
            (head + b"X: " + b"x" * 5_000, b"HTTP/1.1 431"),
            (get + b"GET", b"HTTP/1.1 200", b""),  # its second request is incomplete
            (body, b"HTTP/1.1 408"),
        ):
            with socket.create_connection(("127.0.0.1", server.port), HANG) as half:
                half.sendall(sent)
                assert [half.recv(100_000)[:12] for _ in answers] == answers, sent


def told(server: Server, *lines: str) -> list[str]:
    """Send a head; return the lines of the answer, after which the connection must end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=HANG) as client:
        client.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: client.recv(100_000), b"")).decode().split("\r\n")


FEW, MANY = ([f"X-{n}: a" for n in range(count)] for count in (limits.HEAD_LINES - 2, 900))
SHORT, LONG = ("/" + "%61" * (limits.PATH_BYTES // 3 + n) for n in (-1, 1))
GET = "GET /sante HTTP/1.1"


@pytest.mark.parametrize(
    ("status", "lines"),
    [(200, [GET, "Host: x", *FEW]),
     (431, [GET, "Host: x", *MANY]),
     (200, [GET, "Host: x", *(f"X-{n:05}:" for n in range(90))]),
     (431, [GET, "Host: x", *(f"X-{n:0500}:" for n in range(90))]),  # names count, too
     (301, [f"GET {SHORT} HTTP/1.1", "Host: x"]),
     (414, [f"GET {LONG} HTTP/1.1", "Host: x"]),
     (200, ["GET /sparql?query=ASK%7B%7D" + "%20" * 10_000 + " HTTP/1.1", "Host: x"]),
     (200, [GET, "Host: [2001:db8::1]:8000"]),
     (200, [GET, "Host: xn--questions-dputs.exemple:"]),
     *((400, [GET, f"Host: {bad}"]) for bad in ("", "a b", "a@b:80", "[", "a:b", "a, b", "a/b")),
     (400, ["GET /sante HTTP/1.0", "Host: a b"]),
     (501, ["POST /sparql HTTP/1.1", "Host: x", "Transfer-Encoding: gzip, chunked"]),
     (501, ["POST /sparql HTTP/1.1", "Host: x", "Transfer-Encoding: x"])],
)  # fmt: skip
def test_heads(server: Server, status: int, lines: list[str]) -> None:
    """Too many lines, a path that is too long, a host that is none: each has its own status."""
    assert told(server, *lines)[0].split()[1] == str(status)


TOO_LONG = "q" * (limits.QUERY_STRING_BYTES + 1)


@pytest.mark.parametrize("size", [1, 2, 3.9, 5])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_address_that_is_too_long(server: Server, size: float, accept: str) -> None:
    """The answer says so and what to do, as a page unless the head itself is without end; the
    path may be what is too long.
    """
    query = TOO_LONG * int(size) + TOO_LONG[: int(len(TOO_LONG) * (size % 1))]
    lines = told(server, f"GET /sparql?query={query} HTTP/1.1", "Host: x", f"Accept: {accept}")
    head, is_page = {line.lower() for line in lines}, accept == "text/html" and size < 4
    media = "text/html; charset=utf-8" if is_page else "application/problem+json"
    assert lines[0].split()[1] == "414" and f"content-type: {media}" in head
    assert "connection: close" in head or size < 4
    assert "Envoyer la requête par POST." in lines[-1]
    path = told(server, f"GET {LONG} HTTP/1.1", "Host: x")
    assert json.loads(path[-1])["status"] == 414


def test_refused_heads_wait_for_one_another(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They count like the refusals of clients that ask too fast."""
    monkeypatch.setattr(limits, "REFUSALS_A_SECOND", 0.001)  # none is forgotten
    before = server.front.refusals._behind
    long = f"X-{'x' * limits.HEADERS_BYTES}: a"
    for lines in ([*MANY], ["no header"], [long]):
        told(server, GET, "Host: x", *lines)
    assert server.front.refusals._behind == pytest.approx(before + 3, abs=0.1)


def test_a_header_has_one_spelling() -> None:
    """A name with `_` stands for none with `-`, which the cache knows an answer by."""
    headers = [(b"accept-language", b"fr"), (b"accept_language", b"en"), (b"content_type", b"x")]
    scope = {"method": "GET", "raw_path": b"/", "query_string": b"", "http_version": "1.1"}
    environ = environment(request_of({**scope, "headers": headers, "client": None}), Caller())
    assert environ["HTTP_ACCEPT_LANGUAGE"] == "fr" and "CONTENT_TYPE" not in environ


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
def test_head_and_coding(server: Server, path: str) -> None:
    """HEAD says what GET says, without a body, unless only a query would tell. What is compressed
    for who takes that says so, and is another thing to a cache.
    """
    head, plain = server.ask(path, "HEAD"), server.ask(path)
    assert head.body == b""
    if "query=" not in path:
        same = ("content-type", "location", "etag", "link", "content-location", "cache-control")
        assert head.status == plain.status
        assert [head.headers.get(n) for n in same] == [plain.headers.get(n) for n in same]
    packed = server.ask(path, Accept_Encoding="gzip, br, zstd")
    assert "content-encoding" not in plain.headers
    assert plain.status == packed.status
    if "content-encoding" in packed.headers:
        assert "accept-encoding" in vary(plain.headers) & vary(packed.headers)
        tags = [answer.headers.get("etag", "W/") for answer in (plain, packed)]
        assert tags[0] != tags[1] or tags[0].startswith("W/")


def test_nothing_was_called(server: Server) -> None:
    """An address in a request leads nowhere, whatever header it stands in."""
    with listening() as (port, heard):
        there = f"http://127.0.0.1:{port}/"
        for name in ("Referer", "X-Forwarded-Host", "Forwarded", "X-Original-URL", "Link"):
            assert server.ask(QUESTION, **{name: there}).status == 303
        assert heard == []


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


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.slow
def test_the_filter_of_each_machine(machine: str) -> None:
    """The filter fits the kernel (4,096 steps), and only a remote reader gets the network."""
    local, remote = ({number for number, _ in calls(machine, far)} for far in (False, True))
    assert 50 < len(local) < len(remote)
    sockets = {"x86_64": {41, 42, 49}, "aarch64": {198, 203, 200}}[machine]  # socket connect bind
    assert remote - local >= sockets
    others = {"x86_64": {59, 322, 101, 62, 200}, "aarch64": {221, 281, 117, 129, 130}}
    assert not remote & others[machine]  # execve, execveat, ptrace, kill, tkill
    assert len(program(machine, True)) // 8 < 4096
