"""On which day each official archive changed, as the server says from which `lod fetch` has it.

What that command knows of a download stands in a hidden file beside it, which no build takes for a
record.
"""

from collections.abc import Iterable
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec

from lod.base.inputs import files


class _Download(msgspec.Struct):
    last_modified: str  # the header Last-Modified, as sent


def archive_days(inputs: Iterable[Path]) -> tuple[tuple[str, date], ...]:
    """Return name, with its folder, → day, of archives among some inputs of which it is known."""
    archives = {path.absolute() for top in inputs for path in files(top) if path.suffix == ".zip"}
    days = ((f"{path.parent.name}/{path.name}", changed_on(path)) for path in archives)
    return tuple(sorted((name, day) for name, day in days if day))


def changed_on(archive: Path) -> date | None:
    """Return the day in UTC; None without a file beside the archive that states it."""
    try:
        data = archive.with_name(f".{archive.name}.http.json").read_bytes()
        stated = msgspec.json.decode(data, type=_Download)
        return parsedate_to_datetime(stated.last_modified).astimezone(UTC).date()
    except (OSError, ValueError, OverflowError, msgspec.MsgspecError):
        return None
