"""The file `reprise.db` of a release: what its records say, what pages of resources are made of.

Only the next build asks for it; its tables are in `kept.sql`.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import NamedTuple

KEPT_FILE = "reprise.db"
SCHEMA = Path(__file__).with_suffix(".sql")
MADE_WITH = "fait avec"  # property: hash of what questions are made with besides records


class KnownRecord(NamedTuple):
    """What is to be known of a record that was published, if it is met again."""

    uid: str
    auteur: str | None  # reference of the person
    legislature: int
    last_day: date | None  # the latest that it names


class KeptWriter(AbstractContextManager["KeptWriter"]):
    """Writes the file; pages may come in any order, and the file has the same bytes."""

    def __init__(self, release: Path, made_with: str) -> None:
        self._disk = sqlite3.connect(release / KEPT_FILE, isolation_level=None)
        self._disk.executescript(SCHEMA.read_text("utf-8"))
        self._disk.execute("CREATE TEMP TABLE nouvelle (cle BLOB, chemin TEXT)")
        self._disk.execute("BEGIN")
        self._disk.execute("INSERT INTO propriete VALUES (?, ?)", (MADE_WITH, made_with))

    def __exit__(self, *exc: object) -> None:
        self._disk.execute("INSERT OR IGNORE INTO page SELECT * FROM nouvelle ORDER BY cle, chemin")
        self._disk.execute("COMMIT")
        self._disk.close()

    def add_record(self, name: str, sha256: str, known: KnownRecord) -> None:
        """Keep what a published record says."""
        day = known.last_day and known.last_day.isoformat()
        row = (name, sha256, known.uid, known.auteur, known.legislature, day)
        self._disk.execute("INSERT OR IGNORE INTO enregistrement VALUES (?, ?, ?, ?, ?, ?)", row)

    def add_pages(self, pages: Iterable[tuple[bytes, str]]) -> None:
        """Keep the key and the path of some files of the site."""
        self._disk.executemany("INSERT INTO nouvelle VALUES (?, ?)", pages)
