"""The HTTP client of the package: its limits, its errors, and when a request is tried again."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, LineTooLong, responses
from typing import Any, TypeVar

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError, ProtocolError, ReadTimeoutError

from lod import __version__
from lod.base.errors import LodError, UsageError
from lod.remote.time_limit import TimeLimit

AGENT = f"questions-parlementaires-lod/{__version__}"
PORTS = {"http": 80, "https": 443}
CHUNK = 2**16  # bytes read at a time
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often a request is tried, how long one try may take, and how long an answer may be."""

    delays: tuple[float, ...] = (2, 10, 30)  # seconds before the second, third and fourth try
    longest_pause: float = 120  # seconds; if Retry-After is longer, the request is not tried again
    connect: float = 15  # seconds to open a connection
    read: float = math.inf  # seconds without a byte; never more than `whole`
    whole: float = 300  # seconds of one try, from connecting to the last byte
    size: int = 2**20  # bytes of an answer that is read into memory


class TransientError(LodError):
    """A request failed, and another try may succeed."""

    def __init__(self, wrong: str, pause: float | None = None) -> None:
        super().__init__(wrong)
        self.pause = pause  # seconds that the server asked to wait (Retry-After), if it did


class UnreachedError(TransientError):
    """No connection was made."""


class IncompleteError(TransientError):
    """The answer is incomplete: too late, or broken off."""


class OversizeError(LodError):
    """The answer is larger than the limits allow."""


class HttpClient:
    """Sends requests to one service within limits; follows no redirection.

    `say` gets a sentence before each wait for another try; `sleep` waits.
    """

    def __init__(
        self,
        limits: Limits,
        say: Callable[[str], None] = lambda text: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits, self.say = limits, say
        self._sleep = sleep
        self._time = TimeLimit(limits.whole)  # of the request that was sent last
        self._pool = pools(self._time)

    def close(self) -> None:
        self._pool.clear()

    def open(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None,
        seconds: float | None = None,
    ) -> urllib3.BaseHTTPResponse:  # fmt: skip
        """Return an answer of any status, its body not yet read; the caller closes it, before the
        next request.

        `seconds` replaces the limit `whole`. Raises TransientError if no answer comes, LodError if
        its headers are too long.
        """
        place, whole = url.partition("?")[0], seconds or self.limits.whole
        self._time.start(whole, self.limits.read)
        timeout = urllib3.Timeout(connect=min(self.limits.connect, whole), read=self._time.silence)
        all_headers = urllib3.HTTPHeaderDict({"User-Agent": AGENT})
        all_headers.update(headers)
        try:
            return self._pool.request(
                method, url, body=body, headers=all_headers, timeout=timeout, redirect=False,
                preload_content=False,
            )  # fmt: skip
        except (ReadTimeoutError, ProtocolError) as error:
            if isinstance(error, ReadTimeoutError) or self._time.is_over:
                waited = whole if self._time.is_over else self._time.silence
                wrong = f"no answer within {round(waited, 1):g} seconds"
                raise IncompleteError(f"{place}: {wrong}") from error
            if type(error.args[-1]) in (LineTooLong, HTTPException):
                raise LodError(
                    f"{place}: its headers are too long; is this the right address?"
                ) from error
            raise TransientError(f"{place}: hung up without an answer ({reason(error)})") from error
        except HTTPError as error:
            raise UnreachedError(f"{place}: cannot be reached ({reason(error)})") from error

    def pieces(self, answer: urllib3.BaseHTTPResponse, url: str) -> Iterator[bytes]:
        """Yield the body of the last answer as it comes; raise IncompleteError if it is cut off or
        late.
        """
        size = 0
        try:
            while piece := answer.read1(CHUNK, decode_content=False):
                size += len(piece)
                yield piece
        except HTTPError as error:
            wrong = f"the answer broke off ({reason(error)})"
            if self._time.is_over:
                wrong = f"only {size} bytes in {round(self._time.seconds, 1):g} seconds"
            raise IncompleteError(f"{url}: {wrong}") from error

    def body(self, answer: urllib3.BaseHTTPResponse, url: str) -> bytes:
        """Return the body of an answer; raise IncompleteError or OversizeError."""
        data = bytearray()
        for piece in self.pieces(answer, url):
            data += piece
            if len(data) > self.limits.size:
                wrong = f"an answer of more than {self.limits.size} bytes"
                raise OversizeError(f"{url}: {wrong}; is this the right address?")
        return bytes(data)

    def patiently(
        self, url: str, act: Callable[[], T], kind: type[TransientError] = TransientError,
        delays: Iterable[float] | None = None,
    ) -> T:  # fmt: skip
        """Return the result of `act`, tried again after each delay while it raises `kind`.

        A pause that the server asks for replaces the delay. The error is raised if all delays are
        used up, or if the pause is longer than the limit.
        """
        for delay in self.limits.delays if delays is None else delays:
            try:
                return act()
            except kind as error:
                pause = delay if error.pause is None else error.pause
                if error.pause is not None and pause > self.limits.longest_pause:
                    raise
            self.say(f"{url}: asked again in {pause:.0f} s")
            self._sleep(pause)
        return act()


def pools(limit: TimeLimit) -> urllib3.PoolManager:
    """Return connections whose bytes all come and go within a limit."""

    class InTime(HTTPResponse):
        def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
            super().__init__(sock, *arguments, **options)
            self.fp.close()
            self.fp = limit.file(sock)

    class Plain(HTTPConnection):
        response_class = InTime

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            limit.send(self.sock, data)

    class Encrypted(HTTPSConnection):
        response_class = InTime
        send = Plain.send

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Encrypted

    manager = urllib3.PoolManager(retries=False)
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}
    return manager


def raise_if_transient(answer: urllib3.BaseHTTPResponse, url: str) -> None:
    """Raise TransientError for a status that may pass: 408, 429 and 5xx."""
    if answer.status in (408, 429) or answer.status >= 500:
        raise TransientError(f"{url}: {phrase(answer.status)}", retry_after(answer))


def raise_if_redirected(answer: urllib3.BaseHTTPResponse, url: str) -> None:
    """Raise LodError for a redirection: a person decides where requests go."""
    if 300 <= answer.status < 400:
        target = f"leads to {answer.headers.get('Location', '')[:200]!r}"
        wrong = f"{url}: {phrase(answer.status)}: {target}"
        raise LodError(f"{wrong}; if that is right, give it as the address")


def retry_after(answer: urllib3.BaseHTTPResponse) -> float | None:
    """Return the seconds of the header Retry-After; None if it is absent or not understood."""
    try:
        return urllib3.Retry().get_retry_after(answer)
    except (HTTPError, ValueError, OverflowError):
        return None


def phrase(status: int) -> str:
    """Return a status with its standard phrase, not the one that the server sent.

    >>> phrase(404), phrase(599)
    ('404 Not Found', '599')
    """
    return f"{status} {responses.get(status, '')}".strip()


def reason(error: HTTPError) -> str:
    """Return why a transfer failed, without the representation of the connection object."""
    return str(error.args[0] if error.args else error).split(": ", 1)[-1]


def checked_address(text: str, name: str) -> str:
    """Return `text` if it is an http or https address without query, fragment and password.

    Raises UsageError otherwise, with the name of the option.
    """
    try:
        parts = urllib3.util.parse_url(text)
    except LocationParseError:
        parts = urllib3.util.Url()
    if parts.scheme not in PORTS or not parts.host or parts.query or parts.fragment or parts.auth:
        raise UsageError(f"{name} '{text}' is not an address; give https://…/")
    return text
