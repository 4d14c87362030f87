"""Official archives, brought to a folder: resumed, verified, renamed last, never half a file.

What is half there is hidden, so that `lod build` of the folder reads archives only.
"""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from lod.base.durable import lock_folder
from lod.base.errors import LodError
from lod.reference.tables import ArchiveRow
from lod.remote.archives.choice import place
from lod.remote.archives.state import (
    TransferState,
    begin,
    digest,
    discard,
    intact,
    resumable,
    settle,
)
from lod.remote.archives.verify import MOVED, PORTAL, fault
from lod.remote.http import (
    AGENT,
    CHUNK,
    PORTS,
    Interrupted,
    address,
    patiently,
    pause,
    phrase,
    reason,
)

BASE = f"{PORTAL}static/openData/repository/"
HEADERS = {
    "User-Agent": AGENT,
    "Accept-Encoding": "identity",  # a zip gains nothing, and ranges count the bytes as sent
}
REDIRECTS = 5
MIB = 2**20  # bytes
CONTENT_RANGE = re.compile(r"bytes (?:(?P<first>\d{1,18})-\d+|\*)/(?P<whole>\d{1,18}|\*)")
STATUSES = FETCHED, RESUMED, UNCHANGED, FAILED = "fetched", "resumed", "unchanged", "failed"
LATER = "run the command again later, it goes on from what is there"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLimits:
    """How long to wait, in seconds, and how much to take, in bytes."""

    delays: tuple[float, ...] = (2, 10, 30)  # before the second, third and fourth try
    pause: float = 120  # a server that asks for a longer one is asked another time
    connect: float = 15
    read: float = 60  # without a byte
    whole: float = 3600  # one try, however slowly the bytes come
    size: int = 2**30  # one archive; the largest known has 133 MB
    unpacked: int = 2**34


LIMITS = DownloadLimits()


@dataclass(frozen=True, slots=True)
class Web:
    """What a transfer needs of the world: connections, patience, a place to say how far it is."""

    pool: urllib3.PoolManager
    limits: DownloadLimits
    say: Callable[[str], None]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One archive that is whole and in its place."""

    status: str
    path: Path
    size: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.status} {self.path}: {self.size} bytes, sha256 {self.sha256}"


def fetch(
    wanted: Iterable[ArchiveRow],
    folder: Path,
    base: str = BASE,
    say: Callable[[str], None] = lambda text: None,
    limits: DownloadLimits = LIMITS,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Fetched | LodError]:
    """Yield, for each archive, that it is in its place, or why not; one does not stop the next.

    Raises UsageError if `base` is not an address, LodError if another run uses the folder.
    """
    base = checked(base)
    timeout = urllib3.Timeout(connect=limits.connect, read=limits.read)
    with (
        lock_folder(folder, "lod fetch"),
        urllib3.PoolManager(timeout=timeout, retries=False) as pool,
    ):
        web = Web(pool, limits, say, sleep)
        for archive in wanted:
            outcome: Fetched | LodError
            try:
                outcome = obtain(web, base + archive.chemin, folder / place(archive), archive.md5)
            except LodError as error:
                outcome = error
            yield outcome


def checked(base: str) -> str:
    """Return the address of a repository, with a slash at its end; raise UsageError."""
    return address(base, "--from").rstrip("/") + "/"


def obtain(web: Web, url: str, target: Path, md5: str) -> Fetched:
    """Bring one archive to its place; raise LodError, and what was in that place is still there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    before = intact(target, url)
    limits = web.limits
    try:
        status = patiently(
            lambda: attempt(web, url, part, before, md5),
            Interrupted, limits.delays, limits.pause, web.sleep,
        )  # fmt: skip
    except Interrupted as error:
        raise LodError(f"{error}; {LATER}") from error
    if status != UNCHANGED:
        settle(part, target)
    return Fetched(status, target, target.stat().st_size, digest(target, "sha256"))


def attempt(web: Web, url: str, part: Path, before: TransferState | None, md5: str) -> str:
    """Ask once, and leave a whole, verified file as `part`; return FETCHED, RESUMED or UNCHANGED.

    Raises Interrupted if another try may do better, LodError if not.
    """
    begun = resumable(part, url)
    size = part.stat().st_size if begun else 0
    try:
        with asked(web, url, conditions(before, begun, size)) as answer:
            if answer.status == 304 and before and not begun:
                return UNCHANGED
            refuse(answer, url, begun is not None)
            start = first_byte(answer, size)
            if start is None:
                discard(part)
                raise Interrupted(f"{url}: the server no longer has what was begun")
            if answer.status != 416:
                receive(web, answer, part, url, start)
    except HTTPError as error:
        raise Interrupted(f"{url}: the transfer failed ({reason(error)})") from error
    accept(web, part, url, md5, start)
    return RESUMED if start else FETCHED


