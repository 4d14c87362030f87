"""Templates compiled once a machine, beside them in `__pycache__` as Python keeps its modules."""

import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket


class BesideTemplates(FileSystemBytecodeCache):
    """A cache in a folder that may be read-only: then what is missing is compiled each time."""

    def __init__(self, folder: Path, made_by: Path) -> None:
        """Keep what the extensions of Jinja in the file `made_by` have made of the templates."""
        super().__init__(str(folder))
        self._made_by = sha256(made_by.read_bytes()).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """Return what a compiled template is valid for: its text, and what is done with it."""
        return f"{super().get_source_checksum(source)} {self._made_by}"

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template, where that is allowed."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def beside(templates: Path, made_by: Path) -> BytecodeCache | None:
    """Return the cache beside templates; None if Python keeps none, or the folder is read-only."""
    folder = templates / "__pycache__"
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    return BesideTemplates(folder, made_by) if folder.is_dir() and not sys.dont_write_bytecode else None
