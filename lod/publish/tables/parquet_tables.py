"""Tables as Parquet: typed columns, packed by Zstandard; the rows written at once are a row group.

The same rows give the same bytes with the same version of pyarrow, which names itself in the file.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lod.publish.tables.columns import Column, Row, Table

LEVEL = 3  # of Zstandard: 9 takes four times as long for a twentieth less
TYPES = {  # kind of column → its type; any other is text
    "nombre": pa.int32(),
    "decimal": pa.float64(),
    "booleen": pa.bool_(),
    "jour": pa.date32(),
}


class ParquetTables(AbstractContextManager["ParquetTables"]):
    """Writes a file for each table, whose name ends as given."""

    def __init__(self, folder: Path, tables: Iterable[Table], end: str = "") -> None:
        self._opened = ExitStack()
        self._files = {
            table.nom: self._opened.enter_context(
                _writer(folder / f"{table.nom}{end}.parquet", table)
            )
            for table in tables
        }

    def __exit__(self, *exc: object) -> None:
        self._opened.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        """Write some rows of a table after those before."""
        columns = zip(*rows, strict=True) if rows else [()] * len(table.columns)
        arrays = [_array(c, values) for c, values in zip(table.columns, columns, strict=True)]
        packed = pa.Table.from_arrays(arrays, schema=schema_of(table))
        self._files[table.nom].write_table(packed)


def schema_of(table: Table) -> pa.Schema:
    """Return the names and types of the columns of a table."""
    return pa.schema([(column.nom, type_of(column)) for column in table.columns])


def type_of(column: Column) -> pa.DataType:
    return TYPES.get(column.genre, pa.string())


def _array(column: Column, values: Sequence[object]) -> pa.Array:
    if column.genre == "jour":
        return pa.array(values, pa.string()).cast(pa.date32())
    return pa.array(values, type_of(column))


def _writer(path: Path, table: Table) -> pq.ParquetWriter:
    """Open a file; long texts have no dictionary and no least and greatest value."""
    short = [column.nom for column in table.columns if column.genre != "prose"]
    return pq.ParquetWriter(
        path,
        schema_of(table),
        version="2.6",
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=short,
        write_statistics=short,
        store_schema=False,  # it would repeat the types in a form of Arrow
    )
