"""A memo: a value kept in a file of a release for the next one, with the key it was made under.

It is the one format of what is kept beside the data, and this module alone says what is damaged.
"""

import pickle
import zlib
from pathlib import Path
from typing import Any, NamedTuple

SUFFIX = ".memo"  # of the name of every such file
# what reading a release may raise that is cut off, or that somebody has changed
DAMAGED = (
    OSError, EOFError, ValueError, SyntaxError, RuntimeError, TypeError, AttributeError,
    ImportError, LookupError, pickle.UnpicklingError, zlib.error,
)  # fmt: skip


class Memo(NamedTuple):
    """A value, and all that it depends on."""

    key: Any
    value: Any


def read_memo(path: Path | None) -> Memo | None:
    """Return what was kept in a file; None without a file, or if it is damaged."""
    try:
        return Memo(*pickle.loads(path.read_bytes())) if path else None
    except DAMAGED:
        return None


def write_memo(path: Path, key: Any, value: Any) -> None:
    """Keep a value in a new file; the same key and value give the same bytes."""
    with path.open("xb") as file:
        file.write(pickle.dumps((key, value)))
