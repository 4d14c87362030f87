"""Files of SQLite that are finished: a release has several, which nobody changes any more."""

from pathlib import Path


def read_only(path: Path) -> str:
    """Return the address under which SQLite opens a finished file, without locks or a journal."""
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