def conditions(
    before: TransferState | None, begun: TransferState | None, size: int
) -> dict[str, str]:
    """Return the headers that ask only for what is not there already."""
    if begun:
        # a weak tag may stand for other bytes: it does not join two halves
        tag = "" if begun.etag.startswith("W/") else begun.etag
        headers = {"Range": f"bytes={size}-", "If-Range": tag or begun.last_modified}
    elif before:
        headers = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
    else:
        headers = {}
    return {name: value for name, value in headers.items() if value}


@contextmanager
def asked(web: Web, url: str, headers: dict[str, str]) -> Iterator[urllib3.BaseHTTPResponse]:
    """Give the answer to a request, followed on its own server only; raise LodError elsewhere."""
    for _ in range(REDIRECTS + 1):
        answer = web.pool.request(
            "GET", url, headers=HEADERS | headers, redirect=False, preload_content=False
        )
        try:
            location = answer.get_redirect_location()
            if not location:
                yield answer
                return
        finally:
            answer.close()
        url = followed(url, location)
    raise LodError(f"{url}: more than {REDIRECTS} redirections; {MOVED}")


def followed(url: str, location: str) -> str:
    """Return where a redirection leads on the same server, or to its https; raise LodError."""
    try:
        there = urljoin(url, location)
        old, new = server(urlsplit(url)), server(urlsplit(there))
    except ValueError:
        new = None
    if new is None or (new != old and (old[0], *new[:2]) != ("http", "https", old[1])):
        raise LodError(f"{url}: is redirected to another server, {location!r}; {MOVED}")
    return there


def server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port of an address; raise ValueError for a port that is none."""
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def refuse(answer: urllib3.BaseHTTPResponse, url: str, ranged: bool) -> None:
    """Raise Interrupted or LodError for an answer that cannot be a part of the archive."""
    status = answer.status
    if status in (408, 429) or status >= 500:
        raise Interrupted(f"{url}: {phrase(status)}", pause(answer))
    if status != 200 and not (ranged and status in (206, 416)):
        raise LodError(f"{url}: {phrase(status)}; {MOVED}")
    if status == 200 and answer.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise LodError(f"{url}: a web page came instead of a zip; {MOVED}")


def first_byte(answer: urllib3.BaseHTTPResponse, size: int) -> int | None:
    """Return at which byte of the file an answer begins; None if it does not fit what is there."""
    if answer.status == 200:
        return 0
    span = CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
    stated = span and span["first" if answer.status == 206 else "whole"]
    return size if stated == str(size) else None


def receive(web: Web, answer: urllib3.BaseHTTPResponse, part: Path, url: str, start: int) -> None:
    """Write an answer to `part` from a byte on; raise Interrupted, LodError for too much."""
    whole, end = announced(answer, start), time.monotonic() + web.limits.whole
    if not start:
        begin(part, state_of(answer, url))
    size = start
    with part.open("ab") as file:
        while data := answer.read1(CHUNK, decode_content=False):
            size += file.write(data)
            if size // MIB != (size - len(data)) // MIB:
                web.say(
                    f"{part.stem.lstrip('.')}: {size // MIB} of {(whole or 0) // MIB or '?'} MiB"
                )
            if max(size, whole or 0) > web.limits.size:
                discard(part)
                raise LodError(f"{url}: {max(size, whole or 0)} bytes, which is too much; {MOVED}")
            if time.monotonic() > end:
                raise Interrupted(f"{url}: only {size} bytes in {web.limits.whole} seconds")
        file.flush()
        os.fsync(file.fileno())
    if whole not in (None, size):
        raise Interrupted(f"{url}: {size} bytes came, {whole} were announced")


def announced(answer: urllib3.BaseHTTPResponse, start: int) -> int | None:
    """Return how many bytes the whole file has, as the server says; None if it does not."""
    if start:
        span = CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
        return int(span["whole"]) if span and span["whole"] != "*" else None
    return answer.length_remaining


def accept(web: Web, part: Path, url: str, md5: str, start: int) -> None:
    """Verify what came; throw it away and raise Interrupted or LodError if it is not whole."""
    if wrong := fault(part, md5, web.limits.unpacked):
        discard(part)
        if start:  # perhaps halves of two versions: once more, from the first byte
            raise Interrupted(f"{url}: what was begun and what was added do not make one archive")
        raise LodError(f"{url}: {wrong}")


def state_of(answer: urllib3.BaseHTTPResponse, url: str) -> TransferState:
    """Return how an answer names the version of a file."""
    headers = answer.headers
    return TransferState(
        url=url, etag=headers.get("ETag", ""), last_modified=headers.get("Last-Modified", "")
    )
