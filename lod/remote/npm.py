"""Scripts of others for the site, from their registry: verified, and only then unpacked.

`python -m lod.remote.npm` brings what `site/vendor.csv` names and is not there
yet. Without a network it says so in one line, and the site is built without them.
"""

import base64
import hashlib
import io
import os
import re
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import urllib3
from urllib3.exceptions import HTTPError

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.packaged import Vendored
from lod.remote.archives.download import DownloadLimits, Web, asked
from lod.remote.http import CHUNK, phrase, reason

LIMITS = DownloadLimits(delays=(), connect=10, read=20, whole=120, size=16 * 2**20)
LARGEST = 4 * 2**20  # bytes of one file
NAME = re.compile(r"(?:[a-z0-9][\w.-]*/)+[a-z0-9][\w.-]*", re.ASCII)  # it leads nowhere upwards
ROW = "correct its row in site/vendor.csv"
WITHOUT = "the site goes without it; to try again: python -m lod.remote.npm"


def bring(rows: Iterable[Vendored], limits: DownloadLimits = LIMITS) -> Iterator[str | LodError]:
    """Yield, for each package, that its files are in their place, or why not."""
    timeout = urllib3.Timeout(connect=limits.connect, read=limits.read)
    with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
        web = Web(pool, limits, lambda text: None, time.sleep)
        for folder, group in groupby(rows, lambda row: row.folder):
            wanted, said = list(group), f"{folder.name.replace('+', '/')}"
            try:
                yield f"{said}: {install(web, folder, wanted)}"
            except LodError as error:
                yield LodError(f"{said}: {error}; {WITHOUT}")


def install(web: Web, folder: Path, rows: list[Vendored]) -> str:
    """Put the files of one package in their folder, all or none; raise LodError."""
    for row in rows:
        if not NAME.fullmatch(row.name):
            raise LodError(f"the name {row.name!r} is not that of a file in a folder; {ROW}")
    if all(row.path.is_file() for row in rows):
        return "is there"
    data = download(web, rows[0].tarball)
    verify(data, rows[0].integrity)
    settle(folder, {row.name: content for row, content in unpacked(data, rows)})
    return f"{len(rows)} files, verified"


def download(web: Web, url: str) -> bytes:
    """Return what is at an address; raise LodError for less or more than that."""
    data, end = bytearray(), time.monotonic() + web.limits.whole
    try:
        with asked(web, url, {}) as answer:
            if answer.status != 200:
                raise LodError(f"{url}: {phrase(answer.status)}")
            while piece := answer.read1(CHUNK, decode_content=False):
                data += piece
                if len(data) > web.limits.size:
                    raise LodError(f"{url}: more than {web.limits.size} bytes")
                if time.monotonic() > end:
                    raise LodError(f"{url}: only {len(data)} bytes in {web.limits.whole} seconds")
    except HTTPError as error:
        raise LodError(f"{url}: the transfer failed ({reason(error)})") from error
    return bytes(data)


def verify(data: bytes, integrity: str) -> None:
    """Raise LodError unless the bytes have the hash that npm writes as `sha512-` and base64."""
    found = f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
    if found != integrity:
        raise LodError(f"its hash is {found}, not {integrity}; do not use it, or {ROW}")


def unpacked(data: bytes, rows: list[Vendored]) -> Iterator[tuple[Vendored, bytes]]:
    """Yield each row with the bytes of its member; no other member is looked at."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            found = {member.name: member for member in archive}
            for row in rows:
                yield row, content(archive, found.get(row.member), row.member)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise LodError(f"is no package that can be read ({error}); {ROW}") from error


def content(archive: tarfile.TarFile, member: tarfile.TarInfo | None, name: str) -> bytes:
    """Return the bytes of a member; raise LodError if it is no file, or a large one."""
    file = archive.extractfile(member) if member and member.isreg() else None
    if member is None or file is None:
        raise LodError(f"has no file {name}; {ROW}")
    if member.size > LARGEST:
        raise LodError(f"{name} has {member.size} bytes, more than {LARGEST}; {ROW}")
    with file:
        return file.read()


def settle(folder: Path, contents: dict[str, bytes]) -> None:
    """Give a folder its name once all its files are on disk; raise LodError if that cannot be."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            for name, data in contents.items():
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                (work / name).write_bytes(data)
            work.chmod(0o755)
            os.sync()
            shutil.rmtree(folder, ignore_errors=True)  # an older table named fewer files
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise LodError(f"cannot be written ({error})") from error


def main() -> int:
    """Bring every package of the table; return 1 if one is not there."""
    outcomes = list(bring(packaged.vendored()))
    for outcome in outcomes:
        print(outcome, file=sys.stderr if isinstance(outcome, LodError) else sys.stdout)
    return int(any(isinstance(outcome, LodError) for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
