"""Servers of others: what is an address, who asks, how long to wait and when to try again."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from http.client import responses
from typing import TypeVar

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError

from lod import __version__
from lod.base.errors import UsageError

AGENT = f"questions-parlementaires-lod/{__version__}"
PORTS = {"http": 80, "https": 443}
CHUNK = 2**16  # bytes
T = TypeVar("T")


class Interrupted(Exception):
    """An exchange broke off and is worth another try, after `pause` seconds if the server says so.

    It never reaches a person: whoever has no patience left makes another exception of it.
    """

    def __init__(self, wrong: str, pause: float | None = None) -> None:
        super().__init__(wrong)
        self.pause = pause


def patiently(
    act: Callable[[], T],
    kind: type[Interrupted],
    delays: Iterable[float],
    longest: float,
    sleep: Callable[[float], None],
) -> T:
    """Return what comes of an act, tried again after each delay; raise the last `kind`.

    The pause that a server asks for goes before our own; nobody waits more than `longest` seconds.
    """
    for delay in delays:
        try:
            return act()
        except kind as error:
            if (error.pause or 0) > longest:
                raise
            sleep(delay if error.pause is None else error.pause)
    return act()


def within(seconds: float, act: Callable[[], T]) -> T:
    """Return what comes of an act; raise TimeoutError if that takes longer, and leave it behind.

    A server that drips its headers keeps every deadline for a read, so the act has a thread.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(act())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name=within.__name__, daemon=True).start()
    return outcome.result(seconds)


def address(text: str, name: str) -> str:
    """Return the address of a server; raise UsageError, with the name of the option, if none."""
    try:
        parts = urllib3.util.parse_url(text)
    except LocationParseError:
        parts = urllib3.util.Url()
    if parts.scheme not in PORTS or not parts.host or parts.query or parts.fragment or parts.auth:
        raise UsageError(f"{name} '{text}' is not an address; give https://…/")
    return text


def phrase(status: int) -> str:
    """Return a status for people; the words are ours, for a server may say anything."""
    return f"{status} {responses.get(status, '')}".strip()


def reason(error: HTTPError) -> str:
    """Return why a transfer failed, without the name of the object that says so."""
    return str(error.args[0] if error.args else error).split(": ", 1)[-1]


def pause(answer: urllib3.BaseHTTPResponse) -> float | None:
    """Return after how many seconds the server wants to be asked again, if it says so."""
    try:
        return urllib3.Retry().get_retry_after(answer)
    except (HTTPError, ValueError, OverflowError):
        return None
