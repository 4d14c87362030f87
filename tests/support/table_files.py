"""The tables of a release as each form has them: rows of Python values, days as dates."""

import csv
import gzip
import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from lod.publish.tables.columns import Column, Row, Table
from tests.support.questions import D

WORDS = {"true": True, "false": False}
READERS: dict[str, Callable[[str], Any]] = {
    "nombre": int, "decimal": float, "jour": D, "booleen": WORDS.__getitem__,
}  # fmt: skip


def of_sqlite(folder: Path, table: Table) -> list[Row]:
    """Return the rows of the file of SQLite."""
    with closing(sqlite3.connect(folder / "questions.sqlite")) as disk:
        found = disk.execute(f'SELECT * FROM "{table.nom}"').fetchall()
    return [tuple(map(_of_sqlite, table.columns, row)) for row in found]


def _of_sqlite(column: Column, value: Any) -> Any:
    if value is not None and column.genre in ("jour", "booleen"):
        return date.fromisoformat(value) if column.genre == "jour" else bool(value)
    return value


def of_csv(folder: Path, table: Table) -> list[Row]:
    """Return the rows of a CSV file; its header is that of the table."""
    text = gzip.decompress((folder / f"{table.nom}.csv.gz").read_bytes()).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(header) == table.names
    return [tuple(map(_of_csv, table.columns, row)) for row in rows]


def _of_csv(column: Column, cell: str) -> Any:
    return READERS.get(column.genre, str)(cell) if cell else None


def of_parquet(folder: Path, table: Table) -> list[Row]:
    """Return the rows of all Parquet files of a table, that of the first legislature first."""
    found = sorted(parquet_files(folder, table), key=lambda path: (len(path.name), path.name))
    assert found
    return [row for path in found for row in _of_parquet(path)]


def parquet_files(folder: Path, table: Table) -> list[Path]:
    """Return the Parquet files of a table."""
    return [*folder.glob(f"{table.nom}-*.parquet"), *folder.glob(f"{table.nom}.parquet")]


def _of_parquet(path: Path) -> Iterator[Row]:
    for row in pq.read_table(path).to_pylist():
        yield tuple(row.values())


FORMS = {"sqlite": of_sqlite, "csv": of_csv, "parquet": of_parquet}
