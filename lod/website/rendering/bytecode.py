"""Templates compiled once a machine, beside them in `__pycache__` as Python keeps its modules."""

import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class BesideTemplates(FileSystemBytecodeCache):
    """The compiled templates in a folder; where it cannot be written, each process compiles them."""

    def __init__(self, templates: Path, made_by: Path) -> None:
        """Keep what the extensions of Jinja in the module `made_by` have made of the templates."""
        super().__init__(str(templates / "__pycache__"))
        self._made_by = sha256(made_by.read_bytes()).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """Return what a compiled template is valid for: its text, and what was done with it."""
        return f"{super().get_source_checksum(source)} {self._made_by}"

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template, if Python may write compiled modules."""
        with suppress(OSError):
            if not sys.dont_write_bytecode:
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
