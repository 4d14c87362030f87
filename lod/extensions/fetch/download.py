"""Official archives, downloaded into a folder: resumed if interrupted, verified, named last.

Unfinished files are hidden, so that `lod build` of the folder reads only complete archives.
"""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3

from lod.base.durable import lock_folder
from lod.base.errors import LodError, UsageError
from lod.base.packaged import MAPPINGS
from lod.base.packing import sha256
from lod.base.settings import ArchiveAddress
from lod.base.tabular import typed_rows
from lod.extensions.fetch.state import (
    BY_HAND,
    MOVED,
    PORTAL,
    TransferState,
    begin,
    discard,
    fault,
    intact,
    resumable,
    settle,
)
from lod.remote.http import (
    PORTS,
    HttpClient,
    Limits,
    TransientError,
    checked_address,
    phrase,
    raise_if_transient,
)

BASE = f"{PORTAL}static/openData/repository/"
HEADERS = {"Accept-Encoding": "identity"}  # zips are packed already; ranges count bytes as sent
SITTINGS = "debats"  # type and folder of the official records of sittings
REDIRECTS = 5
MIB = 2**20  # bytes
CONTENT_RANGE = re.compile(r"bytes (?:(?P<first>\d{1,18})-\d+|\*)/(?P<whole>\d{1,18}|\*)")
STATUSES = FETCHED, RESUMED, UNCHANGED, FAILED = "fetched", "resumed", "unchanged", "failed"
FETCH_LATER = "run the command again later, it goes on from what is there"
ARCHIVE_LIMITS = Limits(read=60, whole=3600, size=2**30)  # the largest archive has 133 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRow:
    """One official archive, as a row of `archives.csv` states it."""

    legislature: str  # "" for archives of all legislatures
    type: str  # of the questions: qe, qg, qosd; debats: sittings; or amo10, amo30
    forme: str  # json or xml
    chemin: str  # path below the repository of the Assemblée, or an address
    md5: str  # "" if it is not known


@cache
def archives() -> tuple[ArchiveRow, ...]:
    return tuple(typed_rows(ArchiveRow, MAPPINGS / "archives.csv", "type", "forme", "chemin"))


def addressed(stated: Iterable[ArchiveAddress]) -> list[ArchiveRow]:
    """Return the rows of the archives with addresses that `lod.toml` states: each replaces that of
    the same archive in the same form, or comes to the others.
    """
    rows = {_key(row): row for row in archives()}
    for archive in stated:
        legislature = "" if archive.legislature is None else str(archive.legislature)
        form = "xml" if archive.adresse.endswith(".xml.zip") else "json"
        row = ArchiveRow(
            legislature=legislature, type=archive.type, forme=form, chemin=archive.adresse, md5=""
        )
        rows[_key(row)] = row
    return [*rows.values()]


def _key(row: ArchiveRow) -> tuple[str, str, str]:
    return row.legislature, row.type, row.forme


def select(
    legislatures: Iterable[str],
    types: str,
    form: str,
    amo: bool,
    stated: Iterable[ArchiveAddress] = (),
) -> list[ArchiveRow]:
    """Return the rows of the archives; raise UsageError if there is none for a value.

    `types` are separated by commas; `amo` adds the archives of deputies and bodies.
    """
    table = addressed(stated)
    criteria = {
        "legislature": set(legislatures),
        "type": {name.strip().lower() for name in types.split(",")},
    }
    chosen = questions = [archive for archive in table if archive.legislature]
    for column, values in criteria.items():
        known = sorted({getattr(archive, column) for archive in questions})
        if unknown := sorted(values - set(known)):
            wrong = f"{column} '{unknown[0]}' has no archive here"
            remedy = f", or {BY_HAND}" if column == "legislature" else ""
            raise UsageError(f"{wrong}; choose among {', '.join(known)}{remedy}")
        chosen = [archive for archive in chosen if getattr(archive, column) in values]
    chosen = [*chosen, *(archive for archive in table if amo and not archive.legislature)]
    if not chosen:
        raise UsageError("nothing to fetch; name a legislature, here or in lod.toml, or give --amo")
    if not (in_form := [archive for archive in chosen if archive.forme == form]):
        raise UsageError(f"none of these archives is {form}; give --form {chosen[0].forme}")
    return in_form


