"""Files of SQLite that are finished: a release has several, which nobody changes any more."""

import sqlite3
from pathlib import Path
from weakref import finalize


def read_only(path: Path) -> str:
    """Return the address under which SQLite opens a finished file, without locks or a journal."""
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


class HeldFile:
    """A finished file that is open as long as somebody holds this value, at most until the end of
    the process; any thread may ask it.
    """

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(read_only(path), uri=True, check_same_thread=False)
        finalize(self, self.connection.close)
