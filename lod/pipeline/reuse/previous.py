"""The release before, as far as a build may reuse it: who asks it need not know its files.

What is damaged, or has other tables, is as if it were not there. Who asks, and so decides what is
taken over, is in `lod/pipeline/reuse/__init__.py`.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from lod.base.durable import HeldFile
from lod.base.packing import DAMAGED, unpack
from lod.pipeline.question_db import QUESTIONS_FILE
from lod.pipeline.question_memo import QuestionMemo
from lod.pipeline.reuse.kept import KEPT_FILE, MADE_WITH, KnownRecord

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Previous:
    """What the release before offers; without a folder, nothing."""

    folder: Path | None = None  # of that release

    @property
    def site(self) -> Path | None:
        """Return the site of that release."""
        return self.folder and self.folder / "site"

    def was_made_with(self, made_with: str) -> bool:
        """Say whether it was made with the same program, tables and settings."""
        found = self._rows(KEPT_FILE, "SELECT valeur FROM propriete WHERE nom = ?", MADE_WITH)
        return found == [(made_with,)]

    def known_record(self, name: str, sha256: str) -> KnownRecord | None:
        """Return what is known of a record that it published.

        It holds only if it `was_made_with` the same.
        """
        text = (
            "SELECT uid, auteur, legislature, dernier FROM enregistrement "
            "WHERE nom = ? AND sha256 = ?"
        )
        for uid, auteur, legislature, day in self._rows(KEPT_FILE, text, name, sha256):
            last_day = date.fromisoformat(day) if day else None
            is_there = self.source(sha256) is not None  # else it could not be kept on
            return KnownRecord(uid, auteur, legislature, last_day) if is_there else None
        return None

    def source(self, sha256: str) -> bytes | None:
        """Return the packed bytes of a record; None if they are not there, or damaged."""
        text = "SELECT octets FROM source WHERE sha256 = ?"
        found = self._rows(QUESTIONS_FILE, text, sha256)
        return found[0][0] if found and _is_whole(found[0]) else None

    def memo(self, uid: str, key: bytes, day: str) -> QuestionMemo | None:
        """Return the memo of a question that was made of the same, and still holds on this day."""
        text = (
            "SELECT uid, cle, jour, faits, resume, question, textes "
            "FROM question JOIN contenu USING (rang) "
            "WHERE uid = ? AND cle = ? AND (jour IS NULL OR jour = ?)"
        )
        found = self._rows(QUESTIONS_FILE, text, uid, key, day)
        memo = QuestionMemo(*found[0]) if found else None
        return memo if memo and _is_whole((memo.summary, memo.question, memo.texts)) else None

    def pages(self, key: bytes) -> list[str]:
        """Return the files of its site that were made of what has this key."""
        text = "SELECT chemin FROM page WHERE cle = ? ORDER BY chemin"
        return [path for (path,) in self._rows(KEPT_FILE, text, key)]

    def _rows(self, file: str, text: str, *values: object) -> Sequence[Row]:
        if self.folder is None:
            return []
        try:
            path = self.folder / file
            disk = _held(path, path.stat().st_mtime_ns).connection
            return disk.execute(text, values).fetchall()
        except (OSError, sqlite3.Error):
            return []


def _is_whole(packed: Iterable[bytes]) -> bool:
    """Say whether nothing of some packed bytes is damaged, by the sums within them."""
    try:
        return all(unpack(data) is not None for data in packed)
    except DAMAGED:
        return False


NO_PREVIOUS = Previous()  # for the first release


@lru_cache(2)
def _held(path: Path, _: int) -> HeldFile:
    """Open a file once in a process, or again if it is another one now."""
    return HeldFile(path)
