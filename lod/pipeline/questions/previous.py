"""What a release may take over from the one before it.

Reuse is decided for each record by `RecordReader.known` (`lod/pipeline/reading/intake.py`), for
each question by `Converter.known` (`lod/pipeline/settling/settle.py`).
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from lod.base.durable import HeldFile
from lod.base.errors import LodError
from lod.base.packing import DAMAGED as UNREADABLE
from lod.base.packing import crc32
from lod.pipeline.questions.question_db import (
    FACT_COLUMNS,
    MADE_WITH,
    QUESTIONS_FILE,
    KnownRecord,
    PublishedQuestions,
    sum_of,
)
from lod.pipeline.questions.question_memo import QuestionFacts, QuestionMemo

# what reading a release may raise that is cut off, or that somebody has changed
DAMAGED = (*UNREADABLE, OSError, SyntaxError, RuntimeError, LookupError, LodError, sqlite3.Error)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Previous:
    """What the release before offers; without a folder, nothing. Each process opens its file for
    itself, once.
    """

    folder: Path | None = None  # of that release

    def __getstate__(self) -> dict[str, object]:
        return {"folder": self.folder}

    @cached_property
    def _held(self) -> HeldFile:
        assert self.folder, "nobody asks a release that is not there"
        return HeldFile(self.folder / QUESTIONS_FILE)

    @property
    def questions(self) -> PublishedQuestions | None:
        return PublishedQuestions(self.folder) if self.folder else None

    def was_made_with(self, made_with: str) -> bool:
        """Return whether it was made with the same program, tables and settings."""
        text = "SELECT valeur FROM propriete WHERE nom = ?"
        return self._rows(text, MADE_WITH) == [(made_with,)]

    def known_record(self, name: str, sha256: str) -> KnownRecord | None:
        """Return what is known of a record that it published.

        It holds only if it `was_made_with` the same.
        """
        text = (
            "SELECT uid, auteur, legislature, dernier, enregistrement.somme, octets, source.somme "
            "FROM enregistrement JOIN source USING (sha256) WHERE nom = ? AND sha256 = ?"
        )
        for uid, auteur, legislature, day, total, *packed in self._rows(text, name, sha256):
            is_whole = total == sum_of((name, sha256, uid, auteur, legislature, day))
            if is_whole and _is_whole(*packed):  # else its bytes could not be taken over
                last_day = date.fromisoformat(day) if day else None
                return KnownRecord(uid, auteur, legislature, last_day)
        return None

    def source(self, sha256: str) -> bytes | None:
        """Return the packed bytes of a record; None if they are not there, or damaged."""
        text = "SELECT octets, somme FROM source WHERE sha256 = ?"
        return next((row[0] for row in self._rows(text, sha256) if _is_whole(*row)), None)

    def memo(self, uid: str, key: bytes) -> QuestionMemo | None:
        """Return the undamaged memo of a question that was made of the same, whatever its day."""
        text = (
            f"SELECT somme, jour, resume, question, textes, {FACT_COLUMNS} "
            "FROM question JOIN contenu USING (rang) JOIN fait USING (rang) "
            "WHERE uid = ? AND cle = ?"
        )
        for total, day, summary, question, texts, *facts in self._rows(text, uid, key):
            memo = QuestionMemo(uid, key, day, QuestionFacts(*facts), summary, question, texts)
            return memo if crc32(memo.summary, memo.question, memo.texts) == total else None
        return None

    def _rows(self, text: str, *values: object) -> Sequence[Row]:
        if self.folder is None:
            return []
        try:
            return self._held.connection.execute(text, values).fetchall()
        except sqlite3.Error:
            return []


def _is_whole(packed: bytes, total: int) -> bool:
    return crc32(packed) == total


NO_PREVIOUS = Previous()  # for the first release