def place(archive: ArchiveRow) -> Path:
    """Return the path of an archive in the folder, by legislature: their files have equal names.

    Sittings stand apart: a build of the folder of a legislature would take them for questions.
    """
    apart = SITTINGS if archive.type == SITTINGS else ""
    return Path(apart, archive.legislature or "amo", Path(archive.chemin).name)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An archive that is complete and in its place."""

    status: str  # FETCHED, RESUMED or UNCHANGED
    path: Path
    size: int  # bytes
    sha256: str  # in hexadecimal

    def __str__(self) -> str:
        return f"{self.status} {self.path}: {self.size} bytes, sha256 {self.sha256}"


def fetch(
    wanted: Iterable[ArchiveRow],
    folder: Path,
    base: str = BASE,
    say: Callable[[str], None] = lambda text: None,
    limits: Limits = ARCHIVE_LIMITS,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Fetched | LodError]:
    """Download archives into a folder; yield for each the archive in its place, or the error.

    Raises UsageError if `base` is not an address, LodError if another run uses the folder.
    """
    base = checked_address(base, "--from").rstrip("/") + "/"
    with lock_folder(folder, "lod fetch"), closing(HttpClient(limits, say, sleep)) as client:
        for archive in wanted:
            target = folder / place(archive)
            try:
                outcome: Fetched | LodError = obtain(client, base, target, archive)
            except LodError as error:
                outcome = error
            yield outcome


def obtain(client: HttpClient, base: str, target: Path, archive: ArchiveRow) -> Fetched:
    """Download one archive to its place; if LodError is raised, the place is as it was."""
    is_whole = "://" in archive.chemin
    url = checked_address(archive.chemin, "adresse") if is_whole else base + archive.chemin
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    before = intact(target, url)
    try:
        status = client.patiently(url, lambda: attempt(client, url, part, before, archive))
    except TransientError as error:
        raise LodError(f"{error}; {FETCH_LATER}") from error
    if status != UNCHANGED:
        settle(part, target)
    return Fetched(status, target, target.stat().st_size, sha256(target))


def attempt(
    client: HttpClient, url: str, part: Path, before: TransferState | None, archive: ArchiveRow
) -> str:
    """Send one request, and leave a verified file as `part`; return the status.

    `before` describes the archive in its place, if there is one; `part` is then not written if the
    server has nothing newer. Raises TransientError if another try may succeed, LodError if not.
    """
    begun = resumable(part, url)
    size = part.stat().st_size if begun else 0
    with opened(client, url, conditions(before, begun, size)) as answer:
        if answer.status == 304 and before and not begun:
            return UNCHANGED
        refuse(answer, url, begun is not None)
        start, whole = span(answer, size)
        if start is None:
            discard(part)
            raise TransientError(f"{url}: the server no longer has what was begun")
        if answer.status != 416:
            receive(client, answer, part, url, start, whole)
    accept(part, url, archive, start)
    return RESUMED if start else FETCHED


def conditions(
    before: TransferState | None, begun: TransferState | None, size: int
) -> dict[str, str]:
    """Return the headers that ask for missing bytes only: the rest of a file, or a new version."""
    if begun:
        # a weak tag may stand for other bytes: two parts with the same one may not fit
        tag = "" if begun.etag.startswith("W/") else begun.etag
        headers = {"Range": f"bytes={size}-", "If-Range": tag or begun.last_modified}
    elif before:
        headers = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
    else:
        headers = {}
    return {name: value for name, value in headers.items() if value}


@contextmanager
def opened(
    client: HttpClient, url: str, headers: dict[str, str]
) -> Iterator[urllib3.BaseHTTPResponse]:
    """Give the answer to a GET, after redirections on its server; raise LodError for any other
    redirection.
    """
    end = time.monotonic() + client.limits.whole  # of all requests together
    for _ in range(REDIRECTS + 1):
        seconds = max(end - time.monotonic(), 0.001)
        with closing(client.open("GET", url, HEADERS | headers, seconds=seconds)) as answer:
            location = answer.get_redirect_location()
            if not location:
                yield answer
                return
        url = followed(url, location)
    raise LodError(f"{url}: more than {REDIRECTS} redirections; {MOVED}")


def followed(url: str, location: str) -> str:
    """Return the target of a redirection to the same server, or to its https; raise LodError for
    any other target.
    """
    try:
        target = urljoin(url, location)
        old, new = server(urlsplit(url)), server(urlsplit(target))
    except ValueError:
        new = None
    if new is None or (new != old and (old[0], *new[:2]) != ("http", "https", old[1])):
        raise LodError(f"{url}: is redirected to another server, {location[:200]!r}; {MOVED}")
    return target


def server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port of an address; raise ValueError if the port is not valid."""
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def refuse(answer: urllib3.BaseHTTPResponse, url: str, ranged: bool) -> None:
    """Raise TransientError or LodError for an answer that is not a part of the archive."""
    raise_if_transient(answer, url)
    status = answer.status
    if status != 200 and not (ranged and status in (206, 416)):
        raise LodError(f"{url}: {phrase(status)}; {MOVED}")
    if status == 200 and answer.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise LodError(f"{url}: a web page came instead of a zip; {MOVED}")


