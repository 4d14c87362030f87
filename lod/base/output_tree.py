"""The one way to write a file of the site.

A release does not change: no file that is there is ever opened for writing, as releases, or copies
of them, may share it (hard links).
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OutputTree:
    """A site that is being written."""

    folder: Path

    def write(self, path: str, content: bytes) -> None:
        """Write a file, in folders that need not be there; what was there before is replaced."""
        target = self.folder / path
        target.unlink(missing_ok=True)
        try:
            target.write_bytes(content)
        except FileNotFoundError:  # the folder, which nearly always is there
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def copy(self, source: Path, path: str) -> None:
        """Write a file, or all that is in a folder."""
        if source.is_file():
            self.write(path, source.read_bytes())
            return
        for entry in sorted(source.iterdir()):
            self.copy(entry, f"{path}/{entry.name}")


def page_path(path: str, number: int) -> str:
    """Return where a page of a list stands.

    >>> page_path("deputes", 1), page_path("deputes", 2)
    ('deputes', 'deputes/page-2')
    """
    return path if number == 1 else f"{path}/page-{number}"
