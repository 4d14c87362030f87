"""A bounded cache of answers in memory; the least recently used one is removed first."""

from collections import OrderedDict
from dataclasses import replace

from lod.server.common.request_response import Answer, Request
from lod.server.limits import CACHE_BYTES, CACHE_OVERHEAD, CACHED_ANSWER

Key = tuple[bytes, ...]
KEPT_STATUSES = (200, 301, 303)
# headers of a request that its answer depends on
KEY_HEADERS = (b"accept", b"accept-encoding", b"accept-language", b"content-type")
# headers of a request that asks for a part, or only under a condition
PARTIAL_HEADERS = (b"range", b"if-modified-since", b"if-match", b"if-range", b"if-unmodified-since")


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
        known = replace(answer, notes={**answer.notes, "cache": True})
        return not_modified(known) if _has(request, known) else known

    def keep(self, release: str, request: Request, answer: Answer) -> None:
        """Keep the answer if it may be kept; remove those of any other release."""
        if not (_is_plain(request) and may_be_kept(answer)):
            return
        if release != self._release:
            self._answers.clear()
            self._used, self._release = 0, release
        key = key_of(request)
        if old := self._answers.pop(key, None):
            self._used -= _weight(key, old)
        self._answers[key] = answer
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
    """Return the answer 304 that stands for this answer (RFC 9110, 15.4.5)."""
    dropped = (b"content-length", b"content-type", b"content-encoding", b"content-disposition")
    return replace(answer.with_headers(without=dropped), status=304, body=b"")


def _is_plain(request: Request) -> bool:
    """Say whether the request asks for a whole answer, without no-cache or no-store."""
    is_whole = not any(name in request.headers for name in PARTIAL_HEADERS)
    may_be_old = b"no-" not in request.headers.get(b"cache-control", b"")
    return request.method in ("GET", "POST") and is_whole and may_be_old


def _has(request: Request, answer: Answer) -> bool:
    """Say whether the client has the answer already, by its If-None-Match."""
    tag = answer.header(b"etag")
    return tag is not None and request.method == "GET" and request.has(tag)


def _weight(key: Key, answer: Answer) -> int:
    return sum(map(len, key)) + len(answer.body) + CACHE_OVERHEAD
