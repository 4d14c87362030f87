"""The output of `lod build` that writes the tables, in all their forms, and what describes them.

One file of SQLite has all tables with their keys, and full-text search in their long texts: for
table `x` it is the table `x_recherche` (FTS5), where case and accents do not matter. The same rows
give the same bytes with the same version of SQLite, which writes its number into the file.

The other forms are made from it. CSV stands in gzip: UTF-8, RFC 4180, a value as it is, an absent
one as an empty cell. A cell that begins with `=` stays as it is, as in the CSV of SPARQL: the
tables are data for programs. Parquet has typed columns, packed by Zstandard; the same rows give the
same bytes with the same version of arro3, whose engine names itself in the file.
"""

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import date
from itertools import chain, islice
from pathlib import Path

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from lod.base.durable import UNJOURNALED, read_only
from lod.base.packing import gzipped
from lod.base.parallel import batches
from lod.base.settings import Settings
from lod.base.tabular import csv_line
from lod.pipeline.gather import LINKS
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.settling.settle import MadeGraph
from lod.publish.downloads import TABLES, DownloadFile, download_file
from lod.publish.dumps import TOGETHER
from lod.publish.publication import NamedList, Output, Task, Workshop
from lod.publish.tables.columns import Column, Graph, Row, Table, rows_of, tables
from lod.publish.tables.descriptions import write_descriptions
from lod.publish.tables.question_rows import OF_QUESTIONS, QuestionRows
from lod.rdf.iris import Iris
from lod.rdf.serialize import triples
from lod.rdf.vocab import OWL

WORD = """CASE "{}" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"""  # of a truth value, in CSV
SEARCH_TABLE = "_recherche"  # after the name of a table
SQLITE_TYPES = {"nombre": "INTEGER", "decimal": "REAL", "booleen": "INTEGER"}  # all else is text
# bytes that wait in memory before they are written as one segment; the default makes hundreds
WAITING = 32 << 20
SQLITE = "questions.sqlite"
OF_LEGISLATURE = "{} de la {}e législature ({})"  # title of a table, number, form
ALL = "Toutes les tables, avec leur recherche"
FORMS = {"parquet": "Parquet", "csv": "CSV, UTF-8", "sqlite": "SQLite"}
LEVEL = "zstd(3)"  # 9 takes four times as long for a twentieth less
GROUP = 2048  # rows of a row group, which are in memory together
PARQUET_TYPES = {  # kind of column → its type; any other is text
    "nombre": DataType.int32(),
    "decimal": DataType.float64(),
    "booleen": DataType.bool(),
    "jour": DataType.date32(),
}
LEGISLATURES = "SELECT DISTINCT legislature FROM questions ORDER BY legislature"
WITHIN = "WHERE uid IN (SELECT uid FROM questions WHERE legislature = ?)"


class SqliteTables(AbstractContextManager["SqliteTables"]):
    """Writes the file, once: nothing in it is ever changed."""

    def __init__(self, path: Path, tables: Iterable[Table]) -> None:
        self._tables = tuple(tables)
        self._disk = sqlite3.connect(path, isolation_level=None)
        self._disk.executescript(UNJOURNALED)
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

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(table.columns))
        self._disk.executemany(f'INSERT INTO "{table.nom}" VALUES ({marks})', rows)


def create(table: Table) -> str:
    columns = ", ".join(map(_declared, table.columns))
    return f'CREATE TABLE "{table.nom}" ({columns}, PRIMARY KEY ({", ".join(table.cle)}))'


def _declared(column: Column) -> str:
    target = f'"{column.renvoi_table}" ("{column.renvoi_nom}")'
    reference = f" REFERENCES {target}" if column.renvoi else ""
    return f'"{column.nom}" {SQLITE_TYPES.get(column.genre, "TEXT")}{reference}'


def create_search(table: Table) -> Iterator[str]:
    """Yield the statements that make the search of a table, if it has long texts."""
    texts = [column.nom for column in table.columns if column.genre == "prose"]
    if texts:
        search, names = f'"{table.nom}{SEARCH_TABLE}"', ", ".join(texts)
        tokenizer = "tokenize='unicode61 remove_diacritics 2'"
        options = f'{names}, content="{table.nom}", {tokenizer}'  # as Datasette looks for it
        yield f"CREATE VIRTUAL TABLE {search} USING fts5 ({options})"
        yield f"INSERT INTO {search} ({search}, rank) VALUES ('hashsize', {WAITING})"
        yield f'INSERT INTO {search} (rowid, {names}) SELECT rowid, {names} FROM "{table.nom}"'