def span(answer: urllib3.BaseHTTPResponse, size: int) -> tuple[int | None, int | None]:
    """Return at which byte of the file an answer begins, None if it does not continue a file of
    `size` bytes; and how many bytes the whole file has, None if the server does not state it.
    """
    if answer.status == 200:
        return 0, answer.length_remaining
    stated = CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
    if stated is None or stated["first" if answer.status == 206 else "whole"] != str(size):
        return None, None
    return size, None if stated["whole"] == "*" else int(stated["whole"])


def receive(
    client: HttpClient, answer: urllib3.BaseHTTPResponse, part: Path, url: str,
    start: int, whole: int | None,
) -> None:  # fmt: skip
    """Append an answer to `part`, at byte `start`; raise TransientError if it is incomplete.

    Raises LodError, and removes `part`, if the archive is larger than the limits allow.
    """
    size = start
    if not start:
        headers = answer.headers  # they name the version of the file
        etag, last_modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
        begin(part, TransferState(url=url, etag=etag, last_modified=last_modified))
    with part.open("ab") as file:
        for data in client.pieces(answer, url):
            size += file.write(data)
            file.flush()  # if the run is killed, what has come so far stays
            if size // MIB != (size - len(data)) // MIB:
                total = (whole or 0) // MIB or "?"
                client.say(f"{part.stem.lstrip('.')}: {size // MIB} of {total} MiB")
            if (most := max(size, whole or 0)) > client.limits.size:
                discard(part)
                raise LodError(f"{url}: {most} bytes, which is too much; {MOVED}")
        os.fsync(file.fileno())
    if whole not in (None, size):
        raise TransientError(f"{url}: {size} bytes came, {whole} were announced")


def accept(part: Path, url: str, archive: ArchiveRow, start: int) -> None:
    """Verify `part`; remove it and raise TransientError or LodError if it is not the archive."""
    if wrong := fault(part, archive.md5, of_deputies=not archive.legislature):
        discard(part)
        if start:  # perhaps parts of two versions: try again from the first byte
            raise TransientError(
                f"{url}: what was begun and what was added do not make one archive"
            )
        raise LodError(f"{url}: {wrong}")
