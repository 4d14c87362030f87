"""What is known of a file on disk, in a small hidden file beside it: where it comes from, how the
server names the version, what was verified.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from lod.base.durable import rename


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferState:
    """Where a file comes from, how its server names the version, and what was verified."""

    url: str
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""


def begin(part: Path, state: TransferState) -> None:
    """Make an empty file, and only then the notes that allow it to be resumed."""
    discard(part)
    part.touch()
    write_state(part, state)


def resumable(part: Path, url: str) -> TransferState | None:
    """Return the notes of a file that can be gone on with, or None."""
    state = read_state(part)
    return state if state and state.url == url and part.is_file() and part.stat().st_size else None


def intact(target: Path, url: str) -> TransferState | None:
    """Return the notes of an archive that is in its place as it was verified, or None."""
    state = read_state(target)
    if not state or state.url != url or not target.is_file():
        return None
    return state if digest(target, "sha256") == state.sha256 else None


def settle(part: Path, target: Path) -> None:
    """Give a verified file its name, on disk; a run that is killed here fetches again."""
    state = replace(read_state(part) or TransferState(url=""), sha256=digest(part, "sha256"))
    rename(part, target)
    write_state(target, state)
    discard(part)


def discard(part: Path) -> None:
    """Remove a file that was begun, its notes first."""
    state_path(part).unlink(missing_ok=True)
    part.unlink(missing_ok=True)


def state_path(path: Path) -> Path:
    """Return where the notes of a file are."""
    return path.with_name(f".{path.name.lstrip('.')}.http.json")


def read_state(path: Path) -> TransferState | None:
    """Return the notes of a file; None if there are none that can be read."""
    try:
        stated = dict(json.loads(state_path(path).read_bytes()))
        return TransferState(**{name: str(value) for name, value in stated.items()})
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_state(path: Path, state: TransferState) -> None:
    """Write the notes of a file beside it."""
    state_path(path).write_text(json.dumps(asdict(state), indent=2) + "\n", "utf-8")


def digest(path: Path, name: str) -> str:
    """Return a hash of a file in hexadecimal, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(name, usedforsecurity=False)
        ).hexdigest()
