"""Answers of one release in memory, each in the coding that its client prefers (RFC 9110, 8.4).

The cache is bounded; the answer that was least recently used is removed first.
"""

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from lod.base.packing import zstd
from lod.server.common.request_response import Answer, Request
from lod.server.limits import CACHE_BYTES, CACHE_OVERHEAD, CACHED_ANSWER

LEAST_BYTES = 1000  # bytes of an answer; a shorter one fits in one packet anyway
TEXT_TYPES = (b"text/", b"application/atom+xml", b"application/json", b"application/ld+json",
         b"application/n-triples", b"application/problem+json", b"application/rdf+xml",
         b"application/sparql-", b"application/xml", b"image/svg+xml")  # fmt: skip
CODINGS: dict[str, Callable[[], Any]] = {
    "zstd": lambda: zstd.ZstdCompressor(level=3),
    "gzip": lambda: zlib.compressobj(5, zlib.DEFLATED, 16 + zlib.MAX_WBITS),
}
REPLACED_HEADERS = (b"content-length", b"content-encoding", b"accept-ranges", b"etag")


Key = tuple[bytes, ...]
KEPT_STATUSES = (200, 301, 303)
# headers of a request that its answer depends on
KEY_HEADERS = (b"accept", b"accept-encoding", b"accept-language", b"content-type")
# headers of a request that asks for a part, or only under a condition
PARTIAL_HEADERS = frozenset(
    (b"range", b"if-modified-since", b"if-match", b"if-range", b"if-unmodified-since")
)


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

    >>> [best_coding(value) for value in ("gzip, br, zstd", "gzip, zstd;q=0.5", "zstd;q=0, gzip")]
    ['zstd', 'gzip', 'gzip']
    >>> [best_coding(value) for value in ("", "br", "identity", "gzip;q=0")]
    [None, None, None, None]
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


class Cache:
    """The cached answers of one release; used by the event loop only."""

    def __init__(self, size: int = CACHE_BYTES) -> None:
        self._size, self._used, self._release = size, 0, ""
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, release: str, request: Request) -> Answer | None:
        """Return the cached answer to the request, None if there is none.

        It is a 304 if the client states the entity tag of the answer.
        """
        if release != self._release or not _is_plain(request):
            return None
        key = key_of(request)
        answer = self._answers.get(key)
        if answer is None:
            return None
        self._answers.move_to_end(key)
        return not_modified(answer) if _has_copy(request, answer) else answer

    def keep(self, release: str, request: Request, answer: Answer) -> None:
        """Keep the answer if it may be kept; remove all answers of other releases."""
        if not (_is_plain(request) and may_be_kept(answer)):
            return
        if release != self._release:
            self._answers.clear()
            self._used, self._release = 0, release
        key = key_of(request)
        if old := self._answers.pop(key, None):
            self._used -= _weight(key, old)
        self._answers[key] = replace(answer, notes={**answer.notes, "cache": True})
        self._used += _weight(key, answer)
        while self._used > self._size:
            self._used -= _weight(*self._answers.popitem(last=False))


def key_of(request: Request) -> Key:
    """Return all parts of the request that its answer depends on."""
    headers = (request.headers.get(name, b"") for name in KEY_HEADERS)
    return (request.method.encode(), request.path, request.query, *headers, request.body)


def may_be_kept(answer: Answer) -> bool:
    """Say whether an answer is complete, small, and public by its Cache-Control."""
    is_public = (answer.header(b"cache-control") or b"").startswith(b"public")
    is_small = answer.rest is None and len(answer.body) <= CACHED_ANSWER
    return answer.status in KEPT_STATUSES and is_public and is_small


def not_modified(answer: Answer) -> Answer:
    dropped = (b"content-length", b"content-type", b"content-encoding", b"content-disposition")
    return replace(answer.with_headers(without=dropped), status=304, body=b"")


def _is_plain(request: Request) -> bool:
    """Say whether the request asks for a whole answer, without no-cache or no-store."""
    is_whole = PARTIAL_HEADERS.isdisjoint(request.headers)
    may_be_old = b"no-" not in request.headers.get(b"cache-control", b"")
    return request.method in ("GET", "POST") and is_whole and may_be_old


def _has_copy(request: Request, answer: Answer) -> bool:
    """Say whether If-None-Match is `*` or names the entity tag of the answer, weak or strong."""
    tag, condition = answer.header(b"etag"), request.headers.get(b"if-none-match", b"")
    if tag is None or request.method != "GET":
        return False
    return tag.removeprefix(b"W/") in condition or condition.strip() == b"*"


def _weight(key: Key, answer: Answer) -> int:
    return sum(map(len, key)) + len(answer.body) + CACHE_OVERHEAD
