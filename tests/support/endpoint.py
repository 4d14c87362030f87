"""Answers of a SPARQL endpoint, good and bad, for the script of a `Depot`."""

import json
import threading
from collections.abc import Iterable

from tests.support.repository import Answer, Request, saying

RESULTS = "application/sparql-results+json"
EXCEPTION = b"\njava.util.concurrent.TimeoutException\n\tat java.base/java.util.concurrent\n"
ROWS = [{"item": "http://www.wikidata.org/entity/Q30334188", "an": "718926"}]


def body_of(rows: Iterable[dict[str, str]]) -> bytes:
    """Rows in the SPARQL 1.1 Query Results JSON Format."""
    bindings = [{n: {"type": "literal", "value": v} for n, v in row.items()} for row in rows]
    names = sorted({name for row in bindings for name in row})
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()


BODY = body_of(ROWS)


def results(rows: Iterable[dict[str, str]] = ROWS, **headers: object) -> Answer:
    """A good answer."""
    return claiming(body_of(rows), **headers)


def claiming(body: bytes, **headers: object) -> Answer:
    """Any bytes under a 200 that says they are results."""
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


def dripping(enough: threading.Event, headers: bool) -> Answer:
    """A piece of headers or of a body, again and again, until the test has seen enough."""

    def answer(request: Request) -> None:
        if headers:
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        else:
            request.start(200, Content_Type=RESULTS)
        while not enough.wait(0.02):
            request.wfile.write(b"X-More: 1\r\n" if headers else b" ")
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
