"""Tables as Parquet, from the file of SQLite: typed columns, packed by Zstandard.

The same rows give the same bytes with the same version of arro3, whose engine names itself in the
file.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from lod.base.durable import read_only
from lod.publish.tables.columns import Column, Table, tables
from lod.publish.tables.question_rows import OF_QUESTIONS

LEVEL = "zstd(3)"  # 9 takes four times as long for a twentieth less
GROUP = 2048  # rows of a row group, which are in memory together
TYPES = {  # kind of column → its type; any other is text
    "nombre": DataType.int32(),
    "decimal": DataType.float64(),
    "booleen": DataType.bool(),
    "jour": DataType.date32(),
}
LEGISLATURES = "SELECT DISTINCT legislature FROM questions ORDER BY legislature"
OF_LEGISLATURE = "WHERE uid IN (SELECT uid FROM questions WHERE legislature = ?)"


def write_parquet_tables(folder: Path, source: Path) -> None:
    """Write a file for each table; for the tables of questions, one for each legislature."""
    with closing(sqlite3.connect(read_only(source), uri=True)) as disk:
        numbers = [number for (number,) in disk.execute(LEGISLATURES)]
        for table in tables().values():
            text = f'SELECT * FROM "{table.nom}" {{}} ORDER BY rowid'
            if table.nom not in OF_QUESTIONS:
                write_file(folder / f"{table.nom}.parquet", table, disk.execute(text.format("")))
                continue
            for number in numbers:
                rows = disk.execute(text.format(OF_LEGISLATURE), (number,))
                write_file(folder / f"{table.nom}-{number}.parquet", table, rows)


def write_file(path: Path, table: Table, rows: Iterator[Sequence[object]]) -> None:
    """Write one file; long texts have no dictionary."""
    schema = Schema([Field(column.nom, type_of(column)) for column in table.columns])
    write_parquet(
        RecordBatchReader.from_batches(schema, _batches(schema, table, rows)),
        path,
        compression=LEVEL,
        column_dictionary_enabled={c.nom: False for c in table.columns if c.genre == "prose"},
        max_row_group_size=GROUP,
        skip_arrow_metadata=True,  # it would repeat the types in a form of Arrow
    )


def _batches(
    schema: Schema, table: Table, rows: Iterator[Sequence[object]]
) -> Iterator[RecordBatch]:
    while some := list(islice(rows, GROUP)):
        columns = zip(table.columns, zip(*some, strict=True), strict=True)
        arrays = [_array(column, values) for column, values in columns]
        yield RecordBatch.from_arrays(arrays, schema=schema)


def type_of(column: Column) -> DataType:
    return TYPES.get(column.genre, DataType.string())


def _array(column: Column, values: Sequence[object]) -> Array:
    if column.genre == "jour":
        return Array(values, DataType.string()).cast(DataType.date32())
    if column.genre == "booleen":  # SQLite has 0 and 1
        values = [None if value is None else bool(value) for value in values]
    return Array(values, type_of(column))
