"""The archives that a command line asks for, and the place of each in the folder."""

from collections.abc import Iterable
from pathlib import Path

from lod.base.errors import UsageError
from lod.reference.tables import ArchiveRow, archives


def select(legislatures: Iterable[str], types: str, form: str, amo: bool) -> list[ArchiveRow]:
    """Return the rows of the archives; raise UsageError if there is none for a value.

    `types` are separated by commas; `amo` adds the archives of deputies and bodies.
    """
    wanted = {
        "legislature": set(legislatures),
        "type": {name.strip().lower() for name in types.split(",")},
    }
    found = questions = [archive for archive in archives() if archive.legislature]
    for column, values in wanted.items():
        known = sorted({getattr(archive, column) for archive in questions})
        if unknown := sorted(values - set(known)):
            wrong = f"{column} '{unknown[0]}' has no archive here"
            raise UsageError(f"{wrong}; choose among {', '.join(known)}")
        found = [archive for archive in found if getattr(archive, column) in values]
    found = [*found, *(archive for archive in archives() if amo and not archive.legislature)]
    if not found:
        raise UsageError("nothing to fetch; name a legislature, such as 17, or give --amo")
    return [archive for archive in found if archive.forme == form]


def place(archive: ArchiveRow) -> Path:
    """Return the path of an archive in the folder: 16 and 17 use the same names of files."""
    return Path(archive.legislature or "amo") / Path(archive.chemin).name
