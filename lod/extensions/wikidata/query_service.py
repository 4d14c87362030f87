"""The client of Wikidata's query service: it names its operator, waits as the service asks, and
keeps answers for a day.

SPARQLWrapper makes the request, but our client sends it: the library follows redirections, hides
the headers of errors, and reads without a limit. Rules: https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual#Query_limits
"""

import hashlib
import re
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import cast

import orjson
import urllib3
from SPARQLWrapper import JSON, POST, SPARQLWrapper
from SPARQLWrapper import __version__ as library
from urllib3.exceptions import HTTPError

from lod.base.durable import write
from lod.base.errors import LodError, UsageError
from lod.base.settings import CONTACT
from lod.rdf.store import RESULTS, Row, value_rows
from lod.remote.http import (
    AGENT,
    HttpClient,
    IncompleteError,
    Limits,
    OversizeError,
    TransientError,
    UnreachedError,
    checked_address,
    phrase,
    raise_if_redirected,
    raise_if_transient,
    retry_after,
)

# WDQS ends a query after 60 seconds; the rest of the time is for its bytes to arrive
QUERY_LIMITS = Limits(whole=90, size=64 * 2**20)
THROTTLED_SECONDS = 60  # after a 429 without Retry-After; WDQS counts by the minute
ASK_LATER = "run the command again later, what was answered today is kept"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
NO_RESULTS = "what came is not SPARQL results; is this the address of a SPARQL endpoint?"
TIMED_OUT = re.compile(rb"time-?out|timed out", re.IGNORECASE)
EXCERPT = 2**16  # bytes of an error message that are searched; it begins with the query


class TooMuchError(Exception):
    """The endpoint cannot answer this query, nor will it later: ask for less."""


class ThrottledError(TransientError):
    """The endpoint received too many queries (429)."""


def check_answer(answer: urllib3.BaseHTTPResponse, url: str) -> None:
    """Raise an error for an answer that is not stated to be results: TooMuchError if the endpoint
    may answer a smaller query, TransientError if another try may succeed, else LodError.
    """
    status, wrong = answer.status, f"{url}: {phrase(answer.status)}"
    if status == 429:
        raise ThrottledError(wrong, retry_after(answer))
    if status in (408, 504) or (status == 500 and timed_out(answer)):
        raise TooMuchError(wrong)
    raise_if_transient(answer, url)
    raise_if_redirected(answer, url)
    if status == 403:
        raise LodError(
            f"{wrong}; wait some hours, and see that contact in lod.toml is a mail or page of yours"
        )
    if status != 200:
        raise LodError(f"{wrong}; is this the address of a SPARQL endpoint?")
    if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != RESULTS:
        raise LodError(f"{url}: {NO_RESULTS}")


def timed_out(answer: urllib3.BaseHTTPResponse) -> bool:
    """Say whether the text of an error says that the endpoint stopped the query itself."""
    try:
        return bool(TIMED_OUT.search(answer.read(EXCERPT, decode_content=False)))
    except HTTPError:
        return False


def answer_rows(body: bytes, url: str) -> list[Row]:
    """Return the rows of a body; raise TooMuchError if it is cut off, LodError for no results.

    WDQS ends a query that took too long with a Java exception within the JSON, under status 200.
    """
    try:
        return value_rows(body)
    except ValueError as error:
        if isinstance(error, orjson.JSONDecodeError) and body.lstrip()[:1] in (b"", b"{"):
            raise TooMuchError(f"{url}: the answer is cut after {len(body)} bytes") from error
        raise LodError(f"{url}: {NO_RESULTS}") from error


class QueryService:
    """A SPARQL endpoint, and the answers that it gave today.

    Raises UsageError without the contact of an operator, and for an endpoint that is no address.
    """

    def __init__(
        self,
        endpoint: str,
        contact: str,
        cache: Path,
        *,
        limits: Limits = QUERY_LIMITS,
        sleep: Callable[[float], None] = time.sleep,
        today: date | None = None,
        say: Callable[[str], None] = lambda text: None,
        chance: Random | None = None,
    ) -> None:
        if not CONTACT.fullmatch(contact):
            raise UsageError(
                "an endpoint wants to know whom to write to; "
                "give contact in lod.toml: name@example.org or https://…"
            )
        self.endpoint = checked_address(endpoint, "--endpoint")
        self.day = today or date.today()  # day of the answers that are used and kept
        self.cache = cache  # folder of the folders of answers, one for each day
        self._agent = f"{AGENT} ({contact}) SPARQLWrapper/{library}"
        self._http = HttpClient(limits, say, sleep)
        self._chance = chance or Random()

    def select(self, query: str) -> list[Row]:
        """Return the rows of the answer to a query, from the file of today or from the endpoint.

        Raises TooMuchError if a smaller query may be answered, LodError if the run must end.
        """
        path = self._path(query)
        try:
            return answer_rows(path.read_bytes(), self.endpoint)
        except (OSError, LodError, TooMuchError):  # not there, or damaged
            pass
        body = self._ask(query)
        rows = answer_rows(body, self.endpoint)
        write(path, body)
        return rows

    def forget(self, query: str) -> None:
        """Remove the kept answer to a query because it cannot be right: the next run asks again."""
        self._path(query).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove the answers of other days."""
        for folder in self.cache.glob("*"):
            if DAY.fullmatch(folder.name) and folder.name != self.day.isoformat():
                shutil.rmtree(folder)

    def _path(self, query: str) -> Path:
        name = hashlib.sha256(f"{self.endpoint}\n{query}".encode()).hexdigest()
        return self.cache / self.day.isoformat() / f"{name}.json"

    def _ask(self, query: str) -> bytes:
        """Return the body of the answer; raise TooMuchError or LodError when all tries failed.

        A failure is tried again after each delay, a 429 only once: ignoring it brings a ban.
        """
        http, url = self._http, self.endpoint
        # a random part, so that clients that failed together do not come back together
        delays = [delay * self._chance.uniform(1, 1.5) for delay in http.limits.delays]

        def once_more_if_throttled() -> bytes:
            try:
                return http.patiently(
                    url, lambda: self._once(query), ThrottledError, [THROTTLED_SECONDS]
                )
            except ThrottledError as error:
                raise LodError(f"{error}; {ASK_LATER}") from error

        try:
            return http.patiently(url, once_more_if_throttled, TransientError, delays)
        except TransientError as error:
            is_down = (error.pause or 0) > http.limits.longest_pause
            if is_down or isinstance(error, UnreachedError):
                raise LodError(f"{error}; {ASK_LATER}") from error
            raise TooMuchError(str(error)) from error

    def _once(self, query: str) -> bytes:
        url = self.endpoint
        wrapper = SPARQLWrapper(url, returnFormat=JSON, agent=self._agent)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)  # without `format`, `output` and `results` in the form
        wrapper.addCustomHttpHeader("Accept", RESULTS)
        wrapper.setQuery(query)
        request = wrapper._createRequest()
        headers, form = dict(request.header_items()), cast(bytes, request.data)
        try:
            with closing(self._http.open("POST", url, headers, form)) as answer:
                check_answer(answer, url)
                return self._http.body(answer, url)
        except (IncompleteError, OversizeError) as error:
            raise TooMuchError(str(error)) from error
        finally:
            self._http.close()  # else the server may close it meanwhile, which would cost a try
