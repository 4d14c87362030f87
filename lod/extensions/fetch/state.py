"""The state of a download, in a hidden file beside it; whether a file is a complete archive."""

import hashlib
import json
import re
import zipfile
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from lod.base.durable import rename
from lod.base.inputs import DAMAGE, ZIP_MARKS, BombError, Meter, members, opened
from lod.base.packing import sha256
from lod.remote.http import CHUNK

PORTAL = "https://data.assemblee-nationale.fr/"
# users of an installed wheel cannot edit the table of addresses, which is part of the program
BY_HAND = "put its address into lod.toml ([[archives]]), and tell whoever maintains the program"
# begins a deputy in JSON or XML; does not match the `acteurRef` of a question
ACTEUR = re.compile(rb'"acteurs?"\s*:|<(?:\w+:)?acteurs?[\s>]')
LONGEST_NAME = 40  # most bytes of a match of ACTEUR, with prefix and spaces
MOVED = f"has the address changed? look on {PORTAL}; {BY_HAND}; of a mirror, give the right --from"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferState:
    """Where a file comes from, which version it is, and whether it was verified."""

    url: str
    etag: str = ""  # the header ETag, as sent
    last_modified: str = ""  # the header Last-Modified, as sent
    sha256: str = ""  # in hexadecimal, once the file was verified


def begin(part: Path, state: TransferState) -> None:
    """Make an empty file, and then the state that allows it to be resumed."""
    discard(part)
    part.touch()
    write_state(part, state)


def resumable(part: Path, url: str) -> TransferState | None:
    """Return the state of an unfinished file that can be resumed from `url`, or None."""
    state = read_state(part)
    return state if state and state.url == url and part.is_file() and part.stat().st_size else None


def intact(target: Path, url: str) -> TransferState | None:
    """Return the state of an archive that came from `url` and is unchanged since it was verified;
    or None.
    """
    state = read_state(target)
    if not state or state.url != url or not target.is_file():
        return None
    return state if sha256(target) == state.sha256 else None


def settle(part: Path, target: Path) -> None:
    """Give a verified file its name; if the run is killed in between, it is fetched again."""
    state = replace(read_state(part) or TransferState(url=""), sha256=sha256(part))
    rename(part, target)
    write_state(target, state)
    discard(part)


def discard(part: Path) -> None:
    """Remove an unfinished file, its state first."""
    state_path(part).unlink(missing_ok=True)
    part.unlink(missing_ok=True)


def state_path(path: Path) -> Path:
    return path.with_name(f".{path.name.lstrip('.')}.http.json")


def read_state(path: Path) -> TransferState | None:
    """Return the state of a file; None if it has no readable state."""
    try:
        fields = dict(json.loads(state_path(path).read_bytes()))
        return TransferState(**{name: str(value) for name, value in fields.items()})
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_state(path: Path, state: TransferState) -> None:
    state_path(path).write_text(json.dumps(asdict(state), indent=2) + "\n", "utf-8")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, partial(hashlib.md5, usedforsecurity=False)).hexdigest()


def fault(part: Path, md5: str, of_deputies: bool) -> str:
    """Return what is wrong with a file and what to do; "" if it is a complete archive."""
    with part.open("rb") as file:
        head = file.read(512)
    if not head.startswith(ZIP_MARKS):
        wrong = "a web page came" if head.lstrip().startswith(b"<") else "other bytes came"
        return f"{wrong} instead of a zip; {MOVED}"
    if wrong := damage(part):
        return f"the zip is damaged ({wrong}); run the command again, or look on {PORTAL}"
    if md5 and (actual := _md5(part)) != md5:
        return f"its MD5 is {actual}, not {md5}; compare on {PORTAL}; if that is right, {BY_HAND}"
    if of_deputies and not _has_acteur(part):
        return f"no deputy is in the zip, it is something else; {MOVED}"
    return ""


def _has_acteur(part: Path) -> bool:
    """Say whether a member of a complete zip describes a deputy."""
    with zipfile.ZipFile(part) as archive:
        for member in members(archive):
            with opened(archive, member) as file:
                end = b""  # of the previous piece
                while data := file.read(CHUNK):
                    if ACTEUR.search(end + data):
                        return True
                    end = data[-LONGEST_NAME:]
    return False


def damage(part: Path) -> str:
    """Return why a zip cannot be read to its last byte; "" if each CRC is right."""
    meter = Meter(part.stat().st_size)
    try:
        with zipfile.ZipFile(part) as archive:
            for member in members(archive):
                with opened(archive, member) as file:
                    while data := file.read(CHUNK):
                        meter.add(len(data))
            return "" if archive.filelist else "nothing is in it"
    except (BombError, *DAMAGE) as error:
        return str(error) or type(error).__name__
