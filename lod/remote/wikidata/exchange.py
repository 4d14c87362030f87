"""One query to a SPARQL endpoint: the request, and the error or the rows that an answer means.

SPARQLWrapper makes the request, and our client sends it: the library follows redirections, hides
the headers of errors, and reads without a limit.
"""

import re
import urllib.request

import orjson
import urllib3
from SPARQLWrapper import JSON, POST, SPARQLWrapper
from urllib3.exceptions import HTTPError

from lod.base.errors import LodError
from lod.remote.http import (
    TransientError,
    phrase,
    raise_if_redirected,
    raise_if_transient,
    retry_after,
)
from lod.remote.sparql_results import RESULTS, Row, result_rows

NO_RESULTS = "what came is not SPARQL results; is this the address of a SPARQL endpoint?"
TIMED_OUT = re.compile(rb"time-?out|timed out", re.IGNORECASE)
EXCERPT = 2**16  # bytes of an error that are searched; the query comes first in it


class TooMuchError(Exception):
    """The endpoint could not answer this query and will not the next time: ask for less."""


class ThrottledError(TransientError):
    """The endpoint received too many queries (429)."""


class WikidataQuery(SPARQLWrapper):
    """A query as a POST request with a form; the only format accepted is JSON."""

    def __init__(self, endpoint: str, agent: str, text: str) -> None:
        super().__init__(endpoint, returnFormat=JSON, agent=agent)
        self.setMethod(POST)
        self.setOnlyConneg(True)  # without `format`, `output` and `results` in the form
        self.addCustomHttpHeader("Accept", RESULTS)
        self.setQuery(text)

    def request(self) -> urllib.request.Request:
        """Return the request, not yet sent."""
        return self._createRequest()


def check_answer(answer: urllib3.BaseHTTPResponse, url: str) -> None:
    """Raise an error for an answer that does not claim to be results.

    TooMuchError if less may be answered, TransientError if another try may succeed, else LodError.
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
    """Return whether the text of an error says that the endpoint stopped the query itself."""
    try:
        return bool(TIMED_OUT.search(answer.read(EXCERPT, decode_content=False)))
    except HTTPError:
        return False


def answer_rows(body: bytes, url: str) -> list[Row]:
    """Return the rows of a body; raise TooMuchError if it is cut, LodError if it is no results.

    WDQS ends a query that took too long with a Java exception within the JSON, under status 200.
    """
    try:
        return result_rows(body)
    except orjson.JSONDecodeError as error:
        if body.lstrip()[:1] in (b"", b"{"):
            raise TooMuchError(f"{url}: the answer is cut after {len(body)} bytes") from error
        raise LodError(f"{url}: {NO_RESULTS}") from error
    except ValueError as error:
        raise LodError(f"{url}: {NO_RESULTS}") from error
