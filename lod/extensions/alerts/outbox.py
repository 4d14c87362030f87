"""What alerts have told, and what is to be told: hashes of alerts, and uids; no address, no text.

A letter is noted before it is sent and ticked off once the server has taken it, so that a kill
between the two sends the same letter again, under the same Message-ID, and none is lost.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS suivie (alerte TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dite (
  alerte TEXT NOT NULL, fait TEXT NOT NULL, lettre TEXT NOT NULL, partie INTEGER NOT NULL,
  PRIMARY KEY (alerte, fait)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS a_envoyer ON dite (lettre) WHERE NOT partie;
"""
BEFORE = ""  # the letter of what was there when an alert began


class Outbox:
    """The open file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def is_known(self, alert: str) -> bool:
        return bool(self._rows("SELECT 1 FROM suivie WHERE alerte = ?", alert))

    def begin(self, alert: str, facts: Iterable[str]) -> None:
        """Note a new alert, and what is there already, which nobody is told."""
        with self._connection:
            self._connection.execute("INSERT INTO suivie VALUES (?)", (alert,))
            self._note(alert, facts, BEFORE, 1)

    def untold(self, alert: str, facts: Iterable[str]) -> list[str]:
        """Return the facts that stand in no letter."""
        told = {fact for (fact,) in self._rows("SELECT fait FROM dite WHERE alerte = ?", alert)}
        return [fact for fact in facts if fact not in told]

    def write(self, facts_of: dict[str, list[str]]) -> None:
        """Note a letter with new facts of some alerts of one address."""
        name = letter_name(facts_of)
        with self._connection:
            for alert, facts in facts_of.items():
                self._note(alert, facts, name, 0)

    def waiting(self) -> dict[str, dict[str, list[str]]]:
        """Return letter → alert → facts, of the letters that no server has taken."""
        letters: dict[str, dict[str, list[str]]] = {}
        select = "SELECT lettre, alerte, fait FROM dite WHERE NOT partie ORDER BY 1, 2, 3"
        for letter, alert, fact in self._rows(select):
            letters.setdefault(letter, {}).setdefault(alert, []).append(fact)
        return letters

    def sent(self, letter: str) -> None:
        with self._connection:
            self._connection.execute("UPDATE dite SET partie = 1 WHERE lettre = ?", (letter,))

    def forget(self, known: set[str]) -> None:
        """Drop what was noted of alerts that are no longer in the file."""
        with self._connection:
            for (alert,) in self._rows("SELECT alerte FROM suivie"):
                if alert not in known:
                    for table in ("suivie", "dite"):
                        self._connection.execute(f"DELETE FROM {table} WHERE alerte = ?", (alert,))

    def _note(self, alert: str, facts: Iterable[str], letter: str, is_sent: int) -> None:
        rows = ((alert, fact, letter, is_sent) for fact in facts)
        self._connection.executemany("INSERT OR IGNORE INTO dite VALUES (?, ?, ?, ?)", rows)

    def _rows(self, select: str, *values: str) -> list[tuple[str, ...]]:
        return self._connection.execute(select, values).fetchall()


@contextmanager
def open_outbox(path: Path) -> Iterator[Outbox]:
    """Open the file, made if it is missing; only its owner may read it."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
        yield Outbox(connection)


@contextmanager
def copied_outbox(path: Path) -> Iterator[Outbox]:
    """Open a copy in memory: what is noted there is forgotten."""
    with closing(sqlite3.connect(":memory:")) as copy:
        if path.is_file():
            with closing(sqlite3.connect(path)) as connection:
                connection.backup(copy)
        copy.executescript(SCHEMA)
        yield Outbox(copy)


def letter_name(facts_of: dict[str, list[str]]) -> str:
    """Return a name that only a letter with just these facts has: part of its Message-ID."""
    stated = "\n".join(f"{alert} {fact}" for alert in sorted(facts_of) for fact in facts_of[alert])
    return hashlib.sha256(stated.encode()).hexdigest()[:32]
