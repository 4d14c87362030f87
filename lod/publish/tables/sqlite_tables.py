"""Tables as one file of SQLite, with their keys, and full-text search in their long texts.

The search of table `x` is the table `x_recherche` (FTS5): case and accents do not matter. The same
rows give the same bytes with the same version of SQLite, which writes its number into the file.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from lod.publish.tables.columns import Column, Row, Table

SEARCH = "_recherche"  # after the name of a table
TYPES = {"nombre": "INTEGER", "decimal": "REAL", "booleen": "INTEGER"}  # all else is text
SETTINGS = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
"""
# bytes that wait in memory before they are written as one segment; the default makes hundreds
WAITING = 32 << 20


class SqliteTables(AbstractContextManager["SqliteTables"]):
    """Writes the file, once: nothing in it is ever changed."""

    def __init__(self, path: Path, tables: Iterable[Table]) -> None:
        self._tables = tuple(tables)
        self._disk = sqlite3.connect(path, isolation_level=None)
        self._disk.executescript(SETTINGS)
        for table in self._tables:
            self._disk.execute(create(table))
        self._disk.execute("BEGIN")

    def __exit__(self, kind: object, *exc: object) -> None:
        if kind is None:
            for table in self._tables:
                for statement in create_search(table):
                    self._disk.execute(statement)
            self._disk.execute("COMMIT")
        self._disk.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        """Write some rows of a table after those before."""
        marks = ", ".join("?" * len(table.columns))
        self._disk.executemany(f'INSERT INTO "{table.nom}" VALUES ({marks})', rows)


def create(table: Table) -> str:
    """Return the statement that creates a table."""
    columns = ", ".join(map(_declared, table.columns))
    return f'CREATE TABLE "{table.nom}" ({columns}, PRIMARY KEY ({", ".join(table.cle)}))'


def _declared(column: Column) -> str:
    target = f'"{column.renvoi_table}" ("{column.renvoi_nom}")'
    reference = f" REFERENCES {target}" if column.renvoi else ""
    return f'"{column.nom}" {TYPES.get(column.genre, "TEXT")}{reference}'


def create_search(table: Table) -> Iterator[str]:
    """Yield the statements that make the search of a table, if it has long texts."""
    texts = [column.nom for column in table.columns if column.genre == "prose"]
    if texts:
        search, names = f'"{table.nom}{SEARCH}"', ", ".join(texts)
        tokenizer = "tokenize='unicode61 remove_diacritics 2'"
        options = f'{names}, content="{table.nom}", {tokenizer}'  # as Datasette looks for it
        yield f"CREATE VIRTUAL TABLE {search} USING fts5 ({options})"
        yield f"INSERT INTO {search} ({search}, rank) VALUES ('hashsize', {WAITING})"
        yield f'INSERT INTO {search} (rowid, {names}) SELECT rowid, {names} FROM "{table.nom}"'
