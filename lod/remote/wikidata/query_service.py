"""The client that Wikidata's service asks for: it says who it is, waits as told, asks once a day.

Rules: https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual#Query_limits
"""

import hashlib
import re
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

from SPARQLWrapper import __version__ as library

from lod.base.durable import write
from lod.base.errors import LodError, UsageError
from lod.base.settings import CONTACT
from lod.remote.http import AGENT, address, patiently
from lod.remote.wikidata.answer import Row, rows
from lod.remote.wikidata.exchange import (
    FailedError,
    OverloadedError,
    QueryLimits,
    ThrottledError,
    TooMuchError,
    WikidataQuery,
    ask,
)

__all__ = ["LIMITS", "QueryLimits", "QueryService", "Row", "TooMuchError"]
LIMITS = QueryLimits()
LATER = "run the command again later, what was answered today is kept"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class QueryService:
    """A SPARQL endpoint, one query at a time, with what it has answered on this day.

    Raises UsageError without an operator to write to, or for what is no address.
    """

    def __init__(
        self,
        endpoint: str,
        contact: str,
        cache: Path,
        *,
        limits: QueryLimits = LIMITS,
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
        self.endpoint = address(endpoint, "--endpoint")
        self.day = today or date.today()
        self.cache = cache
        self.agent = f"{AGENT} ({contact}) SPARQLWrapper/{library}"
        self.limits, self.sleep, self.say = limits, sleep, say
        self.chance = chance or Random()

    def select(self, query: str) -> list[Row]:
        """Return the rows of an answer, of today's file or of the endpoint.

        Raises TooMuchError if less may be answered, LodError if the run has to end.
        """
        place = self._place(query)
        try:
            return rows(place.read_bytes(), self.endpoint)
        except (OSError, LodError, TooMuchError):  # not there, or damaged
            pass
        body = self._ask(WikidataQuery(self.endpoint, self.agent, query))
        found = rows(body, self.endpoint)
        write(place, body)
        return found

    def forget(self, query: str) -> None:
        """Keep no answer to a query: it cannot be the truth, the next run asks again."""
        self._place(query).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove the answers of other days."""
        for folder in self.cache.glob("*"):
            if DAY.fullmatch(folder.name) and folder.name != self.day.isoformat():
                shutil.rmtree(folder)

    def _place(self, query: str) -> Path:
        """Return where the answer to a query is kept."""
        name = hashlib.sha256(f"{self.endpoint}\n{query}".encode()).hexdigest()
        return self.cache / self.day.isoformat() / f"{name}.json"

    def _ask(self, query: WikidataQuery) -> bytes:
        """Return the body of an answer, as patiently as the limits allow."""
        limits = self.limits
        # clients that failed together do not come back together
        delays = [delay * self.chance.uniform(1, 1.5) for delay in limits.delays]

        def calmly() -> bytes:
            return patiently(
                lambda: ask(query, limits),
                ThrottledError, [limits.throttled], limits.pause, self._wait,
            )  # fmt: skip

        try:
            return patiently(calmly, FailedError, delays, limits.pause, self._wait)
        except (FailedError, ThrottledError) as error:
            if isinstance(error, OverloadedError) and (error.pause or 0) <= limits.pause:
                raise TooMuchError(str(error)) from error
            raise LodError(f"{error}; {LATER}") from error

    def _wait(self, seconds: float) -> None:
        """Wait, and say so."""
        self.say(f"{self.endpoint}: asked again in {seconds:.0f} s")
        self.sleep(seconds)
