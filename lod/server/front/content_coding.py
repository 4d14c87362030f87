"""Compress answers in the coding that the client prefers: Zstandard or gzip (RFC 9110, 8.4)."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from lod.server.common.request_response import Answer, Request

LEAST_BYTES = 1000  # bytes of an answer; a shorter one fits in one packet anyway
TEXT_TYPES = (b"text/", b"application/atom+xml", b"application/json", b"application/ld+json",
         b"application/n-triples", b"application/problem+json", b"application/rdf+xml",
         b"application/sparql-", b"application/xml", b"image/svg+xml")  # fmt: skip
CODINGS: dict[str, Callable[[], Any]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    "gzip": lambda: zlib.compressobj(5, zlib.DEFLATED, 16 + zlib.MAX_WBITS),
}
REPLACED_HEADERS = (b"content-length", b"content-encoding", b"accept-ranges", b"etag")


def is_text(answer: Answer) -> bool:
    """Say whether the media type of the answer is one that is compressed."""
    return (answer.header(b"content-type") or b"").startswith(TEXT_TYPES)


def coding_for(request: Request, answer: Answer) -> str | None:
    """Return the coding in which to send the answer, None if it is sent as it is."""
    is_whole = answer.status not in (204, 206, 304) and request.method != "HEAD"
    is_long = answer.rest is not None or len(answer.body) >= LEAST_BYTES
    if not (is_whole and is_long and is_text(answer)) or answer.header(b"content-encoding"):
        return None
    return best_coding(request.header("accept-encoding") or "")


@lru_cache(maxsize=256)  # of headers up to 32 KiB
def best_coding(header: str) -> str | None:
    """Return the one of CODINGS that an Accept-Encoding header prefers, None if it accepts none.

    >>> [best_coding(said) for said in ("gzip, deflate, br", "zstd;q=0, gzip;q=0.5", "identity")]
    ['gzip', 'gzip', None]
    """
    return parse_accept_header(header, Accept).best_match(list(CODINGS))


def compress(answer: Answer, coding: str) -> Answer:
    """Return the answer in a coding, its entity tag made weak, because other bytes are sent."""
    coder = CODINGS[coding]()
    body = coder.compress(answer.body)
    added = [(b"content-encoding", coding.encode())]
    if tag := answer.header(b"etag"):
        added.append((b"etag", b"W/" + tag.removeprefix(b"W/")))
    if answer.rest is None:
        body += coder.flush()
        added.append((b"content-length", b"%d" % len(body)))
    coded = answer.with_headers(*added, without=REPLACED_HEADERS)
    return replace(coded, body=body, rest=answer.rest and _rest(answer.rest, coder))


def _rest(pieces: Iterator[bytes], coder: Any) -> Iterator[bytes]:
    for piece in pieces:
        if coded := coder.compress(piece):
            yield coded
    yield coder.flush()
