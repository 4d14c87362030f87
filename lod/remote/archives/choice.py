"""Which archives are asked for, and where each lies in the folder."""

from collections.abc import Iterable
from pathlib import Path

from lod.base.errors import UsageError
from lod.reference.tables import ArchiveRow, archives


def select(legislatures: Iterable[str], types: str, form: str, amo: bool) -> list[ArchiveRow]:
    """Return the archives that are asked for; raise UsageError for what no row has."""
    wanted = {
        "legislature": set(legislatures),
        "type": {name.strip().lower() for name in types.split(",")},
    }
    questions = [archive for archive in archives() if archive.legislature]
    for column, values in wanted.items():
        known = sorted({getattr(archive, column) for archive in questions})
        if unknown := sorted(values - set(known)):
            raise UsageError(
                f"{column} '{unknown[0]}' has no archive here; choose among {', '.join(known)}"
            )
    found = [
        archive
        for archive in questions
        if all(getattr(archive, column) in values for column, values in wanted.items())
    ]
    found += [archive for archive in archives() if amo and not archive.legislature]
    if not found:
        raise UsageError("nothing to fetch; name a legislature, such as 17, or give --amo")
    return [archive for archive in found if archive.forme == form]


def place(archive: ArchiveRow) -> Path:
    """Return where an archive lies in the folder: 16 and 17 use the same names of files."""
    return Path(archive.legislature or "amo") / Path(archive.chemin).name
