"""Scripts of others for the site, downloaded from the npm registry and verified.

`python -m lod.remote.npm` downloads what a table `vendor.csv` names and is not there yet. Without a
network it says so in one line, and the site is built without them.
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
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.packaged import Vendored
from lod.remote.http import HttpClient, Limits, phrase, within

NPM_LIMITS = Limits(connect=10, read=20, whole=120, size=16 * 2**20)
LARGEST = 4 * 2**20  # bytes of one file
# a relative path whose parts do not begin with a point: it never leads out of the folder
FILE_NAME = re.compile(r"(?:[a-z0-9][\w.-]*/)+[a-z0-9][\w.-]*", re.ASCII)
CORRECT = "correct its row in vendor.csv"
WITHOUT = "the site goes without it; to try again: python -m lod.remote.npm"


def bring(rows: Iterable[Vendored], limits: Limits = NPM_LIMITS) -> Iterator[str | LodError]:
    """Yield, for each package, that its files are in their place, or the error."""
    with closing(HttpClient(limits)) as client:
        for folder, group in groupby(rows, lambda row: row.folder):
            package = folder.name.replace("+", "/")
            try:
                yield f"{package}: {install(client, folder, list(group))}"
            except LodError as error:
                yield LodError(f"{package}: {error}; {WITHOUT}")


def install(client: HttpClient, folder: Path, rows: list[Vendored]) -> str:
    """Put the files of one package in their folder, all or none, and return what was done.

    Raises LodError for a wrong row, and for a package that cannot be downloaded or verified.
    """
    for row in rows:
        if not FILE_NAME.fullmatch(row.name):
            raise LodError(f"the name {row.name!r} is not that of a file in a folder; {CORRECT}")
    if all(row.path.is_file() for row in rows):
        return "is there"
    url = rows[0].tarball
    data = within(client.limits.whole, url, lambda: download(client, url))
    verify(data, rows[0].integrity)
    write_folder(folder, {row.name: content for row, content in unpacked(data, rows)})
    return f"{len(rows)} files, verified"


def download(client: HttpClient, url: str) -> bytes:
    """Return the bytes at an address; raise LodError if the answer is not whole, or not 200."""
    with closing(client.open("GET", url, {})) as answer:
        if answer.status != 200:
            raise LodError(f"{url}: {phrase(answer.status)}; {CORRECT}")
        return client.body(answer, url)


def verify(data: bytes, integrity: str) -> None:
    """Raise LodError unless the bytes have the hash that npm writes as `sha512-` and base64."""
    found = f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
    if found != integrity:
        raise LodError(f"its hash is {found}, not {integrity}; do not use it, or {CORRECT}")


def unpacked(data: bytes, rows: list[Vendored]) -> Iterator[tuple[Vendored, bytes]]:
    """Yield each row with the bytes of its member; raise LodError if a member is missing."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            found = {member.name: member for member in archive}
            for row in rows:
                yield row, member_bytes(archive, found.get(row.member), row.member)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise LodError(f"is no package that can be read ({error}); {CORRECT}") from error


def member_bytes(archive: tarfile.TarFile, member: tarfile.TarInfo | None, name: str) -> bytes:
    """Return the bytes of a member; raise LodError if it is not a file, or a large one."""
    file = archive.extractfile(member) if member and member.isreg() else None
    if member is None or file is None:
        raise LodError(f"has no file {name}; {CORRECT}")
    if member.size > LARGEST:
        raise LodError(f"{name} has {member.size} bytes, more than {LARGEST}; {CORRECT}")
    with file:
        return file.read()


def write_folder(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files into a folder that has its name once all are on disk; raise LodError."""
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
    """Download every package of the table; return 1 if one is not there in the end."""
    outcomes = list(bring(packaged.vendored()))
    for outcome in outcomes:
        print(outcome, file=sys.stderr if isinstance(outcome, LodError) else sys.stdout)
    return int(any(isinstance(outcome, LodError) for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
