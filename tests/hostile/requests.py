"""Requests that no client should send: too long, badly made, or meant to be seen in the answer."""

import gzip
from collections.abc import Iterator
from urllib.parse import quote

from tests.hostile.attack import Answered, Attack, Send, got, posted, raw
from tests.support.live import Live
from tests.support.paths import of_extensions

FORM = "application/x-www-form-urlencoded"
POST, CONTENT = "POST /sparql HTTP/1.1", "Content-Type: application/sparql-query"
CLOSE = "Connection: close"
MIB = 2**20
ASK = quote("ASK {}")
INJECTED = "%0d%0aX-Injected:%201%0d%0a%0d%0a<script>alert(1)</script>"
PARAMETERS = ("query", "format", "output", "default-graph-uri", "named-graph-uri", "timeout",
              "callback", "lang", "page", "q", "next")  # fmt: skip
BAD = ("400", "closed")


def http(line: str, *headers: str, body: bytes = b"", host: str = "Host: x") -> Send:
    """Return what sends a request as it is written."""
    lines = [line, *([host] if host else []), *headers, "", ""]
    return raw("\r\n".join(lines).encode("latin-1") + body)


def chunked(*pieces: bytes) -> Send:
    """Return what sends a body in pieces, without saying how long it will be."""
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    return http(POST, CONTENT, "Transfer-Encoding: chunked", body=framed)


def long_when_unpacked(server: Live) -> Answered:
    """Send a small body of 200 MiB; it is made when it is sent, not when tests are collected."""
    zipped = gzip.compress(b" " * 200 * MIB, compresslevel=1)
    return posted(zipped, Content_Encoding="gzip")(server)


def long(_: int) -> Iterator[tuple[str, Send, tuple[str, ...]]]:
    """Yield what is too long, or says that it will be."""
    yield "body of 10 MB", posted(b"#" * 10_000_000), ("413",)
    yield "form of 10 MB", posted(b"query=" + b"#" * 10_000_000, FORM), ("413",)
    yield "body of 32 MiB", posted(b"#" * 32 * MIB), ("413",)
    expected = f"Content-Length: {10 * 2**30}", "Expect: 100-continue"
    yield "10 GiB expected", http(POST, CONTENT, *expected), ("413",)
    yield "gzip body of 200 MiB", long_when_unpacked, ("413", "415")
    yield "URL of 10 MiB", got("/" + "x" * 10 * MIB), ("400", "413", "414", "431", "closed")
    yield "100,000 parameters", posted(b"a=1&" * 100_000, FORM), ("400", "413")
    pieces = [b"x" * 65_536] * 512
    yield "chunked body of 32 MiB", chunked(*pieces), ("400", "411", "413", "closed")
    yield "chunked query", chunked(b"ASK", b" {}"), ("200", "411")
    yield "query again", got(f"/sparql?query={ASK}&query={ASK}"), ("400",)