def write_csv_tables(folder: Path, source: Path) -> None:
    """Write a file for each table."""
    with closing(sqlite3.connect(read_only(source), uri=True)) as disk:
        for table in tables().values():
            columns = (WORD if column.genre == "booleen" else '"{}"' for column in table.columns)
            named = ", ".join(map(str.format, columns, table.names))
            rows = disk.execute(f'SELECT {named} FROM "{table.nom}" ORDER BY rowid')
            write_csv(folder / f"{table.nom}.csv.gz", table, rows)


def write_csv(path: Path, table: Table, rows: Iterable[Row]) -> None:
    with gzipped(path) as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        text.write(csv_line(table.names).decode())
        csv.writer(text).writerows(rows)


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
                rows = disk.execute(text.format(WITHIN), (number,))
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
    while group := list(islice(rows, GROUP)):
        columns = zip(table.columns, zip(*group, strict=True), strict=True)
        arrays = [_array(column, values) for column, values in columns]
        yield RecordBatch.from_arrays(arrays, schema=schema)


def type_of(column: Column) -> DataType:
    return PARQUET_TYPES.get(column.genre, DataType.string())


def _array(column: Column, values: Sequence[object]) -> Array:
    if column.genre == "jour":
        return Array(values, DataType.string()).cast(DataType.date32())
    if column.genre == "booleen":  # SQLite has 0 and 1
        values = [None if value is None else bool(value) for value in values]
    return Array(values, type_of(column))


class Tables(Output):
    """The tables: a Parquet file a legislature, a CSV file a table, one file of SQLite."""

    name = "tables"

    def __init__(
        self, dumps: Path, settings: Settings, data_until: date, graphs: Iterable[MadeGraph]
    ) -> None:
        self._folder, self._settings, self._data_until = dumps / TABLES, settings, data_until
        self._graphs = [graph.file for graph in graphs]
        self.files: list[DownloadFile] = []

    def setup(self) -> Iterable[Task]:
        """Write them all in one task, which makes each row once."""
        yield _write_tables, (self._folder, self._graphs)

    def close(self) -> None:
        """Write the descriptions of the files."""
        files = [_described(path) for path in sorted(self._folder.iterdir())]
        described = write_descriptions(self._folder, self._settings, self._data_until, files)
        self.files += [*files, *described]


def _write_tables(shop: Workshop, item: tuple[Path, list[str]]) -> None:
    (folder, graphs), references = item, shop.site.references
    folder.mkdir()
    base = shop.site.publication.base
    write_tables(folder, shop.questions, base, references.shared_answers, graphs)


def write_tables(
    folder: Path,
    questions: PublishedQuestions,
    base: str,
    shared_answers: Mapping[str, NamedList],
    graphs: Iterable[str],
) -> None:
    """Write all tables in all forms; few questions are in memory. `graphs` are the files of the
    release with graphs of extensions.
    """
    beside = ((questions.release / name).read_bytes() for name in graphs)
    described = b"".join((questions.remainder(), _same_as(questions.release), *beside))
    graph = Graph(triples(described))
    maker = QuestionRows(Iris(base), graph.first, shared_answers)
    with SqliteTables(folder / SQLITE, tables().values()) as sqlite:
        for table in tables().values():
            if table.nom not in OF_QUESTIONS:
                sqlite.write(table, rows_of(table, graph, base))
        for group in batches(questions.questions(), TOGETHER):
            rows = [maker.rows_of(stored.question) for stored in group]
            for name in OF_QUESTIONS:
                sqlite.write(tables()[name], chain.from_iterable(own[name] for own in rows))
    write_csv_tables(folder, folder / SQLITE)
    write_parquet_tables(folder, folder / SQLITE)


def _same_as(release: Path) -> bytes:
    """Return the links of a release that say that two things are the same, as N-Triples."""
    predicate = f" {OWL.sameAs} ".encode()
    with (release / LINKS).open("rb") as file:
        return b"".join(line for line in file if predicate in line)


def _described(path: Path) -> DownloadFile:
    """Return a file with what it holds: « Réponses de la 17e législature (Parquet) »."""
    stem, _, form = path.name.removesuffix(".gz").rpartition(".")
    name, _, legislature = stem.partition("-")
    titre = ALL if form == "sqlite" else tables()[name].titre
    pattern = OF_LEGISLATURE if legislature else "{} ({})"
    about = (titre, *filter(None, (legislature,)), FORMS[form])
    return download_file(path, f"{TABLES}/{path.name}", pattern, about=about)
