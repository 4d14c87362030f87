"""Whatever an endpoint answers: the right error or rows, and no file that is not whole."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import SPARQLWrapper

from lod import __version__
from lod.base.errors import LodError, UsageError
from lod.extensions.wikidata.query_service import QUERY_LIMITS, QueryService, TooMuchError
from lod.rdf.store import Row
from tests.support.repository import (
    BODY,
    EXCEPTION,
    RESULTS,
    ROWS,
    Answer,
    Depot,
    claiming,
    cut,
    hanging_up,
    page,
    results,
    running,
    saying,
)

QUERY = "SELECT ?item ?an WHERE { ?item ?p ?an } # é & ="
DAY = date(2026, 11, 25)
CONTACT = "operateur@example.org"
TRACE = b"SPARQL-QUERY: " + QUERY.encode() + EXCEPTION


class Run:
    """A client of one server; its waits are recorded instead of made."""

    def __init__(self, depot: Depot, folder: Path) -> None:
        self.depot, self.cache = depot, folder / "cache"
        self.waits: list[float] = []
        self.said: list[str] = []

    def client(self, today: date = DAY, endpoint: str = "", **limits: Any) -> QueryService:
        return QueryService(
            endpoint or self.depot.base + "sparql", CONTACT, self.cache,
            limits=replace(QUERY_LIMITS, **limits), sleep=self.waits.append, today=today,
            say=self.said.append, chance=Random(7),
        )  # fmt: skip

    def __call__(self, *script: Answer, **limits: Any) -> list[Row] | Exception:
        self.depot.script = list(script)
        self.depot.requests.clear()
        self.waits.clear()
        try:
            return self.client(**limits).select(QUERY)
        except (LodError, TooMuchError) as error:
            return error

    def left(self) -> list[Path]:
        return [path for path in self.cache.rglob("*") if path.is_file()]

    def asked(self) -> int:
        return len(self.depot.requests)

    def asked_once(self) -> bool:
        """Return whether one request was made, without a wait, and nothing of it was kept."""
        return (self.waits, self.asked(), self.left()) == ([], 1, [])

    def close_to(self, *delays: float) -> bool:
        """Return whether the waits are longer than these delays, by half at most."""
        pairs = list(zip(self.waits, delays, strict=True))
        return all(delay < wait <= 1.5 * delay for wait, delay in pairs)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with running() as depot:
        yield Run(depot, tmp_path)


def too_much(outcome: object, *words: str, kind: type = TooMuchError) -> bool:
    """Return True for an error of a kind with these words."""
    assert isinstance(outcome, kind), repr(outcome)
    assert all(word in str(outcome) for word in words), str(outcome)
    return True


def stops(outcome: object, *words: str) -> bool:
    """Return True for a LodError of one line with these words."""
    assert "\n" not in str(outcome) and "; " in str(outcome)
    return too_much(outcome, *words, kind=LodError)


def test_the_request_says_who_asks_for_what(run: Run) -> None:
    """User-Agent names program, operator and library; a row has all variables."""
    assert run(results()) == ROWS
    [request] = run.depot.requests
    assert (request.command, request.path) == ("POST", "/sparql")
    assert request.form == {"query": [QUERY]}
    assert request.headers["Accept"] == RESULTS
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["User-Agent"] == (
        f"questions-parlementaires-lod/{__version__} ({CONTACT})"
        f" SPARQLWrapper/{SPARQLWrapper.__version__}"
    )
    assert run.waits == []
    both = [{"item": "1", "an": ""}, {"item": "", "an": "2"}, {"item": "", "an": ""}]
    run.left()[0].unlink()
    assert run(results([{"item": "1"}, {"an": "2"}, {}])) == both


@pytest.mark.parametrize("contact", ["", " ", "nobody", "a@example.org\r\nX: 1"])
def test_without_an_operator_nothing_is_asked(contact: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"give contact in lod\.toml"):
        QueryService("https://query.wikidata.org/sparql", contact, tmp_path)


def test_an_answer_is_kept_for_its_day(run: Run) -> None:
    """As it came; another query or endpoint is another file."""
    run(results())
    [path] = run.left()
    assert path.parent == run.cache / "2026-11-25" and path.read_bytes() == BODY
    assert run(page(500)) == ROWS and run.asked() == 0
    assert run.client().select(QUERY) == ROWS
    run.depot.script = [results([])]
    assert run.client().select(QUERY + " ") == []
    assert run.client(endpoint=run.depot.base + "other").select(QUERY) == []
    assert run.client(today=date(2026, 11, 26)).select(QUERY) == []
    assert len(run.left()) == 4 and run.client().select(QUERY) == ROWS


@pytest.mark.parametrize("kept", [b"", b"{", BODY[:-1], b"[]", b"<html>", b"\xff"])
def test_a_damaged_file_is_asked_for_again(run: Run, kept: bytes) -> None:
    run(results())
    [path] = run.left()
    path.write_bytes(kept)
    assert run(results()) == ROWS and run.asked() == 1
    assert path.read_bytes() == BODY


def test_only_other_days_are_tidied_away(run: Run) -> None:
    run.client().tidy()
    run(results())
    for day in ("2026-11-24", "2025-01-01"):
        run.client(today=date.fromisoformat(day)).select(QUERY)
    (run.cache / "notes").mkdir()
    run.client().tidy()
    assert {path.name for path in run.cache.iterdir()} == {"2026-11-25", "notes"}


@pytest.mark.parametrize(("more", "pause"), [({"Retry_After": 7}, 7), ({}, 60)])
def test_after_a_429_a_pause_is_made(run: Run, more: dict[str, int], pause: int) -> None:
    """As long as the server says, or a minute; a second one is neither repeated nor halved."""
    assert stops(run(page(429, **more)), "429 Too Many Requests", "again later")
    assert (run.waits, run.asked(), run.left()) == ([pause], 2, [])
    assert run.said == [f"{run.depot.base}sparql: asked again in {pause} s"]
    assert run(page(429, **more), results()) == ROWS


BANNED = saying(403, b"You have been banned until\r\n2030", Content_Type="text/plain")
OTHERS = (204, 206, 400, 404)  # statuses
NO_RESULTS = (  # bodies that are no table
    b"{}", b'{"head":{"vars":null},"results":{"bindings":[]}}',
    b'{"head":{"vars":["a"]},"boolean":true}', b'{"head":{"vars":[]},"results":{"bindings":{}}}',
    b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"value":5}}]}}', b"[]", b"<html>",
)  # fmt: skip
OF_ANOTHER_TYPE = (page(200), saying(200, BODY, Content_Type="application/json"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (page(429, Retry_After=86_400), ["429 Too Many Requests", "again later"]),
        (page(503, Retry_After=7200), ["503 Service Unavailable", "again later"]),
        (BANNED, ["403 Forbidden", "contact in lod.toml"]),
        (saying(307, Location="https://example.org/"),
         ["307 ", "'https://example.org/'", "give it as the address"]),
        *((saying(status, BODY * (status != 204)), [f"{status} ", "endpoint?"])
          for status in OTHERS),
        *((answer, ["what came is not SPARQL results", "is this the address"])
          for answer in (*map(claiming, NO_RESULTS), *OF_ANOTHER_TYPE)),
    ],
)  # fmt: skip
def test_what_ends_the_run_at_once(run: Run, answer: Answer, words: list[str]) -> None:
    """A long pause, or no table of results; the message does not quote it."""
    outcome = run(answer, results())
    assert stops(outcome, *words) and run.asked_once()
    assert not re.search("banned|User-Agent|<", str(outcome))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (cut(), "cut after"),
        (claiming(BODY[:-1]), "cut after"),
        (claiming(BODY + EXCEPTION), "cut after"),
        (claiming(b""), "cut after 0 bytes"),
        (claiming(b'{"head":' + b"[" * 100_000), "cut after"),
        (claiming(BODY[:-3] + b"\xff}}"), "cut after"),
        (hanging_up(0), "broke off"),
        (hanging_up(len(BODY) - 1), "broke off"),
        (saying(504), "504 Gateway"),
        (saying(408), "408 Request Time"),
        (saying(500, TRACE), "500 Internal Server Error"),
    ],
)
def test_what_took_too_long_is_not_repeated(run: Run, answer: Answer, word: str) -> None:
    """It would take too long again, so less is requested at once."""
    assert too_much(run(answer), word)
    assert run.asked_once()


@pytest.mark.parametrize("failure", [saying(500), page(502), page(503), hanging_up(None)])
def test_a_failure_may_pass(run: Run, failure: Answer) -> None:
    """It is tried again after growing delays with a random part; if it stays, it is too much."""
    assert run(failure, results()) == ROWS
    assert run.asked() == 2 and run.close_to(2) and len(run.left()) == 1
    run.left()[0].unlink()
    assert too_much(run(failure), f"{run.depot.base}sparql: ")
    assert run.asked() == 4 and run.close_to(2, 10, 30) and run.left() == []
    client, first = run.client(), [*run.waits]
    for _ in range(2):
        with pytest.raises(TooMuchError):
            client.select(QUERY)
    assert run.waits[3:6] == first != run.waits[6:]
