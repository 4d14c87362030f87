"""Tables as CSV in gzip: UTF-8, RFC 4180, a value as it is, an absent one as an empty cell.

A cell that begins with `=` stays as it is, as in the CSV of SPARQL: the tables are data for
programs, and state what the other forms state.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from lod.base.packing import gzipped_member
from lod.base.tabular import csv_line
from lod.publish.tables.columns import Row, Table

WORDS = {True: "true", False: "false", None: None}


class CsvTables(AbstractContextManager["CsvTables"]):
    """Writes a file for each table; what is written at once is a member of its gzip file."""

    def __init__(self, folder: Path, tables: Iterable[Table]) -> None:
        self._opened = ExitStack()
        self._files = {
            table.nom: self._opened.enter_context((folder / f"{table.nom}.csv.gz").open("wb"))
            for table in tables
        }
        for table in tables:
            self._files[table.nom].write(gzipped_member(csv_line(table.names)))

    def __exit__(self, *exc: object) -> None:
        self._opened.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        """Write some rows of a table after those before."""
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows(_worded(table, rows))
        self._files[table.nom].write(gzipped_member(buffer.getvalue().encode()))


def _worded(table: Table, rows: Iterable[Row]) -> Iterator[list[object]]:
    """Return rows with truth values as XML Schema writes them."""
    places = [n for n, column in enumerate(table.columns) if column.genre == "booleen"]
    for row in rows:
        said = list(row)
        for place in places:
            said[place] = WORDS[said[place]]
        yield said
