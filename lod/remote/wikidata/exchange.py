"""One question to a SPARQL endpoint by HTTP, and what its answer is worth.

SPARQLWrapper writes the request; sent it is here, because that library follows redirections, hides
the headers of what it takes for an error, and reads without a bound.
"""

import re
import time
import urllib.request
from dataclasses import dataclass
from typing import cast

import urllib3
from SPARQLWrapper import JSON, POST, SPARQLWrapper
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from lod.base.errors import LodError
from lod.remote.http import CHUNK, Interrupted, pause, phrase, reason, within

RESULTS = "application/sparql-results+json"
NO_RESULTS = "what came is not SPARQL results; is this the address of a SPARQL endpoint?"
MARK = re.compile(rb"time-?out|timed out", re.IGNORECASE)
EXCERPT = 2**16  # bytes of an error that are looked at; the query comes first in it


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """How long to wait, in seconds, and how much to take, in bytes."""

    delays: tuple[float, ...] = (2, 10, 30)  # before the second, third and fourth try; or longer
    pause: float = 120  # a server that asks for a longer one is asked another time
    throttled: float = 60  # after 429, if the server does not say; WDQS counts by the minute
    connect: float = 15
    whole: float = 90  # WDQS ends a query after 60; the rest is for the bytes
    size: int = 64 * 2**20


class TooMuchError(Exception):
    """The endpoint could not finish this query, and will not the next time: ask for less."""


class ThrottledError(Interrupted):
    """The endpoint wants to be left alone for a while."""


class FailedError(Interrupted):
    """No answer came; perhaps one does the next time."""


class OverloadedError(FailedError):
    """The endpoint was there and failed; perhaps it can do less."""


class UnreachedError(FailedError):
    """No connection came about."""


class WikidataQuery(SPARQLWrapper):
    """A query, written as a request: POST, in a form, for JSON and nothing else."""

    def __init__(self, endpoint: str, agent: str, text: str) -> None:
        super().__init__(endpoint, returnFormat=JSON, agent=agent)
        self.setMethod(POST)
        self.setOnlyConneg(True)  # without `format`, `output` and `results` in the form
        self.addCustomHttpHeader("Accept", RESULTS)
        self.setQuery(text)

    def request(self) -> urllib.request.Request:
        """Return the request."""
        return self._createRequest()


def ask(query: WikidataQuery, limits: QueryLimits) -> bytes:
    """Return the body of an answer that says it is results.

    Raises TooMuchError, an Interrupted if another try may do better, LodError if none will.
    """
    request = query.request()
    try:
        return within(limits.whole, lambda: exchange(request, limits))
    except TimeoutError as error:
        raise late(request, limits) from error


def exchange(request: urllib.request.Request, limits: QueryLimits) -> bytes:
    """Send a request over a connection of its own, and return the body of the answer."""
    url, end = request.full_url, time.monotonic() + limits.whole
    timeout = urllib3.Timeout(connect=limits.connect, total=limits.whole)
    with urllib3.PoolManager(num_pools=1, timeout=timeout, retries=False) as pool:
        try:
            answer = pool.request(
                "POST", url, body=cast(bytes, request.data), headers=dict(request.header_items()),
                redirect=False, preload_content=False,
            )  # fmt: skip
        except ReadTimeoutError as error:
            raise late(request, limits) from error
        except ProtocolError as error:
            raise OverloadedError(f"{url}: hung up without an answer ({reason(error)})") from error
        except HTTPError as error:
            raise UnreachedError(f"{url}: cannot be reached ({reason(error)})") from error
        try:
            judge(answer, url)
            return received(answer, url, limits, end)
        finally:
            answer.close()


def late(request: urllib.request.Request, limits: QueryLimits) -> TooMuchError:
    """Return the error of an answer that takes too long."""
    return TooMuchError(f"{request.full_url}: no whole answer within {limits.whole} seconds")


def judge(answer: urllib3.BaseHTTPResponse, url: str) -> None:
    """Raise for what is no answer; the words are ours, for a server may say anything."""
    status, wrong = answer.status, f"{url}: {phrase(answer.status)}"
    if status == 429:
        raise ThrottledError(wrong, pause(answer))
    if status in (408, 504) or (status == 500 and timed_out(answer)):
        raise TooMuchError(wrong)
    if status >= 500:
        raise OverloadedError(wrong, pause(answer))
    if status == 403:
        raise LodError(
            f"{wrong}; wait some hours, and see that contact in lod.toml is a mail or page of yours"
        )
    if 300 <= status < 400:
        there = answer.headers.get("Location", "")[:200]
        raise LodError(f"{wrong}: leads to {there!r}; if that is right, give it as the address")
    if status != 200:
        raise LodError(f"{wrong}; is this the address of a SPARQL endpoint?")
    if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != RESULTS:
        raise LodError(f"{url}: {NO_RESULTS}")


def timed_out(answer: urllib3.BaseHTTPResponse) -> bool:
    """Say whether a failure is that of the endpoint's own clock, as far as it says so."""
    try:
        return bool(MARK.search(answer.read(EXCERPT, decode_content=False)))
    except HTTPError:
        return False


def received(answer: urllib3.BaseHTTPResponse, url: str, limits: QueryLimits, end: float) -> bytes:
    """Return a body; raise TooMuchError if it is too long, too slow, or broken off."""
    data = bytearray()
    try:
        while piece := answer.read1(CHUNK, decode_content=False):
            data += piece
            if len(data) > limits.size:
                raise TooMuchError(f"{url}: an answer of more than {limits.size} bytes")
            if time.monotonic() > end:  # nobody waits for it any more
                raise TooMuchError(f"{url}: only {len(data)} bytes in {limits.whole} seconds")
    except HTTPError as error:
        raise TooMuchError(f"{url}: the answer broke off ({reason(error)})") from error
    return bytes(data)