def texts(_: int) -> Iterator[tuple[str, Send, tuple[str, ...]]]:
    """Yield what is not text, not acceptable, or comes back as a page."""
    script, page = quote("SELECT <script>alert(1)</script>"), {"Accept": "text/html"}
    yield "query not UTF-8", posted(b"ASK { ?s ?p '\xff\xfe' }"), ("400",)
    yield "form not UTF-8", posted(b"query=ASK+%7B%7D+%23%ff", FORM), ("400",)
    yield "overlong UTF-8", got("/sparql?query=%c0%ae"), ("400",)
    yield "NUL", posted(b"ASK { ?s ?p '\x00' }"), ("200", "400")
    yield "body without type", http(POST, "Content-Length: 0"), ("400", "415")
    yield "XML body", posted(b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>", "text/xml"), ("415",)
    yield "script in a query", got(f"/sparql?query={script}", **page), ("400",)
    yield "script in a format", got(f"/sparql?query={ASK}&format=<script>", **page), ("400", "406")
    yield "script in a path", got("/question/<script>alert(1)</script>", **page), ("404",)
    host = "Host: <script>alert(1)</script>"
    absent = http("GET /absent HTTP/1.1", "Accept: text/html", host=host)
    yield "script in a host", absent, ("400", "404")
    yield "load as update", posted(b"update=LOAD+%3Cfile:///etc/passwd%3E", FORM), ("403",)
    for name, accept in {
        "commas": "," * 5_000,
        "q of a mile": "*/*;q=" + "9" * 9_000,
        "latin": "té/xt;q=é",
        "20 KB of names": "a/b;" * 5_000,
    }.items():
        yield f"Accept: {name}", got(f"/sparql?query={ASK}", Accept=accept), ("200", "400", "406")
    for name in PARAMETERS:
        target = f"/sparql?{name}={INJECTED}" + (f"&query={ASK}" if name != "query" else "")
        yield f"line end in {name}", got(target), ("200", "400", "403", "404", "406")
    yield "line end in a path", got(f"/question/{INJECTED}"), ("400", "404")
    yield "line end in a form of a path", got(f"/def?format={INJECTED}"), ("400", "404", "406")


def badly_made(_: int) -> Iterator[tuple[str, Send, tuple[str, ...]]]:
    """Yield what is not HTTP."""
    pieces, query = "Transfer-Encoding: chunked", b"-1\r\nASK {}\r\n0\r\n\r\n"
    six, seven = "Content-Length: 6", "Content-Length: 7"
    yield "no host", http("GET /sante HTTP/1.1", host=""), (*BAD, "200")  # no answer depends on it
    yield "two hosts", http("GET /sante HTTP/1.1", "Host: y", CLOSE), (*BAD, "200")
    yield "length below zero", http(POST, CONTENT, "Content-Length: -1"), BAD
    yield "length in words", http(POST, CONTENT, "Content-Length: ten"), BAD
    yield "two lengths", http(POST, CONTENT, six, seven, body=b"ASK {} "), BAD
    both = (CONTENT, six, pieces, CLOSE)
    yield "length and pieces", http(POST, *both, body=b"0\r\n\r\nGET /x"), (*BAD, "415")
    yield "piece below zero", http(POST, CONTENT, pieces, body=query), BAD
    yield "TLS", raw(bytes.fromhex("16030100c8010000c40303") + b"\0" * 190 + b"\r\n\r\n"), BAD
    yield "HTTP/9.9", http("GET /sante HTTP/9.9", CLOSE), (*BAD, "200", "505")
    yield "no version", raw(b"GET /sante\r\n\r\n"), ("200", *BAD)  # HTTP/0.9
    yield "HTTP/2", raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), (*BAD, "404", "405", "501", "505")
    yield "noise", raw(bytes(range(256)) * 4 + b"\r\n\r\n"), BAD
    yield "NUL in a header", http("GET /sante HTTP/1.1", "X: a\0b", CLOSE), ("200", *BAD)
    yield "space before a colon", http("GET /sante HTTP/1.1", "X : a", CLOSE), ("200", *BAD)
    other = "GET http://evil.example/ HTTP/1.1"
    yield "path of another host", http(other, CLOSE), ("200", "404", *BAD)
    yield "star", http("GET * HTTP/1.1", CLOSE), ("404", *BAD)
    yield "CONNECT", http("CONNECT evil.example:80 HTTP/1.1"), (*BAD, "404", "405", "501")
    yield "unknown method", http("A" * 300 + " / HTTP/1.1", CLOSE), (*BAD, "405", "501")


def attacks(listener: int) -> Iterator[Attack]:
    """Yield every request of the tables; those of a table are of one kind."""
    for made in (texts, badly_made, long, *of_extensions("attacks", "REQUESTS")):
        for name, send, right in made(listener):
            yield Attack(made.__name__.replace("_", "-"), name, frozenset(right), send)
